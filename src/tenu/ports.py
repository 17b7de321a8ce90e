"""Everything tenu can touch, on one page. Operations know these shapes; adapters and ``tenu.testing`` fill them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any, Protocol

from tenu.datamap.catalog import Catalog
from tenu.datamap.identity import Identity
from tenu.datamap.model import People, System
from tenu.datamap.ways import Owned, Path
from tenu.errors import RefusedError
from tenu.journal.checkpoint import Signer
from tenu.journal.port import Journal
from tenu.letters.port import Mailroom
from tenu.plans.anonymity import Measure
from tenu.plans.archive import Package, Reach, Rotation, Shelf, Soundness
from tenu.plans.case_file import CaseFile
from tenu.plans.disk import DiskState
from tenu.plans.erasures import Act, Closed, Entry, Head, Person, Portion
from tenu.plans.facts import ArchiveFacts
from tenu.plans.feeds import Reading
from tenu.plans.pacing import LagProbe
from tenu.plans.package import Heading
from tenu.plans.recall import Recall
from tenu.plans.selection import Condition, Selection
from tenu.plans.suppression import Address
from tenu.plans.task import (
    Anonymise,
    Change,
    Clear,
    Crowd,
    Cut,
    Effect,
    Ending,
    Erase,
    PersonTask,
    Seal,
    Vitals,
)
from tenu.policy.model import Policy
from tenu.settings import Settings
from tenu.terms import IdentifierKind, Text

Key = tuple[Any, ...]
PlaceName = tuple[str, str]
Node = tuple[PlaceName, Key]
Wanted = Mapping[IdentifierKind, Iterable[str]]
"""A primary key, in order; a people table, by system and table; one row of it; normalised identifiers looked up."""


class Fate(IntEnum):
    """What becomes of one chosen person: spared after all, archived before the end, ended at once."""

    SPARED = 0
    ARCHIVE = 1
    END = 2


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Unit:
    """One chunk of people who share a fate: what one transaction changes."""

    fate: Fate
    chunk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One person's row: key, what identifies them, and signs of life when these were asked for.

    *ended*: the last day of each ending asked for, None where there is none.
    """

    key: Key
    identity: Identity
    values: Mapping[IdentifierKind, tuple[str, ...]]
    alive: bool
    held: bool
    fresh: bool
    ended: tuple[date | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One row of a people table under a *hold*, by its id. *spreads*: the person's other rows are held too."""

    hold: str
    spreads: bool
    key: Key


Rows = tuple[Key, str, int]
"""Rows of one table for one person: their key, the rows as the server writes them under a heading, how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one effect did in one chunk. *people* is how many people the chunk held when it was done."""

    verb: str
    table: str
    rows: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One line of a receipt."""

    task: str
    unit: Unit
    line: Line


class BusyError(RefusedError):
    """Somebody else holds the rows; nothing was changed, trying again later is safe."""


class KeptError(RefusedError):
    """The database kept, or wrote again, rows that had to go; nothing was changed."""


def kept_back(table: str) -> KeptError:
    """Return the refusal to report rows of *table* as gone when the database did not let them go."""
    return KeptError(
        Text(
            fr=f"un déclencheur ou une règle garde, ou réécrit, des lignes de « {table} » : rien n'a été changé",
            en=f"a trigger or a rule keeps, or writes again, rows of '{table}': nothing was changed",
        ),
        fix=Text(
            fr="demandez à qui administre la base que le compte de tenu y échappe, puis relancez « tenu apply »",
            en="ask the database's administrator to spare tenu's account from it, then run 'tenu apply' again",
        ),
    )


def appeared(table: str) -> BusyError:
    """Return the refusal to delete rows of *table* that nobody has read for the archive."""
    return BusyError(
        Text(
            fr=f"des lignes de « {table} » sont apparues entre-temps",
            en=f"rows of '{table}' appeared meanwhile",
        ),
        fix=Text(fr="relancez « tenu apply » : il reprend", en="run 'tenu apply' again: it goes on"),
    )


class Session(Protocol):
    """One connection to one of the company's databases. Nothing is kept unless ``commit`` is called."""

    def commit(self) -> None: ...
    def transaction(self) -> AbstractContextManager[None]: ...
    def new_list(self, root: str) -> Any: ...
    def drop_list(self, chosen: Any) -> None: ...
    def enlist(self, name: str, root: str, keys: Iterable[Key]) -> None: ...
    def choose(self, task: PersonTask, chosen: Any, *, size: int) -> None: ...
    def fill(self, chosen: Any, people: Iterable[tuple[Key, Unit, date | None]]) -> None: ...
    def keys(self, chosen: Any) -> Iterator[tuple[Key, Fate]]: ...
    def units(self, chosen: Any) -> list[tuple[Unit, int]]: ...
    def set_apart(self, chosen: Any, unit: Unit, *, people: int, chunk: int) -> Unit: ...
    def left_keys(self, chosen: Any, unit: Unit) -> list[Key]: ...
    def touched(self, effect: Change, chosen: Any, unit: Unit) -> list[tuple[Key, Key]]: ...
    def lock(self, chosen: Any, unit: Unit) -> list[Key]: ...
    def recheck(self, task: PersonTask, chosen: Any, unit: Unit, *, alone: bool) -> None: ...
    def spare(self, chosen: Any, keys: Sequence[Key]) -> int: ...
    def ends(self, task: PersonTask, chosen: Any, unit: Unit) -> Iterator[tuple[Key, list[date | None]]]: ...
    def identities(self, chosen: Any, people: People, unit: Unit | None = None) -> Iterator[Found]: ...
    def census(self, root: str, people: People) -> Iterator[tuple[Key, Identity, date | None]]: ...
    def select_people(self, root: str, people: People, where: Condition) -> Iterator[Found]: ...
    def judge(
        self, root: str, people: People, where: Condition, signs: Sequence[Condition], ends: Sequence[Ending]
    ) -> Iterator[tuple[Found, tuple[bool, ...]]]: ...
    def probe(self, root: str, people: People, wanted: Wanted, vitals: Vitals) -> list[Found]: ...
    def seek(self, root: str, people: People, wanted: Wanted) -> list[Found]: ...
    def copy(self, holding: Seal, root: str, keys: Sequence[Key]) -> Iterator[Rows]: ...
    def values(
        self, table: str, columns: Sequence[str], keys: Sequence[Key]
    ) -> dict[Key, tuple[Any, ...]]: ...
    def assign(self, table: str, values: Mapping[str, Any], keys: Sequence[Key]) -> int: ...
    def place(self, hold: str, kind: str, root: str, keys: Iterable[Key], *, spreads: bool) -> int: ...
    def lift(self, hold: str) -> int: ...
    def placed(self, root: str) -> list[HeldRow]: ...
    def on_hold(self, root: str, people: People) -> Iterator[Found]: ...
    def reached(self, held: Any, child: Owned, link: Path, parent: Owned) -> list[Key]: ...
    def count(self, effect: Effect, chosen: Any, unit: Unit | None = None) -> int: ...
    def count_each(self, effect: Effect, chosen: Any) -> dict[Key, int]: ...
    def refused(self, effect: Cut | Clear, chosen: Any) -> list[str]: ...
    def longer_than(self, tables: Sequence[str], rows: int) -> frozenset[str]: ...
    def texts(
        self, table: str, columns: Sequence[str], flag: Condition
    ) -> Iterator[tuple[Key, bool, Sequence[str | None]]]: ...
    def count_rows(self, selection: Selection) -> int: ...
    def count_up_to(self, table: str, most: int) -> int: ...
    def heading(self, seal: Seal) -> Heading: ...
    def read(self, seal: Seal, chosen: Any, unit: Unit) -> Iterator[Rows]: ...
    def take(self, seal: Seal, erase: Erase, chosen: Any, unit: Unit) -> list[Rows]: ...
    def shared_keys(self, effect: Erase, chosen: Any, unit: Unit) -> list[Key]: ...
    def erase_unheld(self, effect: Erase, keys: Sequence[Key]) -> int: ...
    def perform(self, effect: Change, chosen: Any, unit: Unit) -> int: ...
    def record_keys(self, effect: Change) -> list[Key]: ...
    def change_records(self, effect: Change, *, limit: int | None = None) -> int: ...
    def measure(self, crowd: Crowd, also: Sequence[tuple[Anonymise, Any]] = ()) -> Measure: ...
    def thin(self, crowd: Crowd) -> int: ...
    def stream_rows(self, asked: Reading) -> Iterator[tuple[Any, ...]]: ...
    def singles(self, crowd: Crowd, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]: ...
    def note(self, run: str, task: str, unit: Unit, lines: Iterable[Line]) -> None: ...
    def noted(self, run: str) -> list[Noted]: ...
    def so_far(self, run: str, task: str) -> tuple[Mapping[tuple[str, str], int], int]: ...
    def receipts(self, runs: Collection[str]) -> set[tuple[str, str, Unit]]: ...


class Queue(Protocol):
    """Who was seen waiting behind one of our transactions. *longest*: the most sessions at one time."""

    longest: int


class Database(Protocol):
    """One of the company's databases."""

    system: System

    def catalog(self, *, fresh: bool = False) -> Catalog: ...
    def session(self, *, writing: bool = False) -> AbstractContextManager[Session]: ...
    def rehearsal(self) -> AbstractContextManager[tuple[Session, list[str]]]: ...
    def prepare(self) -> None: ...
    def prepared(self) -> bool: ...
    def lag(self, probe: LagProbe) -> float | None: ...
    def watch(self, session: Session) -> AbstractContextManager[Queue]: ...
    def sizes(self, tables: Sequence[str]) -> Mapping[str, int]: ...
    def settle_disk(self, tables: Sequence[str], *, vacuum: bool) -> DiskState: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One person's rows, ready to be sealed: the whole package and what must still find it.

    *until*: last day of the archive. *identifiers*: normalised values, by kind, that an authorised person may look it
    up by; only their keyed hashes are kept.
    """

    system: str
    root: str
    package: bytes
    rows: int
    until: date
    identifiers: tuple[tuple[IdentifierKind, str], ...]


class Archive(Protocol):
    """The restricted archive. A unit is written and committed whole, or wiped whole."""

    def put(
        self, run: str, task: str, unit: Unit, people: Iterable[Sealed], *, ground: str, words: bytes = b""
    ) -> int: ...
    def units(self, run: str) -> set[tuple[str, Unit]]: ...
    def wipe(self, run: str, task: str, unit: Unit) -> None: ...
    def sweep(self, run: str, system: str) -> int: ...
    def recall(self, people: Mapping[Key, Sequence[Identity]]) -> dict[Key, date]: ...
    def of(self, people: Iterable[Identity]) -> list[Package]: ...
    def hold(self, hold: str, people: Iterable[Identity], systems: Sequence[str]) -> int: ...
    def release(self, hold: str) -> int: ...
    def expired(self, as_of: date) -> int: ...
    def end(self, as_of: date) -> int: ...
    def destroy(self, subjects: Sequence[str]) -> None: ...
    def audit(self, as_of: date, no_archive: Sequence[str]) -> ArchiveFacts: ...
    def search(self, wanted: Mapping[IdentifierKind, str]) -> list[Package]: ...
    def packages(self, subjects: Sequence[str]) -> list[Package]: ...
    def shelves(self) -> list[Shelf]: ...
    def open(self, subject: str) -> bytes: ...
    def keys(self) -> tuple[str, ...]: ...
    def reach(self) -> Reach: ...
    def rotate(self, progress: Callable[[int, int], None]) -> Rotation: ...
    def verify(
        self, as_of: date, before: str, one_in: int, progress: Callable[[int, int], None]
    ) -> Soundness: ...


class KeyLostError(RefusedError):
    """A key of the archive is not where it must be, or not the one that sealed it."""


def key_name(public: bytes) -> str:
    """Return the name of the key whose public half is *public*: 32 hexadecimal digits, the same everywhere."""
    return hashlib.sha256(b"tenu archive key" + public).hexdigest()[:32]


class KeyStore(Protocol):
    """The keys of the archive, outside every database. A key service can be one: no private half ever leaves it.

    Whoever seals needs ``index_key`` and ``sealing_key`` only; the other verbs ask for the private half.
    """

    def begin(self) -> None: ...
    def index_key(self) -> bytes: ...
    def sealing_key(self) -> bytes: ...
    def held(self) -> tuple[str, ...]: ...
    def agree(self, key: str, public: bytes) -> bytes: ...
    def unwrap_former(self, wrapped: bytes, about: bytes) -> bytes: ...
    def renew(self) -> str: ...
    def retire(self, key: str) -> None: ...


class CaseFiles(Protocol):
    """The files of requests, sealed and able to forget."""

    def keep(self, *files: CaseFile) -> None: ...
    def files(self, numbers: Collection[str]) -> dict[str, CaseFile]: ...
    def file(self, number: str) -> CaseFile | None: ...
    def forget(self, as_of: date) -> int: ...


class Suppressions(Protocol):
    """Who may not be solicited any more, by channel, in keyed hashes; nothing ever leaves it."""

    def add(self, addresses: Collection[Address], *, since: date, request: str) -> int: ...
    def among(self, addresses: Collection[Address]) -> set[Address]: ...
    def is_empty(self) -> bool: ...


class Ledger(Protocol):
    """Who was erased and who is held, in keyed hashes, outside every database; on the disk before a verb returns."""

    def write(self, at: datetime, act: Act, portion: Portion, people: Iterable[Person] = ()) -> Entry: ...
    def settle(self, at: datetime, portion: Portion, *, done: bool) -> None: ...
    def forget(self, before: date) -> list[Closed]: ...
    def head(self) -> Head: ...
    def pending(self, system: str) -> list[Portion]: ...
    def done(self, system: str, after: int = 0) -> list[Entry]: ...
    def held(self, system: str) -> list[Entry]: ...
    def contradicts(self, known: Sequence[Head]) -> bool: ...
    def recall(self, entries: Iterable[Entry], day_of: Callable[[datetime], date]) -> Recall: ...


class SealedFiles(Protocol):
    """Texts remembered outside the journal, by name: only the workspace's key opens them."""

    def keep(self, name: str, text: str) -> None: ...
    def read(self, name: str) -> str | None: ...
    def all(self) -> dict[str, str]: ...
    def known(self) -> list[str]: ...
    def destroy(self, name: str) -> None: ...


class Clock(Protocol):
    """The only place time comes from."""

    def now(self) -> datetime: ...
    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks. *name* is their account, never written down; *digest*, keyed, stands for them in the journal."""

    name: str
    digest: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The files of one company: its policy, its data maps, and the digest of each text. *settings* is tenu.toml."""

    folder: str
    policy: Policy
    policy_digest: str
    systems: tuple[System, ...]
    map_digests: Mapping[str, str]
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything an operation may touch. *reread*: tenu.toml as it is now. *pseudonym_key*: 32 bytes, back from pseudonyms.
    *hold_files*: whom each hold is about; *statements*: what is kept with people's data without changing them.
    """

    workspace: Workspace
    reread: Callable[[], Settings]
    databases: Mapping[str, Database]
    archive: Archive
    cases: CaseFiles
    mailroom: Mailroom
    suppressions: Suppressions
    ledger: Ledger
    hold_files: SealedFiles
    statements: SealedFiles
    journal: Journal
    signer: Signer
    clock: Clock
    key: bytes
    actor: Actor
    pseudonym_key: bytes
