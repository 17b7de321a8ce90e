"""Whether anonymous rows really are: how they are counted, and what becomes of those too few are like.

Source: GDPR recital 26; WP216 (singling out, linkability, inference); policy C-OPS-03, C-RET-08.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tenu.datamap.anonymity import Anonymity, methods
from tenu.datamap.layout import Layout
from tenu.datamap.ways import Hop, Reference, begins
from tenu.plans.selection import ALWAYS, Clearing, Condition, Thin, all_of, any_of, linked, negate
from tenu.plans.task import Anonymise, Change, Crowd, CrowdTask, Cut, Erase, PersonTask, RecordTask

CLAUSES = ("C-OPS-03", "C-RET-08")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What was counted on the anonymous rows of one table.

    *k*: rows of the smallest class; *diversity*: fewest sensitive values of a class; *distance*: farthest a class's
    spread lies from all rows', in thousandths; *thin*: rows of classes that fail; *linkable*: rows one other table
    could be joined to, one to one. 0 rows are 0 classes and fail nothing.
    """

    rows: int
    classes: int
    k: int
    diversity: int
    distance: int
    thin: int
    linkable: int = 0

    @property
    def passed(self) -> bool:
        """Return whether these rows may be called anonymous."""
        return self.thin == 0 and self.linkable == 0


def endings(tasks: Iterable[PersonTask | RecordTask], system: str) -> Iterator[Anonymise]:
    """Yield every way rows of *system* end in anonymity."""
    for task in tasks:
        if task.system == system:
            effects = task.effects if isinstance(task, PersonTask) else (task.effect,)
            yield from (effect for effect in effects if isinstance(effect, Anonymise))


def crowd_tasks(layout: Layout, tasks: Iterable[PersonTask | RecordTask]) -> Iterator[CrowdTask]:
    """Yield, for each table of *layout* whose rows end in anonymity, what is done of those too few are like."""
    by_table: dict[str, list[Anonymise]] = {}
    for effect in endings(tasks, layout.system.system):
        by_table.setdefault(effect.table, []).append(effect)
    for table, effects in by_table.items():
        declared, live = layout.system.tables[table].anonymity, layout.catalog.table(table)
        if declared is not None and live is not None and live.primary_key:
            yield CrowdTask(
                system=layout.system.system,
                crowd=_crowd(layout, table, declared, effects),
                rounds=tuple(_rounds(layout, table, declared)),
                clauses=CLAUSES,
            )


def _crowd(layout: Layout, table: str, declared: Anonymity, effects: list[Anonymise]) -> Crowd:
    changed = {clearing.column for effect in effects for clearing in effect.clearings if clearing.empties}
    live = layout.catalog.table(table)
    keys = set(live.primary_key if live else ())
    pointing = {name for r in layout.references if r.child == table for name in r.columns}
    counted = {*declared.quasi_identifiers, *declared.sensitive}
    return Crowd(
        table=table,
        among=all_of([any_of(effect.settled for effect in effects), *_free(layout, table)]),
        quasi_identifiers=declared.quasi_identifiers,
        sensitive=declared.sensitive,
        others=tuple(
            c.name
            for c in (live.columns if live else ())
            if c.name not in {*changed, *keys, *pointing, *counted}
        ),
        k=declared.k,
        diversity=declared.diversity,
        closeness=declared.closeness,
    )


def _rounds(layout: Layout, table: str, declared: Anonymity) -> Iterator[tuple[Change, ...]]:
    """Yield what each round does: a step vaguer while one of the counted columns has one, then out."""
    columns = layout.system.tables[table].columns
    ladders = {n: methods(columns[n].anonymised_to) for n in declared.quasi_identifiers if n in columns}
    for step in range(1, max(map(len, ladders.values()), default=0)):
        vaguer = tuple(
            Clearing(column=name, to=None, keep=ladder[step])
            for name, ladder in ladders.items()
            if len(ladder) > step
        )
        thin = Thin(table=table)
        yield (Anonymise(table=table, path=(), where=thin, clearings=vaguer, settled=ALWAYS),)
    yield tuple(_out(layout, table, (), (table,)))


def _out(layout: Layout, table: str, path: tuple[Hop, ...], through: tuple[str, ...]) -> Iterator[Change]:
    """Yield what deletes thin rows: what cannot stay without them first, what can lets go of them."""
    where: Condition = linked(path, Thin(table=through[0]))
    for reference in (r for r in layout.references_to(table) if not r.loose):
        above = linked((*reference.up(), *path), Thin(table=through[0]))
        if reference.cuttable:
            yield Cut(table=reference.child, path=(), where=above, columns=reference.cut)
        elif reference.child not in through and _hangs(layout, reference):
            yield from _out(layout, reference.child, (*reference.up(), *path), (*through, reference.child))
    yield Erase(table=table, path=(), where=where)


def _free(layout: Layout, table: str) -> Iterator[Condition]:
    """Yield that no row points at one of *table* that may neither let go of it nor go with it."""
    for reference in layout.references_to(table):
        if not reference.cuttable and not reference.loose and not _hangs(layout, reference):
            yield negate(linked(reference.down(), ALWAYS))


def _hangs(layout: Layout, reference: Reference) -> bool:
    """Return whether the child of *reference* is part of the row it points at: it is somebody's by this very link."""
    declared = layout.system.tables.get(reference.child)
    if declared is None or declared.kept_by_law:
        return False
    ways = (way for estate in layout.estates for way in estate.ways(reference.child))
    return any(begins(way.path, reference.up()) for way in ways)
