"""The journal: entries, the spans of them in the tree, tiles of hashes, signed checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the journal's tables."""
    op.create_table(
        "journal_entry",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journal_span",
        sa.Column("first_index", _ID, primary_key=True, autoincrement=False),
        sa.Column("first_id", _ID, nullable=False, unique=True),
        sa.Column("length", _ID, nullable=False),
    )
    op.create_table(
        "journal_tile",
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("tile_index", _ID, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "journal_checkpoint",
        sa.Column("size", _ID, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
