"""Files past their last day: who is due, folder by folder, without ever holding the whole list.

Cost follows what is due: a folder whose path says that all below is younger than the limit is not opened.

Source: policy C-SEC-01, C-CAT-02; GDPR 5(1)(e); CSI L252-5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from tenu.datamap.file_paths import FilePath, Trail
from tenu.datamap.files import FileSet, FileStore
from tenu.periods.civil import civil_day
from tenu.plans.rulebook import Rulebook
from tenu.plans.store_port import Entry, EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """One file of a set, of a civil *day* of the controller. *names*: what the names of its path say."""

    files: str
    path: FilePath
    day: date
    entry: Entry
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTask:
    """The files of one set of *store* that are older than the day *before*, by *rule*."""

    store: str
    files: str
    rule: str
    clauses: tuple[str, ...]
    before: date

    @property
    def name(self) -> str:
        """Return the task's stable name, unique in a plan."""
        return f"{self.store}.{self.files}:{self.rule}"


def file_tasks(stores: Iterable[FileStore], rules: Rulebook) -> Iterator[FileTask]:
    """Yield one task per set of files, those of an unknown rule left out: a finding says so."""
    by_id = {rule.id: rule for rule in rules.rules}
    for store in stores:
        for name, files in store.files.items():
            if files.rule in by_id:
                rule = by_id[files.rule]
                yield FileTask(
                    store=store.store,
                    files=name,
                    rule=rule.id,
                    clauses=rule.clauses,
                    before=rules.live_from(rule),
                )


@dataclass(slots=True, kw_only=True)
class Unreached:
    """What a walk met and could not judge: names no path of the data map fits, links and mounts, folders nobody may read,
    names of days that have not come (a recorder whose clock is wrong).
    """

    undescribed: int = 0
    links: int = 0
    mounts: int = 0
    unreadable: int = 0
    future: int = 0


@dataclass(kw_only=True)
class Walk:
    """One walk through a store.

    *today*: the civil day it is; a day after the next is in the future in every zone. *before*: by set, the first day that is not wanted any more; sets that are not named are left alone. *listing*: tells a
    folder, as ``Files.list``. *zone*: the controller's. *unreached*: filled while the walk goes on; folders that are not opened hide nothing that is due.
    """

    store: FileStore
    today: date
    before: Mapping[str, date]
    zone: ZoneInfo
    listing: Callable[[FilePath], Iterator[Entry] | None]
    since: date = date.min
    unreached: Unreached = field(default_factory=Unreached)

    def __post_init__(self) -> None:
        """Begin every path at the root."""
        self._stored_in = ZoneInfo(self.store.stored_in) if self.store.stored_in else self.zone
        self._start = [(name, Trail(files.path, 0, {})) for name, files in self.store.files.items()]

    def __iter__(self) -> Iterator[FoundFile]:
        """Yield every file of the sets asked for whose day is before theirs, and not before *since*."""
        return self._below((), self._start, [Trail(path, 0, {}) for path in self.store.ignored])

    def _below(
        self, folder: FilePath, trails: list[tuple[str, Trail]], ignored: list[Trail]
    ) -> Iterator[FoundFile]:
        entries = self.listing(folder)
        if entries is None:
            self.unreached.unreadable += 1
            return
        for entry in entries:
            match entry.kind:
                case EntryKind.FILE:
                    yield from self._file(folder, entry, trails, ignored)
                case EntryKind.FOLDER:
                    yield from self._folder((*folder, entry.name), trails, ignored)
                case EntryKind.LINK:
                    self.unreached.links += 1
                case EntryKind.MOUNT:
                    self.unreached.mounts += 1
                case EntryKind.OTHER:
                    self.unreached.undescribed += not any(trail.ends(entry.name) for trail in ignored)

    def _folder(
        self, folder: FilePath, trails: list[tuple[str, Trail]], ignored: list[Trail]
    ) -> Iterator[FoundFile]:
        name = folder[-1]
        onward = [(files, further) for files, trail in trails if (further := trail.into(name))]
        passing = [further for trail in ignored if (further := trail.into(name))]
        if any(trail.ends(name) for trail in ignored):
            return
        if not onward and not passing:
            self.unreached.undescribed += 1
        elif onward and all(self._is_to_come(trail.earliest()) for _, trail in onward):
            self.unreached.future += 1
        elif not onward or any(self._may_be_due(files, trail) for files, trail in onward):
            yield from self._below(folder, onward, passing)

    def _is_to_come(self, day: date) -> bool:
        return day.toordinal() > self.today.toordinal() + 1

    def _may_be_due(self, files: str, trail: Trail) -> bool:
        """Return whether a file below may be asked for; an hour written in another zone may move it by one day."""
        if files not in self.before:
            return False
        if self.store.files[files].dated_by == "modified":
            return True
        moved = "hour" in trail.pattern.names and self._stored_in.key != self.zone.key
        early, late = trail.earliest().toordinal() - moved, trail.latest().toordinal() + moved
        return early < self.before[files].toordinal() and late >= self.since.toordinal()

    def _file(
        self, folder: FilePath, entry: Entry, trails: list[tuple[str, Trail]], ignored: list[Trail]
    ) -> Iterator[FoundFile]:
        ended = ((files, end) for files, trail in trails if (end := trail.ends(entry.name)))
        first = next(ended, None)
        if first is None:
            self.unreached.undescribed += not any(trail.ends(entry.name) for trail in ignored)
            return
        files, trail = first
        day = self._day(self.store.files[files], trail, entry)
        if self._is_to_come(day):
            self.unreached.future += 1
        elif files in self.before and self.since <= day < self.before[files]:
            yield FoundFile(files=files, path=(*folder, entry.name), day=day, entry=entry, names=trail.known)

    def _day(self, files: FileSet, trail: Trail, entry: Entry) -> date:
        if files.dated_by == "path":
            return trail.day(self._stored_in, self.zone)
        return self.today if entry.modified_at is None else civil_day(entry.modified_at, self.zone)


def may_empty(store: FileStore, files: str, path: FilePath, before: date) -> Iterator[FilePath]:
    """Yield the folders above *path*, deepest first, that may go once empty: their own path says that all in them is due."""
    trails = [Trail(store.files[files].path, 0, {})]
    for part in path[:-1]:
        further = trails[-1].into(part)
        if further is None:
            break
        trails.append(further)
    for depth in range(len(trails) - 1, 0, -1):
        if trails[depth].latest() < before and trails[depth].earliest() > date.min:
            yield path[:depth]
