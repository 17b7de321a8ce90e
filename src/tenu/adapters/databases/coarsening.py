"""What is left of a value, written for each engine: the same on all of them, and nothing to find the value back by."""

from __future__ import annotations

from typing import Any, assert_never

import sqlalchemy as sa

from tenu.datamap.anonymity import Band, Coarsen, Generalisation, Group, Redraw, Shorten, Unit
from tenu.datamap.catalog import Column, ColumnKind

KEYS = 2**53
"""Keys drawn at random lie below: whole numbers every engine draws exactly."""
SHARES = 2**31 - 1


def coarsened(engine: str, column: Column, value: Any, method: Generalisation) -> Any:
    """Return what *method* leaves of *value*, a value of *column*."""
    match method:
        case Coarsen(unit=unit):
            return _first_day(engine, column.kind, value, unit)
        case Band(width=width):
            return _lower_bound(engine, value, width)
        case Shorten(characters=characters):
            return sa.func.substr(value, 1, characters, type_=sa.String())
        case Group(into=into, stays=stays, others=others):
            known = [(value == fine, sa.literal(coarse)) for fine, coarse in into]
            kept = [(value.in_(stays), value)] if stays else []
            return sa.case(*known, *kept, else_=None if others is None else sa.literal(others))
    assert_never(method)


def drawn(engine: str, column: Column, _method: Redraw) -> Any:
    """Return a new key for *column*, drawn at random for each row; numbers are negative, so that no sequence meets them."""
    if column.kind is ColumnKind.INTEGER:
        match engine:
            case "postgresql":
                return -1 - sa.cast(sa.func.random() * KEYS, sa.BigInteger)
            case "sqlite":
                return -1 - sa.func.abs(sa.func.random() % sa.literal_column(str(KEYS)))
            case _:
                return -1 - sa.func.floor(sa.func.rand() * KEYS)
    match engine:
        case "postgresql":
            uuid: Any = sa.func.gen_random_uuid()
            return (
                uuid
                if column.kind is not ColumnKind.TEXT
                else sa.func.replace(sa.cast(uuid, sa.Text), "-", "")
            )
        case "sqlite":
            return sa.func.lower(sa.func.hex(sa.func.randomblob(16)))
        case _:
            return (
                sa.func.uuid()
                if column.kind is not ColumnKind.TEXT
                else sa.func.replace(sa.func.uuid(), "-", "")
            )


def moved(engine: str, kind: ColumnKind, value: Any, most: int, share: Any) -> Any:
    """Return the date *value* moved by at most *most* days either way, as *share*, drawn by ``chance``, says."""
    days = share % (2 * most + 1) - most
    match engine:
        case "postgresql" if kind is ColumnKind.DAY:
            return value + days
        case "postgresql":
            return value + days * sa.literal_column("INTERVAL '1 day'")
        case "sqlite":
            shape = "%Y-%m-%d" if kind is ColumnKind.DAY else "%Y-%m-%d %H:%M:%S.000000"
            return sa.func.strftime(shape, value, sa.cast(days, sa.String).concat(" days"), type_=sa.String())
        case _:
            return sa.func.adddate(value, days)


def chance(engine: str) -> Any:
    """Return a whole number drawn at random for each row, from 0 to 2^31 - 2."""
    match engine:
        case "postgresql":
            return sa.cast(sa.func.floor(sa.func.random() * SHARES), sa.Integer)
        case "sqlite":
            return sa.func.abs(sa.func.random() % SHARES)
        case _:
            return sa.func.floor(sa.func.rand() * SHARES)


def _first_day(engine: str, kind: ColumnKind, value: Any, unit: Unit) -> Any:
    if engine == "postgresql":
        return sa.cast(sa.func.date_trunc(unit, value), value.type)
    if engine == "sqlite":
        micros = "" if kind is ColumnKind.DAY else " 00:00:00.000000"
        return _sqlite_day(value, unit).concat(micros)
    said = _mariadb_day(value, unit)
    return sa.cast(said, sa.Date if kind is ColumnKind.DAY else sa.DateTime)


def _sqlite_day(value: Any, unit: Unit) -> Any:
    def part(shape: str) -> Any:
        return sa.func.strftime(shape, value, type_=sa.String())

    match unit:
        case "month":
            return part("%Y-%m-01")
        case "quarter":
            first = (sa.cast(part("%m"), sa.Integer) - 1) // 3 * 3 + 1
            return part("%Y-").concat(sa.func.printf("%02d", first)).concat("-01")
        case "year":
            return part("%Y-01-01")
        case "decade":
            return sa.func.substr(part("%Y"), 1, 3, type_=sa.String()).concat("0-01-01")


def _mariadb_day(value: Any, unit: Unit) -> Any:
    match unit:
        case "month":
            return sa.func.date_format(value, "%Y-%m-01")
        case "quarter":
            first = sa.func.lpad(sa.func.quarter(value) * 3 - 2, 2, "0")
            return sa.func.concat(sa.func.year(value), "-", first, "-01")
        case "year":
            return sa.func.date_format(value, "%Y-01-01")
        case "decade":
            return sa.func.concat(sa.func.substr(sa.func.date_format(value, "%Y"), 1, 3), "0-01-01")


def _lower_bound(engine: str, value: Any, width: int) -> Any:
    if engine == "postgresql":
        return sa.cast(sa.func.floor(sa.cast(value, sa.Numeric) / width) * width, value.type)
    if engine == "sqlite":
        whole = sa.cast(value / sa.literal_column(f"{width}.0"), sa.Integer)
        below = sa.case((value < whole * width, 1), else_=0)
        return (whole - below) * width
    return value - sa.func.mod(sa.func.mod(value, width) + width, width)
