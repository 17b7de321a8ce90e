"""The tables of the journal in tenu's own database, and the summary of requests kept beside them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Dialect, Index, Integer, LargeBinary, Table
from sqlalchemy import Text as LongText

from tenu.adapters.own_database import METADATA
from tenu.journal.kinds import EventKind

_ID = BigInteger().with_variant(Integer, "sqlite")


class _Bytes(LargeBinary):
    """Bytes handed to and taken from the driver as they are: a conversion per row would cost more than its
    hash.
    """

    def bind_processor(self, dialect: Dialect) -> None:
        """Convert nothing."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Convert nothing."""


ENTRY = Table(
    "journal_entry",
    METADATA,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("kind", LongText, nullable=False),
    Column("leaf", _Bytes, nullable=False),
    Column("request", LongText),
    sqlite_autoincrement=True,
)
RARE = ENTRY.c.kind != str(EventKind.CHUNK_DONE)
"""Every kind but the one runs write by the thousand; those alone are indexed by kind."""
Index("journal_entry_rare", ENTRY.c.kind, ENTRY.c.id, sqlite_where=RARE, postgresql_where=RARE)
ABOUT = ENTRY.c.request.is_not(None)
"""What is about a request: one request is read without the others."""
Index("journal_entry_about", ENTRY.c.request, ENTRY.c.id, sqlite_where=ABOUT, postgresql_where=ABOUT)
SPAN = Table(
    "journal_span",
    METADATA,
    Column("first_index", _ID, primary_key=True, autoincrement=False),
    Column("first_id", _ID, nullable=False, unique=True),
    Column("length", _ID, nullable=False),
)
TILE = Table(
    "journal_tile",
    METADATA,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("tile_index", _ID, primary_key=True, autoincrement=False),
    Column("hashes", _Bytes, nullable=False),
)
CHECKPOINT = Table(
    "journal_checkpoint",
    METADATA,
    Column("size", _ID, primary_key=True, autoincrement=False),
    Column("note", LongText, nullable=False),
)
SUMMARY = Table(
    "request_summary",
    METADATA,
    Column("request", LongText, primary_key=True),
    Column("arrived", _ID, nullable=False),
    Column("entries", _ID, nullable=False),
    Column("last", _ID, nullable=False),
    Column("form", LongText, nullable=False),
    Column("told", LongText, nullable=False),
)
"""Where each request is, for lists: a cache of what its entries say. *arrived*: id of the entry that opened it; *entries*, *last*:
how many entries about it were folded, and the greatest of their ids; *form*: digest of the code that folded them; *told*: the case."""
