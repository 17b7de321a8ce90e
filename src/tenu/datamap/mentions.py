"""Every column a data map names besides those it classifies: it exists, and compares with what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenu.datamap.catalog import Column, ColumnKind
from tenu.datamap.conditions import TODAY, Said, Scalar, When, days_of, values_of
from tenu.datamap.findings import finding, nearest
from tenu.datamap.layout import Layout
from tenu.datamap.links import Link
from tenu.datamap.model import Conditioned, Elsewhere, LegalKeep, People, System
from tenu.datamap.references import way_to
from tenu.errors import Finding, Place
from tenu.terms import Severity

BLOCKER = Severity.BLOCKER
DATES = (ColumnKind.DAY, ColumnKind.INSTANT, ColumnKind.ZONED_INSTANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    """A column somebody names, where, and whether it must hold dates."""

    table: str
    column: str
    place: Place
    dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conditions:
    """Conditions on rows of *table*. *far*: they may read the row it points at, and ``today``."""

    table: str
    when: When
    place: Place
    far: bool


def named_columns(layout: Layout) -> Iterator[Finding]:
    """Check the columns that acts, states, holds, limits, links and people name: they exist, and dates are dates."""
    for said in _mentions(layout):
        found = layout.catalog.table(said.table)
        if found is None:
            yield finding(
                "D-TBL-01", BLOCKER, said.place,
                (f"la table « {said.table} » n'existe pas", f"there is no table '{said.table}'"),
                nearest(said.table, (t.name for t in layout.catalog.tables)),
            )  # fmt: skip
        elif (live := found.column(said.column)) is None:
            yield finding(
                "D-COL-01", BLOCKER, said.place,
                (f"la colonne « {said.table}.{said.column} » n'existe pas", f"there is no column '{said.table}.{said.column}'"),
                nearest(said.column, (c.name for c in found.columns)),
            )  # fmt: skip
        elif said.dated and not _is_date(layout, said.table, live):
            yield finding(
                "D-TYPE-01", BLOCKER, said.place,
                (f"« {said.table}.{said.column} » ({live.type_name}) n'est pas une date",
                 f"'{said.table}.{said.column}' ({live.type_name}) is not a date"),
                ("nommez une colonne de type date, ou dites comment elle s'écrit : « dates: {colonne: iso} »",
                 "name a column of type date, or say how it is written: 'dates: {column: iso}'"),
            )  # fmt: skip


def _is_date(layout: Layout, table: str, column: Column) -> bool:
    declared = layout.system.tables.get(table)
    if declared is not None and column.name in declared.dates:
        return column.kind in (ColumnKind.TEXT, ColumnKind.OTHER, ColumnKind.INTEGER, ColumnKind.NUMBER)
    loose = layout.catalog.engine == "sqlite" and column.kind in (ColumnKind.TEXT, ColumnKind.OTHER)
    return column.kind in DATES or column.kind is ColumnKind.INTEGER or loose


def _mentions(layout: Layout) -> Iterator[_Mention]:
    system = layout.system
    for table, people in system.people.items():
        yield from _of_people(table, people)
    yield from _of_events(system)
    for row in _conditions(layout):
        for name, said in row.when.items():
            if "." not in name:
                dated = bool(list(days_of(said)))
                yield _Mention(table=row.table, column=name, place=row.place, dated=dated)
    for table, declared in system.tables.items():
        if layout.catalog.table(table) is None:
            continue
        for name in declared.dates:
            yield _Mention(
                table=table, column=name, place=declared.at.get("dates", declared.place), dated=True
            )
        if limit := declared.record_limit:
            yield _Mention(table=table, column=limit.dated_by, place=limit.place, dated=True)
        for keep in declared.kept_by_law:
            yield from _of_keep(table, keep)
    for link in system.links:
        yield from _of_link(link)


def _of_events(system: System) -> Iterator[_Mention]:
    for act in system.acts:
        yield _Mention(
            table=act.table, column=act.dated_by, place=act.at.get("dated_by", act.place), dated=True
        )
    for hold in system.holds:
        if hold.reviewed_on:
            at = hold.at.get("reviewed_on", hold.place)
            yield _Mention(table=hold.table, column=hold.reviewed_on, place=at, dated=True)


def _of_people(table: str, people: People) -> Iterator[_Mention]:
    place = people.at.get("identified_by", people.place)
    if people.collected_at:
        at = people.at.get("collected_at", people.place)
        yield _Mention(table=table, column=people.collected_at, place=at, dated=True)
    if people.merged_into:
        yield _Mention(table=table, column=people.merged_into, place=people.at.get("merged_into", place))
    for names in people.identified_by.values():
        for name in names:
            if isinstance(name, Elsewhere):
                yield from (
                    _Mention(table=name.table, column=c, place=name.place) for c in (name.column, name.by)
                )
            else:
                yield _Mention(table=table, column=name, place=place)


def _of_keep(table: str, keep: LegalKeep) -> Iterator[_Mention]:
    at = keep.at.get("dated_by", keep.place)
    yield from (_Mention(table=keep.through or table, column=c, place=at, dated=True) for c in keep.dated_by)
    if keep.amount:
        yield _Mention(table=table, column=keep.amount, place=keep.at.get("amount", keep.place))


def _of_link(link: Link) -> Iterator[_Mention]:
    arrow = link.arrow
    yield from (_Mention(table=arrow.child, column=name, place=link.place) for name in arrow.columns)
    yield from (_Mention(table=arrow.parent, column=name, place=link.place) for name in arrow.parent_columns)
    if between := link.passage:
        names = (*between.columns, *between.onward)
        yield from (_Mention(table=between.table, column=name, place=link.place) for name in names)


def _conditions(layout: Layout) -> Iterator[_Conditions]:
    system = layout.system
    described: tuple[Conditioned, ...] = (*system.acts, *system.states, *system.holds)
    for row in described:
        yield _Conditions(table=row.table, when=row.when, place=row.at.get("when", row.place), far=True)
    for link in system.links:
        holder = link.passage.table if link.passage else link.arrow.child
        yield _Conditions(table=holder, when=link.when, place=link.at.get("when", link.place), far=True)
    for table, declared in system.tables.items():
        for keep in declared.kept_by_law:
            yield _Conditions(table=table, when=keep.when, place=keep.at.get("when", keep.place), far=True)
    for table, people in system.people.items():
        yield _Conditions(
            table=table, when=people.where, place=people.at.get("where", people.place), far=False
        )
        for name in (one for names in people.identified_by.values() for one in names):
            if isinstance(name, Elsewhere):
                yield _Conditions(table=name.table, when=name.when, place=name.place, far=False)


def conditions(layout: Layout) -> Iterator[Finding]:
    """Check that each condition compares a column with values of its kind: engines disagree on the rest."""
    for row in _conditions(layout):
        for name, said in row.when.items():
            table, _, column = name.rpartition(".")
            if table and (not row.far or way_to(row.table, table, layout.references) is None):
                yield _no_way(row, name, table)
                continue
            live = layout.catalog.table(table or row.table)
            found = live.column(column) if live else None
            if live is not None and found is None and table:
                yield finding(
                    "D-COL-01", BLOCKER, row.place,
                    (f"la colonne « {name} » n'existe pas", f"there is no column '{name}'"),
                    nearest(column, (c.name for c in live.columns)),
                )  # fmt: skip
            if found is not None and not all(_comparable(found, value) for value in values_of(said)):
                yield _unlike(table or row.table, found, said, row.place)
            if any(day == TODAY for _, day in days_of(said)) and not _follows_the_day(layout, row):
                yield finding(
                    "D-WHEN-02", BLOCKER, row.place,
                    (f"« {name} » ne peut pas dépendre du jour ici : qui est une personne, et par quel lien, ne change pas chaque nuit",
                     f"'{name}' cannot depend on the day here: who is a person, and by which link, does not change every night"),
                    ("mettez cette condition dans « states » ou « acts »", "put this condition in 'states' or 'acts'"),
                )  # fmt: skip


def _follows_the_day(layout: Layout, row: _Conditions) -> bool:
    return row.far and not any(row.when is link.when for link in layout.system.links)


def _no_way(row: _Conditions, name: str, table: str) -> Finding:
    return finding(
        "D-WHEN-01", BLOCKER, row.place,
        (f"« {name} » : aucun lien sûr et unique ne mène de « {row.table} » à « {table} »",
         f"'{name}': no single, certain link leads from '{row.table}' to '{table}'"),
        (f"déclarez-le sous « links » : {row.table}.colonne -> {table}.clé",
         f"declare it under 'links': {row.table}.column -> {table}.key"),
    )  # fmt: skip


def _unlike(table: str, column: Column, said: Said, place: Place) -> Finding:
    shown = [value for value in values_of(said) if not _comparable(column, value)]
    return finding(
        "D-TYPE-02", BLOCKER, place,
        (f"« {table}.{column.name} » ({column.type_name}) ne se compare pas à {shown[0]!r}",
         f"'{table}.{column.name}' ({column.type_name}) does not compare with {shown[0]!r}"),
        ("écrivez une valeur de son type : texte entre guillemets, nombre, ou true et false",
         "write a value of its type: text between quotes, a number, or true and false"),
    )  # fmt: skip


def _comparable(column: Column, value: Scalar) -> bool:
    match column.kind:
        case ColumnKind.TEXT | ColumnKind.OTHER:
            return value is None or isinstance(value, str)
        case ColumnKind.BOOLEAN:
            return value is None or isinstance(value, bool)
        case ColumnKind.INTEGER | ColumnKind.NUMBER:
            whole = isinstance(value, int) and not isinstance(value, bool)
            return (
                value is None or whole or (value in (0, 1) and column.type_name.upper().startswith("TINYINT"))
            )
        case _:
            return value is None
