"""The versions of the schema of tenu's own database, one file each under ``versions/``."""

HEAD = "0004"
"""The version this code needs. Known without Alembic, so that opening a current database costs one query."""

VERSION_TABLE = "tenu_schema_version"
