"""Columns people really have, one difficulty each, on the three engines: the right values go, or a finding says why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.world import World, make_world
from tenu.errors import FindingsError

Make = Callable[..., World]
FIVE_YEARS_AGO, DAY_BEFORE = "2021-03-02", "2021-03-01"
"""On 1 March 2026 an act of 2 March 2021 still counts, one of 1 March 2021 no longer does."""


@pytest.fixture
def make(tmp_path: Path, engine_url: str) -> Make:
    """Give a function that makes a world from a data map and statements."""
    return lambda datamap, *statements: make_world(tmp_path / "workspace", engine_url, datamap, *statements)


def _clients(
    columns: str, *rows: str, personal: str = "email: identity", more: str = "", where: str = ""
) -> tuple[str, ...]:
    """Return a data map of one people table collected at ``seen``, and what creates it."""
    names = [part.split()[0].strip('"') for part in columns.split(", ")]
    others = [name for name in names if f"{name}:" not in personal]
    return (
        f"people: {{client: {{collected_at: seen, identified_by: {{email: email}}{where}}}}}\n"
        f"tables: {{client: {{purposes: prospecting, columns: {{{personal}}}, not_personal: [{', '.join(others)}]}}}}\n{more}",
        f"CREATE TABLE client ({columns})",
        *(f"INSERT INTO client VALUES ({row})" for row in rows),
    )


def _left(world: World) -> list[object]:
    world.apply()
    assert world.plan().is_empty
    return [row[0] for row in world.rows()["client"]]


# ── days and instants ──


def test_a_day_is_a_civil_day(make: Make) -> None:
    """A DATE is compared as it is written."""
    world = make(*_clients("id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE",
                           f"1, 'a@p.example', '{DAY_BEFORE}'", f"2, 'b@p.example', '{FIVE_YEARS_AGO}'"))  # fmt: skip
    assert _left(world) == [2]


def test_an_instant_without_zone_is_read_in_the_zone_it_is_stored_in(make: Make) -> None:
    """Stored in Paris time, 0:30 is that very day; stored in UTC, 23:30 the day before is the same moment."""
    rows = ("1, 'a@p.example', '2021-03-01 23:59:59'", "2, 'b@p.example', '2021-03-02 00:00:00'")
    world = make(
        *_clients(
            "id INTEGER PRIMARY KEY, email VARCHAR(80), seen {instant}",
            *rows,
            more="stored_in: Europe/Paris\n",
        )
    )
    assert _left(world) == [2]


def test_an_instant_in_utc_counts_for_its_day_in_paris(make: Make) -> None:
    """23:00 UTC on 1 March is 2 March in Paris."""
    rows = ("1, 'a@p.example', '2021-03-01 22:59:59'", "2, 'b@p.example', '2021-03-01 23:00:00'")
    world = make(*_clients("id INTEGER PRIMARY KEY, email VARCHAR(80), seen {instant}", *rows))
    assert _left(world) == [2]


def test_seconds_since_1970_are_instants(make: Make) -> None:
    """1614639600 is 2 March 2021, 0:00 in Paris."""
    world = make(*_clients("id INTEGER PRIMARY KEY, email VARCHAR(80), seen INTEGER",
                           "1, 'a@p.example', 1614639599", "2, 'b@p.example', 1614639600"))  # fmt: skip
    assert _left(world) == [2]


def test_a_date_written_as_text_is_a_date_on_sqlite_only(make: Make) -> None:
    """SQLite has no type for dates, so text is read; the other engines have one, so text is refused."""
    world = make(*_clients("id INTEGER PRIMARY KEY, email VARCHAR(80), seen VARCHAR(20)",
                           "1, 'a@p.example', '2021-03-01 12:00'", "2, 'b@p.example', '2021-03-02T12:00:00Z'"))  # fmt: skip
    said = [line[:9] for line in world.found()]
    assert (said or _left(world)) == ([2] if world.engine == "sqlite" else ["D-TYPE-01"])


def test_an_instant_with_its_zone_is_exact(tmp_path: Path, postgresql: object) -> None:
    """PostgreSQL's timestamptz says the moment whatever zone it was written in."""
    url = postgresql.fresh_database("test_zoned")  # type: ignore[attr-defined]
    rows = ("1, 'a@p.example', '2021-03-01 18:59:59-04'", "2, 'b@p.example', '2021-03-02 02:00:00+03'")
    columns = "id INTEGER PRIMARY KEY, email VARCHAR(80), seen TIMESTAMPTZ"
    assert _left(make_world(tmp_path, url, *_clients(columns, *rows))) == [2]


# ── conditions ──


def test_a_soft_delete_flag_is_a_state(make: Make) -> None:
    """A boolean says which rows are clients still."""
    more = "states: [{state: contract_running, table: client, when: {active: true}}]\n"
    datamap, *statements = _clients(
        "id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE, active BOOLEAN",
        "1, 'a@p.example', '2015-01-01', TRUE", "2, 'b@p.example', '2015-01-01', FALSE", more=more,
    )  # fmt: skip
    world = make(datamap.replace("purposes: prospecting", "purposes: contract"), *statements)
    assert _left(world) == [1]


def test_a_condition_of_another_type_is_refused(make: Make) -> None:
    """A status of text never equals a number: engines would answer differently, so nobody asks them."""
    more = "states: [{state: contract_running, table: client, when: {status: 1}}]\n"
    world = make(
        *_clients("id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE, status VARCHAR(9)", more=more)
    )
    assert [line[:9] for line in world.found()] == ["D-TYPE-02"]


# ── names ──


def test_reserved_words_capitals_accents_and_spaces_are_names(make: Make) -> None:
    """A table called order, another in mixed case, columns with accents and spaces are what they are."""
    world = make(
        """
people: {ClientPro: {collected_at: "Vu le", identified_by: {email: "E-mail"}}}
tables:
  ClientPro: {purposes: prospecting, columns: {"E-mail": identity, "Prénom": identity}, not_personal: ["N° client", "Vu le"]}
  order: {purposes: prospecting, columns: {select: financial}, not_personal: [group, "N° client"]}
links: ['order."N° client" -> ClientPro."N° client"']
""",
        'CREATE TABLE "ClientPro" ("N° client" INTEGER PRIMARY KEY, "E-mail" VARCHAR(80), "Prénom" VARCHAR(9), "Vu le" DATE)',
        'CREATE TABLE "order" ("group" INTEGER PRIMARY KEY, "N° client" INTEGER, "select" VARCHAR(9))',
        """INSERT INTO "ClientPro" VALUES (1, 'a@p.example', 'A', '2015-01-01'), (2, 'b@p.example', 'B', '2025-01-01')""",
        """INSERT INTO "order" VALUES (10, 1, 'x'), (20, 2, 'y')""",
    )
    world.apply()
    assert (len(world.rows()["ClientPro"]), world.rows()["order"]) == (1, [(20, 2, "y")])


def test_a_table_whose_name_has_spaces_and_accents_is_emptied_like_another(make: Make) -> None:
    """The journal gives it an opaque name; its people leave all the same."""
    datamap, create, *inserts = _clients(
        "id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE", "1, 'a@p.example', '2015-01-01'"
    )
    world = make(
        datamap.replace("{client:", '{"client privé":'),
        *(said.replace(" client", ' "client privé"') for said in (create, *inserts)),
    )
    world.apply()
    assert world.rows()["client privé"] == []


def test_a_schema_of_postgresql_is_followed(tmp_path: Path, postgresql: object) -> None:
    """Tables outside the search path are found where the map says they are."""
    url = postgresql.fresh_database("test_schema")  # type: ignore[attr-defined]
    datamap, create, *inserts = _clients("id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE",
                                         "1, 'a@p.example', '2015-01-01'", "2, 'b@p.example', '2025-01-01'", more="schema: shop\n")  # fmt: skip
    moved = [said.replace(" client", " shop.client") for said in (create, *inserts)]
    world = make_world(tmp_path, url, datamap, "CREATE SCHEMA shop", *moved)
    world.apply()
    assert world.plan().tasks[0].people == 0


# ── values to empty ──

SHELL = """
people: {{client: {{collected_at: seen, identified_by: {{email: email}}}}}}
tables:
  client:
    purposes: prospecting
    columns: {{email: identity, kept: {kept}}}
    not_personal: [id, seen]
  invoice:
    purposes: prospecting
    kept_by_law: {{period: accounting, dated_by: issued_on}}
    columns: {{total: financial}}
    not_personal: [id, client_id, issued_on]
"""


def _shell(type_name: str, value: str, kept: str, other: str | None = None) -> tuple[str, ...]:
    """Return a world whose due client stays as a shell, because an invoice of last year cannot let go."""
    return (
        SHELL.format(kept=kept),
        f"CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE, kept {type_name})",
        "CREATE TABLE invoice (id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client (id), issued_on DATE, total INTEGER)",
        f"INSERT INTO client VALUES (1, 'a@p.example', '2015-01-01', {value}), (2, 'b@p.example', '2015-01-01', {other or value})",
        "INSERT INTO invoice VALUES (10, 1, '2025-05-05', 5), (20, 2, '2025-05-05', 5)",
    )


@pytest.mark.parametrize(
    ("type_name", "value", "kept", "left"),
    [
        ("VARCHAR(20)", "'secret'", "identity", "None"),
        ("VARCHAR(20) NOT NULL", "'secret'", "identity", ""),
        ("VARCHAR(20) NOT NULL", "'secret'", "{category: identity, cleared_to: gone}", "gone"),
        ("INTEGER NOT NULL", "42", "{category: identity, cleared_to: 0}", "0"),
        ("DATE NOT NULL", "'1980-05-06'", "{category: identity, cleared_to: '1900-01-01'}", "1900-01-01"),
    ],
)
def test_a_value_is_emptied_as_its_column_accepts(
    make: Make, type_name: str, value: str, kept: str, left: str
) -> None:
    """A column becomes NULL, or empty text, or what the map says, in a row that must stay."""
    world = make(*_shell(type_name, value, kept))
    world.apply()
    assert [str(row[3]) for row in world.rows()["client"]] == [left, left]


def test_a_unique_value_is_emptied_into_the_row_s_own_key(make: Make) -> None:
    """Two emptied rows never collide."""
    world = make(
        *_shell(
            "VARCHAR(20) NOT NULL UNIQUE", "'one'", "{category: identity, cleared_to: 'gone-{key}'}", "'two'"
        )
    )
    world.apply()
    assert [row[3] for row in world.rows()["client"]] == ["gone-1", "gone-2"]


@pytest.mark.parametrize(
    ("type_name", "value", "kept", "other"),
    [
        ("INTEGER NOT NULL", "42", "identity", None),
        ("DATE NOT NULL", "'1980-05-06'", "identity", None),
        ("VARCHAR(20) NOT NULL UNIQUE", "'one'", "identity", "'two'"),
        ("VARCHAR(5) NOT NULL", "'one'", "{category: identity, cleared_to: emptied}", None),
        ("VARCHAR(9) NOT NULL UNIQUE", "'one'", "{category: identity, cleared_to: 'gone-{key}'}", "'two'"),
    ],
)
def test_a_value_that_cannot_be_emptied_is_told_before_any_write(
    make: Make, type_name: str, value: str, kept: str, other: str | None
) -> None:
    """The run is refused, and every row is as it was."""
    world = make(*_shell(type_name, value, kept, other))
    before = world.rows()
    with pytest.raises(FindingsError):
        world.apply()
    assert world.rows() == before


def test_a_generated_column_follows_what_it_is_made_from(make: Make) -> None:
    """A column the database computes is not emptied but recomputed when it is declared not personal."""
    datamap, create, *rest = _shell("VARCHAR(20)", "'x'", "identity")
    computed = create.replace(
        "kept VARCHAR(20)", "kept VARCHAR(20), shown VARCHAR(90) GENERATED ALWAYS AS (email) STORED"
    )
    filled = [said.replace("INTO client", "INTO client (id, email, seen, kept)") for said in rest]
    world = make(
        datamap.replace("not_personal: [id, seen]", "not_personal: [id, seen, shown]"), computed, *filled
    )
    world.apply()
    assert [row[4] for row in world.rows()["client"]] == [None, None]


def test_a_generated_column_said_to_be_emptied_is_refused(make: Make) -> None:
    """Nobody can write what the database computes: it is said before any write."""
    datamap, create, *rest = _shell("VARCHAR(20)", "'x'", "identity")
    computed = create.replace(
        "kept VARCHAR(20)", "kept VARCHAR(20), shown VARCHAR(90) GENERATED ALWAYS AS (email) STORED"
    )
    filled = [said.replace("INTO client", "INTO client (id, email, seen, kept)") for said in rest]
    world = make(datamap.replace("email: identity,", "email: identity, shown: identity,"), computed, *filled)
    with pytest.raises(FindingsError):
        world.apply()


# ── changes since the map was written ──


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("ALTER TABLE client ADD COLUMN iban VARCHAR(34)", "D-COL-02"),
        ("ALTER TABLE client RENAME COLUMN email TO mail", "D-COL-01"),
        ("CREATE TABLE client_copy (id INTEGER PRIMARY KEY, email VARCHAR(80))", "D-TBL-02"),
        ("DROP TABLE invoice", "D-TBL-01"),
    ],
)
def test_a_schema_changed_since_the_map_is_refused(make: Make, change: str, code: str) -> None:
    """A new, renamed or unclassified column, a new or missing table: found before any write."""
    world = make(*_shell("VARCHAR(20)", "'x'", "identity"), change)
    assert code in {line[:8] for line in world.found()}


def test_a_trigger_that_copies_rows_is_seen_through_its_table(make: Make) -> None:
    """The history a trigger writes is a table like the others: undescribed it stops the run, described it goes too."""
    world = make(
        *_shell("VARCHAR(20)", "'x'", "identity"),
        "CREATE TABLE client_log (client_id INTEGER, old_email VARCHAR(80))",
    )
    assert [line[:8] for line in world.found()] == ["D-TBL-02"]
