"""``tenu archive open``: packages named one by one, for a motive, for a short time, journaled before they are shown.

Source: policy C-RET-05 (restricted access, a motive for each consultation); GDPR 5(1)(f), 32; SM-5 (consultation).
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tenu.errors import RefusedError, TamperedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.acting import entitled
from tenu.plans.archive import Package
from tenu.ports import Ports
from tenu.terms import Motive, Text

MINUTES = 15
"""How long an opening lasts unless said otherwise."""
LONGEST = 8 * 60
MOST = 100
"""Packages one opening may name: the archive is opened file by file, never emptied."""
_NAME = re.compile(r"[0-9a-f]{32}")


class NoMotiveError(RefusedError):
    """An archived file is not opened without a motive of the list and the reference of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What was granted: the packages, why, until when (UTC)."""

    id: str
    role: str
    motive: Motive
    packages: frozenset[str]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One package, opened. *tables*: by table, its columns and its rows; None when it no longer opens."""

    package: Package
    tables: dict[str, Any] | None


def open_packages(
    ports: Ports,
    subjects: Sequence[str],
    *,
    motive: Motive | None = None,
    reference: str | None = None,
    minutes: int = MINUTES,
) -> tuple[Opening, Iterator[Opened]]:
    """Return what was granted, and the packages, each journaled as it is opened.

    While an opening runs, the same person opens the same packages again without saying why again; once it has ended, a
    motive is asked for anew.

    Args:
        ports: Who asks, the archive, the journal.
        subjects: Names of packages, as ``find`` gives them.
        motive: Why, in the closed list.
        reference: Of the case it is for; only its keyed digest is kept.
        minutes: How long the opening lasts, 480 at most.

    Raises:
        NotEntitledError: The person asking is not the archivist.
        NoMotiveError: No motive or no reference, and no opening of these packages is running.
        RefusedError: A package does not exist, too many are named, or the time is too long.
        KeyLostError: The key that opens the archive is not here, or this account may not read it.
    """
    role = entitled(ports, "archive:open", "archivist")
    running = _running(ports, frozenset(subjects)) if motive is None and reference is None else None
    if running is None:
        said = motive is not None and bool((reference or "").strip())
        wanted = named(ports, "archive:open", role, subjects, is_said=said)
        running = _granted(ports, role, wanted, motive, reference, minutes)
    return running, _contents(ports, running, _there(ports, subjects))


def named(ports: Ports, act: str, role: str, subjects: Sequence[str], *, is_said: bool) -> tuple[str, ...]:
    """Return *subjects*, when they are names of packages, few enough, and it *is_said* why; else refuse, journaled.

    Raises:
        NoMotiveError: It is not said why.
        RefusedError: One of them is not the name of a package, or they are too many.
    """
    wanted = tuple(dict.fromkeys(subjects))
    for reason, error in _objections(wanted, is_said=is_said):
        body: dict[str, Json] = {"act": act, "reason": reason, "role": role, "actor": ports.actor.digest}
        body["packages"] = len(wanted)
        _append(ports, EventKind.ARCHIVE_REFUSED, body)
        raise error
    return wanted


def keyed(ports: Ports, reference: str) -> str:
    """Return the keyed digest that stands for *reference* in the journal."""
    return hmac.digest(ports.key, f"archive reference\x1f{reference.strip()}".encode(), "sha256").hex()


def _objections(wanted: Sequence[str], *, is_said: bool) -> Iterator[tuple[str, RefusedError]]:
    if not is_said:
        said = Text(
            fr="aucun dossier archivé ne s'ouvre ou ne finit sans motif ni référence",
            en="no archived file is opened or ended without a motive and a reference",
        )
        motives = ", ".join(Motive)
        fix = Text(
            fr=f"donnez --reference DOSSIER, et pour ouvrir --motive ({motives})",
            en=f"give --reference CASE, and to open --motive ({motives})",
        )
        yield "no_motive", NoMotiveError(said, fix=fix)
    strange = [name for name in wanted if not _NAME.fullmatch(name)]
    if strange or not wanted:
        said = Text(
            fr="un dossier se désigne par ses 32 chiffres hexadécimaux",
            en="a package is named by its 32 hexadecimal digits",
        )
        fix = Text(fr="« tenu archive find » les donne", en="'tenu archive find' gives them")
        yield "not_a_name", RefusedError(said, fix=fix)
    if len(wanted) > MOST:
        said = Text(
            fr=f"{len(wanted)} dossiers à la fois, la limite est {MOST}",
            en=f"{len(wanted)} packages at once, the limit is {MOST}",
        )
        fix = Text(fr="n'ouvrez que ceux du dossier en cause", en="open only those the case is about")
        yield "too_many", RefusedError(said, fix=fix)


def _granted(
    ports: Ports, role: str, wanted: Sequence[str], motive: Motive | None, reference: str | None, minutes: int
) -> Opening:
    """Grant an opening, in the journal before anything is read."""
    if motive is None or reference is None or not 1 <= minutes <= LONGEST:
        raise RefusedError(
            Text(
                fr=f"une ouverture dure de 1 à {LONGEST} minutes",
                en=f"an opening lasts 1 to {LONGEST} minutes",
            )
        )
    _there(ports, wanted)
    now = ports.clock.now()
    opening = Opening(
        id=secrets.token_hex(16),
        role=role,
        motive=motive,
        packages=frozenset(wanted),
        until=(now + timedelta(minutes=minutes)).replace(microsecond=0),
    )
    body: dict[str, Json] = {
        "opening": opening.id,
        "role": role,
        "actor": ports.actor.digest,
        "motive": motive.value,
        "reference": keyed(ports, reference),
        "packages": sorted(wanted),
        "until": f"{opening.until:%Y-%m-%dT%H:%M:%SZ}",
    }
    _append(ports, EventKind.ARCHIVE_OPENING, body)
    ports.journal.seal(ports.signer)
    return opening


def _there(ports: Ports, wanted: Sequence[str]) -> list[Package]:
    """Return the packages called *wanted*, or refuse when one of them does not exist."""
    found = ports.archive.packages(wanted)
    missing = set(wanted) - {package.subject for package in found}
    if missing:
        names = ", ".join(sorted(missing))
        raise RefusedError(
            Text(fr=f"aucun dossier {names} dans l'archive", en=f"no package {names} in the archive"),
            fix=Text(
                fr="il a fini, ou son nom est mal copié : « tenu archive find » le redonne",
                en="it has ended, or its name is miscopied: 'tenu archive find' gives it again",
            ),
        )
    return found


def _running(ports: Ports, wanted: frozenset[str]) -> Opening | None:
    """Return the latest opening of this person that still runs and names all of *wanted*."""
    found = None
    for event in ports.journal.events(kind=EventKind.ARCHIVE_OPENING):
        body = event.body
        until = datetime.strptime(str(body["until"]), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        packages = body["packages"]
        if body["actor"] == ports.actor.digest and until > ports.clock.now() and isinstance(packages, tuple):
            opening = Opening(
                id=str(body["opening"]),
                role=str(body["role"]),
                motive=Motive(str(body["motive"])),
                packages=frozenset(str(name) for name in packages),
                until=until,
            )
            found = opening if wanted and wanted <= opening.packages else found
    return found


def _contents(ports: Ports, opening: Opening, packages: Sequence[Package]) -> Iterator[Opened]:
    for package in packages:
        try:
            tables: dict[str, Any] | None = json.loads(ports.archive.open(package.subject))
        except TamperedError:
            tables = None
        body: dict[str, Json] = {
            "opening": opening.id,
            "role": opening.role,
            "actor": ports.actor.digest,
            "motive": opening.motive.value,
            "package": package.subject,
            "found": tables is not None,
            "rows": package.rows,
        }
        _append(ports, EventKind.ARCHIVE_OPENED, body)
        yield Opened(package=package, tables=tables)
    ports.journal.seal(ports.signer)


def _append(ports: Ports, kind: EventKind, body: dict[str, Json]) -> None:
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))
