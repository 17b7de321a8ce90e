"""Rows as files: what a human masked left out, then JSON, or one CSV per table.

Source: GDPR 12(1), 15(3)-(4), 20(1).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from tenu.datamap.model import System
from tenu.plans.access import Copied
from tenu.terms import Language, Text

_SECRET = Text(
    fr="la copie d'un secret n'apprend rien et affaiblit ce qu'il protège",
    en="the copy of a secret tells nothing and weakens what it protects",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A column kept from the copy, with *why*, which is told: by a human, because it speaks of somebody else (GDPR 15(4), 20(4)).

    *secret*: by the data map, because it opens something, whoever's it is (GDPR 15(4), 32).
    """

    system: str
    table: str
    column: str
    why: str
    secret: bool = False

    def __str__(self) -> str:
        """Return the column as people read it."""
        return f"{self.system}.{self.table}.{self.column}"


def secrets(systems: Iterable[System], copied: Iterable[Copied], language: Language) -> tuple[Mask, ...]:
    """Return the masks of the columns of *copied* that the data maps of *systems* call secret."""
    declared = {system.system: system for system in systems}
    return tuple(
        Mask(system=table.system, table=table.table, column=cell.name, why=_SECRET.in_(language), secret=True)
        for table in copied
        if (said := declared[table.system].tables.get(table.table))
        for cell in table.columns
        if (column := said.columns.get(cell.name)) and column.secret
    )


def masked(table: Copied, masks: Iterable[Mask]) -> Copied:
    """Return *table* without the columns a human masked."""
    hidden = {m.column for m in masks if (m.system, m.table) == (table.system, table.table)}
    kept = [i for i, cell in enumerate(table.columns) if cell.name not in hidden]
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
    )


def plain(table: Copied) -> dict[str, object]:
    """Return the rows as plain data, the columns' names beside the values."""
    names = [cell.name for cell in table.columns]
    archived = {} if table.archived_until is None else {"archived_until": table.archived_until.isoformat()}
    return {
        "system": table.system,
        "table": table.table,
        **archived,
        "rows": [dict(zip(names, row, strict=True)) for row in table.rows],
    }


def csv_of(table: Copied, *, inert: bool = True) -> bytes:
    """Return the rows as RFC 4180, in UTF-8, the names of the columns first.

    What has no CSV of its own (true, false, lists, documents) is written as JSON.

    Args:
        table: Rows of one table.
        inert: Whether a value a spreadsheet would run as a formula is quoted by an apostrophe; not where a program reads it.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(cell.name for cell in table.columns)
    for row in table.rows:
        cells = map(_cell, row)
        writer.writerow(map(_inert, cells) if inert else cells)
    return text.getvalue().encode()


def json_of(value: object) -> bytes:
    """Return *value* as a JSON file in UTF-8."""
    return (json.dumps(value, ensure_ascii=False, indent=1, default=_written) + "\n").encode()


def _written(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def _cell(value: object) -> object:
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False, default=_written)
    return value


def _inert(value: object) -> object:
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        else value
    )
