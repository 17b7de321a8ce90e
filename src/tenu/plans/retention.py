"""What retention asks of each system on a given day: one task per people table and set of rules that ended.

A row serves the purposes of its table, a column may serve fewer: whatever serves several purposes lives as long as
the longest of them, and what serves only ended purposes goes first.

Source: GDPR 5(1)(e); policy C-RET-01 to C-RET-22, C-PAY-03, C-CAT-04.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tenu.datamap.layout import Estate, Layout
from tenu.datamap.ways import Owned, Path, Reference, begins, turned
from tenu.plans.anonymising import anonymise
from tenu.plans.anonymity import crowd_tasks
from tenu.plans.clearing import clearings
from tenu.plans.constraints import emptied
from tenu.plans.keeping import Keeping
from tenu.plans.mixing import theirs_anyway
from tenu.plans.overlapping import taken_before
from tenu.plans.records import record_tasks
from tenu.plans.rulebook import Rulebook
from tenu.plans.selection import (
    ALWAYS,
    NEVER,
    Condition,
    Equals,
    Since,
    Uncleared,
    all_of,
    any_of,
    linked,
    matching,
    negate,
)
from tenu.plans.signs import Signs
from tenu.plans.task import (
    Anonymise,
    Clear,
    Cut,
    Effect,
    Erase,
    Holder,
    Keep,
    PersonTask,
    RecordTask,
    Seal,
    Task,
)
from tenu.policy.retention import Scope
from tenu.terms import End


def retention_tasks(layouts: Collection[Layout], rules: Rulebook) -> tuple[Task, ...]:
    """Return every task of every system, in the order they must run: records, columns, people, then who is too alone.

    Between the plan and its proof the same question is asked at each step: its answer is remembered.
    """
    return _answer(_Question(tuple(layouts), rules))


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """What tasks are made from. The same question: the very same maps and catalogs, and equal durations."""

    layouts: tuple[Layout, ...]
    rules: Rulebook

    def _parts(self) -> tuple[int, ...]:
        return tuple(id(part) for layout in self.layouts for part in (layout.system, layout.catalog))

    def __hash__(self) -> int:
        return hash(self._parts())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self._parts() == other._parts() and self.rules == other.rules


@lru_cache(maxsize=4)
def _answer(asked: _Question) -> tuple[Task, ...]:
    layouts, rules = asked.layouts, asked.rules
    records: list[RecordTask] = []
    people: list[PersonTask] = []
    for layout in layouts:
        before = tuple(record_tasks(layout, rules))
        records.extend(before)
        for estate in layout.estates:
            people.extend(_EstateTasks(layout, estate, rules, before).tasks())
    ending: tuple[PersonTask | RecordTask, ...] = (*records, *sorted(people, key=lambda t: len(t.rules)))
    return (*ending, *(task for layout in layouts for task in crowd_tasks(layout, ending)))


def rule_ids(purposes: Iterable[str], rules: Rulebook, scope: Scope) -> frozenset[str]:
    """Return the retention rules of *scope* that *purposes* live by."""
    found = (rules.rule_of[purpose] for purpose in purposes if purpose in rules.rule_of)
    return frozenset(rule.id for rule in found if rule.each is scope)


def _points(reference: Reference) -> Condition:
    return negate(Equals(column=reference.cut[-1], values=(None,)))


class _EstateTasks:
    """The tasks of one people table."""

    def __init__(
        self, layout: Layout, estate: Estate, rules: Rulebook, before: tuple[RecordTask, ...]
    ) -> None:
        self._layout = layout
        self._estate = estate
        self._rules = rules
        self._before = before
        self._keeping = Keeping(layout, estate, rules)
        self._signs = Signs(layout, estate, rules)
        self._people = layout.system.people[estate.root]
        self._by_id = {rule.id: rule for rule in rules.rules}

    def tasks(self) -> Iterator[PersonTask]:
        """Yield one task per set of rules that decides on whole rows or on single columns; none while a ring is tied."""
        if any(self._estate.of(table) for knot in self._layout.knots for table in knot):
            return
        for ids in sorted({*self._table_rules().values(), *self._column_rules().values()}, key=sorted):
            if ids:
                yield self._task(ids)

    def _table_rules(self) -> dict[str, frozenset[str]]:
        """Return the rules each owned table lives by, those of the rows it cannot leave behind included.

        A record with a limit of its own follows none: it leaves with its person at the latest. A row people point at
        lives as long as the one that points at it.
        """
        found = {owned.table: self._own_rules(owned.table) for owned in self._estate.owned}
        for owned in reversed(self._estate.owned):
            if owned.shared:
                found[owned.path[0].table] |= found[owned.table]
        for owned in self._estate.owned:
            below = [found[child] for child in self._hanging_from(owned.table)]
            if not self._layout.system.tables[owned.table].record_limit:
                found[owned.table] = found[owned.table].union(*below)
        return found

    def _own_rules(self, table: str) -> frozenset[str]:
        declared = self._layout.system.tables[table]
        return (
            frozenset() if declared.record_limit else rule_ids(declared.purposes, self._rules, Scope.PERSON)
        )

    def _hanging_from(self, table: str) -> Iterator[str]:
        """Yield the tables whose rows would lose their person, or their place, without their row of *table*."""
        for reference in self._layout.references_to(table):
            ways = self._estate.ways(reference.child)
            if any(begins(owned.path, reference.up()) for owned in ways) or (
                ways and not reference.cuttable and not reference.loose
            ):
                yield reference.child

    def _column_rules(self) -> dict[tuple[str, str], frozenset[str]]:
        """Return the rules of the columns that serve other purposes than their table."""
        found = {}
        for owned in self._estate.owned:
            for name, column in self._layout.system.tables[owned.table].columns.items():
                if column.purposes is not None:
                    found[owned.table, name] = rule_ids(column.purposes, self._rules, Scope.PERSON)
        return found

    def _task(self, ids: frozenset[str]) -> PersonTask:
        rules = [self._by_id[i] for i in sorted(ids)]
        effects = tuple(self._effects(ids))
        alive, held = self._signs.alive(rules), self._signs.held()
        endings = self._signs.endings(rules) if any(isinstance(e, Seal) for e in effects) else ()
        return PersonTask(
            system=self._layout.system.system,
            root=self._estate.root,
            role=self._people.role,
            rules=tuple(rule.id for rule in rules),
            clauses=tuple(dict.fromkeys(clause for rule in rules for clause in rule.clauses)),
            due=all_of(
                [
                    self._signs.past(rules),
                    negate(alive),
                    negate(held),
                    self._something_left(effects, self._before),
                ]
            ),
            alive=alive,
            running=self._signs.running(rules),
            archived=any_of(
                linked(
                    e.path,
                    all_of([e.where, Since(column=e.column, day=self._rules.archived_from(e.lasts))]),
                )
                for e in endings
            ),
            endings=endings,
            effects=effects,
            held=held,
            left=self._something_left(effects, ()),
            before=self._before,
        )

    def _something_left(self, effects: tuple[Effect, ...], before: tuple[RecordTask, ...]) -> Condition:
        """Return when at least one effect would find a row to change once *before* is done: a plan after a plan is empty."""
        return any_of(
            linked(
                turned(effect.table, effect.path),
                all_of([effect.where, negate(taken_before(effect, before))]),
            )
            for effect in effects
            if isinstance(effect, Clear | Anonymise) or (isinstance(effect, Erase) and not effect.held_by)
        )

    # ── what ──

    def _effects(self, ids: frozenset[str]) -> Iterator[Effect]:
        """Yield what becomes of the rows and columns that live by exactly *ids*, in the order it must happen."""
        going = self._going(ids)
        for owned in going:
            if (kept := self._keeping.by_law(owned.table)) != NEVER:
                yield Keep(table=owned.table, path=owned.path, where=kept)
        yield from self._seals(ids, going)
        yield from self._column_clears(ids)
        for owned in self._parts(ids):
            yield from self._part(owned)
        for owned in going:
            if owned.fleeting:
                yield from self._shell(owned)
        yield from self._opened_rings(going)
        for owned in going:
            yield from self._releases(owned)
            if not owned.fleeting:
                yield from self._shell(owned)
            yield self._ended(owned, ids)

    def _parts(self, ids: frozenset[str]) -> list[Owned]:
        """Return the rows of others whose part of these people ends with *ids*: with the people themselves."""
        return list(self._estate.parts) if self._table_rules()[self._estate.root] == ids else []

    def _going(self, ids: frozenset[str]) -> list[Owned]:
        """Return the tables whose rows end with *ids*; records with their own limit leave with their person."""
        table_rules = self._table_rules()
        with_person = table_rules[self._estate.root] == ids
        return [
            owned
            for owned in self._estate.owned
            if table_rules[owned.table] == ids or (with_person and not table_rules[owned.table])
        ]

    def _seals(self, ids: frozenset[str], going: list[Owned]) -> Iterator[Seal]:
        archived = {i for i in ids if self._by_id[i].archive is not None}
        for owned in going if archived else ():
            columns = self._columns_worth_archiving(owned.table, archived)
            where = all_of([negate(self._keeping.by_law(owned.table)), negate(self._emptied_before(owned))])
            proof = self._layout.system.tables[owned.table].archive
            if proof and columns and self._table_rules()[owned.table] and where != NEVER:
                yield Seal(table=owned.table, path=owned.path, where=where, columns=columns)

    def _emptied_before(self, owned: Owned) -> Condition:
        """Return when a row that must stay was emptied by an earlier run: what it held is in the archive already."""
        shell = any_of([self._keeping.pinned(owned.table), self._keeping.mixed(owned)])
        clear = emptied(self._layout, owned, self._keeping.only_strangers_pin(owned.table))
        if shell == NEVER or owned.shared or not clear:
            return NEVER
        return all_of([shell, negate(Uncleared(columns=clear))])

    def _columns_worth_archiving(self, table: str, archived: set[str]) -> tuple[str, ...]:
        declared = self._layout.system.tables[table]
        live = self._layout.catalog.table(table)
        own = self._column_rules()
        kept = []
        for column in live.columns if live else ():
            personal = declared.columns.get(column.name)
            serves = own.get((table, column.name), archived)
            if personal is None or (personal.archive and not personal.secret and serves & archived):
                kept.append(column.name)
        return tuple(kept)

    def _column_clears(self, ids: frozenset[str]) -> Iterator[Clear]:
        own = self._column_rules()
        table_rules = self._table_rules()
        for owned in self._estate.owned:
            columns = tuple(
                c for (t, c), rules in own.items() if t == owned.table and rules == ids != table_rules[t]
            )
            if columns:
                clear = clearings(self._layout, owned.table, columns)
                yield Clear(
                    table=owned.table, path=owned.path, where=Uncleared(columns=clear), clearings=clear
                )

    def _opened_rings(self, going: list[Owned]) -> Iterator[Effect]:
        """Yield the references to set to NULL because they close a ring of tables, or lead to their own table."""
        tables = {owned.table for owned in going}
        for reference in self._estate.cuts:
            if reference.child in tables and reference.parent in tables:
                where = all_of([negate(self._keeping.staying(reference.child)), _points(reference)])
                for owned in self._estate.ways(reference.child):
                    yield Cut(table=owned.table, path=owned.path, where=where, columns=reference.cut)

    def _releases(self, owned: Owned) -> Iterator[Effect]:
        """Yield the references rows that stay must set to NULL so that rows of *owned* can go.

        They come right before these go, once the rows below have gone: both then see the same rows staying.
        """
        for reference, stays in () if owned.shared else self._keeping.letting_go(owned.table):
            leaves = linked(reference.up(), negate(self._keeping.staying(owned.table)))
            path = (*reference.up(), *owned.path)
            where = all_of([stays, leaves, _points(reference)])
            yield Cut(table=reference.child, path=path, where=where, columns=reference.cut)

    def _shell(self, owned: Owned) -> Iterator[Effect]:
        """Yield what empties the rows of *owned* that must stay."""
        kept = [self._keeping.pinned(owned.table), self._keeping.mixed(owned)]
        shell = all_of([any_of(kept), negate(self._keeping.by_law(owned.table))])
        if shell != NEVER and not owned.shared:
            clear = emptied(self._layout, owned, self._keeping.only_strangers_pin(owned.table))
            if clear:
                where = self._rows(owned, all_of([shell, Uncleared(columns=clear)]))
                yield Clear(table=owned.table, path=owned.path, where=where, clearings=clear)

    def _part(self, owned: Owned) -> Iterator[Effect]:
        """Yield what becomes of the rows of somebody else that hold a part of these people, before any link is cut.

        A row that nobody else has anything left in goes, once nothing points at it.
        """
        kept = [self._keeping.by_law(owned.table), self._keeping.mixed(owned)]
        free = negate(any_of([*kept, theirs_anyway(self._layout, owned)]))
        clear = emptied(self._layout, owned, rare=False)
        if clear:
            where = all_of([negate(self._keeping.by_law(owned.table)), Uncleared(columns=clear)])
            yield Clear(table=owned.table, path=owned.path, where=where, clearings=clear)
        held_by = tuple(self._holders(owned))
        yield Erase(table=owned.table, path=owned.path, where=free, shared=True, held_by=held_by)

    def _ended(self, owned: Owned, ids: frozenset[str]) -> Effect:
        """Return how the rows of *owned* that nothing keeps end: by anonymity when every rule of their table says so."""
        own = self._own_rules(owned.table)
        passing = owned.shared or owned.fleeting
        if own and not passing and all(self._by_id[i].end is End.ANONYMISE for i in own):
            leaving = negate(self._keeping.staying(owned.table))
            since = ALWAYS if owned.path else self._nobody(ids)
            return anonymise(self._layout, owned, self._rows(owned, leaving), since=since)
        return self._erasure(owned)

    def _erasure(self, owned: Owned) -> Erase:
        staying = self._keeping.by_law if owned.shared else self._keeping.staying
        where = self._rows(owned, negate(staying(owned.table)))
        held_by = tuple(self._holders(owned)) if owned.shared else ()
        return Erase(
            table=owned.table,
            path=owned.path,
            where=where,
            shared=owned.shared or owned.fleeting,
            held_by=held_by,
        )

    def _holders(self, owned: Owned) -> Iterator[Holder]:
        """Yield what holds the shared rows of *owned*: what points at them, and at the rows they hang from."""
        for reference in self._layout.references_to(owned.table):
            if not reference.loose and reference.child != owned.table:
                yield self._holder(reference, ())
        hanging_from = next((r for r in self._layout.references if self._hangs(owned, r)), None)
        if hanging_from is not None:
            for reference in self._layout.references_to(hanging_from.parent):
                followers = self._estate.ways(reference.child)
                if not any(begins(way.path, reference.up()) for way in followers):
                    yield self._holder(reference, hanging_from.up())

    def _hangs(self, owned: Owned, reference: Reference) -> bool:
        """Return whether rows of *owned* are shared because the row they point at by *reference* is."""
        above = self._estate.of(reference.parent)
        is_above = above is not None and above.shared and reference.child == owned.table
        return is_above and begins(owned.path, reference.up())

    def _holder(self, reference: Reference, before: Path) -> Holder:
        ways = self._estate.ways(reference.child)
        shared = [way for way in ways if way.shared]
        return Holder(
            way=(*before, *reference.down()),
            mine=tuple(way.path for way in ways),
            staying=(self._keeping.by_law if shared else self._keeping.staying)(reference.child),
            held_by=tuple(self._holders(shared[0])) if shared else (),
        )

    def _nobody(self, ids: frozenset[str]) -> Condition:
        """Return when an emptied row of the people table is one whose person has gone, not a stranger's without a name."""
        rules = [self._by_id[i] for i in sorted(ids)]
        return all_of(
            [negate(self._signs.fresh(rules)), negate(self._signs.alive(rules)), negate(self._signs.held())]
        )

    def _rows(self, owned: Owned, where: Condition) -> Condition:
        """Return *where*, only for rows that are people when the people table also holds other rows."""
        return all_of([matching(self._estate.where), where]) if not owned.path else where
