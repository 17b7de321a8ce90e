"""Which request an entry is about, indexed; and a summary of where each request is, for lists.

A verb reads the events of its own request, whatever the number of the others. The column repeats what the leaf says, as
``kind`` does, and is verified with it.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PAGE = 8192


def upgrade() -> None:
    """Add the column, fill it for what was written before, index it; create the summary, empty."""
    op.add_column("journal_entry", sa.Column("request", sa.Text()))
    _fill(op.get_bind())
    about = sa.text("request IS NOT NULL")
    op.create_index(
        "journal_entry_about", "journal_entry", ["request", "id"], sqlite_where=about, postgresql_where=about
    )
    op.create_table(
        "request_summary",
        sa.Column("request", sa.Text(), primary_key=True),
        sa.Column("arrived", _ID, nullable=False),
        sa.Column("entries", _ID, nullable=False),
        sa.Column("last", _ID, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
    )


def _fill(connection: sa.Connection) -> None:
    entry = sa.table(
        "journal_entry", sa.column("id"), sa.column("kind"), sa.column("leaf"), sa.column("request")
    )
    fill = entry.update().where(entry.c.id == sa.bindparam("entry")).values(request=sa.bindparam("about"))
    after = 0
    while True:
        # A run's chunks are about no request, and the only ones written by the thousand.
        rare = sa.select(entry.c.id, entry.c.leaf).where(entry.c.kind != "chunk:done", entry.c.id > after)
        page = connection.execute(rare.order_by(entry.c.id).limit(_PAGE)).all()
        if not page:
            return
        said = [(row.id, json.loads(bytes(row.leaf))["body"].get("request")) for row in page]
        if about := [{"entry": entry_id, "about": number} for entry_id, number in said if number]:
            connection.execute(fill, about)
        after = page[-1].id
