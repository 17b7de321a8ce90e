"""A first data map, drawn from a live catalog: what is certain is written, what is guessed is marked ``# to confirm``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tenu.datamap.catalog import Catalog, Column, ColumnKind, Table
from tenu.datamap.evidence import CATEGORY, Evidence, Sense
from tenu.datamap.layout import lay_out
from tenu.datamap.model import System
from tenu.datamap.ownership import owners
from tenu.documents import read

ASK = "  # to confirm"
_DATES = (ColumnKind.DAY, ColumnKind.INSTANT, ColumnKind.ZONED_INSTANT)
_COLLECTED = re.compile(r"creat|inscri|collect|regist|added|ajout|since|depuis|signup", re.IGNORECASE)
_TECHNICAL = re.compile(r"updat|modif|delet|sync|maj", re.IGNORECASE)
_KINDS = (
    ("purchase", r"order|command|achat|purchase|invoice|factur|payment|paiement|rental|sale|vente"),
    ("sign_in", r"login|sign|connexion|session"),
    ("reply", r"reply|repons|answer"),
)
_SHOWN = {
    Sense.EMAIL: "email", Sense.PHONE: "phone", Sense.POSTCODE: "postcode", Sense.LAST_NAME: "name",
    Sense.FIRST_NAME: "name", Sense.NAME: "name",
}  # fmt: skip

Told = Mapping[tuple[str, str], Evidence]
"""What each column seems to hold, by table and column; nothing for those that tell nothing."""


@dataclass(kw_only=True)
class Draft:
    """What a map would say so far; settled step by step by asking the layout what is still unclear."""

    catalog: Catalog
    told: Told
    people: list[str]
    links: list[tuple[str, str, str, str]]
    described: dict[str, str | None] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def draft(catalog: Catalog, told: Told, *, system: str, url: str, country: str, on: date) -> str:
    """Return the text of a data map for *catalog*.

    Args:
        catalog: The live catalog.
        told: What each column seems to hold.
        system: Its name in the workspace.
        url: Its address, with ``${VARIABLE}`` rather than a password.
        country: Where it is, two letters.
        on: The day it was drawn.
    """
    links = list(_guessed(catalog))
    people = [table.name for table in catalog.tables if table.primary_key and _is_people(table, told)]
    drawn = Draft(catalog=catalog, told=told, people=people, links=links)
    _reach(drawn)
    head = _head(system, url, country, on)
    for _ in range(len(drawn.described) * 2):
        text = head + "".join(_body(drawn))
        if not _settled(drawn, read(text, file=f"systems/{system}.yaml", model=System)):
            break
    return head + "".join(_body(drawn)) + _doubts(drawn)


# ── what is guessed ──


def _is_people(table: Table, told: Told) -> bool:
    senses = {told[table.name, c.name].sense for c in table.columns if (table.name, c.name) in told}
    return Sense.EMAIL in senses or {Sense.FIRST_NAME, Sense.LAST_NAME} <= senses


def _guessed(catalog: Catalog) -> Iterator[tuple[str, str, str, str]]:
    """Yield the links no foreign key declares: ``customer_id`` points at the key of customer, or customers."""
    for table in catalog.tables:
        declared = {column for key in table.foreign_keys for column in key.columns}
        for column in table.columns:
            found = re.fullmatch(r"(.+?)_?id|id_(.+)", column.name, re.IGNORECASE)
            if found and column.name not in declared and (column.name,) != table.primary_key:
                parent = _named(catalog, (found[1] or found[2]).rstrip("_").lower())
                key = (
                    parent.column(parent.primary_key[0]) if parent and len(parent.primary_key) == 1 else None
                )
                if (
                    parent is not None
                    and key is not None
                    and key.kind is column.kind
                    and parent.name != table.name
                ):
                    yield table.name, column.name, parent.name, key.name


def _named(catalog: Catalog, stem: str) -> Table | None:
    return next((t for t in catalog.tables if t.name.lower() in (stem, f"{stem}s", f"{stem}es")), None)


def _reach(drawn: Draft) -> None:
    """Describe the people, what leads to them, and the personal rows they point at; the rest speaks of nobody."""
    links = [(t.name, k.parent) for t in drawn.catalog.tables for k in t.foreign_keys]
    links += [(child, parent) for child, _, parent, _ in drawn.links]
    drawn.described = dict.fromkeys(drawn.people)
    while new := {c for c, p in links if p in drawn.described} - drawn.described.keys():
        drawn.described.update(dict.fromkeys(sorted(new)))
    for child, parent in links:
        if child in drawn.people and parent not in drawn.described and _personal(drawn, parent):
            drawn.described[parent] = child
    for table in drawn.catalog.tables:
        if table.name not in drawn.described and (columns := _personal(drawn, table.name)):
            drawn.doubts.append(
                f"{table.name} is ignored, yet {', '.join(columns)} look personal and no link leads to a person"
            )


def _personal(drawn: Draft, table: str) -> list[str]:
    return [column for (name, column) in drawn.told if name == table]


def _settled(drawn: Draft, system: System) -> bool:
    """Choose what the layout says is unclear, or leave it as a doubt; return whether anything changed."""
    changed = False
    for found in owners(lay_out(system, drawn.catalog)):
        said = found.message.en
        name = next((t for t in drawn.described if f"'{t}'" in said), None)
        choice = _choice(drawn, found.code, name, said) if name else None
        if name and choice and drawn.described[name] != choice:
            drawn.described[name] = choice
            changed = True
        elif said not in drawn.doubts:
            drawn.doubts.append(f"{found.code} {said}" if found.code not in said else said)
    return changed


def _choice(drawn: Draft, code: str, name: str, said: str) -> str | None:
    chosen = drawn.described[name]
    match code:
        case "D-OWN-01":
            return (
                next((root for root in drawn.people if root in said and root != name), None)
                if chosen is None
                else None
            )
        case "D-OWN-03":
            return said.rpartition("(")[2].rstrip(")").split(", ")[0].split(",")[0]
        case _:
            return None


# ── what is written ──


def _head(system: str, url: str, country: str, on: date) -> str:
    return (
        "# yaml-language-server: $schema=../schemas/system.schema.json\n"
        "# Drawn by tenu discover. Read every line marked 'to confirm', then remove the mark.\n"
        f"system: {system}\nlabel: {{fr: {_name(system)}, en: {_name(system)}}}{ASK}\nurl: {_name(url)}\ncountry: {country}{ASK}\n"
        f"declared: {{by: discover, on: {on.isoformat()}}}{ASK}\n"
    )


def _body(drawn: Draft) -> Iterator[str]:
    yield "\npeople:" + (" {}\n" if not drawn.people else "\n")
    for name in drawn.people:
        yield from _people(drawn, name)
    yield "\ntables:" + (" {}\n" if not drawn.described else "\n")
    for name, chosen in drawn.described.items():
        yield from _table(drawn, name, chosen)
    ignored = [_name(table.name) for table in drawn.catalog.tables if table.name not in drawn.described]
    yield f"\nignored: [{', '.join(ignored)}]{ASK if ignored else ''}\n"
    if drawn.links:
        yield "\nlinks:\n"
        for child, column, parent, key in drawn.links:
            yield f"  - {_name(f'{_part(child)}.{_part(column)} -> {_part(parent)}.{_part(key)}')}{ASK}\n"
    acts = list(_acts(drawn))
    yield "\nacts:\n" + "".join(acts) if acts else ""


def _people(drawn: Draft, name: str) -> Iterator[str]:
    table = _live(drawn, name)
    collected = next((c.name for c in table.columns if c.kind in _DATES and _COLLECTED.search(c.name)), None)
    kinds: dict[str, list[str]] = {}
    for column in table.columns:
        told = drawn.told.get((name, column.name))
        if told and told.sense in _SHOWN:
            kinds.setdefault(_SHOWN[told.sense], []).append(_name(column.name))
    yield f"  {_name(name)}:\n"
    if collected:
        yield f"    collected_at: {_name(collected)}{ASK}\n"
    identified = ", ".join(f"{kind}: [{', '.join(names)}]" for kind, names in kinds.items())
    yield f"    identified_by: {{{identified}}}\n"


def _table(drawn: Draft, name: str, chosen: str | None) -> Iterator[str]:
    table = _live(drawn, name)
    personal = [(c, drawn.told[name, c.name]) for c in table.columns if (name, c.name) in drawn.told]
    yield f"  {_name(name)}:\n    purposes: [contract, relation]{ASK}\n"
    if chosen:
        yield f"    belongs_to: {_name(chosen)}{ASK}\n"
    if personal:
        yield "    columns:\n"
        for column, told in personal:
            yield f"      {_name(column.name)}: {CATEGORY.get(told.sense, 'identity')}  # {told.sense}, told by its {told.told_by}\n"
    others = [_name(c.name) for c in table.columns if (name, c.name) not in drawn.told]
    yield f"    not_personal: [{', '.join(others)}]{ASK}\n"


def _acts(drawn: Draft) -> Iterator[str]:
    for name in drawn.described:
        for column in _live(drawn, name).columns if name not in drawn.people else ():
            if _is_act(column):
                kind = next(
                    (k for k, words in _KINDS if re.search(words, f"{name} {column.name}", re.IGNORECASE)),
                    "contact",
                )
                yield f"  - {{kind: {kind}, table: {_name(name)}, dated_by: {_name(column.name)}}}{ASK}\n"


def _is_act(column: Column) -> bool:
    return column.kind in _DATES and not _TECHNICAL.search(column.name)


def _doubts(drawn: Draft) -> str:
    lines = [re.sub(r"\s+", " ", doubt) for doubt in drawn.doubts]
    return "\n# Doubts:\n" + "".join(f"# - {line}\n" for line in lines) if lines else ""


def _live(drawn: Draft, name: str) -> Table:
    table = drawn.catalog.table(name)
    assert table is not None  # noqa: S101 - only tables of this very catalog are described
    return table


def _name(text: str) -> str:
    """Return *text* as YAML reads it back: between quotes unless it is a plain name."""
    plain = re.fullmatch(r"[A-Za-z_]\w*", text, re.ASCII) and text.lower() not in ("true", "false", "null")
    return text if plain else json.dumps(text, ensure_ascii=False)


def _part(name: str) -> str:
    return name if re.fullmatch(r"[\w$]+", name) else f'"{name}"'
