"""What is kept with people's data without changing them, sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB

revision = "0004"
down_revision = "0003"

_SEALED = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    """Create the table unless it is there already."""
    if "statement" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "statement",
            sa.Column("name", sa.String(40), primary_key=True),
            sa.Column("sealed", _SEALED, nullable=False),
        )
