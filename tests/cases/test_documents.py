"""Values inside JSON documents: what the map says is personal goes, on the three engines, and the rest stays as it said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from cases.light import Small, small
from cases.world import AS_OF, HEAD
from tenu.datamap.layout import lay_out
from tenu.datamap.model import System
from tenu.documents import read
from tenu.errors import FindingsError
from tenu.letters.tables import csv_of
from tenu.operations.contents import contents, keys
from tenu.operations.plan import plan
from tenu.operations.rights.copying import copy_of
from tenu.operations.rights.searching import reading
from tenu.plans.access import Copied
from tenu.plans.portability import portable
from tenu.ports import Ports

Make = Callable[..., Small]
OLD, NEW = "2015-01-10", "2025-06-10"
MAP = """
people: {person: {collected_at: seen_on, identified_by: {email: email}}}
tables:
  person:
    purposes: prospecting
    columns:
      email: identity
      profile:
        paths: {$.email: identity, $.address.city: identity, '$."post code"': identity, $.phones: identity,
                $.name: {category: identity, cleared_to: gone}, $.age: {category: identity, cleared_to: 0}}
        not_personal: [$.theme, $.address.kind, $.seen]
    not_personal: [id, seen_on]
  invoice:
    purposes: prospecting
    kept_by_law: {period: accounting, dated_by: issued_on}
    columns: {total: financial}
    not_personal: [id, person_id, issued_on]
"""
DOCUMENT = {
    "email": "z@p.example",
    "address": {"city": "Lyon", "kind": "home"},
    "post code": "69001",
    "phones": ["01 99 00 12 34", {"second": "01 99 00 12 35"}],
    "name": "Zoé Martin",
    "age": 41,
    "theme": "l'éteint",
    "seen": [1, 2.5, None, True],
}
LEFT = {
    "address": {"kind": "home"},
    "name": "gone",
    "age": 0,
    "theme": "l'éteint",
    "seen": [1, 2.5, None, True],
}


@pytest.fixture
def on_sqlite(base: Ports) -> Iterator[Make]:
    """Give a function that makes a small database in a file, for what no engine does differently."""
    with ExitStack() as stack:
        yield lambda datamap, *said: stack.enter_context(small(base, "", datamap, *said))


def _tables(type_name: str, *documents: str | None) -> tuple[str, ...]:
    """Return two people last seen in 2015 whose invoices of last year hold them back, with these documents."""
    people = []
    for number, document in enumerate(documents, start=1):
        said = "NULL" if document is None else "'" + document.replace("'", "''") + "'"
        people.append(f"({number}, 'p{number}@p.example', '{OLD}', {said})")
    invoices = [f"({10 + n}, {n}, '{NEW}', 5)" for n in range(1, len(documents) + 1)]
    return (
        f"CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80), seen_on DATE, profile {type_name})",
        "CREATE TABLE invoice (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), issued_on DATE, total INTEGER)",
        f"INSERT INTO person VALUES {', '.join(people)}",
        f"INSERT INTO invoice VALUES {', '.join(invoices)}",
    )


def _documents(small: Small) -> list[Any]:
    return [json.loads(row[3]) if isinstance(row[3], str) else row[3] for row in small.left()["person"]]


@pytest.mark.parametrize("type_name", ["{json}", "{json} NOT NULL", "JSON"])
def test_the_personal_values_of_a_document_go_and_the_rest_stays(make_small: Make, type_name: str) -> None:
    """Removed, or replaced by what the map says; numbers, lists and accents of the rest are what they were."""
    listed = {"email": "z@p.example", "address": ["Lyon"], "phones": None}
    documents = (DOCUMENT, {"theme": "dark"}, listed)
    small = make_small(MAP, *_tables(type_name, *(json.dumps(d, ensure_ascii=False) for d in documents)))
    assert _documents(small) == [LEFT, {"theme": "dark"}, {"address": ["Lyon"]}]


NOTHING_PERSONAL = (
    None, "{}", "[]", "null", '{"address": "elsewhere"}', '{"address": [{"x": 1}], "theme": null}',
    '{"email": null, "seen": {"email": "x"}}',
)  # fmt: skip


def test_documents_that_say_nothing_personal_stay_as_they_are(make_small: Make) -> None:
    """No path leads anywhere in them: they are not even written again."""
    small = make_small(MAP, *_tables("{json}", *NOTHING_PERSONAL))
    before = [row[3] for row in small.world.rows()["person"]]
    assert [row[3] for row in small.left()["person"]] == before


def test_a_text_that_is_no_document_is_emptied_whole(make_small: Make) -> None:
    """Nothing tells what it holds, so nothing of it stays in a row whose person has gone; PostgreSQL's text is refused."""
    small = make_small(MAP, *_tables("TEXT", "z@p.example", "", '"z@p.example"', "{broken"))
    if small.world.engine == "postgresql":
        assert small.found() == ["D-PATH-02"]
    else:
        assert [row[3] for row in small.left()["person"]] == [None] * 4


def test_a_text_that_is_no_document_is_an_empty_one_where_null_is_refused(base: Ports) -> None:
    """``{}`` is what a column that accepts no NULL can say."""
    with small(base, "", MAP, *_tables("TEXT NOT NULL", "z@p.example")) as made:
        assert [row[3] for row in made.left()["person"]] == ["{}"]


# ── what the map does not say ──


def _said(small: Small) -> list[tuple[str, str]]:
    (database,) = small.ports.databases.values()
    layout = lay_out(database.system, database.catalog())
    return [(found.code, found.message.en) for found in keys(database, layout)]


def test_documents_that_are_as_the_map_says_raise_nothing(on_sqlite: Make) -> None:
    """Every path is met somewhere, every key is classified, itself or by the object around it."""
    assert _said(on_sqlite(MAP, *_tables("{json}", json.dumps(DOCUMENT, ensure_ascii=False)))) == []


def test_keys_nobody_classified_are_told_and_a_renamed_one_too(on_sqlite: Make) -> None:
    """A new key, one inside a known object, one that is itself somebody's address and is not shown, one that was renamed."""
    document = {**DOCUMENT, "mail": "z@p.example", "address": {"street": "1 rue A"}, "a@p.example": 1}
    del document["email"]
    said = _said(on_sqlite(MAP, *_tables("{json}", json.dumps(document, ensure_ascii=False))))
    assert sorted(
        (code, text.split(":")[0].rpartition(" ")[2], "p.example" in text) for code, text in said
    ) == [
        ("D-PATH-01", "$.address.street", False),
        ("D-PATH-01", "$.mail", False),
        ("D-PATH-01", "$.…", False),
        ("D-PATH-03", "'person.profile'", False),
        ("D-PATH-03", "'person.profile'", False),
    ]


def test_the_rest_of_a_document_is_looked_at_as_a_column_not_personal(on_sqlite: Make) -> None:
    """An e-mail outside the declared paths is an error; inside them, it is where it should be."""
    clean, stray = dict(DOCUMENT), {**DOCUMENT, "theme": "z@p.example"}
    documents = (json.dumps(document, ensure_ascii=False) for document in (clean, stray))
    small = on_sqlite(MAP, *_tables("{json}", *documents))
    (database,) = small.ports.databases.values()
    found = contents(database, lay_out(database.system, database.catalog()), None, lambda *_: None)
    assert [(f.code, f.seen and f.seen.cells) for f in found] == [("D-VAL-01", 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        "paths: {$.a: identity, $.a.b: identity}",
        "paths: {$.a: identity}, not_personal: $.a",
        "paths: {a: identity}",
        "paths: {'$.a[0]': identity}",
        "category: identity, paths: {$.a: identity}",
        "not_personal: $.a",
        "paths: {$.a: identity}, cleared_to: x",
    ],
)
def test_paths_that_mean_nothing_are_refused_when_the_map_is_read(wrong: str) -> None:
    """Overlapping paths, lists, texts that are no path, a category beside paths: a finding, with its line."""
    text = (
        HEAD.format(url="none")
        + f"people: {{}}\ntables: {{t: {{purposes: contract, columns: {{c: {{{wrong}}}}}}}}}\n"
    )
    with pytest.raises(FindingsError):
        read(text, file="t.yaml", model=System)


@pytest.mark.parametrize("column", ["id", "email", "seen_on", "boss_id"])
def test_a_column_that_is_no_document_is_refused_before_any_write(base: Ports, column: str) -> None:
    """A key, an identifier, a date, a link: paths have no meaning there."""
    others = [name for name in ("id", "email", "seen_on", "boss_id") if name != column]
    text = (
        "people: {person: {collected_at: seen_on, identified_by: {email: email}}}\ntables: {person: {purposes: prospecting, "
        f"columns: {{{column}: {{paths: {{$.a: identity}}}}}}, not_personal: [{', '.join(others)}]}}}}\n"
    )
    created = "CREATE TABLE person (id TEXT PRIMARY KEY, email TEXT, seen_on DATE, boss_id TEXT REFERENCES person (id))"
    with small(base, "", text, created) as made:
        assert "D-PATH-02" in made.found()


# ── whoever asks ──


def _copied(small: Small) -> tuple[Copied, ...]:
    with reading(small.ports) as asked:
        return copy_of(asked, [(("unknown", "person"), (1,))])


def test_a_copy_names_each_personal_value_of_a_document_and_its_rest(make_small: Make) -> None:
    """Whoever asks for their data reads them as columns, with the category each has."""
    small = make_small(MAP, *_tables("{json}", json.dumps(DOCUMENT, ensure_ascii=False)))
    person = next(table for table in _copied(small) if table.table == "person")
    row = {
        cell.name: (cell.category, value) for cell, value in zip(person.columns, person.rows[0], strict=True)
    }
    rest = row.pop("profile")[1]
    assert (
        row["profile.$.email"], row["profile.$.address.city"], row["profile.$.phones"], rest
    ) == (
        ("identity", "z@p.example"), ("identity", "Lyon"), ("identity", DOCUMENT["phones"]),
        {"address": {"kind": "home"}, "theme": "l'éteint", "seen": [1, 2.5, None, True]},
    )  # fmt: skip


def test_what_is_taken_away_is_what_was_given_not_the_rest(on_sqlite: Make) -> None:
    """The personal values of a document are portable, what is left of it says nothing of the person by itself."""
    text = MAP.replace(
        "purposes: prospecting\n    columns:\n      email", "purposes: contract\n    columns:\n      email"
    )
    small = on_sqlite(text, *_tables("{json}", json.dumps(DOCUMENT, ensure_ascii=False)))
    kept, left, _ = portable(_copied(small), small.ports.workspace.policy)
    names = [cell.name for table in kept if table.table == "person" for cell in table.columns]
    out = [name for omission in left if omission.table == "person" for name in omission.columns]
    assert ("profile.$.email" in names, "profile" in names, "profile" in out) == (True, False, True)


# ── other ways rows end ──

VISITS = """
people: {}
tables:
  visit:
    purposes: improvement
    record_limit: {rule: improvement, dated_by: at}
    columns:
      at: {category: internet_telephony, anonymised_to: month}
      seen: {paths: {$.ip: connection, $.who.email: identity, $.agent: {category: connection, cleared_to: browser}}, not_personal: $.page}
    not_personal: [id]
    anonymity: {k: 2, quasi_identifiers: [at]}
"""


def test_a_row_that_ends_in_anonymity_loses_what_is_personal_in_its_document(make_small: Make) -> None:
    """Records of 2015 keep their month and the rest of their document; one of 2025 is not touched."""
    seen = '{"ip": "192.0.2.1", "who": {"email": "z@p.example"}, "agent": "x", "page": "home"}'
    rows = ", ".join(f"({n}, '{day}', '{seen}')" for n, day in enumerate((OLD, "2015-01-20", NEW), start=1))
    small = make_small(
        VISITS,
        "CREATE TABLE visit (id INTEGER PRIMARY KEY, at DATE, seen {json})",
        f"INSERT INTO visit VALUES {rows}",
    )
    assert small.found() == []
    left = [json.loads(row[2]) if isinstance(row[2], str) else row[2] for row in small.left()["visit"]]
    settled = {"who": {}, "agent": "browser", "page": "home"}
    assert left == [settled, settled, json.loads(seen)]


def test_a_column_of_its_own_purpose_is_cleared_inside(make_small: Make) -> None:
    """A document that serves prospecting alone loses its paths while a running contract keeps its person."""
    text = MAP.replace(
        "purposes: prospecting\n    columns:\n      email",
        "purposes: [contract, relation]\n    columns:\n      email",
    )
    text = text.replace("not_personal: [$.theme", "purposes: prospecting\n        not_personal: [$.theme")
    text += "states: [{state: contract_running, table: invoice, when: {total: 5}}]\n"
    small = make_small(text, *_tables("{json}", json.dumps(DOCUMENT, ensure_ascii=False)))
    assert (_documents(small), [row[1] for row in small.world.rows()["person"]]) == ([LEFT], ["p1@p.example"])


def test_whoever_left_is_found_in_somebody_elses_document(on_sqlite: Make) -> None:
    """An address nobody declared, inside another person's document, is told after the run."""
    small = on_sqlite(
        MAP,
        *_tables("{json}", "{}", '{"friend": {"mail": "p1@p.example"}}'),
        f"UPDATE person SET seen_on = '{NEW}' WHERE id = 2",
        "DELETE FROM invoice WHERE person_id = 1",
    )
    residue = small.run().residue
    assert residue is not None
    assert [(spot.table, spot.column, tally.rows) for spot, tally in residue.found.items()] == [
        ("person", "profile", [(2,)])
    ]


def test_the_plan_names_the_paths(on_sqlite: Make) -> None:
    """What a human approves says which values of a document go, not that the column does."""
    small = on_sqlite(MAP, *_tables("{json}", json.dumps(DOCUMENT, ensure_ascii=False)))
    made = plan(small.ports, AS_OF)
    (clear,) = [e for task in made.tasks for e in task.effects if e.verb == "clear" and e.table == "person"]
    assert clear.columns == (
        "email", "profile.$.email", "profile.$.address.city", 'profile.$."post code"', "profile.$.phones", "profile.$.name", "profile.$.age",
    )  # fmt: skip


def test_a_copy_in_csv_writes_documents_as_json(on_sqlite: Make) -> None:
    """A list and what is left of a document read back as JSON, not as some program's own spelling."""
    small = on_sqlite(MAP, *_tables("{json}", json.dumps(DOCUMENT, ensure_ascii=False)))
    person = next(table for table in _copied(small) if table.table == "person")
    (row,) = csv.DictReader(io.StringIO(csv_of(person).decode(), newline=""))
    assert (json.loads(row["profile.$.phones"]), json.loads(row["profile"])["seen"]) == (
        DOCUMENT["phones"],
        DOCUMENT["seen"],
    )
