"""Fixtures every test may ask for: an empty database on each engine, and the two servers behind them.

The servers are started once, on first use; with pytest-xdist by the controller, for all its workers.
A test that stops or kills a server starts its own: ``with PostgreSQLServer() as server``.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings

from cases.light import Small, opened, small
from lab import Lab, make_lab
from servers import Address, Databases, MariaDB, MariaDBServer, PostgreSQL, PostgreSQLServer
from tenu.cli import FEW_COLLECTIONS
from tenu.ports import Ports

ENGINES = ("sqlite", "postgresql", "mariadb")
SERVERS: dict[str, type[PostgreSQLServer | MariaDBServer]] = {
    "postgresql": PostgreSQLServer,
    "mariadb": MariaDBServer,
}
# A shared machine is slow now and then, which proves nothing: no property is judged on its time.
settings.register_profile("tenu", deadline=None)
settings.load_profile("tenu")
_stack = pytest.StashKey[ExitStack]()
_addresses = pytest.StashKey[dict[str, dict[str, Any]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare ``--engines``, the databases a test that takes ``engine_url`` runs on."""
    parser.addoption("--engines", default=",".join(ENGINES), help="of %(default)s, those to test on")
    parser.addoption(
        "--matrix", action="store_true", help="run every fault and every drawn schema, not a share"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse an engine nobody knows, before anything runs; look for cycles as seldom as a command does."""
    gc.set_threshold(*FEW_COLLECTIONS)
    if unknown := set(_engines(config)) - set(ENGINES):
        raise pytest.UsageError(f"--engines: unknown {', '.join(sorted(unknown))}; know {', '.join(ENGINES)}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the whole fault matrix to ``--matrix``: it takes hours, and ``test_injected`` draws a share of it."""
    whole = config.getoption("--matrix")
    return True if collection_path.name == "test_matrix.py" and not whole else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``engine_url`` or ``new_database`` once per engine."""
    if "new_database" in metafunc.fixturenames:
        metafunc.parametrize("new_database", _engines(metafunc.config), indirect=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand each xdist worker the addresses of the servers, started before the first of them."""
    stash = node.config.stash
    if _stack not in stash:
        stash[_stack] = stack = ExitStack()
        wanted = [name for name in _engines(node.config) if name in SERVERS]
        stash[_addresses] = {name: asdict(stack.enter_context(SERVERS[name]()).address) for name in wanted}
    node.workerinput.update(stash[_addresses])


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the controller's servers, also when a person interrupts the run."""
    if stack := config.stash.get(_stack, None):
        stack.close()


@pytest.fixture(scope="session")
def postgresql(request: pytest.FixtureRequest) -> Iterator[PostgreSQL]:
    """Give the databases of the session's PostgreSQL server."""
    if address := _handed(request.config, "postgresql"):
        yield PostgreSQL(address)
    else:
        with PostgreSQLServer() as server:
            yield server


@pytest.fixture(scope="session")
def mariadb(request: pytest.FixtureRequest) -> Iterator[MariaDB]:
    """Give the databases of the session's MariaDB server."""
    if address := _handed(request.config, "mariadb"):
        yield MariaDB(address)
    else:
        with MariaDBServer() as server:
            yield server


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give a function from a name to the URL of an empty database of this test alone, on each engine in turn."""
    if request.param == "sqlite":
        yield lambda name: f"sqlite:///{tmp_path / name}.db"
        return
    databases: Databases = request.getfixturevalue(request.param)
    test, made = uuid4().hex[:12], []

    def fresh(name: str) -> str:
        made.append(f"test_{test}_{name}")
        return databases.fresh_database(made[-1])

    yield fresh
    for name in made:
        databases.drop(name)


@pytest.fixture
def engine_url(new_database: Callable[[str], str]) -> str:
    """Give the SQLAlchemy URL of an empty database of this test alone, on each engine in turn."""
    return new_database("database")


@pytest.fixture
def make_lab_of(new_database: Callable[[str], str], tmp_path: Path) -> Callable[..., Lab]:
    """Give a function that loads a sample company on the engine at hand and writes its workspace."""

    def made(**options: int) -> Lab:
        folder = tmp_path / "workspace"
        folder.mkdir()
        return make_lab(folder, new_database, **options)

    return made


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Give ports whose policy is read once: each small database takes the place of their system."""
    with opened(tmp_path_factory.mktemp("small")) as ports:
        yield ports


@pytest.fixture
def make_small(base: Ports, engine_url: str) -> Iterator[Callable[..., Small]]:
    """Give a function that makes a small database from a data map and statements, on each engine in turn."""
    with ExitStack() as stack:
        yield lambda datamap, *said: stack.enter_context(small(base, engine_url, datamap, *said))


def _engines(config: pytest.Config) -> list[str]:
    return [name.strip() for name in config.getoption("--engines").split(",") if name.strip()]


def _handed(config: pytest.Config, name: str) -> Address | None:
    """Return the address the xdist controller gave this process, None outside a worker."""
    handed = getattr(config, "workerinput", {}).get(name)
    return Address(**handed) if handed else None
