"""Which rights tenu lacks is asked of the database's catalog, before anything is tried."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from servers import MariaDB, PostgreSQL
from tenu.adapters.databases.grants import missing_grants
from tenu.adapters.databases.work import receipt_table


def _make(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def _as(url: str, user: str) -> sa.Engine:
    return sa.create_engine(sa.make_url(url).set(username=user, password="read"), poolclass=sa.NullPool)


def test_a_reader_on_postgresql_lacks_what_changes_rows(postgresql: PostgreSQL) -> None:
    """An account that may only read is told every right it lacks, table by table."""
    url = postgresql.fresh_database("grants")
    _make(
        url,
        "CREATE TABLE person (id int PRIMARY KEY)",
        "DROP ROLE IF EXISTS grants_reader",
        "CREATE ROLE grants_reader LOGIN PASSWORD 'read'",
        "GRANT SELECT ON person TO grants_reader",
    )
    with _as(url, "grants_reader").connect() as connection:
        missing = missing_grants(connection, ["person"], None, (receipt_table("tenu"),))
    postgresql.drop("grants")
    assert missing == ("DELETE ON person", "UPDATE ON person", "CREATE SCHEMA tenu")


def test_the_owner_on_postgresql_lacks_nothing(postgresql: PostgreSQL) -> None:
    """The owner of a database is told nothing."""
    url = postgresql.fresh_database("grants_owner")
    _make(url, "CREATE TABLE person (id int PRIMARY KEY)")
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        missing = missing_grants(connection, ["person"], None, (receipt_table("tenu"),))
    postgresql.drop("grants_owner")
    assert missing == ()


def test_a_reader_on_mariadb_lacks_what_changes_rows(mariadb: MariaDB) -> None:
    """The same account on MariaDB also lacks temporary tables and the receipts."""
    url = mariadb.fresh_database("grants")
    _make(
        url,
        "CREATE TABLE person (id int PRIMARY KEY)",
        "CREATE OR REPLACE USER grants_reader@'%' IDENTIFIED BY 'read'",
        "GRANT SELECT ON grants.* TO grants_reader@'%'",
    )
    with _as(url, "grants_reader").connect() as connection:
        missing = missing_grants(connection, ["person"], None, (receipt_table(None),))
    mariadb.drop("grants")
    assert missing == (
        "UPDATE ON person",
        "DELETE ON person",
        "CREATE TEMPORARY TABLES",
        "CREATE ON tenu_receipt",
        "INSERT ON tenu_receipt",
    )


def test_a_writer_on_sqlite_lacks_nothing(tmp_path: Path) -> None:
    """A file its owner may write needs nothing more."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    _make(url, "CREATE TABLE person (id int PRIMARY KEY)")
    with sa.create_engine(url).connect() as connection:
        assert missing_grants(connection, ["person"], None, (receipt_table(None),)) == ()
