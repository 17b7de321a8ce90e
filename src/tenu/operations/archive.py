"""``tenu archive``: what is there, who is in it, ending it, changing its key, making sure it is sound.

Every act is journaled, intent before and outcome after; nothing here shows what a package holds: ``opening`` does.

Source: policy C-RET-04 to C-RET-06, C-RET-19, C-RET-22, C-OPS-02; SM-5; INV-08.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tenu.datamap.identity import identity, normalise
from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.acting import entitled
from tenu.operations.opening import keyed, named
from tenu.operations.plan import Progress, quiet, today
from tenu.plans.archive import Package, Reach, Rotation, Shelf, Soundness, people_of
from tenu.ports import Ports
from tenu.terms import ArchiveEnd, IdentifierKind, Text

IN_PROGRESS = timedelta(hours=1)
"""How long a chunk may take, at the very most: what was sealed since is not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the archive holds on one day: counts, the keys that may seal, who could read it without being meant to.

    *past*: packages past their last day; *due*: those that end within *days*.
    """

    as_of: date
    days: int
    packages: int
    rows: int
    past: int
    due: int
    ends: tuple[str, ...]
    keys: tuple[str, ...]
    reach: Reach

    @property
    def is_fine(self) -> bool:
        """Return whether nothing is past its day and nobody else could read it."""
        return not (self.past or self.reach.accounts or self.reach.files or self.reach.shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What going through the archive found. *returned*: packages that had been ended and are back."""

    soundness: Soundness
    returned: tuple[str, ...]
    mended: int

    @property
    def is_sound(self) -> bool:
        """Return whether nothing is wrong, what was mended included."""
        found = self.soundness
        lost = found.past or found.sealed_shut or set(found.keyless) - set(self.returned)
        return not lost and (self.mended > 0 or not (found.orphans or self.returned))


def find(ports: Ports, wanted: Mapping[IdentifierKind, str]) -> tuple[tuple[Package, ...], ...]:
    """Return the packages of whoever *wanted* designates, person by person; several people when it is ambiguous.

    Args:
        ports: Who asks, the archive, the journal.
        wanted: Identifiers as people write them; a name needs a postcode, and a postcode a name.

    Raises:
        NotEntitledError: The person asking is neither archivist nor DPO.
        RefusedError: The identifiers designate nobody in particular.
    """
    role = entitled(ports, "archive:find", "archivist", "dpo")
    said = {kind: value for kind, raw in wanted.items() if (value := _normalised(kind, raw))}
    if not said or said.keys() in ({IdentifierKind.NAME}, {IdentifierKind.POSTCODE}):
        raise RefusedError(
            Text(
                fr="cela ne désigne personne en particulier",
                en="this designates nobody in particular",
            ),
            fix=Text(
                fr="donnez un e-mail, une référence client, un téléphone, ou un nom avec un code postal",
                en="give an e-mail, a customer reference, a telephone number, or a name with a postcode",
            ),
        )
    found = ports.archive.search(said)
    kinds: list[Json] = [kind.value for kind in said]
    _journal(ports, EventKind.ARCHIVE_SEARCHED, role, {"kinds": kinds, "found": len(found)})
    return people_of(found)


def shelves(ports: Ports) -> list[Shelf]:
    """Return what the archive holds by month of end, system and ground: counts only."""
    return ports.archive.shelves()


def summary(ports: Ports, *, days: int = 30) -> Summary:
    """Return what the archive holds today, and what ends within *days*."""
    day, held = today(ports), ports.archive.shelves()
    past = ports.archive.expired(day - timedelta(days=1))
    return Summary(
        as_of=day,
        days=days,
        packages=sum(shelf.packages for shelf in held),
        rows=sum(shelf.rows for shelf in held),
        past=past,
        due=ports.archive.expired(day + timedelta(days=days)) - past,
        ends=tuple(dict.fromkeys(shelf.month for shelf in held)),
        keys=ports.archive.keys(),
        reach=ports.archive.reach(),
    )


def end_past(ports: Ports, as_of: date, run: str) -> int:
    """End every package that reached its last day on *as_of*, for *run*; return how many.

    Source: policy C-RET-06, C-RET-19, C-RET-22.
    """
    due = ports.archive.expired(as_of)
    body: dict[str, Json] = {"reason": ArchiveEnd.LAST_DAY.value, "as_of": as_of.isoformat(), "run": run}
    if due:
        _append(ports, EventKind.ARCHIVE_ENDING, body | {"subjects": due})
    ended = ports.archive.end(as_of)
    if due:
        _append(ports, EventKind.ARCHIVE_ENDED, body | {"subjects": ended})
    return ended


def end_packages(ports: Ports, subjects: Sequence[str], *, reference: str) -> int:
    """End the packages called *subjects* now, for an erasure that was granted: keys first; return how many there were.

    Done again, it finishes what was cut and says 0. A copy of the archive put back later opens no more; a copy of the
    vault put back is seen by ``verify``.

    Args:
        ports: Who asks, the archive, the journal.
        subjects: Names of the packages, as ``find`` gives them.
        reference: Of the request that was granted; only its keyed digest is kept.

    Raises:
        NotEntitledError: The person asking is neither DPO nor archivist.
        RefusedError: No reference, or these are not names of packages.

    Source: GDPR 17(1); SM-5 (erasure granted on that asset).
    """
    role = entitled(ports, "archive:end", "dpo", "archivist")
    wanted = named(ports, "archive:end", role, subjects, is_said=bool(reference.strip()))
    body: dict[str, Json] = {
        "reason": ArchiveEnd.ERASURE.value,
        "reference": keyed(ports, reference),
        "packages": list(wanted),
    }
    return _end(ports, role, wanted, body)


def rotate(ports: Ports, *, progress: Progress = quiet) -> Rotation:
    """Put every key of the archive under a new archive key, then retire the former one.

    Cut at any point, it goes on when run again; until its end both keys open.

    Raises:
        NotEntitledError: The person asking is not the archivist.
        KeyLostError: The present key is not here: without it nothing can be moved.
    """
    role = entitled(ports, "archive:rotate", "archivist")
    _journal(ports, EventKind.ARCHIVE_ROTATING, role, {"keys": list(ports.archive.keys())})
    done = ports.archive.rotate(lambda at, total: progress("", at, total))
    body: dict[str, Json] = {
        "key": done.present,
        "retired": list(done.retired),
        "envelopes": done.envelopes,
        "rewrapped": done.rewrapped,
    }
    _journal(ports, EventKind.ARCHIVE_ROTATED, role, body)
    ports.journal.seal(ports.signer)
    return done


def verify(ports: Ports, *, one_in: int = 1, mend: bool = False, progress: Progress = quiet) -> Verified:
    """Go through the whole archive: every package has its key and opens, every key its package, nothing outlives its day.

    Args:
        ports: Who asks, the archive, the journal.
        one_in: Open one package in so many; 1 opens them all.
        mend: Destroy the keys without a package, and end again the packages that came back from a copy.
        progress: Told how many packages were seen.

    Raises:
        NotEntitledError: The person asking is not the archivist.
    """
    role = entitled(ports, "archive:verify", "archivist")
    before = int((ports.clock.now() - IN_PROGRESS).timestamp() * 1000).to_bytes(6).hex() + "00" * 10
    found = ports.archive.verify(today(ports), before, one_in, lambda at, total: progress("", at, total))
    returned = tuple(package.subject for package in ports.archive.packages(list(_ended(ports))))
    wrong = sorted({*found.orphans, *returned})
    if mend and wrong:
        _end(ports, role, wrong, {"reason": ArchiveEnd.RETURNED.value})
    done = Verified(soundness=found, returned=returned, mended=len(wrong) if mend else 0)
    body: dict[str, Json] = {
        "packages": found.packages,
        "opened": found.tried - len(found.sealed_shut),
        "past": found.past,
        "shut": len(found.sealed_shut),
        "keyless": len(found.keyless),
        "orphans": len(found.orphans),
        "returned": len(returned),
        "mended": done.mended,
    }
    _journal(ports, EventKind.ARCHIVE_VERIFIED, role, body)
    ports.journal.seal(ports.signer)
    return done


def _end(ports: Ports, role: str, subjects: Sequence[str], body: dict[str, Json]) -> int:
    here = len(ports.archive.packages(subjects))
    _journal(ports, EventKind.ARCHIVE_ENDING, role, body | {"subjects": here})
    ports.archive.destroy(subjects)
    _journal(ports, EventKind.ARCHIVE_ENDED, role, body | {"subjects": here})
    ports.journal.seal(ports.signer)
    return here


def _ended(ports: Ports) -> Iterator[str]:
    """Yield the packages that were ended by name: none may be back."""
    for event in ports.journal.events(kind=EventKind.ARCHIVE_ENDED):
        packages = event.body.get("packages")
        yield from map(str, packages if isinstance(packages, tuple) else ())


def _normalised(kind: IdentifierKind, value: str) -> str:
    """Return *value* as the archive hashed it: a name by its words in order, whatever order it is written in."""
    return identity({kind: [value]}).name if kind is IdentifierKind.NAME else normalise(kind, value)


def _journal(ports: Ports, kind: EventKind, role: str, body: dict[str, Json]) -> None:
    _append(ports, kind, {"role": role, "actor": ports.actor.digest, **body})


def _append(ports: Ports, kind: EventKind, body: dict[str, Json]) -> None:
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))
