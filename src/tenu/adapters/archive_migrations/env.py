"""Run by Alembic: upgrades inside the connection and the transaction it is given."""

from alembic import context

from tenu.adapters.archive_migrations import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
