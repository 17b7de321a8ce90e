"""tenu's own database: its schema, its durability, its refusals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text

from journal.making import KEYS, SIGNER, chunks
from tenu.adapters.journal_store import JournalStore
from tenu.adapters.migrations import HEAD, VERSION_TABLE
from tenu.adapters.own_database import METADATA, open_database
from tenu.errors import RefusedError, UnreachableError


def test_the_schema_created_is_the_schema_used(url: str) -> None:
    """The migrations and the tables the code reads cannot drift apart."""
    engine = open_database(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        differences = compare_metadata(context, METADATA)
    engine.dispose()
    assert differences == []


def test_the_version_the_code_needs_is_the_last_one() -> None:
    """A migration added without moving HEAD would never run."""
    config = Config()
    config.set_main_option("script_location", "tenu.adapters:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_opening_a_current_database_does_not_import_alembic(tmp_path: Path) -> None:
    """Every command opens it: a second of imports would be felt."""
    url = f"sqlite:///{tmp_path / 'tenu.db'}"
    JournalStore(url).close()
    code = f"import sys; from tenu.adapters.journal_store import JournalStore; JournalStore({url!r});"
    done = subprocess.run([sys.executable, "-c", f"{code} sys.exit('alembic' in sys.modules)"], check=False)
    assert done.returncode == 0


def test_a_journal_is_there_when_opened_again(url: str) -> None:
    """Another process, another day, goes on from where it was."""
    for number in range(3):
        store = JournalStore(url)
        store.append(*chunks(200, start=200 * number))
        store.seal(SIGNER)
        store.close()
    again = JournalStore(url)
    seen, found = again.verify(KEYS), list(again.events())
    again.close()
    assert (seen.holds, found) == (True, chunks(600))


def test_sqlite_writes_are_flushed_to_the_disk(tmp_path: Path) -> None:
    """An intent is worth something only if it survives a power cut: 2 is FULL."""
    engine = open_database(f"sqlite:///{tmp_path / 'tenu.db'}")
    with engine.connect() as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        ]
    engine.dispose()
    assert found == ["wal", 2]


def test_entries_are_only_ever_inserted(store: JournalStore) -> None:
    """Neither writing nor sealing touches an entry again: its rights in the database can be INSERT and
    SELECT.
    """
    said: list[str] = []
    event.listen(store._reads, "before_cursor_execute", lambda *args: said.append(args[2]))
    for number in range(3):
        store.append(*chunks(300, start=300 * number))
        store.seal(SIGNER)
    changes = [line for line in said if line.startswith(("UPDATE", "DELETE"))]
    assert (changes, any("INSERT INTO journal_entry" in line for line in said)) == ([], True)


def test_verification_keeps_no_more_than_a_page(store: JournalStore) -> None:
    """Reading stops as soon as nobody asks: the journal is streamed, not loaded."""
    store.append(*chunks(9000))
    store.seal(SIGNER)
    said: list[str] = []
    event.listen(store._reads, "before_cursor_execute", lambda *args: said.append(args[2]))
    next(store.events())
    pages = [line for line in said if "FROM journal_entry" in line]
    assert len(pages) == 1


@pytest.mark.parametrize("url", ["mysql+pymysql://localhost/tenu", "oracle://localhost/tenu"])
def test_another_engine_is_refused(url: str) -> None:
    """Nothing is promised of an engine nobody tested."""
    with pytest.raises(RefusedError):
        JournalStore(url)


def test_a_database_that_does_not_answer_says_so(tmp_path: Path) -> None:
    """The address is in the message, the password is not."""
    with pytest.raises(UnreachableError) as caught:
        JournalStore("postgresql://tenu:s3cret@127.0.0.1:1/tenu")
    assert ("127.0.0.1:1" in caught.value.message.en, "s3cret" in caught.value.message.en) == (True, False)
