"""What judges the clauses on the restricted archive: what its packages lack, and who could read them.

Source: policy C-RET-04 to C-RET-06, C-RET-15, C-RET-19, C-RET-22; INV-08, INV-09.
"""

from __future__ import annotations

from tenu.plans.archive import Reach
from tenu.plans.facts import Facts, Truth, broken, kept, unknown

SILENT = unknown("l'archive ne répond pas", "the archive does not answer")


def packages(facts: Facts, wrong: str) -> Truth:
    """Return whether no package is *wrong*: ``groundless``, ``past``, or ``forbidden`` (from a rule without archive)."""
    if facts.archive is None:
        return SILENT
    count: int = getattr(facts.archive, wrong)
    held = facts.archive.packages
    if count:
        return broken(f"{count} dossiers d'archive sur {held}", f"{count} of {held} archive packages")
    return kept(f"0 dossier d'archive sur {held}", f"0 of {held} archive packages")


def restricted(facts: Facts) -> Truth:
    """Return whether nobody but the archive's own account can reach it; every opening has its motive by construction.

    Source: policy C-RET-05; INV-08 (no operational grant).
    """
    if facts.archive is None:
        return SILENT
    reach, opened = facts.archive.reach, facts.openings
    if outside := outsiders(reach):
        names = ", ".join(outside)
        return broken(f"accessible aussi à : {names}", f"also within reach of: {names}")
    if reach.accounts is None:
        return unknown(
            "le compte de l'archive ne voit pas les droits des autres comptes",
            "the archive's account cannot see the rights of the others",
        )
    return kept(
        f"aucun autre compte n'y a droit ; {opened} ouvertures, chacune avec son motif au journal",
        f"no other account has a right on it; {opened} openings, each with its motive in the journal",
    )


def outsiders(reach: Reach) -> tuple[str, ...]:
    """Return who could read the archive without being meant to, as people read it."""
    return (*(reach.accounts or ()), *reach.files, *reach.shared)
