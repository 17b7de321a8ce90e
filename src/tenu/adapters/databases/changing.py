"""Changing rows: counting what an effect would do, reading what must be sealed, doing it, and noting it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases import dialects, packing
from tenu.adapters.databases.coarsening import chance
from tenu.adapters.databases.compile import Clause
from tenu.adapters.databases.desk import FEW, Desk
from tenu.adapters.databases.work import PeopleList
from tenu.datamap.anonymity import Shift
from tenu.datamap.catalog import ColumnKind
from tenu.datamap.ways import Path, first_unlike
from tenu.plans.selection import ALWAYS, Condition, Linked, Selection, reads
from tenu.plans.task import Anonymise, Change, Clear, Cut, Effect, Erase, Holder, Seal
from tenu.ports import Fate, Key, Line, Noted, Rows, Unit, appeared


class Changing(Desk):
    """The verbs that count and change rows."""

    def count(self, effect: Effect, chosen: PeopleList, unit: Unit | None = None) -> int:
        """Return how many rows *effect* would concern for the people of *chosen*, or of one chunk of it."""
        mine = [] if unit is None else [chosen.unit(unit.fate, unit.chunk)]
        if isinstance(effect, Seal):
            mine.append(chosen.table.c.fate == int(Fate.ARCHIVE))
        rows, where = self.rows_of(effect, chosen, *mine, whose=False)
        if isinstance(effect, Erase) and effect.shared:
            keys = [rows.c[k] for k in self.primary_key(effect.table)]
            free = (
                sa.select(*keys).where(*where, self._nobody_else(effect, rows, chosen)).distinct().subquery()
            )
            return self.number(sa.select(sa.func.count()).select_from(free))
        return self.number(sa.select(sa.func.count()).select_from(rows).where(*where))

    def count_each(self, effect: Effect, chosen: PeopleList) -> dict[Key, int]:
        """Return how many rows *effect* would concern for each person of *chosen*, those with none left out."""
        mine = [chosen.table.c.fate == int(Fate.ARCHIVE)] if isinstance(effect, Seal) else []
        rows, where = self.rows_of(effect, chosen, *mine)
        keys = chosen.key_columns()
        if isinstance(effect, Erase) and effect.shared:
            own = [rows.c[k].label(f"own{i}") for i, k in enumerate(self.primary_key(effect.table))]
            free = self._nobody_else(effect, rows, chosen)
            among = sa.select(*keys, *own).where(*where, free).distinct().subquery()
            mine = [among.c[key.name] for key in keys]
            query = sa.select(*mine, sa.func.count()).group_by(*mine)
        else:
            query = sa.select(*keys, sa.func.count()).select_from(rows).where(*where).group_by(*keys)
        return {tuple(row[:-1]): int(row[-1]) for row in self.connection.execute(query)}

    def longer_than(self, tables: Sequence[str], rows: int) -> frozenset[str]:
        """Return those of *tables* that have more than *rows* rows; no more than these are looked at."""
        longer = set[str]()
        for start in range(0, len(tables), FEW):
            few = tables[start : start + FEW]
            known = (self.compiler.tables[table] for table in few)
            beyond = (sa.select(sa.literal(1)).select_from(table).offset(rows).limit(1) for table in known)
            found = self.connection.execute(sa.select(*(one.scalar_subquery() for one in beyond))).one()
            longer |= {table for table, one_more in zip(few, found, strict=True) if one_more}
        return frozenset(longer)

    def texts(
        self, table: str, columns: Sequence[str], flag: Condition
    ) -> Iterator[tuple[Key, bool, Sequence[str | None]]]:
        """Stream *table*: key, whether *flag* holds, and *columns* as text."""
        rows, keys = self.compiler.tables[table], self.primary_key(table)
        holds = sa.case((self.compiler.where(flag, rows, table), 1), else_=0)
        query = sa.select(*(rows.c[k] for k in keys), holds, *(self._as_text(table, c) for c in columns))
        width = len(keys)
        for row in self.stream(query):
            yield tuple(row[:width]), bool(row[width]), tuple(row[width + 1 :])

    def _as_text(self, table: str, name: str) -> Any:
        found = self.compiler.catalog.table(table)
        column = found.column(name) if found else None
        value = self.compiler.tables[table].c[name]
        if column is not None and column.kind is ColumnKind.TEXT:
            return value
        return sa.cast(value, sa.CHAR if self.engine == "mariadb" else sa.Text)

    def count_rows(self, selection: Selection) -> int:
        """Return how many rows *selection* holds."""
        rows = self.compiler.tables[selection.table]
        where = self.compiler.where(selection.where, rows, selection.table)
        return self.number(sa.select(sa.func.count()).select_from(rows).where(where))

    def count_up_to(self, table: str, most: int) -> int:
        """Return how many rows *table* holds, *most* at most: what is asked never costs the whole table."""
        some = sa.select(sa.literal(1)).select_from(self.compiler.tables[table]).limit(most).subquery()
        return self.number(sa.select(sa.func.count()).select_from(some))

    def touched(self, effect: Change, chosen: PeopleList, unit: Unit) -> list[tuple[Key, Key]]:
        """Return the rows *effect* would change for one chunk: the person's key, then the row's own (empty without one)."""
        rows, where = self.rows_of(effect, chosen, chosen.unit(unit.fate, unit.chunk))
        own = [rows.c[name] for name in self.primary_key(effect.table)]
        query = sa.select(*chosen.key_columns(), *own).where(*where)
        width = len(chosen.keys)
        return [(tuple(row[:width]), tuple(row[width:])) for row in self.connection.execute(query)]

    def record_keys(self, effect: Change) -> list[Key]:
        """Return the primary keys of the records *effect* concerns, empty where the table has none."""
        rows = self.compiler.tables[effect.table]
        own: list[Any] = [rows.c[name] for name in self.primary_key(effect.table)] or [sa.literal(1)]
        width = len(self.primary_key(effect.table))
        query = sa.select(*own).where(self.compiler.where(effect.where, rows, effect.table))
        return [tuple(row[:width]) for row in self.connection.execute(query)]

    def refused(self, effect: Cut | Clear, chosen: PeopleList) -> list[str]:
        """Return the CHECK constraints some row would break once changed as *effect* says, in the engine's own words.

        Args:
            effect: What would be changed.
            chosen: Whose rows.
        """
        table, target = self.compiler.catalog.table(effect.table), self.compiler.tables[effect.table]
        values = {column.name: value for column, value in self._values(effect, target).items()}
        checks = [check for check in (table.checks if table else ()) if values.keys() & set(check.columns)]
        if not checks:
            return []
        rows, where = self.rows_of(effect, chosen, alias=True, whose=False)
        values = {column.name: value for column, value in self._values(effect, rows).items()}
        cells = [
            dialects.typed(self.engine, values[c.name], c.type) if c.name in values else rows.c[c.name]
            for c in target.c
        ]
        named = (cell.label(c.name) for cell, c in zip(cells, target.c, strict=True))
        after = sa.select(*named).where(*where).subquery(target.name)
        # The condition is the engine's own text: it is asked about the rows as they would be.
        broken: dict[str, Any] = {check.says: sa.literal_column(f"NOT ({check.says})") for check in checks}
        found = sa.select(sa.literal(1)).select_from(after).limit(1)
        return [says for says, no in broken.items() if self.connection.execute(found.where(no)).first()]

    def read(self, seal: Seal, chosen: PeopleList, unit: Unit) -> Iterator[Rows]:
        """Yield, for each person of a chunk, the rows *seal* covers as one text written by the server."""
        rows, where = self.rows_of(seal, chosen, chosen.unit(unit.fate, unit.chunk))
        written = packing.row(self.engine, self.cells(seal, rows))
        keys = chosen.key_columns()
        query: sa.Select[Any] = sa.select(*keys, packing.gathered(self.engine, written), sa.func.count())
        yield from self.gathered(query.where(*where).group_by(*keys))

    def take(self, seal: Seal, erase: Erase, chosen: PeopleList, unit: Unit) -> list[Rows]:
        """Delete the rows of one chunk *erase* covers, which *seal* covers too, and return them person by person.

        One statement where the engine can gather what a deletion returns; elsewhere read, then delete.

        Raises:
            BusyError: A row appeared, or went, between the two; what is archived is what was deleted.
        """
        if self.engine == "postgresql":
            return list(self._taken(seal, erase, chosen, unit))
        read = list(self.read(seal, chosen, unit))
        if self.perform(erase, chosen, unit) != sum(count for _, _, count in read):
            raise appeared(seal.table)
        return read

    def _taken(self, seal: Seal, erase: Erase, chosen: PeopleList, unit: Unit) -> Iterator[Rows]:
        rows, where = self.rows_of(erase, chosen, chosen.unit(unit.fate, unit.chunk))
        written = packing.row(self.engine, self.cells(seal, rows)).label("written")
        gone = (
            sa.delete(rows)  # type: ignore[arg-type]
            .where(*where)
            .returning(*chosen.key_columns(), written)
            .cte("gone")
        )
        keys = [gone.c[key.name] for key in chosen.key_columns()]
        together = packing.gathered(self.engine, gone.c.written)
        yield from self.gathered(sa.select(*keys, together, sa.func.count()).group_by(*keys))

    def shared_keys(self, effect: Erase, chosen: PeopleList, unit: Unit) -> list[Key]:
        """Return the keys of the shared rows the people of a chunk point at, before they stop pointing."""
        rows, where = self.rows_of(effect, chosen, chosen.unit(unit.fate, unit.chunk), whose=False)
        keys = [rows.c[k] for k in self.primary_key(effect.table)]
        query = sa.select(*keys).where(*where).distinct()
        return [tuple(row) for row in self.connection.execute(query)]

    def erase_unheld(self, effect: Erase, keys: Sequence[Key]) -> int:
        """Delete those of *keys* that no row points at any more; return how many."""
        rows = self.compiler.tables[effect.table]
        columns = [rows.c[k] for k in self.primary_key(effect.table)]
        held = [Linked(path=holder.way, where=ALWAYS) for holder in effect.held_by]
        free = [self.compiler.where(link, rows, effect.table, holds=False) for link in held]
        done = 0
        for start in range(0, len(keys), FEW):
            mine = self.one_of(columns, keys[start : start + FEW])
            done += self.connection.execute(sa.delete(rows).where(mine, *free)).rowcount
        return done

    def perform(self, effect: Change, chosen: PeopleList, unit: Unit) -> int:
        """Change the rows of one chunk as *effect* says; return how many rows changed."""
        target = self.compiler.tables[effect.table]
        single = self.engine == "sqlite"
        listed = self.engine == "mariadb" and self._wants_list(effect)
        share = self._share(effect, chosen, unit) if moves_dates(effect) else None
        mine = chosen.unit(unit.fate, unit.chunk)
        rows, where = self.rows_of(effect, chosen, mine, alias=single or listed, whose=share is not None)
        if single:
            query = sa.select(*self._row_identity(rows, effect.table)).where(*where)
            where = [_among(self._row_identity(target, effect.table), query)]
        elif listed:
            where, share = self._listed(effect, rows, where, share)
        if isinstance(effect, Erase):
            return self.connection.execute(sa.delete(target).where(*where)).rowcount
        values = self._values(effect, target, share)
        return self.connection.execute(sa.update(target).where(*where).values(values)).rowcount

    def _wants_list(self, effect: Change) -> bool:
        """Return whether MariaDB must make a list of the rows first: it changes no table that its statement reads twice,
        and compares value by value what it would look up in a list for a query."""
        apart = reads(effect.where, effect.table) or first_unlike(effect.path) is not None
        return apart and bool(self.primary_key(effect.table))

    def _listed(
        self, effect: Change, rows: sa.FromClause, where: list[Clause], share: Any
    ) -> tuple[list[Clause], Any]:
        """Return *where* as a list of keys made first; DISTINCT keeps MariaDB from merging it into the statement."""
        target = self.compiler.tables[effect.table]
        keys = [rows.c[name].label(f"own{i}") for i, name in enumerate(self.primary_key(effect.table))]
        shares = [] if share is None else [share.label("share")]
        found = sa.select(*keys, *shares).where(*where).distinct().subquery("listed")
        own = (target.c[name] for name in self.primary_key(effect.table))
        same = [mine == found.c[key.name] for mine, key in zip(own, keys, strict=True)]
        return same, found.c.share if shares else None

    def _share(self, effect: Change, chosen: PeopleList, unit: Unit) -> Any:
        """Return the share of the person a row belongs to, drawn now for whoever has none yet."""
        mine, share = chosen.unit(unit.fate, unit.chunk), chosen.table.c.share
        draw = sa.update(chosen.table).where(mine, share.is_(None)).values(share=chance(self.engine))
        self.connection.execute(draw)
        if self.engine != "sqlite":
            return share
        rows, where = self.rows_of(effect, chosen, alias=True)
        target = self.compiler.tables[effect.table]
        ours, theirs = (self._row_identity(r, effect.table) for r in (target, rows))
        same = [a == b for a, b in zip(ours, theirs, strict=True)]
        return sa.select(share).where(*where, *same).correlate(target).scalar_subquery()

    def change_records(self, effect: Change, *, limit: int | None = None) -> int:
        """Change at most *limit* rows, all by default, whoever they speak of; return how many."""
        rows = self.compiler.tables[effect.table]
        where = self.compiler.where(effect.where, rows, effect.table)
        change: Any = (
            sa.delete(rows)
            if isinstance(effect, Erase)
            else sa.update(rows).values(self._values(effect, rows))
        )
        if limit is None:
            return self.connection.execute(change.where(where)).rowcount
        keys = self.primary_key(effect.table)
        if len(keys) == 1:
            return self._change_next(effect, change, rows.c[keys[0]], where, limit)
        if self.engine == "mariadb":
            return self.connection.execute(
                change.where(where).with_dialect_options(mariadb_limit=limit)
            ).rowcount
        picked = sa.select(*self._row_identity(rows, effect.table)).where(where).limit(limit).subquery()
        among = _among(self._row_identity(rows, effect.table), sa.select(*picked.c))
        return self.connection.execute(change.where(among)).rowcount

    def _change_next(self, effect: Change, change: Any, key: Any, where: Clause, limit: int) -> int:
        """Change the next rows in the order of their key, from where the last batch ended; then once more from the start.

        Looking for each batch from the start would read again everything the batches before it have changed.
        """
        after = self._reached.pop(effect, None)
        beyond = [] if after is None else [key > after]
        batch = sa.select(key.label("key")).where(where, *beyond).order_by(key).limit(limit).subquery()
        last = self.connection.execute(sa.select(sa.func.max(batch.c.key))).scalar()
        if last is None:
            return 0 if after is None else self._change_next(effect, change, key, where, limit)
        done = self.connection.execute(change.where(where, key <= last, *beyond)).rowcount
        self._reached[effect] = last
        return done

    # ── receipts ──

    def note(self, run: str, task: str, unit: Unit, lines: Iterable[Line]) -> None:
        """Write the receipt of one chunk, in the transaction that changed it."""
        rows = [
            {"run": run, "task": task, "fate": int(unit.fate), "chunk": unit.chunk, "effect": number,
             "verb": line.verb, "tbl": line.table, "rows": line.rows, "people": line.people}
            for number, line in enumerate(lines)
        ]  # fmt: skip
        if rows:
            self.connection.execute(sa.insert(self.receipt), rows)

    def noted(self, run: str) -> list[Noted]:
        """Return what *run* has done here so far, in order."""
        r = self.receipt.c
        query = sa.select(r.task, r.fate, r.chunk, r.verb, r.tbl, r.rows, r.people).where(r.run == run)
        return [
            Noted(task=task, unit=Unit(fate=Fate(f), chunk=c), line=Line(verb=v, table=t, rows=n, people=p))
            for task, f, c, v, t, n, p in self.connection.execute(
                query.order_by(*self.receipt.primary_key.columns)
            )
        ]

    def so_far(self, run: str, task: str) -> tuple[Mapping[tuple[str, str], int], int]:
        """Return how many rows *task* has changed in *run*, by verb and table, and the first number no unit of it has.

        Every process included; the number is safe to take inside ``transaction``.
        """
        r = self.receipt.c
        query = sa.select(r.verb, r.tbl, sa.func.sum(r.rows), sa.func.max(r.chunk))
        mine = query.where(r.run == run, r.task == task).group_by(r.verb, r.tbl)
        found = self.connection.execute(mine).all()
        rows = {(verb, table): int(changed) for verb, table, changed, _ in found}
        return rows, max((last for *_, last in found), default=-1) + 1

    def receipts(self, runs: Collection[str]) -> set[tuple[str, str, Unit]]:
        """Return every unit that has a receipt here of one of *runs*, with its run and task."""
        r = self.receipt.c
        query = sa.select(r.run, r.task, r.fate, r.chunk).where(r.run.in_(sorted(runs))).distinct()
        found = self.connection.execute(query)
        return {(run, task, Unit(fate=Fate(fate), chunk=chunk)) for run, task, fate, chunk in found}

    # ── pieces ──

    def _values(
        self, effect: Clear | Anonymise | Cut, rows: sa.FromClause, share: Any = None
    ) -> Mapping[Any, Any]:
        if isinstance(effect, Cut):
            return {rows.c[name]: sa.null() for name in effect.columns}
        return {
            rows.c[c.column]: self.compiler.cleared(c, rows, effect.table, shift=share)
            for c in effect.clearings
        }

    def _nobody_else(self, effect: Erase, rows: sa.FromClause, chosen: PeopleList) -> Any:
        """Return when only rows that go with chosen people hold a shared row."""
        held = [self._outside(holder, rows, effect.table, chosen) for holder in effect.held_by]
        return sa.not_(sa.or_(sa.false(), *held))

    def _outside(self, holder: Holder, rows: sa.FromClause, table: str, chosen: PeopleList) -> Any:
        """Return when a row of *holder* holds *rows*, and is nobody's of *chosen* or stays all the same."""
        joins, there = self.compiler.join(rows, table, holder.way)
        name = holder.way[-1].table
        mine = [self._of_chosen(path, there, name, chosen) for path in holder.mine]
        staying = [self.compiler.where(holder.staying, there, name)]
        staying += [self._outside(above, there, name, chosen) for above in holder.held_by]
        outside = sa.or_(sa.not_(sa.or_(sa.false(), *mine)), *staying)
        found = sa.select(sa.literal(1)).select_from(*(each for each, _ in joins))
        return sa.exists(found.where(*(on for _, on in joins), outside).correlate(rows))

    def _of_chosen(self, path: Path, rows: sa.FromClause, table: str, chosen: PeopleList) -> Any:
        joins, person = self.compiler.join(rows, table, path)
        found = sa.select(sa.literal(1)).select_from(chosen.table, *(each for each, _ in joins))
        return sa.exists(found.where(*(on for _, on in joins), chosen.same(person)).correlate(rows))

    def _row_identity(self, rows: sa.FromClause, table: str) -> list[Any]:
        """Return what tells one row of *table* from another: its key, else the engine's own row number."""
        keys = self.primary_key(table)
        if keys:
            return [rows.c[k] for k in keys]
        name = {"sqlite": "rowid", "postgresql": "ctid"}[self.engine]
        return [sa.column(name, _selectable=rows)]


def moves_dates(effect: Change) -> bool:
    """Return whether *effect* moves dates by what is drawn for each person."""
    return isinstance(effect, Anonymise) and any(isinstance(c.keep, Shift) for c in effect.clearings)


def _among(identity: list[Any], query: sa.Select[Any]) -> Any:
    return identity[0].in_(query) if len(identity) == 1 else sa.tuple_(*identity).in_(query)
