"""What is in columns nobody called personal is found on the three engines, without a false alarm on what only looks like it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from cases.light import Small, small
from servers import PostgreSQL
from tenu.adapters.databases.database import Database
from tenu.datamap.catalog import Catalog, Column, ColumnKind, Table
from tenu.datamap.contents import Look, Part, judged, watched
from tenu.datamap.forms import is_luhn
from tenu.datamap.layout import lay_out
from tenu.datamap.model import System
from tenu.documents import read
from tenu.errors import Finding
from tenu.operations.contents import contents
from tenu.ports import Ports
from tenu.terms import Severity

Found = dict[tuple[str, str], tuple[str, Severity]]
IBANS = (
    "FR7630006000011234567890189", "DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "BE68 5390 0754 7034",
    "ES9121000418450200051332", "NL91ABNA0417164300", "IT60X0542811101000000123456", "CH9300762011623852957",
)  # fmt: skip
IBAN, NIR, CARD = "FR76 3000 6000 0112 3456 7890 189", "255081416802538", "4970101234567893"

MAP = """
people: {client: {collected_at: seen, identified_by: {email: email}}}
tables:
  client:
    purposes: prospecting
    columns: {email: identity, remark: identity, paid_with: financial}
    not_personal: [id, seen, label, code, payload, big, sender]
ignored: [staging]
"""
TABLES = (
    "CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), seen DATE, remark VARCHAR(200), label VARCHAR(60), "
    "code VARCHAR(60), payload {json}, big BIGINT, sender VARCHAR(60), paid_with VARCHAR(20), late VARCHAR(60))",
    "CREATE TABLE staging (label VARCHAR(60), other VARCHAR(60))",
    *(
        f"INSERT INTO client VALUES ({i}, 'z{i}@people.example', '2025-01-01', "
        f"'Merci de rembourser sur {IBAN} des que possible', '{IBANS[i - 1]}', 'CMD-2024-00{i}', "
        f"'{{\"contact\": \"z{i}@people.example\"}}', {NIR}, 'news@shop.example', '{CARD}', '01 99 00 12 3{i}')"
        for i in range(1, 9)
    ),
    "INSERT INTO staging VALUES ('x@people.example', 'a'), (NULL, 'b')",
)


def _look(small: Small, most: int | None = None) -> list[Finding]:
    (database,) = small.ports.databases.values()
    layout = lay_out(database.system, database.catalog(fresh=True))
    return list(contents(database, layout, most, lambda *_: None))


def _told(findings: list[Finding]) -> Found:
    return {
        (f"{f.seen.table}.{f.seen.column}", f.seen.form): (f.code, f.severity) for f in findings if f.seen
    }


def test_what_each_column_holds_is_told(make_small: Callable[..., Small]) -> None:
    """Not personal, ignored, unclassified, free text, card in clear: one finding each, and none on order numbers."""
    small = make_small(MAP, *TABLES)
    assert _told(_look(small)) == {
        ("client.label", "iban"): ("D-VAL-01", Severity.BLOCKER),
        ("client.payload", "email"): ("D-VAL-01", Severity.BLOCKER),
        ("client.big", "nir"): ("D-VAL-01", Severity.BLOCKER),
        ("client.sender", "email"): ("D-VAL-01", Severity.MINOR),
        ("client.late", "phone"): ("D-VAL-03", Severity.BLOCKER),
        ("client.remark", "iban"): ("D-VAL-04", Severity.MINOR),
        ("client.paid_with", "card"): ("D-VAL-05", Severity.MAJOR),
        ("staging.label", "email"): ("D-VAL-02", Severity.BLOCKER),
    }


def test_a_sample_says_how_much_it_read_and_reads_all_along_the_key(make_small: Callable[..., Small]) -> None:
    """Forty rows of four hundred, from both ends and between, wherever the keys are dense."""
    keys = [*range(390), *(i * 10_000 for i in range(390, 399)), 2**63 - 1]
    rows = [f"({key}, 'd{key}@people.example')" for key in keys]
    small = make_small(
        "people: {}\ntables: {}\nignored: [log]\n",
        "CREATE TABLE log (id BIGINT PRIMARY KEY, line VARCHAR(60))",
        f"INSERT INTO log VALUES {', '.join(rows)}",
    )
    (seen,) = [f.seen for f in _look(small, 40) if f.seen]
    some = [f for f in _look(small, 40) if f.code == "D-VAL-06"]
    assert (seen.cells, seen.filled, seen.looked_at, seen.rows > 40, len(some)) == (40, 40, 40, True, 1)


TYPES = {
    "sqlite": ("a", "BLOB", "VARCHAR(9)", "JSON"),
    "postgresql": ("TEXT[]", "BYTEA", "JSONB", "NUMERIC(20)"),
    "mariadb": ("SET('a@p.example','x')", "BLOB", "ENUM('a@p.example','y')", "DECIMAL(20)"),
}
VALUES = {
    "sqlite": ("'a@p.example'", "x'ff00'", "x'ff00'", NIR),
    "postgresql": ("'{a@p.example}'", "'\\x00'", "'\"a@p.example\"'", NIR),
    "mariadb": ("'a@p.example'", "x'ff'", "'a@p.example'", NIR),
}
"""Types that are not plain text, and a value of each; SQLite holds bytes and numbers in any column."""


@pytest.mark.parametrize("most", [None, 1])
def test_whatever_can_be_read_as_text_is_looked_at(
    make_small: Callable[..., Small], most: int | None
) -> None:
    """Arrays, sets, enumerations, documents, exact numbers, columns without a type; bytes are told."""
    engine = make_small("people: {}\ntables: {}\n").world.engine
    types = ", ".join(f"c{i} {said}" for i, said in enumerate(TYPES[engine]))
    row = f"INSERT INTO odd VALUES ({', '.join(VALUES[engine])})"
    small = make_small("people: {}\ntables: {}\nignored: [odd]\n", f"CREATE TABLE odd ({types})", row, row)
    found = _look(small, most)
    seen = {f"{f.seen.column} {f.seen.form}" for f in found if f.seen}
    unread = [f for f in found if f.code == "D-VAL-07"]
    assert (seen - {"c2 email"}, "c2 email" in seen, len(unread)) == (
        {"c0 email", "c3 nir"},
        engine != "sqlite",
        1,
    )


@pytest.mark.parametrize("key", ["", ", PRIMARY KEY (name)", ", PRIMARY KEY (name, line)"])
def test_a_table_with_any_key_or_none_is_sampled(make_small: Callable[..., Small], key: str) -> None:
    """No more rows than asked for, each once."""
    rows = [f"('n{i:03}', 'd{i}@people.example')" for i in range(30)]
    small = make_small(
        "people: {}\ntables: {}\nignored: [log]\n",
        f"CREATE TABLE log (name VARCHAR(9) NOT NULL, line VARCHAR(60) NOT NULL{key})",
        f"INSERT INTO log VALUES {', '.join(rows)}",
    )
    said = [[f.seen for f in _look(small, most) if f.seen] for most in (1, 10)]
    assert [(seen.cells, seen.looked_at) for (seen,) in said] == [(1, 1), (10, 10)]


def test_a_table_the_database_refuses_is_told_and_the_others_are_read(
    base: Ports, postgresql: PostgreSQL
) -> None:
    """No right on one table: a finding says so, and the next table is looked at."""
    url, name = postgresql.fresh_database("refused"), "contents_reader"
    as_reader = sa.make_url(url).set(username=name, password="read").render_as_string(hide_password=False)
    with small(base, url, "people: {}\ntables: {}\nignored: [a, b]\n", "CREATE TABLE a (line TEXT)", "CREATE TABLE b (line TEXT)",
               "INSERT INTO b VALUES ('x@people.example')", f"DROP ROLE IF EXISTS {name}", f"CREATE ROLE {name} LOGIN PASSWORD 'read'",
               f"GRANT SELECT ON b TO {name}") as made:  # fmt: skip
        (database,) = made.ports.databases.values()
        reader = Database(database.system, as_reader, ZoneInfo("UTC"))
        layout = lay_out(reader.system, reader.catalog())
        codes = [found.code for found in contents(reader, layout, None, lambda *_: None)]
        reader.close()
    postgresql.drop("refused")
    assert codes == ["D-VAL-02", "D-VAL-07"]


# ── what only looks like it ──

ROWS = 2_000


def _digits(chance: random.Random, length: int, head: str = "") -> str:
    return head + "".join(chance.choices("0123456789", k=length - len(head)))


def _hex(row: int) -> str:
    return hashlib.sha256(str(row).encode()).hexdigest()


def _ean(digits: str) -> str:
    return digits + str(-sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(digits)) % 10)


def _luhn(digits: str) -> str:
    return next(digits + last for last in "0123456789" if is_luhn(digits + last))


INNOCENT: dict[str, Callable[[random.Random, int], str]] = {
    "order of 16 digits": lambda chance, _: _digits(chance, 16, "4"),
    "order of 16 digits in groups": lambda chance, _: "-".join(_digits(chance, 4, "5") for _ in range(4)),
    "number of 15 digits": lambda chance, _: _digits(chance, 15, "1"),
    "padded sequence": lambda _, row: f"{row + 100_000_000:010}",
    "padded number": lambda _, row: f"{row:010}",
    "EAN-13": lambda chance, _: _ean(_digits(chance, 12, "2")),
    "EAN-13 of a French maker": lambda chance, _: _ean(_digits(chance, 12, "33")),
    "SIRET": lambda chance, _: _luhn(_digits(chance, 13, "3")),
    "IMEI": lambda chance, _: _luhn(_digits(chance, 14, "35")),
    "UUID": lambda chance, _: str(UUID(int=chance.getrandbits(128))),
    "UUID of digits": lambda chance, _: f"{_digits(chance, 8)}-4111-4111-8111-{_digits(chance, 12)}",
    "SHA-256": lambda _, row: _hex(row),
    "milliseconds": lambda chance, _: _digits(chance, 13, "17"),
    "nanoseconds": lambda chance, _: _digits(chance, 19, "17"),
    "amount": lambda chance, _: f"{chance.random() * 1e6:.2f}",
    "date and time": lambda chance, _: (
        f"0{chance.randint(1, 9)}.{chance.randint(10, 12)}.2024 {chance.randint(10, 23)}:15:30"
    ),
    "version": lambda chance, _: (
        f"01.{chance.randint(10, 99)}.{chance.randint(10, 99)}.{chance.randint(10, 99)}"
    ),
    "picture": lambda _, row: f"https://shop.example/img/{row:09}/logo@2x.png",
    "package": lambda chance, _: (
        f"@shop/web@{chance.randint(1, 9)}.2.{chance.randint(100_000_000, 999_999_999)}"
    ),
    "reference like an IBAN": lambda chance, _: _digits(chance, 27, "FR").upper(),
    "coordinates": lambda chance, _: f"{chance.uniform(40, 50):.14f},{chance.uniform(0, 5):.14f}",
    "parcel": lambda chance, _: f"6A{_digits(chance, 11)}",
    "machine": lambda _, row: f"no-reply@shop.example #{row:09}",
}


def _judge(values: dict[str, list[str]]) -> list[Finding]:
    """Return what is said of columns of text that hold *values*, all called not personal."""
    names = ", ".join(f'"{name}"' for name in values)
    text = (
        "system: s\nlabel: {fr: s, en: s}\nurl: none\ncountry: FR\ndeclared: {by: a, on: 2026-01-01}\npeople: {}\n"
        f"tables: {{t: {{purposes: contract, not_personal: [{names}]}}}}\n"
    )
    columns = tuple(Column(name=n, kind=ColumnKind.TEXT, type_name="TEXT", nullable=True) for n in values)
    table = Table(name="t", columns=columns, primary_key=(), foreign_keys=())
    layout = lay_out(read(text, file="s.yaml", model=System), Catalog(engine="sqlite", tables=(table,)))
    look = Look(table="t", of=ROWS)
    filled = tuple(len(cells) for cells in values.values())
    rows = (tuple(row) for row in zip(*values.values(), strict=True))
    columns = watched(layout, table)
    look.read(columns, Part(rows=ROWS, filled=filled, texts=rows))
    return list(judged(layout, columns, look))


def test_what_only_looks_like_it_raises_no_alarm() -> None:
    """Two thousand rows of each kind of number, code and hash that resembles personal data, and not one finding."""
    chance = random.Random(7)  # noqa: S311
    values = {name: [draw(chance, row) for row in range(ROWS)] for name, draw in INNOCENT.items()}
    assert [found.message.en for found in _judge(values)] == []


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (IBAN, "iban"),
        (f"virement sur {IBAN} MERCI", "iban"),
        ("GB29 NWBK 6016 1331 9268 19", "iban"),
        ("2 55 08 14 168 025 38", "nir"),
        ("zoe.martin+shop@people.example", "email"),
        ('{"to": "zoe@people.example"}', "email"),
    ],
)
def test_one_is_enough_where_chance_cannot_make_it(value: str, form: str) -> None:
    """One cell among two thousand empty or ordinary ones, wherever it stands in its text, is an error."""
    values = {"c": [value] + ["rien"] * (ROWS - 1)}
    assert [(f.seen.form, f.severity) for f in _judge(values) if f.seen] == [(form, Severity.MAJOR)]


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (CARD, "card"),
        ("4970 1012 3456 7893", "card"),
        ("01 99 00 12 34", "phone"),
        ("+33 1 99 00 12 34", "phone"),
    ],
)
def test_one_where_chance_may_have_made_it_is_a_doubt(value: str, form: str) -> None:
    """A single card or telephone is told, as a doubt."""
    values = {"c": [value] + ["rien"] * (ROWS - 1)}
    assert [(f.seen.form, f.severity) for f in _judge(values) if f.seen] == [(form, Severity.MINOR)]


def test_bare_telephones_are_a_doubt() -> None:
    """Ten digits spread as telephones are, in most cells, may be telephones."""
    chance = random.Random(7)  # noqa: S311
    values = {"c": [f"0{chance.choice('1245')}{_digits(chance, 8)}" for _ in range(ROWS)]}
    assert [(f.seen.form, f.severity) for f in _judge(values) if f.seen] == [("phone_digits", Severity.MINOR)]


def test_no_value_is_in_what_is_told(make_small: Callable[..., Small]) -> None:
    """Counts, names of columns and lines of the data map; never what was read."""
    said = repr([found.plain() for found in _look(make_small(MAP, *TABLES))])
    assert [v for v in (IBAN, "people.example", NIR, CARD, "01 99 00", "news@") if v in said] == []
