"""What correcting a person's data means in every system at once: what changes, what only gets a note, what a human must decide.

Pure: reads a copy of what is the person's, writes nothing.

Source: GDPR 16, 19; LIL 50; C. com. L123-22 (accounting documents are neither erased nor altered); policy C-RGT-08, C-RGT-09.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tenu.datamap.catalog import ColumnKind
from tenu.datamap.identity import folded, normalise
from tenu.datamap.layout import Layout
from tenu.plans.access import Cell, Copied
from tenu.plans.values import ValueRefusedError, canonical, typed
from tenu.terms import IdentifierKind, Text

SHORTEST = 3
"""Letters a former value has at least to be looked for inside longer ones."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Where:
    """One column of one system."""

    system: str
    table: str
    column: str

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"{self.system}.{self.table}.{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: *value*, as people write it, in a column, of the row *key* alone when it is given (key as text)."""

    where: Where
    value: str
    key: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value of one row: what it is, what it becomes, both as text.

    *followed*: nobody named it, it holds or quotes *instead_of*, the former value of one that was named.
    """

    where: Where
    key: tuple[str, ...]
    old: str | None
    new: str | None
    followed: bool = False
    instead_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something that was asked for cannot be done."""

    where: Where
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything a rectification would do. Nothing is done while there is a *problem*, or something *undecided*.

    *sealed*: accounting documents, and rows the law keeps: they stay as they are, with a note. *undecided*: other columns that hold, or
    quote, a former value. *left*: those a human leaves, with why.
    """

    changes: tuple[Change, ...]
    sealed: tuple[Change, ...]
    undecided: tuple[Change, ...]
    left: Mapping[Where, str]
    problems: tuple[Problem, ...]

    @property
    def is_ready(self) -> bool:
        """Return whether it can be done as it is."""
        return not self.problems and not self.undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """One value of the person's, where it is, and what is known of its column."""

    where: Where
    key: tuple[str, ...]
    value: str | None
    cell: Cell
    identifies: IdentifierKind | None
    sealed: bool


def draft(
    copied: Sequence[Copied],
    layouts: Mapping[str, Layout],
    wanted: Sequence[Wanted],
    left: Mapping[Where, str],
) -> Draft:
    """Return what *wanted* does to everything that is the person's.

    The same information elsewhere (an identifier of the same kind, a column of the same name and category, with the
    former value) follows by itself. Other columns of the category that hold or quote the former value are for a human.

    Args:
        copied: The live copy.
        layouts: Every system, laid out.
        wanted: What a human asks.
        left: What a human leaves as it is, with why.
    """
    spots = [spot for table in copied if table.archived_until is None for spot in _spots(table, layouts)]
    by_place = {(spot.where, spot.key): spot for spot in spots}
    named, problems = [], []
    for one in wanted:
        changes, wrong = _named(one, spots, layouts)
        named += changes
        problems += wrong
    surely, perhaps = _elsewhere(named, by_place, left)
    for change in surely:
        written = _written(by_place[change.where, change.key], change.new or "", layouts)
        if isinstance(written, Text) and not by_place[change.where, change.key].sealed:
            problems.append(Problem(where=change.where, why=written))
    found = [*named, *surely]
    sealed = [change for change in (*found, *perhaps) if by_place[change.where, change.key].sealed]
    return Draft(
        changes=tuple(change for change in found if change not in sealed),
        sealed=tuple(sealed),
        undecided=tuple(change for change in perhaps if change not in sealed),
        left=left,
        problems=tuple(dict.fromkeys(problems)),
    )


def _elsewhere(
    named: Sequence[Change],
    spots: Mapping[tuple[Where, tuple[str, ...]], _Spot],
    left: Mapping[Where, str],
) -> tuple[list[Change], list[Change]]:
    """Return where else the former values of *named* are: surely the same information, and perhaps."""
    taken = {(change.where, change.key) for change in named}
    surely: dict[tuple[Where, tuple[str, ...]], Change] = {}
    perhaps: list[Change] = []
    for change in named:
        origin = spots[change.where, change.key]
        for place, spot in spots.items():
            follows = None if place in taken or spot.where in left else _follows(spot, origin)
            if follows is None:
                continue
            found = Change(
                where=spot.where,
                key=spot.key,
                old=spot.value,
                new=change.new,
                followed=True,
                instead_of=change.old,
            )
            if follows:
                surely.setdefault(place, found)
            else:
                perhaps.append(found)
    quoting = {(c.where, c.key, c.instead_of): c for c in perhaps if (c.where, c.key) not in surely}
    return list(surely.values()), list(quoting.values())


def _spots(table: Copied, layouts: Mapping[str, Layout]) -> Iterator[_Spot]:
    layout = layouts[table.system]
    live, declared = layout.catalog.table(table.table), layout.system.tables.get(table.table)
    zone, kinds = ZoneInfo(layout.system.stored_in), layout.system.designating(table.table)
    places = [i for i, cell in enumerate(table.columns) if live and cell.name in live.primary_key]
    ordered = sorted(places, key=lambda i: live.primary_key.index(table.columns[i].name) if live else 0)
    for row in table.rows:
        key = tuple(str(row[i]) for i in ordered)
        for cell, value in zip(table.columns, row, strict=True):
            yield _Spot(
                where=Where(system=table.system, table=table.table, column=cell.name),
                key=key,
                value=canonical(cell.kind, value, zone),
                cell=cell,
                identifies=kinds.get(cell.name),
                sealed=bool(declared and declared.kept_by_law),
            )


def _named(
    one: Wanted, spots: Sequence[_Spot], layouts: Mapping[str, Layout]
) -> tuple[list[Change], list[Problem]]:
    """Return what one wish names: one value of one row; or of all the person's rows that hold the same one."""
    mine = [spot for spot in spots if spot.where == one.where and one.key in (None, spot.key)]
    if not mine:
        return [], [
            _problem(
                one,
                "aucune ligne de cette personne n'a cette colonne",
                "no row of this person has this column",
            )
        ]
    if len({spot.value for spot in mine}) > 1:
        keys = ", ".join(",".join(spot.key) for spot in mine[:5])
        return [], [
            _problem(
                one,
                f"plusieurs lignes, plusieurs valeurs : nommez la ligne par sa clé ({keys})",
                f"several rows, several values: name the row by its key ({keys})",
            )
        ]
    if mine[0].cell.ties or not mine[0].key:
        return [], [
            _problem(
                one,
                "cette colonne relie ou désigne les lignes, elle ne se corrige pas : faites noter ce qu'elle doit dire",
                "this column ties or designates rows, it is not corrected: have a note say what it should",
            )
        ]
    written = _written(mine[0], one.value, layouts)
    if isinstance(written, Text) and not mine[0].sealed:
        return [], [Problem(where=one.where, why=written)]
    new = one.value or None
    return [
        Change(where=spot.where, key=spot.key, old=spot.value, new=new)
        for spot in mine
        if not _is(spot, new, layouts)
    ], []


def _is(spot: _Spot, new: str | None, layouts: Mapping[str, Layout]) -> bool:
    zone = ZoneInfo(layouts[spot.where.system].system.stored_in)
    return canonical(spot.cell.kind, new, zone) == spot.value


def _problem(one: Wanted, fr: str, en: str) -> Problem:
    return Problem(where=one.where, why=Text(fr=fr, en=en))


def _written(spot: _Spot, said: str, layouts: Mapping[str, Layout]) -> object:
    """Return *said* as a value of the column of *spot*, or why it is none, as a ``Text``."""
    layout = layouts[spot.where.system]
    table = layout.catalog.table(spot.where.table)
    column = table.column(spot.where.column) if table else None
    if column is None and ".$" in spot.where.column:
        return Text(
            fr="une valeur dans un document ne s'écrit pas ici : corrigez-la dans son logiciel",
            en="a value inside a document is not written here: correct it in its own software",
        )
    if column is None:
        return Text(fr="la colonne n'existe plus", en="the column is gone")
    try:
        return typed(column, said, spot.identifies, ZoneInfo(layout.system.stored_in))
    except ValueRefusedError as refused:
        return refused.why


def _follows(spot: _Spot, origin: _Spot) -> bool | None:
    """Return whether *spot* is the same information as *origin*: True surely, False perhaps, None not at all."""
    if spot.value is None or origin.value is None or spot.cell.ties or spot.cell.category is None:
        return None
    if (spot.where, spot.key) == (origin.where, origin.key):
        return None
    kind = origin.identifies
    if kind is not None and spot.identifies is kind and kind is not IdentifierKind.NAME:
        return True if normalise(kind, spot.value) == normalise(kind, origin.value) else None
    if spot.cell.category != origin.cell.category:
        return None
    same, named = _alike(spot, origin), spot.where.column == origin.where.column
    if same:
        return named or (None if spot.cell.kind is not ColumnKind.TEXT else False)
    return False if _quotes(spot, origin) else None


def _alike(spot: _Spot, origin: _Spot) -> bool:
    if spot.cell.kind is ColumnKind.TEXT and origin.cell.kind is ColumnKind.TEXT:
        return folded(spot.value or "") == folded(origin.value or "") != ""
    return spot.cell.kind is origin.cell.kind and spot.value == origin.value


def _quotes(spot: _Spot, origin: _Spot) -> bool:
    """Return whether the text of *spot* holds the former value among other words."""
    if ColumnKind.TEXT not in (spot.cell.kind,) or origin.cell.kind is not ColumnKind.TEXT:
        return False
    said = folded(origin.value or "")
    return len(said) >= SHORTEST and f" {said} " in f" {folded(spot.value or '')} "
