"""The answer to a portability request: data another program reads (JSON with its schema, CSV), and a page that says what they are.

Source: GDPR 12(1), 20; LIL 55; guidelines WP242 rev.01 (structured, commonly used, machine-readable: never a PDF); policy C-RGT-03,
C-RGT-04; INV-22.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from tenu.datamap.catalog import ColumnKind
from tenu.letters.page import File, render
from tenu.letters.tables import Mask, csv_of, json_of
from tenu.plans.access import Cell, Copied
from tenu.plans.portability import WHY, Omission
from tenu.plans.searched import Covered
from tenu.policy.model import Policy
from tenu.terms import Language, Text

Converter = Callable[[object], object]
BOOLEANS = {"1": True, "0": False, "True": True, "False": False}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortabilityFacts:
    """Everything an answer to a portability request is made of.

    *kept*: the portable rows. *left*: what was left out of them, and why; *masks*: what a human kept out besides. *assumed*: the
    columns nothing says the origin of. *archived_until*: last day of what the archive keeps of them, None when nothing. *zones*:
    by system, the time zone of its date-times without zone.
    """

    number: str
    received_on: date
    answered_on: date
    policy: Policy
    labels: Mapping[str, Text]
    zones: Mapping[str, str]
    kept: tuple[Copied, ...]
    left: tuple[Omission, ...]
    masks: tuple[Mask, ...]
    assumed: tuple[str, ...]
    covered: tuple[Covered, ...]
    archived_until: date | None
    authority_address: tuple[str, ...]

    @property
    def holds_anything(self) -> bool:
        """Return whether there is anything to take away."""
        return bool(self.kept)


def portability_package(facts: PortabilityFacts, language: Language) -> tuple[File, ...]:
    """Return the files of the answer: the page, the data, their schema, one CSV per table, and what was searched."""
    written = tuple(_written(table, facts.zones.get(table.system, "UTC")) for table in facts.kept)
    tables = tuple(table for table, _ in written)
    page = render("portability", language, facts=facts, tables=tables, why=WHY)
    return (
        File(name={"fr": "lisez-moi.html", "en": "read-me.html"}[language], content=page.encode()),
        File(name="data.json", content=json_of(_data(facts, tables))),
        File(name="schema.json", content=json_of(_schema(facts, written, language))),
        *(File(name=f"data/{t.name}.csv", content=csv_of(t, inert=False)) for t in tables),
        File(name="manifest.json", content=json_of(_manifest(facts))),
    )


# ── values as every program reads them ──


def _written(table: Copied, zone: str) -> tuple[Copied, list[dict[str, Any]]]:
    """Return *table* with its values as JSON and ISO 8601 write them, and the schema of each column.

    A column one of whose values is not of its kind (some engines let that be) is text as a whole.
    """
    columns, schemas = [], []
    for i, cell in enumerate(table.columns):
        values = [row[i] for row in table.rows]
        schema, convert = _kind(cell, ZoneInfo(zone))
        try:
            columns.append([None if value is None else convert(value) for value in values])
        except (ValueError, TypeError, KeyError, InvalidOperation):
            schema = {"type": "string"}
            columns.append([None if value is None else str(value) for value in values])
        schemas.append(_or_null(schema))
    rows = tuple(zip(*columns, strict=True)) if columns else ()
    return replace(table, rows=rows), schemas


def _kind(cell: Cell, zone: ZoneInfo) -> tuple[dict[str, Any], Converter]:  # noqa: PLR0911 - a line per kind
    match cell.kind:
        case ColumnKind.INTEGER:
            return {"type": "integer"}, lambda value: int(str(value))
        case ColumnKind.NUMBER:
            return {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, lambda value: f"{Decimal(str(value)):f}"
        case ColumnKind.BOOLEAN:
            return {"type": "boolean"}, lambda value: BOOLEANS[str(value)]
        case ColumnKind.DAY:
            return {"type": "string", "format": "date"}, lambda value: date.fromisoformat(
                str(value)[:10]
            ).isoformat()
        case ColumnKind.INSTANT | ColumnKind.ZONED_INSTANT:
            return {"type": "string", "format": "date-time"}, lambda value: _instant(str(value), zone)
        case ColumnKind.BINARY:
            return {"type": "string", "contentEncoding": "base16"}, str
        case ColumnKind.JSON:
            return {}, lambda value: json.loads(value) if isinstance(value, str) else value
        case ColumnKind.TEXT | ColumnKind.OTHER:
            return {"type": "string"}, lambda value: value if isinstance(value, str) else json.dumps(value)


def _instant(said: str, zone: ZoneInfo) -> str:
    at = datetime.fromisoformat(said)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else schema


# ── files for programs ──


def _data(facts: PortabilityFacts, tables: tuple[Copied, ...]) -> dict[str, object]:
    systems: dict[str, dict[str, object]] = {}
    for table in tables:
        names = [cell.name for cell in table.columns]
        rows = [dict(zip(names, row, strict=True)) for row in table.rows]
        systems.setdefault(table.system, {})[table.table] = rows
    return {
        "controller": facts.policy.controller.name,
        "request": facts.number,
        "made_on": facts.answered_on.isoformat(),
        "systems": systems,
    }


def _schema(
    facts: PortabilityFacts, written: tuple[tuple[Copied, list[dict[str, Any]]], ...], language: Language
) -> dict[str, object]:
    labels = {category.id: category.label.in_(language) for category in facts.policy.categories}
    systems: dict[str, dict[str, Any]] = {}
    for table, schemas in written:
        properties = {
            cell.name: {**schema, **({"description": labels[cell.category]} if cell.category else {})}
            for cell, schema in zip(table.columns, schemas, strict=True)
        }
        systems.setdefault(table.system, {})[table.table] = {
            "type": "array",
            "items": _object(properties),
        }
    named = {
        system: {**_object(tables), "title": facts.labels[system].in_(language)}
        for system, tables in systems.items()
    }
    said = {"type": "string"}
    head = {"controller": said, "request": said, "made_on": {**said, "format": "date"}}
    return {"$schema": DIALECT, **_object({**head, "systems": _object(named)})}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _manifest(facts: PortabilityFacts) -> dict[str, object]:
    return {
        "request": facts.number,
        "received_on": facts.received_on.isoformat(),
        "answered_on": facts.answered_on.isoformat(),
        "systems": [{"system": c.system, "answered": c.answered} for c in facts.covered],
        "rows": {table.name: len(table.rows) for table in facts.kept},
        "left_out": [
            {"table": f"{o.system}.{o.table}", "columns": list(o.columns), "why": o.why.value}
            for o in facts.left
        ],
        "masked": [{"column": str(mask), "why": mask.why} for mask in facts.masks],
        "origin_assumed": list(facts.assumed),
        "archived_until": facts.archived_until.isoformat() if facts.archived_until else None,
    }
