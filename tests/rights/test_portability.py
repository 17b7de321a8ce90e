"""What a person may take away: what they gave or did, on consent or contract, in files any program reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import jsonschema
import pytest

from attest.given import policy, systems
from lab import Lab
from rights.office import email_of, granted, office, read, read_json, somebody
from tenu.datamap.catalog import ColumnKind
from tenu.datamap.meaning import meanings
from tenu.letters.portability import DIALECT
from tenu.operations.rights.access import Package
from tenu.operations.rights.portability import portability
from tenu.plans.access import Cell, Copied
from tenu.plans.portability import portable
from tenu.policy.rights import Right
from tenu.terms import Language, Origin

TABLES = ("contact", "customer", "orders")


@pytest.fixture
def lab(make_lab_of: Callable[..., Lab]) -> Lab:
    """Give a sample company, on each engine in turn."""
    return make_lab_of(people=60)


def _taken(lab: Lab, language: Language = "fr") -> Package:
    with office(lab) as ports:
        case = granted(ports, email_of(somebody(lab, *TABLES)), Right.PORTABILITY)
        return portability(ports, case.id, language=language)


def test_the_files_satisfy_their_own_schema_and_say_the_same(lab: Lab) -> None:
    """The JSON validates, dates included, and each CSV has the rows and columns of its table in the JSON."""
    package = _taken(lab)
    data, schema = read_json(package, "data.json"), read_json(package, "schema.json")
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    tables = {f"{s}.{t}": rows for s, there in data["systems"].items() for t, rows in there.items()}
    spread = {
        file.name.removeprefix("data/").removesuffix(".csv"): list(
            csv.DictReader(io.StringIO(file.content.decode(), newline=""))
        )
        for file in package.files
        if file.name.endswith(".csv")
    }
    shapes = {name: (len(rows), list(rows[0])) for name, rows in spread.items()}
    assert (schema["$schema"], list(validator.iter_errors(data)), shapes) == (
        DIALECT,
        [],
        {name: (len(rows), list(rows[0])) for name, rows in tables.items()},
    )


def test_what_was_given_is_there_and_what_was_concluded_is_not(lab: Lab) -> None:
    """Orders with what was ordered are there; the company's own notes and segment are not, and the page says why."""
    package = _taken(lab)
    data = read_json(package, "data.json")["systems"]
    left = {
        (o["table"], c): o["why"]
        for o in read_json(package, "manifest.json")["left_out"]
        for c in o["columns"]
    }
    lines = data["erp"]["order_line"]
    assert (
        set(lines[0]) >= {"article", "quantity", "year"},
        "note" in data["crm"] or "segment" in data["crm"]["contact"][0],
        left["crm.contact", "segment"],
        "conclu" in read(package, "lisez-moi.html") or "gestion interne" in read(package, "lisez-moi.html"),
    ) == (True, False, "not_of_the_person", True)


def test_an_instant_says_its_zone_and_a_number_loses_nothing(lab: Lab) -> None:
    """Every date-time ends with its offset, every amount has its two decimals where the engine keeps them."""
    package = _taken(lab)
    schema = read_json(package, "schema.json")["properties"]["systems"]["properties"]["erp"]["properties"][
        "orders"
    ]
    order = read_json(package, "data.json")["systems"]["erp"]["orders"][0]
    placed, amount = schema["items"]["properties"]["placed_at"], schema["items"]["properties"]["amount"]
    assert (placed["format"], order["placed_at"][10], order["placed_at"][-6:], amount["type"]) == (
        "date-time",
        "T",
        "+00:00",
        ["string", "null"],
    )


@pytest.mark.parametrize(
    ("purpose", "kept", "why"),
    [("contract", ["id", "email"], ["derived"]), ("fraud", None, ["derived", "other_basis"])],
)
def test_another_basis_than_consent_or_contract_is_out(
    purpose: str, kept: list[str] | None, why: list[str]
) -> None:
    """The same row goes under a contract and stays under a legitimate interest; a score goes under neither."""
    found, left, _ = _portable(purpose)
    assert (found, sorted(set(left) & {"derived", "other_basis"})) == (kept, why)


def _portable(purpose: str) -> tuple[list[str] | None, list[str], tuple[str, ...]]:
    def cell(name: str, origin: Origin | None = None, *, ties: bool = False, personal: bool = True) -> Cell:
        category = "identity" if personal else None
        return Cell(name=name, category=category, purposes=(), kind=ColumnKind.TEXT, origin=origin, ties=ties)

    cells = (
        cell("id", ties=True, personal=False),
        cell("email"),
        cell("score", Origin.DERIVED),
        cell("seen", personal=False),
    )
    table = Copied(
        system="s", table="client", purposes=(purpose,), columns=cells, rows=(("1", "a", "b", "c"),)
    )
    kept, left, assumed = portable([table], policy())
    return ([c.name for c in kept[0].columns] if kept else None), [o.why for o in left], assumed


def test_a_column_nobody_says_the_origin_of_is_a_finding_and_goes_to_the_person() -> None:
    """Without a word in the policy's category nor in the map, the check says so; the person gets it."""
    told = policy()
    mute = replace(told, categories=tuple(replace(c, origin=None) for c in told.categories))
    codes = {f.code for f in meanings(systems()[0], mute)} - {f.code for f in meanings(systems()[0], told)}
    email = Cell(name="email", category="identity", purposes=())
    table = Copied(system="s", table="t", purposes=("contract",), columns=(email,), rows=(("a",),))
    kept, _, assumed = portable([table], mute)
    assert (codes, len(kept), assumed) == ({"D-ORI-01"}, 1, ("s.t.email",))
