"""Finding, ending and verifying packages, on every engine; names, addresses and contents stay sealed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa

from servers import MariaDB, PostgreSQL
from tenu.adapters.archive import Archive
from tenu.adapters.archive_reach import Surroundings
from tenu.adapters.archive_tables import MARK, SEALED
from tenu.datamap.identity import identity, normalise
from tenu.errors import TamperedError
from tenu.plans.archive import Soundness, people_of
from tenu.ports import Fate, Sealed, Unit
from tenu.terms import IdentifierKind
from tenu.testing import MemoryKeyStore

PACKAGE = b'{"orders":{"columns":["id"],"rows":[[1]]}}'
FIRST, LAST = "00" * 16, "ff" * 16
DAY = date(2031, 1, 15)
MAIL, REFERENCE, NAME, POSTCODE = (
    IdentifierKind.EMAIL,
    IdentifierKind.CUSTOMER_REFERENCE,
    IdentifierKind.NAME,
    IdentifierKind.POSTCODE,
)
ANNA = {MAIL: "Anna@Mail.example", REFERENCE: "c 7", NAME: "Anna Péret", POSTCODE: "69 003"}
BRUNO = {MAIL: "anna@mail.example", REFERENCE: "C8", NAME: "Bruno Péret", POSTCODE: "69003"}
NewDatabase = Callable[[str], str]


@pytest.fixture
def archive(new_database: NewDatabase) -> Iterator[Archive]:
    """Give an empty archive."""
    opened = Archive(new_database("archive"), new_database("vault"), MemoryKeyStore())
    yield opened
    opened.close()


def said(kind: IdentifierKind, value: str) -> str:
    return identity({kind: [value]}).name if kind is NAME else normalise(kind, value)


def put(
    archive: Archive,
    *people: Mapping[IdentifierKind, str],
    until: date = DAY,
    chunk: int = 0,
    run: str = "run",
    system: str = "shop",
) -> None:
    sealed = [
        Sealed(
            system=system,
            root="customer",
            package=PACKAGE,
            rows=2,
            until=until,
            identifiers=tuple((kind, said(kind, value)) for kind, value in person.items()),
        )
        for person in people
    ]
    unit = Unit(fate=Fate.ARCHIVE, chunk=chunk)
    archive.put(run, f"{system}.customer:contract", unit, sealed, ground="evidence")


def names(archive: Archive) -> list[str]:
    return archive._names_after(FIRST)


def keys(archive: Archive) -> list[str]:
    return [key.subject for key in archive._vault.wrapped(FIRST, LAST)]


@contextmanager
def changed(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.begin() as connection:
        yield connection


@pytest.mark.parametrize(
    "wanted",
    [{MAIL: "ANNA@mail.example "}, {REFERENCE: "C7"}, {NAME: "péret ANNA", POSTCODE: "69003"}],
    ids=["mail", "reference", "name and postcode"],
)
def test_a_person_is_found_by_any_identifier(archive: Archive, wanted: Mapping[IdentifierKind, str]) -> None:
    """However it is written: case, spaces, accents, the order of the words of a name."""
    put(archive, {**ANNA, MAIL: "anna@mail.example"}, {**BRUNO, MAIL: "bruno@mail.example"})
    found = archive.search({kind: said(kind, value) for kind, value in wanted.items()})
    assert [(package.system, package.rows, package.until) for package in found] == [("shop", 2, DAY)]


def test_a_shared_mailbox_gives_two_people(archive: Archive) -> None:
    """Two customers behind one address are shown apart, never merged."""
    put(archive, ANNA, BRUNO)
    found = archive.search({MAIL: "anna@mail.example"})
    assert [len(person) for person in people_of(found)] == [1, 1]


def test_one_person_of_two_systems_is_one_person(archive: Archive) -> None:
    """The same reference in two systems is the same person."""
    put(archive, ANNA)
    put(archive, {REFERENCE: "C7", MAIL: "anna@mail.example"}, system="crm")
    found = archive.search({MAIL: "anna@mail.example"})
    assert [[package.system for package in person] for person in people_of(found)] == [["crm", "shop"]]


def test_shelves_count_by_month_system_and_ground(archive: Archive) -> None:
    """What is there is counted by the month it ends, and nothing else is told."""
    put(archive, ANNA, BRUNO, until=date(2031, 1, 31))
    put(archive, ANNA, until=date(2031, 2, 1), chunk=1)
    counted = [(s.month, s.system, s.ground, s.packages, s.rows) for s in archive.shelves()]
    assert counted == [("2031-01", "shop", "evidence", 2, 4), ("2031-02", "shop", "evidence", 1, 2)]


@pytest.mark.parametrize(("day", "left"), [(date(2031, 1, 14), 2), (date(2031, 1, 15), 0)])
def test_a_package_ends_on_its_last_day(archive: Archive, day: date, left: int) -> None:
    """The day before it is whole; on its day, package, marks and key are gone."""
    put(archive, ANNA, BRUNO)
    archive.end(day)
    with archive._archive.connect() as connection:
        marks = connection.execute(sa.select(sa.func.count(MARK.c.subject.distinct()))).scalar_one()
    assert (len(names(archive)), len(keys(archive)), marks) == (left, left, left)


def test_ending_one_person_leaves_the_others(archive: Archive) -> None:
    """The packages named go, keys included; the next one keeps both."""
    put(archive, ANNA, BRUNO)
    gone, stays = names(archive)
    archive.destroy([gone])
    assert (names(archive), keys(archive), archive.open(stays)) == ([stays], [stays], PACKAGE)


def test_a_backup_of_the_archive_opens_nothing_that_ended(archive: Archive) -> None:
    """Put back from a copy, a package whose key was destroyed stays shut for ever."""
    put(archive, ANNA)
    [gone] = names(archive)
    with archive._archive.connect() as connection:
        copy = [dict(row) for row in connection.execute(sa.select(SEALED)).mappings()]
    archive.destroy([gone])
    with changed(archive._archive) as connection:
        connection.execute(sa.insert(SEALED), copy)
    with pytest.raises(TamperedError):
        archive.open(gone)


def test_a_sound_archive_is_said_to_be(archive: Archive) -> None:
    """Every package opens, every key has its package."""
    put(archive, ANNA, BRUNO)
    assert archive.verify(DAY, LAST, 1, lambda _at, _all: None) == Soundness(packages=2, tried=2)


def test_verifying_finds_what_is_wrong(archive: Archive) -> None:
    """A changed package, one without its key, a key without its package, one past its day: each is named."""
    put(archive, *[ANNA] * 4)
    put(archive, BRUNO, until=date(2030, 1, 1), chunk=1)
    altered, keyless, orphan, *_ = names(archive)
    with changed(archive._archive) as connection:
        connection.execute(sa.delete(MARK).where(MARK.c.subject == orphan))
        connection.execute(sa.delete(SEALED).where(SEALED.c.subject == orphan))
        change = sa.update(SEALED).where(SEALED.c.subject == altered)
        connection.execute(change.values(until=date(2040, 1, 1)))
    archive._vault.destroy([keyless])
    seen = archive.verify(DAY, LAST, 1, lambda _at, _all: None)
    assert (seen.past, seen.sealed_shut, seen.keyless, seen.orphans) == (1, (altered,), (keyless,), (orphan,))


def test_an_orphan_after_the_last_package_is_found(archive: Archive) -> None:
    """Keys that come after every package are looked at too."""
    put(archive, ANNA, BRUNO)
    *_, last = names(archive)
    with changed(archive._archive) as connection:
        connection.execute(sa.delete(SEALED).where(SEALED.c.subject == last))
    assert archive.verify(DAY, LAST, 0, lambda _at, _all: None).orphans == (last,)


def test_what_is_being_sealed_is_not_judged(archive: Archive) -> None:
    """A key whose package is about to be committed is no orphan yet."""
    put(archive, ANNA)
    [name] = names(archive)
    with changed(archive._archive) as connection:
        connection.execute(sa.delete(SEALED))
    assert archive.verify(DAY, name, 1, lambda _at, _all: None).is_sound


def test_one_package_in_two_is_opened(archive: Archive) -> None:
    """A sample is opened when asked for; every key is still looked at."""
    put(archive, *[ANNA] * 5)
    assert archive.verify(DAY, LAST, 2, lambda _at, _all: None).tried == 3


def test_a_cut_run_leaves_no_key_without_a_package(archive: Archive) -> None:
    """Keys committed for a chunk whose packages never were are destroyed; those of other chunks and runs stay."""
    put(archive, ANNA)
    archive._vault.keep("run", "shop.customer:contract", [(bytes(15) + b"\x01", bytes(32), DAY)])
    archive._vault.keep("other", "shop.customer:contract", [(bytes(15) + b"\x02", bytes(32), DAY)])
    swept = archive.sweep("run", "shop"), archive.sweep("run", "shop"), archive.sweep("other", "crm")
    assert (swept, keys(archive)) == ((1, 0, 0), ["00" * 15 + "02", *names(archive)])


def _as_others(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_an_account_with_a_right_on_postgresql_is_named(postgresql: PostgreSQL) -> None:
    """A right granted to a sales account, even to read only, is seen from the server's own catalog."""
    urls, keys = (
        [postgresql.fresh_database(f"reach_{name}") for name in ("archive", "vault")],
        MemoryKeyStore(),
    )
    archive = Archive(*urls, keys)
    before = archive.reach().accounts
    _as_others(
        urls[0], "DROP ROLE IF EXISTS sales", "CREATE ROLE sales LOGIN", "GRANT SELECT ON sealed TO sales"
    )
    after = archive.reach().accounts
    archive.close()
    meant = Archive(*urls, keys, Surroundings(accounts=frozenset({"sales"})))
    told = meant.reach().accounts
    meant.close()
    for name in ("reach_archive", "reach_vault"):
        postgresql.drop(name)
    assert (before, after, told) == ((), ("archive:sales",), ())


def test_an_account_with_a_right_on_mariadb_is_named(mariadb: MariaDB) -> None:
    """The same on MariaDB, for a right on the vault."""
    urls = mariadb.fresh_database("reach_archive"), mariadb.fresh_database("reach_vault")
    archive = Archive(*urls, MemoryKeyStore())
    before = archive.reach().accounts
    _as_others(
        urls[1],
        "CREATE OR REPLACE USER sales@'%' IDENTIFIED BY 'x'",
        "GRANT SELECT ON reach_vault.wrapped_key TO sales@'%'",
    )
    after = archive.reach().accounts
    _as_others(urls[1], "DROP USER sales@'%'")
    archive.close()
    for name in ("reach_archive", "reach_vault"):
        mariadb.drop(name)
    assert (before, after) == ((), ("vault:sales@%",))


def test_a_file_others_can_read_is_named(tmp_path: object) -> None:
    """On SQLite the file is the right: a new one is its owner's alone, and an open one is seen."""
    file = f"{tmp_path}/archive.db"
    archive = Archive(f"sqlite:///{file}", f"sqlite:///{tmp_path}/vault.db", MemoryKeyStore())
    before = archive.reach().files
    _open_to_others(file)
    after = archive.reach().files
    archive.close()
    assert (before, after) == ((), ("archive",))


def _open_to_others(file: str) -> None:
    import os  # noqa: PLC0415

    os.chmod(file, 0o644)
