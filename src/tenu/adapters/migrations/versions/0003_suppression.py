"""The suppression list: who may not be solicited any more, by channel, in keyed hashes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the list."""
    op.create_table(
        "suppression",
        sa.Column("channel", sa.String(10), primary_key=True),
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("request", sa.String(32), nullable=False),
    )
