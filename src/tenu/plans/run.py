"""What a run did, all its interruptions included, and how people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenu.plans.disk import Horizon
from tenu.plans.plan import SIGNS
from tenu.plans.render import COUNTED, FILES_ERASED, bytes_text, changed_text, number, unreached_text
from tenu.plans.residue import Residue, residue_lines
from tenu.terms import Language, Text

_SAID = {
    "archive": Text(fr="scellées dans l'archive", en="sealed in the archive"),
    "clear": Text(fr="vidées", en="emptied"),
    "cut": Text(fr="détachées", en="detached"),
    "anonymise": Text(fr="anonymisées", en="anonymised"),
    "thin": Text(fr="rendues plus vagues", en="made vaguer"),
    "erase": Text(fr="effacées", en="erased"),
}
_WHY = {
    "came_back": Text(fr="revenues ou gelées depuis le plan", en="back, or on hold, since the plan"),
    "refused": Text(
        fr="que le disque ne laisse pas effacer : donnez-en le droit au compte de tenu",
        en="the disk does not let go: give tenu's account the right",
    ),
    "busy": Text(
        fr="verrouillées par quelqu'un d'autre : relancez", en="locked by somebody else: run it again"
    ),
}

_AGAIN = Text(
    fr="Ce plan était déjà appliqué, rien n'a changé cette fois. Ce qu'il avait fait :",
    en="This plan was applied before, nothing changed this time. What it had done:",
)


_STOPPED = {
    "window": Text(
        fr="Arrêt : la fenêtre de maintenance est fermée. Relancez à la prochaine, avant que le plan n'expire.",
        en="Stopped: the maintenance window is closed. Run it again in the next one, before the plan expires.",
    ),
    "duration": Text(
        fr="Arrêt : la durée maximale est atteinte. Relancez : il reprend.",
        en="Stopped: the longest duration is reached. Run it again: it goes on.",
    ),
    "sample": Text(
        fr="Arrêt après l'échantillon : regardez ce qui a changé, puis relancez sans --sample.",
        en="Stopped after the sample: look at what changed, then run it again without --sample.",
    ),
    "aborted": Text(
        fr="Abandonné : ce qui est fait est fait et noté ; ce plan ne s'applique plus.",
        en="Aborted: what is done is done and noted; this plan is not applied any more.",
    ),
}
"""Why a run stopped before its end, by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One row a sample changed, for whoever wants to look: its primary key, empty where the table has none."""

    system: str
    table: str
    verb: str
    key: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesLeft:
    """What a store of files still holds after a run: *files* past their day, their *bytes*, and what could not be judged."""

    system: str
    files: int
    bytes: int
    unreached: Mapping[str, int]

    def lines(self, language: Language) -> Iterator[str]:
        """Yield what is left as people read it; nothing when nothing is."""
        if self.files:
            weight = bytes_text(self.bytes, language)
            yield f"{self.system} : " + Text(
                fr=f"{number(self.files, 'fr')} fichiers à leur terme restent ({weight})",
                en=f"{number(self.files, 'en')} files past their day are left ({weight})",
            ).in_(language)
        if unreached := unreached_text(self.unreached, language):
            yield f"{self.system} : {unreached}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run.

    *archived*, *ended*: records of people who left the active base through the archive, or at once. *rows*: by system,
    table and verb, files among them; *bytes*: what these weighed, by store and set. *spared*: planned people left untouched, by reason. *ended_archives*: packages whose last day came.
    *stopped*: why it stopped between two chunks, empty when it ended. *taken*: the rows its sample changed.
    *residue*: what is still readable of whom it erased, None when it erased nobody. *files_left*: what stores of files still
    hold. *horizons*: what the disks keep.
    """

    plan: str
    archived: int
    ended: int
    rows: Mapping[tuple[str, str, str], int]
    spared: Mapping[str, int]
    ended_archives: int
    stopped: str = ""
    taken: tuple[Taken, ...] = ()
    residue: Residue | None = None
    bytes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    files_left: tuple[FilesLeft, ...] = ()
    horizons: tuple[Horizon, ...] = ()

    @property
    def people(self) -> int:
        """Return how many records of people left the active base."""
        return self.archived + self.ended

    @property
    def changed(self) -> int:
        """Return how many rows were deleted or changed, files included."""
        return sum(count for (_, _, verb), count in self.rows.items() if verb != "archive")

    @property
    def files(self) -> int:
        """Return how many of these are files."""
        return sum(n for (system, table, _), n in self.rows.items() if (system, table) in self.bytes)

    def rows_of(self, verb: str) -> int:
        """Return how many rows one verb changed."""
        return sum(count for (_, _, said), count in self.rows.items() if said == verb)

    @property
    def is_complete(self) -> bool:
        """Return whether it came to its end, and nothing had to be left for lack of a lock or of a right."""
        return not self.stopped and not self.spared.get("busy", 0) and not self.spared.get("refused", 0)


def run_plain(run: Run) -> dict[str, Any]:
    """Return *run* as the documented JSON of ``tenu apply --json``."""
    return {
        "plan": run.plan,
        "complete": run.is_complete,
        "people": {"archived": run.archived, "ended": run.ended},
        "rows": [
            {"system": system, "table": table, "verb": verb, "rows": count}
            for (system, table, verb), count in sorted(run.rows.items())
        ],
        "spared": {reason: count for reason, count in sorted(run.spared.items()) if count},
        "ended_archives": run.ended_archives,
        "stopped": run.stopped or None,
        "residue": run.residue.plain() if run.residue else None,
        "files": [
            {"store": store, "files": table, "bytes": weight}
            for (store, table), weight in sorted(run.bytes.items())
        ],
        "files_left": [
            {"store": left.system, "files": left.files, "bytes": left.bytes, **left.unreached}
            for left in run.files_left
        ],
        "horizons": [horizon.plain() for horizon in run.horizons],
    }


def run_lines(run: Run, language: Language, *, again: bool = False) -> Iterator[str]:
    """Yield *run* as people read it; *again*: everything had been done before, nothing changed this time."""
    if again:
        yield _AGAIN.in_(language)
    width = max((len(table) for _, table, _ in run.rows), default=0)
    for system in sorted({system for system, _, _ in run.rows}):
        yield system
        for (name, table, verb), count in sorted(run.rows.items()):
            if name == system and count:
                shown = number(count, language)
                said = _SAID[verb].in_(language)
                if (name, table) in run.bytes:
                    said = f"{FILES_ERASED.in_(language)} ({bytes_text(run.bytes[name, table], language)})"
                yield f"    {SIGNS[verb]} {table:<{width}} {shown:>{COUNTED}}  {said}"  # type: ignore[index]
    for reason, count in run.spared.items():
        if count:
            yield f"  {number(count, language)} {_WHY[reason].in_(language)}"
    yield _total(run, language)
    if run.stopped:
        yield _STOPPED[run.stopped].in_(language)
    if run.residue:
        yield from residue_lines(run.residue, language)
    for left in run.files_left:
        yield from left.lines(language)
    for horizon in run.horizons:
        yield from horizon.lines(language)


def _total(run: Run, language: Language) -> str:
    archived, ended = number(run.archived, language), number(run.ended, language)
    changed, packages = changed_text(run.changed, run.files, language), number(run.ended_archives, language)
    french = language == "fr"
    over = f", {packages} archives terminées" if french else f", {packages} archives ended"
    last = over if run.ended_archives else ""
    if french:
        return (
            f"Fiches de personnes : {archived} par l'archive, {ended} sans archive. En tout {changed}{last}."
        )
    return f"Records of people: {archived} through the archive, {ended} without one. In all {changed}{last}."
