"""Who could read the archive without being meant to: asked of each server's own catalog, never tried.

Accounts that administer the server are not counted: they can give themselves any right, which no grant tells.

Source: policy C-RET-05; GDPR 32; INV-08.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tenu.adapters.archive_tables import ARCHIVE, VAULT
from tenu.errors import StoreError
from tenu.plans.archive import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is around the archive: the company's databases by system, and the accounts meant to reach the archive."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    accounts: frozenset[str] = frozenset()


def reach(archive: sa.Engine, vault: sa.Engine, around: Surroundings) -> Reach:
    """Return who could read *archive* or *vault*, besides the account that opens them and those meant to."""
    stores = {"archive": (archive, ARCHIVE), "vault": (vault, VAULT)}
    found = [(name, _accounts(engine, tables)) for name, (engine, tables) in stores.items()]
    told = [(name, accounts) for name, accounts in found if accounts is not None]
    others = [(n, a) for n, accounts in told for a in accounts if a.split("@")[0] not in around.accounts]
    return Reach(
        accounts=tuple(f"{n}:{account}" for n, account in others) if len(told) == len(found) else None,
        files=tuple(name for name, (engine, _) in stores.items() if _is_open_file(engine.url)),
        shared=tuple(
            system
            for system, url in around.addresses.items()
            if any(_same_account(engine.url, sa.make_url(url)) for engine, _ in stores.values())
        ),
    )


def _accounts(engine: sa.Engine, tables: sa.MetaData) -> list[str] | None:
    names = [table.name for table in tables.sorted_tables]
    match engine.dialect.name:
        case "sqlite":
            return []
        case "postgresql":
            return _postgresql(engine, names)
        case _:
            return _mariadb(engine, names)


def _postgresql(engine: sa.Engine, tables: list[str]) -> list[str]:
    query = sa.text(
        "SELECT DISTINCT r.rolname FROM pg_roles r CROSS JOIN pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = current_schema() AND c.relname = ANY(:tables) AND r.rolcanlogin AND NOT r.rolsuper "
        "AND r.rolname <> current_user AND has_schema_privilege(r.oid, n.oid, 'USAGE') "
        "AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') ORDER BY 1"
    )
    with engine.connect() as connection:
        return list(connection.scalars(query, {"tables": tables}))


def _mariadb(engine: sa.Engine, tables: list[str]) -> list[str] | None:
    """Return the accounts that hold a right; None when this account may not see those of the others."""
    mine = sa.text("SELECT concat('''', replace(current_user(), '@', '''@'''), '''')")
    everywhere = sa.text(
        "SELECT grantee FROM information_schema.user_privileges "
        "GROUP BY grantee HAVING sum(privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')) > 0 "
        "AND sum(privilege_type IN ('SUPER', 'CREATE USER')) = 0"
    )
    here = sa.text(
        "SELECT grantee FROM information_schema.schema_privileges WHERE database() LIKE table_schema UNION "
        "SELECT grantee FROM information_schema.table_privileges "
        "WHERE table_schema = database() AND table_name IN :tables"
    ).bindparams(sa.bindparam("tables", expanding=True))
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1 FROM mysql.global_priv LIMIT 1"))
            me = connection.scalar(mine)
            found = {*connection.scalars(everywhere), *connection.scalars(here, {"tables": tables})}
    except StoreError:
        return None
    return sorted(str(grantee).replace("'", "") for grantee in found if grantee != me)


def _is_open_file(url: sa.URL) -> bool:
    """Return whether others of this machine may read or write the file of a SQLite store."""
    if url.get_backend_name() != "sqlite":
        return False
    file = Path(url.database or "")
    return file.is_file() and bool(file.stat().st_mode & 0o077)


def _same_account(store: sa.URL, system: sa.URL) -> bool:
    same = ("drivername", "host", "port", "username")
    return store.get_backend_name() != "sqlite" and all(
        getattr(store, part) == getattr(system, part) for part in same
    )
