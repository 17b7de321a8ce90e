"""What a run weighs on a database, asked on real servers: waiting sessions, table sizes, replicas that fall behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lab import Lab
from processes import spawn
from servers import HOST, USER, PostgreSQLServer, _postgresql_folder
from tenu.adapters.databases.dialects import connect
from tenu.adapters.databases.pressure import Trail, lag_of_replicas, lag_of_this, watching
from tenu.plans.pacing import LagProbe


def test_a_session_that_waits_behind_us_is_seen(engine_url: str) -> None:
    """Another writer wants the row we hold: counted on the servers; SQLite has no queue to look at."""
    engine, other = connect(engine_url, writing=True), sa.create_engine(engine_url)
    with other.begin() as connection:
        connection.execute(sa.text("CREATE TABLE person (id INTEGER PRIMARY KEY, name VARCHAR(20))"))
        connection.execute(sa.text("INSERT INTO person VALUES (1, 'x')"))

    def want() -> None:
        with other.begin() as connection:
            connection.execute(sa.text("UPDATE person SET name = 'z' WHERE id = 1"))

    waiting = threading.Thread(target=want)
    with engine.connect() as connection:
        connection.execute(sa.text("UPDATE person SET name = 'y' WHERE id = 1"))
        with watching(engine, connection) as seen:
            waiting.start()
            time.sleep(0.6)
        connection.rollback()
    waiting.join()
    expected = 0 if engine.dialect.name == "sqlite" else 1
    other.dispose()
    assert seen.longest == expected


def test_sizes_are_known_without_a_person_being_read(make_lab_of: Callable[..., Lab]) -> None:
    """Every table asked for has a number, near the truth once the engine has looked at it: a page's worth at most."""
    lab = make_lab_of(people=60)
    engine = sa.create_engine(lab.urls["shop"])
    with engine.begin() as connection:
        looked = "ANALYZE TABLE account" if engine.dialect.name in ("mysql", "mariadb") else "ANALYZE"
        connection.execute(sa.text(looked))
        held = connection.execute(sa.text("SELECT count(*) FROM account")).scalar_one()
    engine.dispose()
    with lab.ports() as ports:
        found = ports.databases["shop"].sizes(["account"])["account"]
    assert held / 2 <= found <= held * 2


@pytest.mark.parametrize("query", [None, "SELECT 2.5"])
def test_lag_is_asked_as_the_dba_says(make_lab_of: Callable[..., Lab], query: str | None) -> None:
    """No replica, no lag; a heartbeat query of the DBA's own says what it says, on every engine."""
    lab = make_lab_of(people=60)
    with lab.ports() as ports:
        assert ports.databases["crm"].lag(LagProbe(query=query)) == (None if query is None else 2.5)


def test_a_server_that_is_no_replica_has_no_lag(engine_url: str) -> None:
    """The engine's own question is understood, and allowed, on each engine."""
    engine = sa.create_engine(engine_url)
    with engine.connect() as connection:
        found = lag_of_this(connection, None)
    engine.dispose()
    assert found is None


def test_a_replica_that_stands_still_is_later_and_later() -> None:
    """Positions 100 and 200 written at 0 and 10 s: a replica at 150 is 5 s late at 15 s, one at 200 is not."""
    trail = Trail()
    trail.late(0.0, 100, 100)
    trail.late(10.0, 200, 150)
    assert (trail.late(15.0, 200, 150), trail.late(16.0, 200, 200)) == (5.0, 0.0)


def test_a_streaming_replica_that_falls_behind_is_seen(tmp_path: Path) -> None:
    """A real standby: punctual while it replays, late once its replay is held, from the primary and from itself."""
    with PostgreSQLServer() as primary, _standby(primary) as standby:
        engine = sa.create_engine(primary.url("postgres"), isolation_level="AUTOCOMMIT")
        replica = sa.create_engine(standby, isolation_level="AUTOCOMMIT")
        trail = Trail()
        with engine.connect() as here, replica.connect() as there:
            here.execute(sa.text("CREATE TABLE written (n INT)"))
            punctual = _until(lambda: lag_of_replicas(here, None, trail) == 0.0)
            there.execute(sa.text("SELECT pg_wal_replay_pause()"))
            here.execute(sa.text("INSERT INTO written VALUES (1)"))
            late = _until(lambda: (lag_of_replicas(here, None, trail) or 0) > 0.3)
            itself = _until(lambda: (lag_of_this(there, None) or 0) > 0.3)
        engine.dispose()
        replica.dispose()
    assert (punctual, late, itself) == (True, True, True)


def _until(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def _standby(primary: PostgreSQLServer) -> Iterator[str]:
    """Copy *primary* to a standby of its own port, which follows it; yield its URL."""
    programs, port = _postgresql_folder(), primary.address.draw().port
    copy = primary.folder / "standby"
    login = f"host={HOST} port={primary.address.port} user={USER} password={primary.address.password}"
    hba = primary.folder / "data" / "pg_hba.conf"
    hba.write_text(hba.read_text("utf-8") + f"\nhost replication {USER} {HOST}/32 password\n", "utf-8")
    _reload(primary)
    options: dict[str, Any] = {
        "folder": primary.folder,
        "account": primary.account,
        "stop_signal": primary.stop_signal,
    }
    made = spawn(
        [
            str(programs / "pg_basebackup"),
            "-D",
            str(copy),
            "-R",
            "-d",
            login,
            "--checkpoint=fast",
            "--no-sync",
        ],
        **options,
    )
    assert made.wait(60) == 0
    running = spawn(
        [str(programs / "postgres"), "-D", str(copy), f"--port={port}", f"--listen_addresses={HOST}",
         f"--unix_socket_directories={primary.folder}", "--fsync=off", "--hot_standby=on", "--max_connections=200",
         "--wal_retrieve_retry_interval=200ms"],
        **options,
    )  # fmt: skip
    url = primary.url("postgres").replace(f":{primary.address.port}/", f":{port}/")
    try:
        assert _until(lambda: _answers(url), 60)
        yield url
    finally:
        running.send_signal(primary.stop_signal)
        running.wait(30)


def _reload(primary: PostgreSQLServer) -> None:
    engine = sa.create_engine(primary.url("postgres"))
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    engine.dispose()


def _answers(url: str) -> bool:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return bool(connection.execute(sa.text("SELECT pg_is_in_recovery()")).scalar())
    except sa.exc.OperationalError:
        return False
    finally:
        engine.dispose()
