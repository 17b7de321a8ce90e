"""Letters that come and packages that wait: messages, links, and the sealed pieces of both."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB

revision = "0005"
down_revision = "0004"

_SEALED = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")
_TABLES: dict[str, Callable[[], tuple[sa.Column[Any], ...]]] = {
    "piece": lambda: (
        sa.Column("owner", sa.String(80), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sealed", _SEALED, nullable=False),
    ),
    "parcel": lambda: (
        sa.Column("link", sa.String(64), primary_key=True),
        sa.Column("request", sa.String(32), nullable=False, index=True),
        sa.Column("package", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("opened", sa.BigInteger),
    ),
    "incoming": lambda: (
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("same", sa.String(64), nullable=False, unique=True),
        sa.Column("thread", sa.String(64), nullable=False, index=True),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("until", sa.Date, index=True),
        sa.Column("sealed", _SEALED, nullable=False),
    ),
    "incoming_place": lambda: (
        sa.Column("mailbox", sa.String(64), primary_key=True),
        sa.Column("validity", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("uid", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("incoming", sa.String(32), nullable=False, index=True),
    ),
}


def upgrade() -> None:
    """Create the tables that are not there already."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    for name, columns in _TABLES.items():
        if name not in there:
            op.create_table(name, *columns())
