"""What a database does by itself around rows: conditions they must meet, triggers and rules, copies it keeps of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from tenu.datamap.catalog import Check

OURS = "tenu_"
"""Prefix of what tenu keeps in a company's database; the catalog of the company never lists it."""

_HERE = "(n.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_table_is_visible(c.oid)))"
_POSTGRESQL_TRIGGERS = f"""
SELECT c.relname, t.tgname, t.tgtype & 8 > 0, t.tgtype & 16 > 0 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 24 > 0 AND {_HERE}
UNION ALL SELECT c.relname, r.rulename, r.ev_type = '4', r.ev_type = '2' FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND r.ev_type IN ('2', '4') AND {_HERE} ORDER BY 1, 2
"""  # noqa: S608 - a constant
_POSTGRESQL_CHECKS = f"""
SELECT c.relname, pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'c' AND {_HERE} ORDER BY 1, k.conname
"""  # noqa: S608 - a constant
_POSTGRESQL_COPIES = f"""
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('m', 'f') AND {_HERE} ORDER BY 1
"""  # noqa: S608 - a constant
_MARIADB_TRIGGERS = """
SELECT event_object_table, trigger_name, event_manipulation = 'DELETE', event_manipulation = 'UPDATE'
FROM information_schema.triggers WHERE event_object_schema = coalesce(:schema, database())
AND event_manipulation IN ('DELETE', 'UPDATE') ORDER BY 1, 2
"""
_MARIADB_CHECKS = """
SELECT table_name, check_clause FROM information_schema.check_constraints
WHERE constraint_schema = coalesce(:schema, database()) ORDER BY table_name, constraint_name
"""
_SQLITE_TRIGGERS = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1, 2"
_SQLITE_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL ORDER BY 1"
_EVENT = re.compile(r"\b(DELETE|UPDATE|INSERT)\b", re.IGNORECASE)
_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^]]*\]|--[^\n]*|/\*.*?\*/|\w+|.", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """By table: the conditions on its rows, and what runs when they go or change. *copies*: see ``Catalog``."""

    checks: Mapping[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    on_delete: Mapping[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    on_update: Mapping[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    copies: tuple[str, ...] = ()

    def checks_of(self, table: str, columns: Iterable[str]) -> tuple[Check, ...]:
        """Return the conditions on the rows of *table*, with which of its *columns* each speaks of."""
        return tuple(
            Check(columns=tuple(c for c in columns if _speaks_of(says, c)), says=says)
            for says in self.checks[table]
        )


def read_guards(connection: sa.Connection, schema: str | None) -> Guards:
    """Return what the tables of *schema* are guarded by; MariaDB shows triggers to accounts with that right only."""
    match connection.dialect.name:
        case "sqlite":
            return _of_sqlite(connection)
        case "postgresql":
            copies = connection.execute(sa.text(_POSTGRESQL_COPIES), {"schema": schema})
            guards = Guards(copies=tuple(str(name) for (name,) in copies))
            _fill(guards, connection, _POSTGRESQL_TRIGGERS, _POSTGRESQL_CHECKS, schema)
            return guards
        case _:
            guards = Guards()
            _fill(guards, connection, _MARIADB_TRIGGERS, _MARIADB_CHECKS, schema)
            return guards


def _fill(guards: Guards, connection: sa.Connection, triggers: str, checks: str, schema: str | None) -> None:
    for table, name, deletes, updates in connection.execute(sa.text(triggers), {"schema": schema}):
        _note(guards, str(table), str(name), deletes=bool(deletes), updates=bool(updates))
    for table, says in connection.execute(sa.text(checks), {"schema": schema}):
        guards.checks[str(table)].append(str(says))


def _note(guards: Guards, table: str, trigger: str, *, deletes: bool, updates: bool) -> None:
    if trigger.startswith(OURS):
        return  # tenu's own: they stop nothing tenu does, and ``enforced`` looks at them
    if deletes:
        guards.on_delete[table].append(trigger)
    if updates:
        guards.on_update[table].append(trigger)


def _of_sqlite(connection: sa.Connection) -> Guards:
    guards = Guards()
    for table, name, sql in connection.execute(sa.text(_SQLITE_TRIGGERS)):
        head = "".join(_tokens(sql, quoted=False))
        event = found[1].upper() if (found := _EVENT.search(head)) else ""
        _note(guards, table, name, deletes=event == "DELETE", updates=event == "UPDATE")
    for table, sql in connection.execute(sa.text(_SQLITE_TABLES)):
        guards.checks[table].extend(_conditions(sql))
    return guards


def _tokens(sql: str, *, quoted: bool = True) -> Iterator[str]:
    """Yield the words and signs of *sql* without its comments; quoted names and texts stay whole, or are left out."""
    for found in _TOKEN.finditer(sql):
        token = found[0]
        if token.startswith(("--", "/*")) or (not quoted and token[0] in "'\"`["):
            yield " "
        else:
            yield token


def _conditions(sql: str) -> Iterator[str]:
    """Yield what stands between the parentheses of each CHECK of a table's own SQL."""
    depth, said, waiting = 0, list[str](), False
    for word in _tokens(sql):
        if depth:
            depth += (word == "(") - (word == ")")
            if depth:
                said.append(word)
            else:
                yield "".join(said)
        elif waiting and word == "(":
            depth, said, waiting = 1, [], False
        elif word.strip():
            waiting = word.upper() == "CHECK"


def _speaks_of(says: str, column: str) -> bool:
    names = {token.strip('"`[]').lower() for token in _tokens(says) if not token.startswith("'")}
    return column.lower() in names
