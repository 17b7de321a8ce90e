"""The restricted archive, on every engine: what goes in comes out, to whoever has the keys, and to nobody else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters.archive import Archive
from tenu.adapters.archive_tables import SEALED, UNIT, WRAPPED
from tenu.errors import TamperedError
from tenu.plans.package import Heading, Spelling, package, words
from tenu.ports import Fate, Sealed, Unit
from tenu.terms import IdentifierKind
from tenu.testing import MemoryKeyStore

COLUMNS = ("id", "customer", "placed_at", "delivered_at", "amount")
SPELLED = (*[Spelling.NUMBER] * 2, *[Spelling.TEXT] * 2, Spelling.NUMBER)
WORDS = words([Heading(table="orders", columns=COLUMNS, spelled=SPELLED)])
PACKAGE = package(["(1,7,2019-04-02,,12.50)"])
OPENED = (
    b'{"orders":{"columns":["id", "customer", "placed_at", "delivered_at", "amount"],'
    b'"rows":[[1,7,"2019-04-02",null,12.50]]}}'
)
FORMER_WORDS = b'"orders":{"columns":["id","amount"],"rows":[['
FORMER = b"{" + FORMER_WORDS + b"1, 12.50]]}}"
FIRST, SECOND = Unit(fate=Fate.ARCHIVE, chunk=0), Unit(fate=Fate.ARCHIVE, chunk=1)
NewDatabase = Callable[[str], str]


@contextmanager
def an_archive(new_database: NewDatabase) -> Iterator[tuple[Archive, sa.Engine, sa.Engine]]:
    archive, vault = new_database("archive"), new_database("vault")
    kept, keys = sa.create_engine(archive), sa.create_engine(vault)
    opened = Archive(archive, vault, MemoryKeyStore())
    yield opened, kept, keys
    opened.close()
    kept.dispose()
    keys.dispose()


def put(archive: Archive, *, unit: Unit = FIRST, people: int = 1, said: bytes = WORDS) -> None:
    sealed = Sealed(
        system="shop",
        root="customer",
        package=PACKAGE,
        rows=1,
        until=date(2031, 1, 1),
        identifiers=((IdentifierKind.EMAIL, "anna@mail.example"),),
    )
    archive.put("run", "shop.customer:contract", unit, [sealed] * people, ground="evidence", words=said)


def subjects(kept: sa.Engine) -> list[str]:
    with kept.connect() as connection:
        return [row[0] for row in connection.execute(sa.select(SEALED.c.subject))]


def count(engine: sa.Engine, table: sa.Table) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("people", [1, 3])
def test_a_package_opens_as_it_was_sealed(new_database: NewDatabase, people: int) -> None:
    """Every package comes out digit for digit, one alone (a single row to copy) or several."""
    with an_archive(new_database) as (archive, kept, _):
        put(archive, people=people)
        assert [archive.open(subject) for subject in subjects(kept)] == [OPENED] * people


def test_a_package_is_bound_to_the_words_it_shares(new_database: NewDatabase) -> None:
    """Changing the names of tables and columns said once for a unit is tampering with each of its packages."""
    with an_archive(new_database) as (archive, kept, _):
        put(archive)
        with kept.begin() as connection:
            connection.execute(sa.update(UNIT).values(words=WORDS.replace(b"placed_at", b"paid_upon")))
        with pytest.raises(TamperedError):
            archive.open(subjects(kept)[0])


def test_a_package_of_the_first_format_still_opens(new_database: NewDatabase) -> None:
    """What was sealed as JSON, compressed with the words as its dictionary, opens as it always did."""
    with an_archive(new_database) as (archive, kept, _):
        put(archive, said=FORMER_WORDS)
        _written_as_before(archive, kept)
        assert archive.open(subjects(kept)[0]) == FORMER


def _written_as_before(archive: Archive, kept: sa.Engine) -> None:
    """Put in place of the only package what the first release sealed under the same key."""
    dictionary = zstandard.ZstdCompressionDict(FORMER_WORDS, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    packed = zstandard.ZstdCompressor(level=1, dict_data=dictionary, write_dict_id=False).compress(FORMER)
    with kept.begin() as connection:
        row = connection.execute(sa.select(SEALED)).mappings().one()
        key = archive._vault.unwrap(next(archive._vault.wrapped(row["subject"], row["subject"])))
        shared = hashlib.sha256(FORMER_WORDS).hexdigest()
        bound = ["tenu-archive-1", row["subject"], "shop", "customer", "2031-01-01", shared]
        sealed = bytes(12) + AESGCM(key).encrypt(bytes(12), packed, "\x1f".join(bound).encode())
        connection.execute(sa.update(SEALED).values(package=sealed))


def test_wiping_a_unit_leaves_the_others(new_database: NewDatabase) -> None:
    """A unit whose source never committed goes whole, packages and keys; the next one keeps both."""
    with an_archive(new_database) as (archive, kept, keys):
        put(archive, unit=FIRST, people=3)
        put(archive, unit=SECOND, people=2)
        archive.wipe("run", "shop.customer:contract", FIRST)
        assert (count(kept, SEALED), count(keys, WRAPPED), count(kept, UNIT)) == (2, 2, 1)


def test_the_audit_sees_a_package_from_a_rule_without_archive(new_database: NewDatabase) -> None:
    """A package that comes from a rule without archive is counted as forbidden."""
    with an_archive(new_database) as (archive, _, _):
        put(archive, people=2)
        assert archive.audit(date(2026, 3, 1), ["contract"]).forbidden == 2
