"""The journals every promise is tested on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tenu.adapters.journal_store import JournalStore
from tenu.journal.memory import MemoryJournal
from tenu.journal.port import Journal

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database on each engine the journal may live in."""
    if request.param not in request.config.getoption("--engines"):
        pytest.skip(f"{request.param} is not among --engines")
    yield from _empty(request, request.param, tmp_path)


@pytest.fixture(params=("memory", *DATABASES))
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """Give an empty journal of each kind."""
    if request.param == "memory":
        yield MemoryJournal()
        return
    if request.param not in request.config.getoption("--engines"):
        pytest.skip(f"{request.param} is not among --engines")
    for url in _empty(request, request.param, tmp_path):
        store = JournalStore(url)
        yield store
        store.close()


@pytest.fixture
def store(url: str) -> Iterator[JournalStore]:
    """Give an empty journal in a database, on each engine."""
    opened = JournalStore(url)
    yield opened
    opened.close()


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database, for what only happens there."""
    if "postgresql" not in request.config.getoption("--engines"):
        pytest.skip("postgresql is not among --engines")
    yield from _empty(request, "postgresql", tmp_path)


def _empty(request: pytest.FixtureRequest, engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'tenu.db'}"
        return
    server = request.getfixturevalue(engine)
    name = f"journal_{uuid4().hex}"
    yield server.fresh_database(name)
    server.drop(name)
