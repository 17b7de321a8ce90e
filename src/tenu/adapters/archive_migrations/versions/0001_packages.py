"""Units, sealed packages, and the hashes they are found by; adopts the tables made before versions were kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB

revision = "0001"
down_revision = None

_BLOB = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")
_SIXTEEN = sa.LargeBinary(16).with_variant(sa.BINARY(16), "mysql", "mariadb")


def upgrade() -> None:
    """Create the tables that are not there yet."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "unit" not in there:
        op.create_table(
            "unit",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("run", sa.String(64), nullable=False),
            sa.Column("task", sa.String(190), nullable=False),
            sa.Column("fate", sa.SmallInteger, nullable=False),
            sa.Column("chunk", sa.Integer, nullable=False),
            sa.Column("people", sa.Integer, nullable=False),
            sa.Column("ground", sa.String(400), nullable=False),
            sa.Column("words", _BLOB, nullable=False),
            sa.UniqueConstraint("run", "task", "fate", "chunk"),
        )
    if "sealed" not in there:
        op.create_table(
            "sealed",
            sa.Column("subject", _SIXTEEN, primary_key=True),
            sa.Column("unit", sa.Integer, sa.ForeignKey("unit.id"), nullable=False, index=True),
            sa.Column("system", sa.String(64), nullable=False),
            sa.Column("root", sa.String(128), nullable=False),
            sa.Column("until", sa.Date, nullable=False, index=True),
            sa.Column("rows", sa.Integer, nullable=False),
            sa.Column("package", _BLOB, nullable=False),
        )
    if "mark" not in there:
        op.create_table(
            "mark",
            sa.Column("subject", _SIXTEEN, primary_key=True),
            sa.Column("kind", sa.String(24), primary_key=True),
            sa.Column("hash", _SIXTEEN, primary_key=True, index=True),
        )
