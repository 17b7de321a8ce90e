"""Sealed files beside the keys: those of requests, those of holds; and the marks of the keys on hold."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB

revision = "0003"
down_revision = "0002"

_SIXTEEN = sa.LargeBinary(16).with_variant(sa.BINARY(16), "mysql", "mariadb")
_SEALED = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    """Create the tables that are not there already."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "held" not in there:
        op.create_table(
            "held",
            sa.Column("subject", _SIXTEEN, primary_key=True),
            sa.Column("hold", sa.String(40), primary_key=True),
        )
    if "hold_file" not in there:
        op.create_table(
            "hold_file",
            sa.Column("hold", sa.String(40), primary_key=True),
            sa.Column("sealed", _SEALED, nullable=False),
        )
    if "case_file" not in there:
        op.create_table(
            "case_file",
            sa.Column("number", sa.String(32), primary_key=True),
            sa.Column("until", sa.Date, index=True),
            sa.Column("sealed", _SEALED, nullable=False),
        )
