"""A first data map, drawn from a live catalog: what is certain is written, what is guessed is marked ``# to confirm``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tenu.datamap.catalog import Catalog, Column, ColumnKind, Table
from tenu.datamap.evidence import CATEGORY, DocumentEvidence, Evidence, Sense
from tenu.datamap.layout import lay_out
from tenu.datamap.likely_links import LikelyLink
from tenu.datamap.model import System
from tenu.datamap.ownership import owners
from tenu.documents import read

ASK = "  # to confirm"
_DATES = (ColumnKind.DAY, ColumnKind.INSTANT, ColumnKind.ZONED_INSTANT)
_COLLECTED = re.compile(
    r"creat|inscri|collect|regist|added|ajout|since|depuis|signup|date_?add|datec\b", re.IGNORECASE
)
_TECHNICAL = re.compile(r"upd|modif|delet|sync|maj", re.IGNORECASE)
_SECRET = re.compile(r"passw|mot_?de_?passe|token|secret|hash|salt|otp", re.IGNORECASE)
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
Documents = Mapping[tuple[str, str], DocumentEvidence]
"""What the documents of a column seem to hold, by table and column; nothing for columns that are none."""


@dataclass(kw_only=True)
class Draft:
    """What a map would say so far; settled step by step by asking the layout what is still unclear."""

    catalog: Catalog
    told: Told
    documents: Documents
    people: list[str]
    links: list[LikelyLink]
    described: dict[str, str | None] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def draft(
    catalog: Catalog,
    told: Told,
    documents: Documents,
    links: list[LikelyLink],
    *,
    system: str,
    url: str,
    country: str,
    on: date,
) -> str:
    """Return the text of a data map for *catalog*.

    Args:
        catalog: The live catalog.
        told: What each column seems to hold.
        documents: What the documents of the others do.
        links: The links no foreign key declares.
        system: Its name in the workspace.
        url: Its address, with ``${VARIABLE}`` rather than a password.
        country: Where it is, two letters.
        on: The day it was drawn.
    """
    drawn = Draft(catalog=catalog, told=told, documents=documents, people=[], links=links)
    drawn.people = list(_people_of(drawn))
    _reach(drawn)
    head = _head(system, url, country, on)
    for _ in range(len(drawn.described) * 2):
        text = head + "".join(_body(drawn))
        if not _settled(drawn, read(text, file=f"systems/{system}.yaml", model=System)):
            break
    return head + "".join(_body(drawn)) + _doubts(drawn)


# ── what is guessed ──


def _people_of(drawn: Draft) -> Iterator[str]:
    """Yield the tables whose rows stand for people: they say who they are, and belong to nobody else who does."""
    seem = [t.name for t in drawn.catalog.tables if t.primary_key and _names_somebody(t, drawn.told)]
    pointing = {(child, parent) for child, parent in _arrows(drawn) if {child, parent} <= set(seem)}
    for name in seem:
        others = [parent for child, parent in pointing if child == name and (parent, child) not in pointing]
        if not others:
            yield name
        elif any(table == name and seems.sense is Sense.EMAIL for (table, _), seems in drawn.told.items()):
            drawn.doubts.append(
                f"{name} belongs to {others[0]}; rows that point at nobody may be people of their own, known by e-mail"
            )


def _names_somebody(table: Table, told: Told) -> bool:
    senses = {told[table.name, c.name].sense for c in table.columns if (table.name, c.name) in told}
    return Sense.EMAIL in senses or {Sense.FIRST_NAME, Sense.LAST_NAME} <= senses


def _arrows(drawn: Draft) -> list[tuple[str, str]]:
    """Return which table points at which, by foreign keys and by names."""
    declared = [(t.name, k.parent) for t in drawn.catalog.tables for k in t.foreign_keys]
    return [*declared, *((link.child, link.parent) for link in drawn.links)]


def _reach(drawn: Draft) -> None:
    """Describe the people, what leads to them, and the personal rows they point at; the rest speaks of nobody."""
    links = _arrows(drawn)
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
    return [column for (name, column) in (*drawn.told, *drawn.documents) if name == table]


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
        elif (doubt := f"{found.code} {said}") not in drawn.doubts:
            drawn.doubts.append(doubt)
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
        for link in drawn.links:
            arrow = f"{_part(link.child)}.{_part(link.column)} -> {_part(link.parent)}.{_part(link.key)}"
            lost = f": {link.lost} of {link.looked} values lead nowhere" if link.lost else ""
            yield f"  - {_name(arrow)}{ASK}{lost}\n"
    acts = list(_acts(drawn))
    yield "\nacts:\n" + "".join(acts) if acts else ""


def _people(drawn: Draft, name: str) -> Iterator[str]:
    table = _live(drawn, name)
    dates = [c.name for c in table.columns if c.kind in _DATES and _COLLECTED.search(c.name)]
    collected = min(dates, key=len, default=None)  # created_on rather than newsletter_created_on
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
    documents = [c.name for c in table.columns if (name, c.name) in drawn.documents]
    if personal or documents:
        yield "    columns:\n"
        for column, told in personal:
            category = CATEGORY.get(told.sense, "identity")
            said = f"{{category: {category}, secret: true}}" if _SECRET.search(column.name) else category
            yield f"      {_name(column.name)}: {said}  # {told.sense}, told by its {told.told_by}\n"
        for document in documents:
            yield from _document(document, drawn.documents[name, document])
    known = {*drawn.told, *drawn.documents}
    others = [_name(c.name) for c in table.columns if (name, c.name) not in known]
    yield f"    not_personal: [{', '.join(others)}]{ASK}\n"


def _document(column: str, seems: DocumentEvidence) -> Iterator[str]:
    yield f"      {_name(column)}:\n        paths:\n"
    for path, told in seems.personal.items():
        yield f"          {json.dumps(path, ensure_ascii=False)}: {CATEGORY.get(told.sense, 'identity')}  # {told.sense}, told by its {told.told_by}\n"
    if seems.others:
        others = (json.dumps(path, ensure_ascii=False) for path in sorted(seems.others))
        yield f"        not_personal: [{', '.join(others)}]{ASK}\n"


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
