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

    *settled*: when a row is already as this leaves it.

    Source: policy C-RET-07, C-RET-08; GDPR recital 26.
    """

    table: str
    path: tuple[Hop, ...]
    where: Condition
    clearings: tuple[Clearing, ...]
    settled: Condition


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

    *due*: what must be true of the person's own row, re-checked under lock. *held* and *left* are parts of it: nobody
    on hold, nobody of whom nothing is left to change. *again*: the ledger says who, not the other systems.
    *alive*: acts and states that keep the same person's rows elsewhere too; *running*: the states alone, which keep them
    whatever the person asks (a contract under way).
    *archived*: what makes the archive come before the end; *endings*: from when it runs. *before*: the records of the
    same system that go by their own date first.
    """

    system: str
    root: str
    role: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    due: Condition
    alive: Condition
    running: Condition
    archived: Condition
    endings: tuple[Ending, ...]
    effects: tuple[Effect, ...]
    held: Condition
    left: Condition
    before: tuple[RecordTask, ...] = ()
    again: bool = False

    @property
    def name(self) -> str:
        """Return the task's stable name, unique in a plan."""
        return f"{self.system}.{self.root}:{'.'.join(self.rules)}"

    @property
    def ends_people(self) -> bool:
        """Return whether the people's own rows go, so that nothing of them should be left anywhere."""
        return any(isinstance(effect, Erase) and effect.table == self.root for effect in self.effects)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The anonymous rows of one table (*among*), and what they must satisfy: see ``datamap.anonymity.Anonymity``.

    *others*: what they also keep, that is neither counted nor sensitive.
    """

    table: str
    among: Condition
    quasi_identifiers: tuple[str, ...]
    sensitive: tuple[str, ...]
    others: tuple[str, ...]
    k: int
    diversity: int
    closeness: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdTask:
    """Anonymous rows too few of a kind: made vaguer round after round, deleted in the last, never left so.

    *rounds*: what each changes of the rows ``Session.thin`` finds.

    Source: GDPR recital 26; WP216; policy C-OPS-03, C-RET-08.
    """

    system: str
    crowd: Crowd
    rounds: tuple[tuple[Change, ...], ...]
    clauses: tuple[str, ...]

    @property
    def table(self) -> str:
        """Return the table the rows are in."""
        return self.crowd.table

    @property
    def name(self) -> str:
        """Return the task's stable name, unique in a plan."""
        return f"{self.system}.{self.table}:anonymity"


Task = PersonTask | RecordTask | CrowdTask


def rules_of(task: Task) -> tuple[str, ...]:
    """Return the retention rules *task* executes; none for what only guards anonymity."""
    match task:
        case PersonTask(rules=rules):
            return rules
        case RecordTask(rule=rule):
            return (rule,)
        case CrowdTask():
            return ()
