"""What tenu creates for itself is created once, whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tenu.adapters.archive import Archive
from tenu.adapters.databases.database import Database
from tenu.datamap.model import System
from tenu.documents import read
from tenu.testing import MemoryKeyStore

AT_ONCE = 6


def test_six_runs_prepare_one_database_at_once(new_database: Callable[[str], str]) -> None:
    """Runs that start together on a database tenu never touched all find it ready."""
    text = (files("tenu.sample") / "systems" / "crm.yaml").read_text(encoding="utf-8")
    url = new_database("crm")
    _touch(url)
    databases = [
        Database(read(text, file="crm.yaml", model=System), url, ZoneInfo("Europe/Paris"))
        for _ in range(AT_ONCE)
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Database.prepare, databases))
    assert all(database.prepared() for database in databases)


def test_six_runs_open_one_new_archive_at_once(new_database: Callable[[str], str]) -> None:
    """Runs that start together on a new archive all find its tables."""
    urls, keys = (new_database("archive"), new_database("vault")), MemoryKeyStore()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        archives = list(pool.map(lambda _: Archive(*urls, keys), range(AT_ONCE)))
    assert [archive.units("none") for archive in archives] == [set()] * AT_ONCE


def _touch(url: str) -> None:
    """Make the file of a SQLite database: tenu never makes one of a company's."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE anything (id INTEGER)"))
    engine.dispose()
