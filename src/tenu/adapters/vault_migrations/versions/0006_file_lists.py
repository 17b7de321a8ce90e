"""The paths of files that are being erased, sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB

revision = "0006"
down_revision = "0005"

_SEALED = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    """Create the table unless it is there already."""
    if "file_list" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "file_list",
            sa.Column("name", sa.String(80), primary_key=True),
            sa.Column("sealed", _SEALED, nullable=False),
        )
