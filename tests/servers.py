"""Private PostgreSQL and MariaDB servers for tests, benchmarks and demonstrations.

Each server lives in its own temporary folder, listens on the loopback only, on a port nobody used, and goes
away with the process that started it. A server that already runs on the machine is never spoken to.

    with PostgreSQLServer() as server:
        url = server.fresh_database("crm")

Start a server from the main thread: Linux ends it when the thread that started it ends.
"""

from __future__ import annotations

import random
import secrets
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import pymysql
from psycopg import sql

from processes import Folder, ServerError, binary, kill_family, memory_folder, spawn

HOST = "127.0.0.1"
USER = "tenu"
START_SECONDS = 60
STOP_SECONDS = 30
# Below the range the kernel takes for outgoing connections: a restart finds its port still free.
PORTS = range(20_000, 32_000)
_DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a private server listens. Plain values, so that it can be handed to another process."""

    port: int
    password: str

    @classmethod
    def draw(cls) -> Self:
        """Return an address on a free port, with a password nobody knows."""
        for port in random.sample(PORTS, len(PORTS)):
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) != 0:
                    return cls(port=port, password=secrets.token_hex(16))
        raise ServerError(f"no free port on {HOST} between {PORTS.start} and {PORTS.stop}")


class Databases(ABC):
    """The databases of one running server, whoever started it."""

    driver: str
    options = ""

    def __init__(self, address: Address) -> None:
        self.address = address

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of the database *name*, which need not exist."""
        place = f"{USER}:{self.address.password}@{HOST}:{self.address.port}/{name}"
        return f"{self.driver}://{place}{self.options}"

    @abstractmethod
    def ping(self) -> bool:
        """Tell whether the server answers a query now."""

    @abstractmethod
    def fresh_database(self, name: str) -> str:
        """Create an empty database *name*, in place of one that bears the name; return its URL."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Remove the database *name*, connections to it included; nothing happens when there is none."""


class PostgreSQL(Databases):
    """The databases of a PostgreSQL server, release 15 or later."""

    driver = "postgresql+psycopg"

    def ping(self) -> bool:
        """Tell whether the server answers a query now."""
        try:
            self._run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def fresh_database(self, name: str) -> str:
        """Create an empty database *name*, in place of one that bears the name; return its URL."""
        # With fsync off, copying the template's files is cheaper than writing them through the WAL.
        self._run(_DROP, "CREATE DATABASE {} STRATEGY file_copy", name=name)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove the database *name*, connections to it included; nothing happens when there is none."""
        self._run(_DROP, name=name)

    def _run(self, *statements: str, name: str = "postgres") -> None:
        with psycopg.connect(
            host=HOST,
            port=self.address.port,
            user=USER,
            password=self.address.password,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


class MariaDB(Databases):
    """The databases of a MariaDB server."""

    driver = "mariadb+pymysql"
    # Without ssl_disabled PyMySQL reads every root certificate at each connection: 19 ms of CPU.
    options = "?charset=utf8mb4&ssl_disabled=true"

    def ping(self) -> bool:
        """Tell whether the server answers a query now."""
        try:
            self._run("SELECT 1")
        except pymysql.OperationalError:
            return False
        return True

    def fresh_database(self, name: str) -> str:
        """Create an empty database *name*, in place of one that bears the name; return its URL."""
        quoted = _backquoted(name)
        self._run(f"DROP DATABASE IF EXISTS {quoted}", f"CREATE DATABASE {quoted}")
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove the database *name*, connections to it included; nothing happens when there is none."""
        self._run(f"DROP DATABASE IF EXISTS {_backquoted(name)}")

    def _run(self, *statements: str) -> None:
        connection = pymysql.connect(
            host=HOST,
            port=self.address.port,
            user=USER,
            password=self.address.password,
            autocommit=True,
            ssl_disabled=True,
        )
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


class _Owned(Databases):
    """A server of our own: its folder, its process, and how both end."""

    stop_signal: signal.Signals
    account: str

    def __init__(self, *, durable: bool = False, settings: Mapping[str, str] | None = None) -> None:
        """Draw an address; nothing runs before ``with``.

        Args:
            durable: Wait for the disk at each commit, as in production; off, the cluster is kept in
                memory where there is room: a commit survives ``kill``, not a power cut.
            settings: The engine's own settings, by name (``shared_buffers``, ``innodb_buffer_pool_size``).
        """
        super().__init__(Address.draw())
        self.durable = durable
        self.settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """The server's own folder; it exists inside ``with`` only."""
        return self._folder.path

    @abstractmethod
    def _install(self) -> None:
        """Fill the empty folder with a new cluster."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""

    def __enter__(self) -> Self:
        self._folder = Folder(None if self.durable else memory_folder(), account=self.account)
        try:
            self._install()
            self.start()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def start(self) -> None:
        """Start the stopped server and wait until it answers; if it ends instead, raise ServerError."""
        self._process = self._spawn(self._command())
        deadline = time.monotonic() + START_SECONDS
        while not self.ping():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"{type(self).__name__} did not start:\n{self._read_log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask the server to stop, connections included, and wait for its end."""
        if self._process is not None:
            self._process.send_signal(self.stop_signal)
            self._process.wait(STOP_SECONDS)
            self._process = None

    def restart(self) -> None:
        """Stop and start again on the same port: every connection is lost, no committed row is."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """End the server and its children with SIGKILL: nothing is flushed, no client is told."""
        if self._process is not None:
            kill_family(self._process)
            self._process = None

    def _leave(self) -> None:
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()
        finally:
            self._folder.remove()

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        return spawn(command, folder=self.folder, account=self.account, stop_signal=self.stop_signal)

    def _call(self, command: list[str]) -> None:
        process = self._spawn(command)
        if process.wait(START_SECONDS) != 0:
            raise ServerError(f"{command[0]} failed:\n{self._read_log()}")

    def _read_log(self) -> str:
        return (self.folder / "server.log").read_text("utf-8", "replace")


class PostgreSQLServer(_Owned, PostgreSQL):
    """A PostgreSQL server of our own, in UTC and UTF-8. Raises ServerError when none is installed."""

    stop_signal = signal.SIGINT
    account = "postgres"

    def _install(self) -> None:
        password = self.folder / "password"
        password.write_text(self.address.password, "utf-8")
        self._call([
            str(_postgresql_folder() / "initdb"), "--no-sync", "--pgdata=data", f"--username={USER}",
            "--auth=password", f"--pwfile={password}", "--encoding=UTF8", "--locale=C.UTF-8",
        ])  # fmt: skip

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": HOST,
            "port": str(self.address.port),
            "unix_socket_directories": str(self.folder),
            "timezone": "UTC",
            "max_connections": "200",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
        settings |= self.settings
        options = (f"--{name}={value}" for name, value in settings.items())
        return [str(_postgresql_folder() / "postgres"), "-D", "data", *options]


class MariaDBServer(_Owned, MariaDB):
    """A MariaDB server of our own, in UTC and utf8mb4. Raises ServerError when none is installed."""

    stop_signal = signal.SIGTERM
    account = "mysql"

    def _install(self) -> None:
        self._call([
            binary("mariadb-install-db"), "--no-defaults", f"--datadir={self.folder / 'data'}",
            "--auth-root-authentication-method=normal", "--skip-test-db",
        ])  # fmt: skip
        first = self.folder / "first.sql"
        first.write_text(self._first_statements(), "utf-8")

    def _first_statements(self) -> str:
        return f"""
            CREATE OR REPLACE USER {USER}@'{HOST}' IDENTIFIED BY '{self.address.password}';
            GRANT ALL ON *.* TO {USER}@'{HOST}' WITH GRANT OPTION;
            DROP USER IF EXISTS root@localhost, root@'127.0.0.1', root@'::1';
        """

    def _command(self) -> list[str]:
        settings = {
            "datadir": str(self.folder / "data"),
            "tmpdir": str(self.folder),  # a starting server deletes what another left in a shared one
            "socket": str(self.folder / "socket"),
            "pid-file": str(self.folder / "pid"),
            "init-file": str(self.folder / "first.sql"),
            "bind-address": HOST,
            "port": str(self.address.port),
            "default-time-zone": "+00:00",
            "character-set-server": "utf8mb4",
        }
        if not self.durable:
            settings |= {"innodb-flush-log-at-trx-commit": "2", "innodb-flush-method": "nosync"}
        settings |= self.settings
        options = (f"--{name}={value}" for name, value in settings.items())
        return [binary("mariadbd"), "--no-defaults", "--skip-name-resolve", *options]


def _postgresql_folder() -> Path:
    """Return the folder of the newest PostgreSQL's programs, Debian's place first."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    if found := sorted(folders, key=lambda path: float(path.parts[-3])):
        return found[-1].parent
    return Path(binary("postgres")).parent


def _backquoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
