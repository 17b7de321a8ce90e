"""How the checks of a data map speak: one constructor, so that each check reads as one sentence."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tenu.errors import Finding, Place, Seen
from tenu.terms import Severity, Text


def finding(
    code: str,
    severity: Severity,
    place: Place | None,
    said: tuple[str, str],
    fix: tuple[str, str] | None = None,
    clauses: tuple[str, ...] = (),
    seen: Seen | None = None,
) -> Finding:
    """Return a finding from its French and English sentences."""
    return Finding(
        code=code,
        severity=severity,
        place=place,
        message=Text(fr=said[0], en=said[1]),
        fix=Text(fr=fix[0], en=fix[1]) if fix else None,
        clauses=clauses,
        seen=seen,
    )


def nearest(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Return the way out of a wrong name: the nearest known one, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"vouliez-vous écrire « {near[0]} » ?", f"did you mean '{near[0]}'?"
    listed = ", ".join(names)
    return f"noms connus : {listed}", f"known names: {listed}"
