"""What a retention plan is made of before it is counted: tasks, their selections and their effects. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

from tenu.datamap.ways import Hop
from tenu.periods.period import Period
from tenu.plans.selection import Clearing, Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Copy *columns* of the chosen people's rows into their sealed archive, before anything is taken away."""

    table: str
    path: tuple[Hop, ...]
    where: Condition
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Set a reference to NULL, so that the row it points at can go while its own row stays."""

    table: str
    path: tuple[Hop, ...]
    where: Condition
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """Empty personal columns of rows that stay."""

    table: str
    path: tuple[Hop, ...]
    where: Condition
    clearings: tuple[Clearing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymise:
    """Empty or coarsen every personal column of rows that stay, and cut every link to their person.

    Source: policy C-RET-07, C-RET-08; GDPR recital 26.
    """

    table: str
    path: tuple[Hop, ...]
    where: Condition
    clearings: tuple[Clearing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Rows that hold a shared one where it is, found by *way* from it.

    *mine*: the ways from such a row to the person it goes with; none when it goes with nobody. *staying*: those of them
    that stay all the same. *held_by*: what holds the holder itself, when it is shared too.
    """

    way: tuple[Hop, ...]
    mine: tuple[tuple[Hop, ...], ...]
    staying: Condition
    held_by: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """Delete rows. *shared*: their keys are read before anything goes, for what leads to them may go before they do.

    *held_by*: the rows whose link holds them; only those nothing holds any more go.
    """

    table: str
    path: tuple[Hop, ...]
    where: Condition
    shared: bool = False
    held_by: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Leave rows where they are, because a text of law says so although their person goes."""

    table: str
    path: tuple[Hop, ...]
    where: Condition


Change = Cut | Clear | Anonymise | Erase
Effect = Keep | Seal | Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Where the end of a contract relation is read, and how long the archive lasts from it."""

    path: tuple[Hop, ...]
    where: Condition
    column: str
    lasts: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The signs of life of a person of one table, for one set of rules.

    *alive* and *held* keep the same person everywhere. *fresh*: the row itself was collected too recently to go, which
    says nothing of the person's other rows, but forbids to mistake them for one another.
    """

    alive: Condition
    held: Condition
    fresh: Condition
    endings: tuple[Ending, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTask:
    """People of one table whose clocks have run out for one set of rules, and what becomes of their rows.

    *due*: what must be true of the person's own row, re-checked under lock.
    *alive*: acts and states that keep the same person's rows elsewhere too.
    *archived*: what makes the archive come before the end; *endings*: from when it runs.
    """

    system: str
    root: str
    role: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    due: Condition
    alive: Condition
    archived: Condition
    endings: tuple[Ending, ...]
    effects: tuple[Effect, ...]

    @property
    def name(self) -> str:
        """Return the task's stable name, unique in a plan."""
        return f"{self.system}.{self.root}:{'.'.join(self.rules)}"

    @property
    def seals(self) -> bool:
        """Return whether some of its rows may have to be archived before they go."""
        return any(isinstance(effect, Seal) for effect in self.effects)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTask:
    """Records past a limit of their own, whoever they speak of. *path* leads to the person, when they have one."""

    system: str
    table: str
    root: str | None
    path: tuple[Hop, ...]
    rule: str
    clauses: tuple[str, ...]
    due: Condition
    effect: Erase | Anonymise

    @property
    def name(self) -> str:
        """Return the task's stable name, unique in a plan."""
        return f"{self.system}.{self.table}:{self.rule}"


Task = PersonTask | RecordTask
