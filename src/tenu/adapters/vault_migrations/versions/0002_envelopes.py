"""Who seals cannot open: keys are wrapped by the key of their envelope, sealed to the archivist's public half.

A key without envelope is of the first format: ``tenu archive rotate`` moves it into one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SIXTEEN = sa.LargeBinary(16).with_variant(sa.BINARY(16), "mysql", "mariadb")


def upgrade() -> None:
    """Add the keys that may seal, the envelopes, and which envelope a key is in."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "sealing_key" not in there:
        op.create_table(
            "sealing_key",
            sa.Column("name", sa.String(32), primary_key=True),
            sa.Column("proof", _SIXTEEN, nullable=False),
        )
    if "envelope" not in there:
        op.create_table(
            "envelope",
            sa.Column("id", _SIXTEEN, primary_key=True),
            sa.Column("key", sa.String(32), sa.ForeignKey("sealing_key.name"), nullable=False, index=True),
            sa.Column("sealed", sa.LargeBinary, nullable=False),
            sa.Column("until", sa.Date, nullable=False, index=True),
            sa.Column("run", sa.String(64), nullable=False, index=True),
            sa.Column("task", sa.String(190), nullable=False),
            sa.Column("first", _SIXTEEN, nullable=False),
            sa.Column("last", _SIXTEEN, nullable=False),
            sa.Column("settled", sa.Boolean, nullable=False),
        )
    if "envelope" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("wrapped_key")}:
        op.add_column("wrapped_key", sa.Column("envelope", _SIXTEEN, nullable=True))
