"""Lists of chosen people: filled inside the database, worked through chunk by chunk, re-checked under lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

import sqlalchemy as sa

from tenu.adapters.databases.bulk import insert_rows
from tenu.adapters.databases.compile import Clause
from tenu.adapters.databases.desk import BATCH, FEW, Desk
from tenu.adapters.databases.work import PeopleList, people_list
from tenu.plans.task import PersonTask
from tenu.ports import Fate, Key, Unit


class Lists(Desk):
    """The verbs that decide who."""

    def new_list(self, root: str) -> PeopleList:
        """Return a new, empty list of people of *root*, private to this session."""
        place = (root, self.next_name("list"))
        known = self.compiler.lists
        if place not in known:
            known[place] = people_list(self.compiler.catalog, self.compiler.tables, *place)
        chosen = known[place]
        self.connection.execute(sa.schema.CreateTable(chosen.table))
        return chosen

    def drop_list(self, chosen: PeopleList) -> None:
        """Forget *chosen*."""
        self.drop(chosen.table)

    def enlist(self, name: str, root: str, keys: Iterable[Key]) -> None:
        """List these people of *root* under *name*, in place of whom it listed: later verbs of this session read it.

        Those listed as ``held`` are left alone by every one of them.
        """
        people = self.new_list(root)
        self.fill(people, ((key, Unit(fate=Fate.SPARED, chunk=0), None) for key in keys))
        self.compiler.listed[name, root] = people.table

    def choose(self, task: PersonTask, chosen: PeopleList, *, size: int) -> None:
        """Fill *chosen* with the people of *task* who are due by what this database alone knows.

        Args:
            task: What is due, and what makes the archive come first.
            chosen: An empty list of the task's people table.
            size: People per chunk.
        """
        rows = self.compiler.tables[task.root]
        fate = sa.case(
            (self.compiler.where(task.archived, rows, task.root), int(Fate.ARCHIVE)), else_=int(Fate.END)
        )
        keys = [rows.c[name].label(f"k{i}") for i, name in enumerate(chosen.keys)]
        due = (
            sa.select(*keys, fate.label("fate"))
            .where(self.compiler.where(task.due, rows, task.root))
            .subquery()
        )
        columns = [due.c[key.name] for key in keys]
        rank = sa.func.row_number().over(partition_by=due.c.fate, order_by=columns)
        chunk = sa.cast((rank - 1) // sa.literal(size, sa.Integer), sa.Integer)
        names = [*(column.name for column in columns), "chunk", "fate"]
        query = sa.select(*columns, chunk, due.c.fate)
        self.connection.execute(sa.insert(chosen.table).from_select(names, query))
        self.analyse(chosen.table)

    def fill(self, chosen: PeopleList, people: Iterable[tuple[Key, Unit, date | None]]) -> None:
        """Fill *chosen* with people decided elsewhere, their unit and the archive end known elsewhere."""
        names = [*(column.name for column in chosen.key_columns()), "chunk", "fate", "until"]
        rows = ((*key, unit.chunk, int(unit.fate), until) for key, unit, until in people)
        while batch := list(islice(rows, BATCH)):
            insert_rows(self.connection, chosen.table, names, batch)
        self.analyse(chosen.table)

    def keys(self, chosen: PeopleList) -> Iterator[tuple[Key, Fate]]:
        """Stream the people of *chosen* with their fate."""
        fates = {int(fate): fate for fate in Fate}
        for row in self.stream(sa.select(*chosen.key_columns(), chosen.table.c.fate)):
            yield row[:-1], fates[row[-1]]

    def units(self, chosen: PeopleList) -> list[tuple[Unit, int]]:
        """Return the chunks of *chosen* and how many people each holds, in the order they are worked on."""
        t = chosen.table
        query = sa.select(t.c.fate, t.c.chunk, sa.func.count()).where(t.c.fate != int(Fate.SPARED))
        rows = self.connection.execute(query.group_by(t.c.fate, t.c.chunk).order_by(t.c.fate, t.c.chunk))
        return [(Unit(fate=Fate(fate), chunk=chunk), people) for fate, chunk, people in rows]

    def set_apart(self, chosen: PeopleList, unit: Unit, *, people: int, chunk: int) -> Unit:
        """Move the first *people* of one chunk, in key order, to a chunk of their own, and return it.

        Args:
            chosen: The list.
            unit: A chunk of it that holds more than that.
            people: How many to move.
            chunk: A number no chunk of *chosen* has.
        """
        t, keys = chosen.table, chosen.key_columns()
        first = sa.select(*keys).where(chosen.unit(unit.fate, unit.chunk)).order_by(*keys).limit(people)
        moved = first.subquery().select()
        among = keys[0].in_(moved) if len(keys) == 1 else sa.tuple_(*keys).in_(moved)
        self.connection.execute(sa.update(t).where(among).values(chunk=chunk))
        return Unit(fate=unit.fate, chunk=chunk)

    def left_keys(self, chosen: PeopleList, unit: Unit) -> list[Key]:
        """Return the keys of the people of one chunk who are still chosen."""
        query = sa.select(*chosen.key_columns()).where(chosen.unit(unit.fate, unit.chunk))
        return [tuple(row) for row in self.connection.execute(query)]

    def lock(self, chosen: PeopleList, unit: Unit) -> list[Key]:
        """Lock the people of one chunk, in key order so that two runs never wait in a ring; return who is there."""
        rows = self.compiler.tables[chosen.root]
        keys = [rows.c[k] for k in chosen.keys]
        query = sa.select(*keys).where(chosen.same(rows), chosen.unit(unit.fate, unit.chunk)).order_by(*keys)
        return [tuple(row) for row in self.connection.execute(query.with_for_update(of=rows)).all()]

    def recheck(self, task: PersonTask, chosen: PeopleList, unit: Unit, *, alone: bool) -> None:
        """Spare the people of one chunk who are no longer due, or not for this fate.

        Args:
            task: What must still be true of each person's own row.
            chosen: The list the chunk is part of.
            unit: The chunk, its people locked by ``lock``.
            alone: Whether this database alone decides between archive and end.
        """
        rows = self.compiler.tables[task.root]
        due = self.said_once((task,), lambda: self.compiler.where(task.due, rows, task.root))
        still = [chosen.same(rows), due]
        if alone or unit.fate is Fate.END:
            archive = unit.fate is Fate.ARCHIVE
            still.append(
                self.said_once(
                    (task, archive),
                    lambda: self.compiler.where(task.archived, rows, task.root, holds=archive),
                )
            )
        mine = chosen.unit(unit.fate, unit.chunk)
        update = sa.update(chosen.table).where(mine, sa.not_(self._among_still(chosen, rows, [*still, mine])))
        self.connection.execute(update.values(fate=int(Fate.SPARED)))

    def _among_still(self, chosen: PeopleList, rows: sa.FromClause, still: Sequence[Clause]) -> Clause:
        """Return when a person of *chosen* is among those for whom *still* holds.

        PostgreSQL would turn the question round and look at everybody who is due: it is asked of the chunk apart.
        """
        if self.engine != "postgresql":
            return sa.exists(sa.select(sa.literal(1)).select_from(rows).where(*still).correlate(chosen.table))
        query = sa.select(*chosen.key_columns()).select_from(chosen.table, rows).where(*still)
        found = query.cte("still").prefix_with("MATERIALIZED")
        return sa.exists(sa.select(sa.literal(1)).select_from(found).where(chosen.tied_to(list(found.c))))

    def spare(self, chosen: PeopleList, keys: Sequence[Key]) -> int:
        """Spare these people, whatever was chosen for them; return how many were still chosen."""
        spared = 0
        for start in range(0, len(keys), FEW):
            mine = self.one_of(chosen.key_columns(), keys[start : start + FEW])
            update = sa.update(chosen.table).where(mine, chosen.table.c.fate != int(Fate.SPARED))
            spared += self.connection.execute(update.values(fate=int(Fate.SPARED))).rowcount
        return spared

    def ends(
        self, task: PersonTask, chosen: PeopleList, unit: Unit
    ) -> Iterator[tuple[Key, list[date | None]]]:
        """Yield, for each person of a chunk, the day each ending was last read here, then the one known elsewhere."""
        rows = self.compiler.tables[task.root]
        query = sa.select(
            *chosen.key_columns(), chosen.table.c.until, *self.latest(task.endings, rows, task.root)
        )
        width = len(chosen.keys)
        mine = query.where(chosen.same(rows), chosen.unit(unit.fate, unit.chunk))
        for row in self.connection.execute(mine).all():
            ended = self.ended(task.endings, row[width + 1 :], task.root)
            yield tuple(row[:width]), [*ended, row[width]]
