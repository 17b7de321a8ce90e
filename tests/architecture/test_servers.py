"""The private servers the tests stand on keep their word: empty, apart, gone at the end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pytest
import sqlalchemy as sa

from processes import Folder
from servers import HOST, MariaDBServer, PostgreSQLServer

Server = PostgreSQLServer | MariaDBServer
TESTS = Path(__file__).parents[1]
OWNER = """
import time
from servers import {kind}
with {kind}() as server:
    print(server.address.port, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module", params=[PostgreSQLServer, MariaDBServer])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Give a server of this module alone, which its tests may kill."""
    with request.param() as started:
        yield started


def test_a_database_of_a_test_is_empty(engine_url: str) -> None:
    """A test finds no table in the database it is given."""
    assert _tables(engine_url) == []


def test_a_fresh_database_takes_the_place_of_its_namesake(server: Server) -> None:
    """Nothing written under a name is left when a fresh database is made under it."""
    _write(server.fresh_database("namesake"))
    assert _tables(server.fresh_database("namesake")) == []


def test_a_dropped_database_is_gone(server: Server) -> None:
    """A database that was dropped cannot be connected to."""
    url = server.fresh_database("dropped")
    server.drop("dropped")
    with pytest.raises(sa.exc.OperationalError):
        _tables(url)


def test_a_commit_survives_a_restart(server: Server) -> None:
    """What was committed before the server stopped is there after it started again, at the same URL."""
    url = server.fresh_database("restarted")
    _write(url)
    server.restart()
    assert _tables(url) == ["note"]


def test_a_commit_survives_a_kill(server: Server) -> None:
    """What was committed before the server was killed is there after it recovered."""
    url = server.fresh_database("killed")
    _write(url)
    server.kill()
    server.start()
    assert _tables(url) == ["note"]


def test_a_killed_server_does_not_answer(server: Server) -> None:
    """A killed server refuses connections until it is started."""
    server.kill()
    answered = server.ping()
    server.start()
    assert not answered


@pytest.mark.parametrize("kind", ["PostgreSQLServer", "MariaDBServer"])
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_with_its_owner(kind: str, ending: signal.Signals) -> None:
    """However its owner ends, Ctrl-C and SIGKILL included, a server stops listening."""
    script = OWNER.format(kind=kind)
    with subprocess.Popen([sys.executable, "-c", script], cwd=TESTS, stdout=PIPE, stderr=DEVNULL) as owner:
        port = int(owner.stdout.readline()) if owner.stdout else 0
        owner.send_signal(ending)
    assert _stops_listening(port)


def test_the_folder_of_a_killed_owner_is_removed(tmp_path: Path) -> None:
    """A folder nobody holds any more goes when the next server makes its own."""
    forgotten = tmp_path / f"{Folder.prefix}forgotten"
    forgotten.mkdir()
    (forgotten / "owner").touch()
    Folder(tmp_path, account="nobody").remove()
    assert not forgotten.exists()


def test_the_folder_of_a_living_owner_stays(tmp_path: Path) -> None:
    """Making a folder leaves those of servers that still run."""
    living = Folder(tmp_path, account="nobody")
    Folder(tmp_path, account="nobody").remove()
    assert living.path.exists()


def _write(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE note (words VARCHAR(20))"))
    engine.dispose()


def _tables(url: str) -> list[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    return sa.inspect(engine).get_table_names()


def _stops_listening(port: int) -> bool:
    """Tell whether *port* refuses connections, now or within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) != 0:
                return True
        time.sleep(0.02)
    return False
