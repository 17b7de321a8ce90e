"""Whether anybody who left is still somewhere: every text cell of every database, read without tenu's engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from tenu.sample.company import Company
from tenu.sample.rows import KEY_OF, PARENT, SYSTEM_OF, Person
from tenu.sample.schema import SYSTEMS

_TOKEN = re.compile(r"[\w.+-]+@[\w.-]+|C\d{6,}|FR\d{2}[0-9A-Z ]{10,}|\+?\d[\d .]{8,}\d")
_ROOTS = frozenset(SYSTEM_OF) - frozenset(PARENT) | {"web_order"}


def residual(company: Company, urls: Mapping[str, str]) -> int:
    """Return how many cells still hold an identifier of somebody who has no row left in any system.

    Args:
        company: The sample, whose people's identifiers are known.
        urls: The databases as they are now.
    """
    here = {(table, key) for system, url in urls.items() for table, key in _keys(system, url)}
    gone = {
        identifier.value
        for person in company.everyone()
        if not _is_here(person, here)
        for identifier in company.identifiers(person.id)
        if identifier.kind != "name_postcode"
    }
    return sum(1 for system, url in urls.items() for cell in _cells(system, url) if _names(cell, gone))


def _is_here(person: Person, here: set[tuple[str, tuple[object, ...]]]) -> bool:
    return any(row.table in _ROOTS and (row.table, row.key) in here for row in person.rows)


def _names(cell: str, gone: set[str]) -> bool:
    return cell in gone or any(token in gone for token in _TOKEN.findall(cell))


def _keys(system: str, url: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    tables = [table for table in SYSTEMS[system].tables.values() if table.name in _ROOTS]
    for table in tables:
        columns = [table.c[name] for name in KEY_OF[table.name]]
        for row in _rows(url, sa.select(*columns)):
            yield table.name, tuple(row)


def _cells(system: str, url: str) -> Iterator[str]:
    for table in SYSTEMS[system].tables.values():
        columns = [column for column in table.columns if isinstance(column.type, sa.String)]
        for row in _rows(url, sa.select(*columns)) if columns else ():
            yield from (str(cell) for cell in row if cell)


def _rows(url: str, query: sa.Select[tuple[object, ...]]) -> Iterator[sa.Row[tuple[object, ...]]]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            yield from connection.execute(query.execution_options(yield_per=5_000))
    finally:
        engine.dispose()
