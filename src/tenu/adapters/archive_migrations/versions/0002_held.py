"""Packages on hold: what ends packages looks here first."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SIXTEEN = sa.LargeBinary(16).with_variant(sa.BINARY(16), "mysql", "mariadb")


def upgrade() -> None:
    """Create the marks, unless they are there already."""
    if not sa.inspect(op.get_bind()).has_table("held"):
        op.create_table(
            "held",
            sa.Column("subject", _SIXTEEN, primary_key=True),
            sa.Column("hold", sa.String(40), primary_key=True),
        )
