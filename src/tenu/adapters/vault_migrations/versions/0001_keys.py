"""The key of each package, wrapped; adopts the table made before versions were kept."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SIXTEEN = sa.LargeBinary(16).with_variant(sa.BINARY(16), "mysql", "mariadb")


def upgrade() -> None:
    """Create the table if it is not there yet."""
    if not sa.inspect(op.get_bind()).has_table("wrapped_key"):
        op.create_table(
            "wrapped_key",
            sa.Column("subject", _SIXTEEN, primary_key=True),
            sa.Column("until", sa.Date, nullable=False, index=True),
            sa.Column("wrapped", sa.LargeBinary, nullable=False),
        )
