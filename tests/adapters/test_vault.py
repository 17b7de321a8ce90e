"""The keys of packages on every engine: versions, today's tables adopted, a change of key that may be cut anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from types import ModuleType

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters import archive_migrations, vault_migrations
from tenu.adapters.archive import Archive
from tenu.adapters.archive_tables import ARCHIVE, ENVELOPE, SEALED, SEALING_KEY, VAULT, WRAPPED
from tenu.adapters.envelopes import seal
from tenu.adapters.store_schema import open_store
from tenu.plans.archive import Rotation
from tenu.ports import Fate, KeyLostError, KeyStore, Sealed, Unit
from tenu.terms import IdentifierKind
from tenu.testing import MemoryKeyStore

PACKAGE = b'{"orders":{"columns":["id"],"rows":[[1]]}}'
SECRET = bytes(range(32))
NewDatabase = Callable[[str], str]
STORES = [(archive_migrations, ARCHIVE), (vault_migrations, VAULT)]


@pytest.fixture
def urls(new_database: NewDatabase) -> tuple[str, str]:
    """Give the addresses of an empty archive and an empty vault."""
    return new_database("archive"), new_database("vault")


@contextmanager
def opened(urls: Sequence[str], keys: KeyStore) -> Iterator[Archive]:
    archive = Archive(urls[0], urls[1], keys)
    try:
        yield archive
    finally:
        archive.close()


def put(archive: Archive, *, people: int = 1, chunk: int = 0) -> None:
    mail = ((IdentifierKind.EMAIL, "anna@mail.example"),)
    sealed = Sealed(
        system="shop", root="customer", package=PACKAGE, rows=1, until=date(2031, 1, 1), identifiers=mail
    )
    unit = Unit(fate=Fate.ARCHIVE, chunk=chunk)
    archive.put("run", "shop.customer:contract", unit, [sealed] * people, ground="evidence")


def contents(archive: Archive) -> list[bytes]:
    found = archive.search({IdentifierKind.EMAIL: "anna@mail.example"})
    return [archive.open(package.subject) for package in found]


def former_wraps(urls: Sequence[str], people: int) -> None:
    """Seal *people* as the first format did: each key wrapped by the archive's secret itself."""
    keys = MemoryKeyStore(SECRET)
    with opened(urls, keys) as archive:
        put(archive, people=people)
        plain = {
            key.subject: archive._vault.unwrap(key) for key in archive._vault.wrapped("00" * 16, "ff" * 16)
        }
    vault = sa.create_engine(urls[1])
    with vault.begin() as connection:
        for subject, key in plain.items():
            wrapped = seal(AESGCM(SECRET), key, bytes.fromhex(subject))
            change = sa.update(WRAPPED).where(WRAPPED.c.subject == subject)
            connection.execute(change.values(wrapped=wrapped, envelope=None))
        connection.execute(sa.delete(ENVELOPE))
        connection.execute(sa.delete(SEALING_KEY))
        connection.execute(sa.text("ALTER TABLE wrapped_key DROP COLUMN envelope"))
        for table in (ENVELOPE.name, SEALING_KEY.name, vault_migrations.VERSION_TABLE):
            connection.execute(sa.text(f"DROP TABLE {table}"))
    vault.dispose()


@pytest.mark.parametrize(("migrations", "tables"), STORES, ids=["archive", "vault"])
def test_the_schema_created_is_the_schema_used(
    engine_url: str, migrations: ModuleType, tables: sa.MetaData
) -> None:
    """The migrations and the tables the code reads cannot drift apart."""
    engine = open_store(engine_url, "archive", migrations)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migrations.VERSION_TABLE})
        differences = compare_metadata(context, tables)
    engine.dispose()
    assert differences == []


@pytest.mark.parametrize("migrations", [archive_migrations, vault_migrations], ids=["archive", "vault"])
def test_the_version_the_code_needs_is_the_last_one(migrations: ModuleType) -> None:
    """A migration added without moving HEAD would never run."""
    config = Config()
    config.set_main_option("script_location", migrations.__name__.replace("adapters.", "adapters:"))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_packages_of_the_first_format_open_after_the_upgrade(urls: tuple[str, str]) -> None:
    """Today's vault, made before there were versions or envelopes, is adopted and loses nothing."""
    former_wraps(urls, people=3)
    with opened(urls, MemoryKeyStore(SECRET)) as archive:
        subjects = archive._names_after("00" * 16)
        assert [archive.open(subject) for subject in subjects] == [PACKAGE] * 3


def test_a_vault_of_the_first_format_is_not_begun_with_another_secret(urls: tuple[str, str]) -> None:
    """A new secret on an old vault would leave every package shut: it is refused before anything is written."""
    former_wraps(urls, people=1)
    with pytest.raises(KeyLostError):
        Archive(*urls, MemoryKeyStore(bytes(32)))


def test_a_change_of_key_moves_keys_of_the_first_format_into_envelopes(urls: tuple[str, str]) -> None:
    """Once done, the former secret is needed by nothing."""
    former_wraps(urls, people=3)
    with opened(urls, MemoryKeyStore(SECRET)) as archive:
        done = archive.rotate(lambda _at, _total: None)
        found = [key.envelope is None for key in archive._vault.wrapped("00" * 16, "ff" * 16)]
        assert (done.rewrapped, found) == (3, [False] * 3)


def test_everything_opens_after_a_change_of_key(urls: tuple[str, str]) -> None:
    """Each envelope is sealed again, and the former key no longer seals."""
    keys = MemoryKeyStore()
    with opened(urls, keys) as archive:
        for chunk in range(3):
            put(archive, people=2, chunk=chunk)
        former = archive.keys()
        done = archive.rotate(lambda _at, _total: None)
        assert (done, contents(archive), archive.keys()) == (
            Rotation(present=keys.held()[0], retired=former, envelopes=3, rewrapped=0),
            [PACKAGE] * 6,
            keys.held(),
        )


class _Cut(Exception):
    """Stands for what stops a process."""


def _cut(_at: int, _total: int) -> None:
    raise _Cut


def test_a_change_of_key_cut_half_way_opens_everything_and_goes_on(
    urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut after one batch, both keys open; run again, it ends with the key it had made."""
    monkeypatch.setattr("tenu.adapters.vault._BATCH", 2)
    keys = MemoryKeyStore()
    with opened(urls, keys) as archive:
        for chunk in range(5):
            put(archive, chunk=chunk)
        with pytest.raises(_Cut):
            archive.rotate(_cut)
        meanwhile = contents(archive), len(archive.keys())
        done = archive.rotate(lambda _at, _total: None)
        assert (meanwhile, done.envelopes, contents(archive), archive.keys()) == (
            ([PACKAGE] * 5, 2),
            3,
            [PACKAGE] * 5,
            keys.held(),
        )


def test_a_run_that_still_has_the_retired_key_cannot_seal_with_it(urls: tuple[str, str]) -> None:
    """What nobody could open is refused before it is sealed; the rows stay where they are."""
    keys = MemoryKeyStore()
    with opened(urls, keys) as late, opened(urls, keys) as archive:
        stale, late._vault._keys = keys.sealing_key(), _Stale(keys)
        archive.rotate(lambda _at, _total: None)
        assert stale != keys.sealing_key()
        with pytest.raises(Exception, match=r"vault|sealing_key"):
            put(late)


class _Stale:
    """The keys as a process that started before the change remembers them."""

    def __init__(self, keys: KeyStore) -> None:
        self._public = keys.sealing_key()

    def sealing_key(self) -> bytes:
        return self._public


def test_another_key_is_refused_at_the_door(urls: tuple[str, str]) -> None:
    """An archive sealed under one key is not opened for writing under another: two keys would split it."""
    with opened(urls, MemoryKeyStore()) as archive:
        put(archive)
    other = MemoryKeyStore()
    other.begin()
    with pytest.raises(KeyLostError, match="not this archive's"):
        Archive(*urls, other)


def test_another_index_is_refused_at_the_door(urls: tuple[str, str]) -> None:
    """With another index nobody would be found, in silence."""
    keys = MemoryKeyStore()
    with opened(urls, keys):
        keys._index = bytes(32)
    with pytest.raises(KeyLostError, match="not this archive's"):
        Archive(*urls, keys)


def test_people_sealed_together_share_one_envelope(urls: tuple[str, str]) -> None:
    """The agreement is made once for the people sealed together, not once per person."""
    with opened(urls, MemoryKeyStore()) as archive:
        put(archive, people=1_500)
        with archive._vault.engine.connect() as vault:
            count = vault.execute(sa.select(sa.func.count()).select_from(ENVELOPE)).scalar_one()
        assert (count, len(archive._names_after("00" * 16))) == (1, 1_000)


def test_no_envelope_outlives_its_keys(urls: tuple[str, str]) -> None:
    """Ending a month ends packages, marks, keys and envelopes."""
    with opened(urls, MemoryKeyStore()) as archive:
        put(archive, people=3)
        archive.end(date(2031, 1, 1))
        left = []
        for engine, table in (
            (archive._archive, SEALED),
            (archive._vault.engine, ENVELOPE),
            (archive._vault.engine, WRAPPED),
        ):
            with engine.connect() as connection:
                left.append(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
        assert left == [0, 0, 0]
