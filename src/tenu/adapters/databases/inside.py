"""Changing values inside JSON documents, written for each engine: the rest of the document says what it said.

A text that is no document, or a single JSON value, is emptied whole: nothing tells what it holds. Each engine is asked in
the order of a CASE, so that what is no JSON is never read as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from tenu.datamap.catalog import Column
from tenu.datamap.paths import Keys
from tenu.plans.selection import Inside

_TYPES = {"postgresql": ("object", "array"), "sqlite": ("object", "array"), "mariadb": ("OBJECT", "ARRAY")}
_NULLS = {"postgresql": "null", "sqlite": "null", "mariadb": "NULL"}


def emptied(engine: str, column: Column, value: Any, parts: Sequence[Inside]) -> Any:
    """Return the document *value* of *column* with each of *parts* removed, or replaced by what it becomes.

    A document that says nothing there stays as it is written, to the letter.
    """
    document = _document(engine, value)
    nothing: Any = sa.null() if column.nullable else sa.literal("{}")
    if engine == "postgresql":
        nothing = sa.cast(nothing, postgresql.JSONB)
    changed = reduce(lambda doc, part: _without(engine, doc, document, part), parts, document)
    whole: Any = sa.case(
        (_is_json(engine, value) == 0, nothing),
        (_type(engine, document).in_(_TYPES[engine]), changed),
        else_=nothing,
    )
    if engine == "postgresql":
        whole = sa.cast(whole, value.type)
    return sa.case((left(engine, value, parts), whole), else_=value)


def left(engine: str, value: Any, parts: Sequence[Inside]) -> sa.ColumnElement[bool]:
    """Return whether the document *value* still says something at one of *parts*, or cannot be read as a document."""
    document = _document(engine, value)
    said = [_says(_text(engine, document, part.keys), part) for part in parts]
    return (
        sa.case(
            (value.is_(None), 0),
            (_is_json(engine, value) == 0, 1),
            (_type(engine, document) == _NULLS[engine], 0),
            (_type(engine, document).not_in(_TYPES[engine]), 1),
            (sa.or_(*said), 1),
            else_=0,
        )
        == 1
    )


def _says(text: Any, part: Inside) -> Any:
    return text.is_not(None) if part.to is None else sa.and_(text.is_not(None), text != str(part.to))


def _document(engine: str, value: Any) -> Any:
    """Return *value* as the functions of its engine take it, without the comparisons SQLAlchemy gives to JSON."""
    if engine == "postgresql":
        return sa.type_coerce(sa.cast(value, postgresql.JSONB), sa.Text)
    return sa.type_coerce(value, sa.Text)


def _is_json(engine: str, value: Any) -> Any:
    """Return 1 where *value* is well formed; the types of PostgreSQL hold nothing else."""
    return sa.literal(1) if engine == "postgresql" else sa.func.json_valid(value, type_=sa.Integer)


def _type(engine: str, document: Any) -> Any:
    name = "jsonb_typeof" if engine == "postgresql" else "json_type"
    return getattr(sa.func, name)(document, type_=sa.String)


def _text(engine: str, document: Any, keys: Keys) -> Any:
    """Return what *document* says at *keys*, as text; NULL where it says nothing, or JSON's null."""
    match engine:
        case "postgresql":
            return sa.func.jsonb_extract_path_text(document, *keys, type_=sa.Text)
        case "sqlite":
            return sa.cast(sa.func.json_extract(document, _path(keys)), sa.Text)
        case _:
            found = sa.func.json_extract(document, _path(keys), type_=sa.Text)
            plain = sa.cast(sa.func.json_unquote(found), mysql.CHAR(charset="utf8mb4"))
            return sa.case((_type(engine, found) != _NULLS[engine], plain.collate("utf8mb4_bin")))


def _without(engine: str, document: Any, original: Any, part: Inside) -> Any:
    """Return *document* with *part* changed; *original* tells whether there is anything to change."""
    if engine != "postgresql":
        if part.to is None:
            return sa.func.json_remove(document, _path(part.keys))
        return sa.func.json_replace(document, _path(part.keys), sa.literal(part.to))
    # A path that meets a list, or a single value, is an error there: it is then replaced by one that leads nowhere.
    above = sa.func.jsonb_extract_path(original, *part.keys[:-1]) if len(part.keys) > 1 else original
    text = postgresql.ARRAY(sa.Text)
    path = sa.case(
        (_type(engine, above) == "object", sa.cast(postgresql.array(part.keys), text)),
        else_=sa.cast(postgresql.array([], type_=sa.Text), text),
    )
    if part.to is None:
        return sa.func.jsonb_delete_path(document, path)
    kept = sa.literal(part.to, sa.Text if isinstance(part.to, str) else sa.Integer)
    return sa.func.jsonb_set(document, path, sa.func.to_jsonb(sa.cast(kept, kept.type)), sa.false())


def _path(keys: Keys) -> str:
    return "$" + "".join(f'."{key}"' for key in keys)
