"""An index of the journal by kind, but for the one kind runs write by the thousand.

What is asked most (runs, requests, decisions) no longer reads everything, and a run's chunks cost no more to append.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the index."""
    rare = sa.text("kind != 'chunk:done'")
    op.create_index(
        "journal_entry_rare", "journal_entry", ["kind", "id"], sqlite_where=rare, postgresql_where=rare
    )
