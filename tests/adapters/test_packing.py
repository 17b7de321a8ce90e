"""What a server writes of a person's rows opens as the very rows, whatever they hold, on every engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servers import PostgreSQL
from tenu.adapters.databases import packing
from tenu.adapters.databases.catalog import engine_of, read_catalog
from tenu.adapters.databases.dialects import connect
from tenu.plans.package import opened, package, words

NAMES = ("number", "said", "more", "bytes")
TEXTS = st.none() | st.text(
    st.sampled_from("\"\\',(){}[] \n\r\t;:é𝒳") | st.characters(codec="utf-8", exclude_characters="\0"),
    max_size=12,
)
ROWS = st.lists(
    st.tuples(st.none() | st.integers(-(2**63), 2**63 - 1), TEXTS, TEXTS, st.none() | st.binary(max_size=6)),
    min_size=1,
    max_size=4,
)
ODD = """
CREATE TYPE mood AS ENUM ('fine', 'not "so" fine');
CREATE TYPE place AS (street text, number int);
CREATE DOMAIN postcode AS text;
CREATE TABLE odd (
  id int PRIMARY KEY, price numeric(20, 6), anything numeric, single real, double double precision, yes boolean,
  day date, at timestamptz, there timestamp, clock time, lasts interval, raw bytea, doc json, docb jsonb, words text[],
  grid int[][], feels mood, lives place, post postcode, ip inet, net cidr, id128 uuid, span int4range, fixed char(4));
INSERT INTO odd VALUES
  (1, 12.500000, 'NaN', 0.1, 'Infinity', true, '2024-02-29', '2024-03-31 01:30:00.123456+02', '2019-04-02 10:00', '10:00',
   '1 year 2 days', '\\x00ff5c22', '{"a": [1, "b\\"c"]}', '{"é": null}', '{"x, y",NULL,"","q\\"r"}', '{{1,2},{3,4}}',
   'not "so" fine', ROW('12, rue "B"', NULL), ' 75 001', '10.0.0.1', '10.0.0.0/8',
   '6f1c1f6e-0d3c-4f0e-9d46-8a7d1f7f0001', '[1,5)', 'ab'),
  (2, -0.000001, 123456789012345678901234567890.12345, 'NaN', 1e-300, false, '0044-03-15 BC', 'infinity', '-infinity', '24:00',
   '-1 mon', '', '"text"', '[]', '{}', '{}', 'fine', ROW('', 0), '', '::1/64', '::/0', NULL, 'empty', ''),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
   NULL, NULL, NULL)
"""


def come_back(connection: sa.Connection, table: str) -> tuple[list[str], list[Any]]:
    """Return the columns and the rows of *table* once gathered, packed, and opened."""
    catalog, tables = read_catalog(connection, None)
    live = catalog.table(table)
    assert live is not None
    cells = [(column, tables[table].c[column.name]) for column in live.columns]
    engine = engine_of(connection)
    query = sa.select(packing.gathered(engine, packing.row(engine, cells))).select_from(tables[table])
    block = connection.execute(query).scalar_one()
    found = json.loads(
        opened(words([packing.heading(engine, table, cells)]), package([block])), parse_float=str
    )
    return found[table]["columns"], found[table]["rows"]


def by_number(rows: Sequence[Sequence[Any]]) -> list[str]:
    return sorted(repr(list(row)) for row in rows)


def test_any_text_number_and_bytes_come_back(engine_url: str) -> None:
    """Quotes, commas, brackets, line ends, accents, NULL beside the empty text: every cell opens as it was."""
    kept = sa.Table(
        "kept",
        sa.MetaData(),
        *(
            sa.Column(name, type_)
            for name, type_ in zip(NAMES, (sa.BigInteger, sa.Text, sa.Text, sa.LargeBinary(60)), strict=True)
        ),
        mysql_charset="utf8mb4",
        mariadb_charset="utf8mb4",
    )
    engine = connect(engine_url, writing=True)
    with engine.begin() as connection:
        kept.create(connection)

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(ROWS)
    def comes_back(rows: list[tuple[Any, ...]]) -> None:
        with engine.connect() as connection:
            connection.execute(sa.insert(kept), [dict(zip(NAMES, row, strict=True)) for row in rows])
            columns, found = come_back(connection, "kept")
            connection.rollback()
        said = [(*row[:3], None if row[3] is None else row[3].hex()) for row in rows]
        opened_rows = [(*row[:3], row[3] and row[3].lower()) for row in found]
        assert (columns, by_number(opened_rows)) == (list(NAMES), by_number(said))

    comes_back()
    engine.dispose()


def test_every_type_of_postgresql_opens_as_its_own_json_says_it(postgresql: PostgreSQL) -> None:
    """Numbers, instants, arrays, composites, ranges and the rest read as the server's own JSON of the same rows."""
    engine = connect(postgresql.fresh_database("odd"), writing=True)
    with engine.connect() as connection:
        connection.exec_driver_sql(ODD)
        columns, found = come_back(connection, "odd")
        cells = [f"encode({name}, 'hex')" if name == "raw" else name for name in columns]
        query = f"SELECT json_agg(json_build_array({', '.join(cells)}))::text FROM odd"
        expected = json.loads(connection.exec_driver_sql(query).scalar_one(), parse_float=str)
        connection.rollback()
    engine.dispose()
    assert by_number(found) == by_number(expected)
