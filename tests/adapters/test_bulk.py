"""Inserting many rows at once gives the rows an ordinary INSERT gives, on every engine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tenu.adapters.databases.bulk import insert_rows
from tenu.adapters.databases.dialects import connect

FIRST, SECOND = (1, "Zoé\t\\N\n", date(2026, 3, 1)), (2, None, None)


def table(*columns: sa.Column[Any]) -> sa.Table:
    return sa.Table("kept", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns)


def back(
    url: str, kept: sa.Table, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    engine = connect(url, writing=True)
    with engine.begin() as connection:
        kept.create(connection)
        insert_rows(connection, kept, names, rows)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.select(kept).order_by(kept.c.id))]
    engine.dispose()
    return found


@pytest.mark.parametrize("rows", [[], [FIRST], [FIRST, SECOND]], ids=["none", "one", "two"])
def test_rows_come_back_as_they_went_in(engine_url: str, rows: list[tuple[Any, ...]]) -> None:
    """Tabs, line ends, backslashes, accents and NULL survive, for no row, one, or several."""
    kept = table(sa.Column("name", sa.String(40)), sa.Column("day", sa.Date))
    assert back(engine_url, kept, ("id", "name", "day"), rows) == rows


def test_a_type_copy_does_not_know_goes_as_text(engine_url: str) -> None:
    """A number with decimals keeps every digit although it is not sent in binary."""
    kept = table(sa.Column("amount", sa.Numeric(12, 4)))
    rows = [(1, Decimal("12345678.0001")), (2, Decimal("-0.5000"))]
    assert back(engine_url, kept, ("id", "amount"), rows) == rows
