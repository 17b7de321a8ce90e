"""What is said of the disk is what a byte search of the engine's own files finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from servers import MariaDBServer, PostgreSQLServer
from tenu.adapters.databases.database import Database
from tenu.datamap.model import System
from tenu.documents import read
from tenu.plans.disk import Did, DiskState, Remains

PEOPLE = 500
CANARY = b"canary"
_MAP = """
system: zoo
label: {{fr: Zoo, en: Zoo}}
url: {url}
country: FR
declared: {{by: dpo@helianthe.example, on: 2026-03-01}}
people: {{bird: {{identified_by: {{email: email}}}}}}
tables: {{bird: {{purposes: contract, columns: {{email: identity}}, not_personal: [id]}}}}
"""


def _database(url: str) -> Database:
    return Database(read(_MAP.format(url=url), file="zoo.yaml", model=System), url, ZoneInfo("Europe/Paris"))


def _filled(url: str, *, wal: bool = False) -> sa.Engine:
    """Put canaries in a table, among others who stay."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        if wal:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("CREATE TABLE bird (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL)")
        connection.exec_driver_sql("CREATE INDEX bird_email ON bird (email)")
        said = [
            {"id": n, "email": f"{'canary' if n % 2 else 'stays'}-{n}@zoo.example"} for n in range(PEOPLE)
        ]
        connection.execute(sa.text("INSERT INTO bird (id, email) VALUES (:id, :email)"), said)
    return engine


def _erase(database: Database, *, vacuum: bool = True) -> DiskState:
    """Delete the canaries as tenu does, then look after the disk."""
    with database.session(writing=True) as session, session.transaction():
        session.connection.execute(sa.text("DELETE FROM bird WHERE email LIKE 'canary%'"))
    return database.settle_disk(["bird"], vacuum=vacuum)


def _files_with(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and CANARY in path.read_bytes():
            yield str(path.relative_to(folder))


def test_sqlite_keeps_no_byte_in_its_file(tmp_path: Path) -> None:
    """Overwritten with zeros, as said."""
    database = _database(f"sqlite:///{tmp_path / 'zoo.db'}")
    _filled(f"sqlite:///{tmp_path / 'zoo.db'}").dispose()
    state = _erase(database)
    assert (Did.ZEROED in state.done, list(_files_with(tmp_path))) == (True, [])


def test_sqlite_empties_its_log(tmp_path: Path) -> None:
    """In WAL mode, nothing is left in the log once it is truncated, as said."""
    url = f"sqlite:///{tmp_path / 'zoo.db'}"
    engine = _filled(url, wal=True)
    with engine.connect():  # somebody stays connected: the log is not removed by itself
        state = _erase(_database(url))
        left = list(_files_with(tmp_path))
    engine.dispose()
    assert (state.done, left) == ((Did.ZEROED, Did.LOG_EMPTIED), [])


def test_sqlite_says_when_a_reader_kept_its_log(tmp_path: Path) -> None:
    """A reader in the way: the log still holds them, and that is what is said."""
    url = f"sqlite:///{tmp_path / 'zoo.db'}"
    engine = _filled(url, wal=True)
    with engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM bird").scalar()
        database = _database(f"{url}?timeout=0.2")
        state = _erase(database)
    engine.dispose()
    assert (Remains.LOG_BUSY in state.remains, Did.LOG_EMPTIED in state.done) == (True, False)


def test_postgresql_keeps_what_is_said_and_no_statistics() -> None:
    """Bytes may be in pages and in the log, as said; the statistics no longer quote anybody."""
    with PostgreSQLServer() as server:
        url = server.fresh_database("zoo")
        engine = _filled(url)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE bird")
        left = _erase(_database(url), vacuum=False)
        state = _erase(_database(url))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
            quoted = connection.execute(
                sa.text("SELECT count(*) FROM pg_stats WHERE cast(histogram_bounds AS text) LIKE '%canary%'")
            ).scalar()
        found = {name.split("/")[1] for name in _files_with(server.folder) if name.startswith("data/")}
        engine.dispose()
    said = {"base": Remains.PAGES, "pg_wal": Remains.WRITE_AHEAD_LOG}
    unsaid = {place for place in found if said.get(place) not in state.remains}
    assert (left.done, Remains.DEAD_ROWS in left.remains, Remains.DEAD_ROWS in state.remains) == (
        (),
        True,
        False,
    )
    assert (Did.STATISTICS_RENEWED in state.done, quoted, "pg_wal" in found, unsaid) == (True, 0, True, set())


def test_mariadb_keeps_what_is_said() -> None:
    """Bytes may be in pages, undo and log, as said, and nowhere else."""
    with MariaDBServer() as server:
        url = server.fresh_database("zoo")
        engine = _filled(url)
        state = _erase(_database(url))
        engine.dispose()
        with engine.connect() as connection:
            logged = bool(connection.exec_driver_sql("SELECT @@log_bin").scalar())
        engine.dispose()
        found = {name for name in _files_with(server.folder) if name.startswith("data/")}
    pages = {name for name in found if name.endswith(".ibd") or "ibdata" in name or "undo" in name}
    logs = {name for name in found if "ib_logfile" in name or "aria_log" in name}
    wanted = (Remains.PAGES, Remains.UNDO, Remains.WRITE_AHEAD_LOG)
    assert (state.remains[:3], Remains.BINARY_LOG in state.remains, found - pages - logs) == (
        wanted,
        logged,
        set(),
    )
