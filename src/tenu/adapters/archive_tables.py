"""The tables of the restricted archive and of its vault."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import LONGBLOB

ARCHIVE = sa.MetaData()
VAULT = sa.MetaData()
_BLOB = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")


class Hexadecimal(sa.types.TypeDecorator[str]):
    """Sixteen bytes in the database, 32 hexadecimal digits outside: keys and indexes take half the room."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """Return the engine's type: MySQL's BLOB cannot be a key."""
        mysql = dialect.name in ("mysql", "mariadb")
        return dialect.type_descriptor(sa.BINARY(16) if mysql else sa.LargeBinary(16))

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's own
        """Return the bytes of *value*, which may be the bytes already."""
        return bytes.fromhex(value) if isinstance(value, str) else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - the same
        """Return *value* in hexadecimal."""
        return None if value is None else bytes(value).hex()


UNIT = sa.Table(
    "unit",
    ARCHIVE,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run", sa.String(64), nullable=False),
    sa.Column("task", sa.String(190), nullable=False),
    sa.Column("fate", sa.SmallInteger, nullable=False),
    sa.Column("chunk", sa.Integer, nullable=False),
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("ground", sa.String(400), nullable=False),
    sa.Column("words", _BLOB, nullable=False),
    sa.UniqueConstraint("run", "task", "fate", "chunk"),
)
SEALED = sa.Table(
    "sealed",
    ARCHIVE,
    sa.Column("subject", Hexadecimal, primary_key=True),
    sa.Column("unit", sa.ForeignKey(UNIT.c.id), nullable=False, index=True),
    sa.Column("system", sa.String(64), nullable=False),
    sa.Column("root", sa.String(128), nullable=False),
    sa.Column("until", sa.Date, nullable=False, index=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("package", _BLOB, nullable=False),
)
MARK = sa.Table(
    "mark",
    ARCHIVE,
    sa.Column("subject", Hexadecimal, primary_key=True),
    sa.Column("kind", sa.String(24), primary_key=True),
    sa.Column("hash", Hexadecimal, primary_key=True, index=True),
)
SEALING_KEY = sa.Table(
    "sealing_key",
    VAULT,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("proof", Hexadecimal, nullable=False),
)
"""The keys that may seal. The last envelope of a key gone, its row goes, and nothing can be sealed to it any more."""
ENVELOPE = sa.Table(
    "envelope",
    VAULT,
    sa.Column("id", Hexadecimal, primary_key=True),
    sa.Column("key", sa.ForeignKey(SEALING_KEY.c.name), nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("until", sa.Date, nullable=False, index=True),
    sa.Column("run", sa.String(64), nullable=False, index=True),
    sa.Column("task", sa.String(190), nullable=False),
    sa.Column("first", Hexadecimal, nullable=False),
    sa.Column("last", Hexadecimal, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),
)
"""What wraps the keys of one batch. *until*: the last of their last days; *first*, *last*: their subjects are between;
*settled*: somebody made sure each of its keys has its package."""
WRAPPED = sa.Table(
    "wrapped_key",
    VAULT,
    sa.Column("subject", Hexadecimal, primary_key=True),
    sa.Column("until", sa.Date, nullable=False, index=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("envelope", Hexadecimal),
)
"""The key of each package; without envelope, it is of the first format, wrapped by the archive's secret itself."""


def _held(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "held",
        metadata,
        sa.Column("subject", Hexadecimal, primary_key=True),
        sa.Column("hold", sa.String(40), primary_key=True),
    )


HELD, HELD_KEY = _held(ARCHIVE), _held(VAULT)
HOLD_FILE = sa.Table(
    "hold_file",
    VAULT,
    sa.Column("hold", sa.String(40), primary_key=True),
    sa.Column("sealed", _BLOB, nullable=False),
)
CASE_FILE = sa.Table(
    "case_file",
    VAULT,
    sa.Column("number", sa.String(32), primary_key=True),
    sa.Column("until", sa.Date, index=True),
    sa.Column("sealed", _BLOB, nullable=False),
)
STATEMENT = sa.Table(
    "statement",
    VAULT,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("sealed", _BLOB, nullable=False),
)
FILE_LIST = sa.Table(
    "file_list",
    VAULT,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("sealed", _BLOB, nullable=False),
)
"""The paths of files that are being erased, until it is written what became of them."""
PIECE = sa.Table(
    "piece",
    VAULT,
    sa.Column("owner", sa.String(80), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("sealed", _BLOB, nullable=False),
)
"""What is too large for one statement of every engine, sealed piece by piece."""
PARCEL = sa.Table(
    "parcel",
    VAULT,
    sa.Column("link", sa.String(64), primary_key=True),
    sa.Column("request", sa.String(32), nullable=False, index=True),
    sa.Column("package", sa.String(64), nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False),
    sa.Column("opened", sa.BigInteger),
)
"""The packages that wait behind a link. *link*: SHA-256 of its token; *until*, *opened*: seconds of the epoch."""
INCOMING = sa.Table(
    "incoming",
    VAULT,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("same", sa.String(64), nullable=False, unique=True),
    sa.Column("thread", sa.String(64), nullable=False, index=True),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False),
    sa.Column("until", sa.Date, index=True),
    sa.Column("sealed", _BLOB, nullable=False),
)
"""Messages that came by e-mail. *same*: keyed hash of what makes two copies one message; *thread*: keyed hash of its
Message-ID; *received*: seconds of the epoch; *told*: whether the journal says it came."""
INCOMING_PLACE = sa.Table(
    "incoming_place",
    VAULT,
    sa.Column("mailbox", sa.String(64), primary_key=True),
    sa.Column("validity", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("incoming", sa.String(32), nullable=False, index=True),
)
"""Where each message was seen. *mailbox*: keyed hash of server, account and folder."""
