"""Writing the corrected values: tried in every system before one keeps anything, then one transaction per system.

A value is compared with what it was under lock: somebody else's newer word is never overwritten, and what is already right is left.

Source: GDPR 16; policy C-RGT-08; INV-24.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from tenu.datamap.catalog import ColumnKind, Table
from tenu.datamap.model import System
from tenu.errors import RefusedError
from tenu.operations.looking_back import kept_back
from tenu.plans.rectification import Change
from tenu.plans.values import canonical, typed
from tenu.ports import Key, Ports, Session
from tenu.terms import Text

_GONE = object()
Rows = dict[tuple[str, ...], dict[str, Change]]


class ChangedError(RefusedError):
    """A value is no longer what it was when the correction was shown."""


class _TriedError(Exception):
    """Every statement ran: the transaction may go."""


def correct_everywhere(ports: Ports, changes: Sequence[Change], *, keep: bool = True) -> None:
    """Write *changes*, system by system; done again, it finishes what was cut.

    Args:
        ports: The databases.
        changes: What becomes of each value.
        keep: Whether anything stays; when not, every statement runs and is taken back: what a database refuses is known before.

    Raises:
        ChangedError: A value is neither what it was nor what it must be; this system is left as it is.
        KeptError: A trigger or a rule writes something else; this system is left as it is.
        StoreError: A constraint refuses.
        BusyError: Rows are locked by somebody else.
    """
    for system, tables in _by_table(changes).items():
        database = ports.databases[system]
        catalog = database.catalog()
        with database.session(writing=True) as session:
            try:
                with session.transaction():
                    for name, rows in tables.items():
                        if table := catalog.table(name):
                            _correct(session, database.system, table, rows)
                    if not keep:
                        raise _TriedError
            except _TriedError:
                continue


def refuse_wrong(ports: Ports, changes: Sequence[Change]) -> None:
    """Read every value again.

    Raises:
        ChangedError: One of them does not say what it should.
    """
    for system, tables in _by_table(changes).items():
        database = ports.databases[system]
        with database.session() as session:
            for name, rows in tables.items():
                table = database.catalog().table(name)
                if table and any(v != new for _, _, v, new in _now(session, database.system, table, rows)):
                    raise _changed(database.system, table)


def _by_table(changes: Sequence[Change]) -> dict[str, dict[str, Rows]]:
    found: dict[str, dict[str, Rows]] = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    for change in changes:
        found[change.where.system][change.where.table][change.key][change.where.column] = change
    return found


def _correct(session: Session, system: System, table: Table, rows: Rows) -> None:
    pending = _pending(session, system, table, rows)
    zone, kinds = ZoneInfo(system.stored_in), system.designating(table.name)
    alike: dict[tuple[tuple[str, str | None], ...], list[Key]] = defaultdict(list)
    for key, columns in pending.items():
        alike[tuple(sorted((name, change.new) for name, change in columns.items()))].append(key)
    for said, keys in alike.items():
        values: dict[str, Any] = {}
        for name, new in said:
            column = table.column(name)
            if column is not None:
                values[name] = typed(column, new or "", kinds.get(name), zone)
        session.assign(table.name, values, keys)
    if _pending(session, system, table, rows):
        raise kept_back(table.name)


def _pending(session: Session, system: System, table: Table, rows: Rows) -> Mapping[Key, dict[str, Change]]:
    """Return what is still to be written, by key, the rows being locked.

    Raises:
        ChangedError: A row is gone, or says something else than it did.
    """
    pending: dict[Key, dict[str, Change]] = {}
    for key, change, value, new in _now(session, system, table, rows):
        if value == new:
            continue
        if value != change.old:
            raise _changed(system, table)
        pending.setdefault(key, {})[change.where.column] = change
    return pending


def _now(
    session: Session, system: System, table: Table, rows: Rows
) -> Iterator[tuple[Key, Change, object, str | None]]:
    """Yield each change with the key of its row, what the row says now and what it must say; a row that is gone says itself."""
    names = sorted({name for columns in rows.values() for name in columns})
    keys = {table.key_of(key): columns for key, columns in rows.items()}
    now = session.values(table.name, names, list(keys))
    zone = ZoneInfo(system.stored_in)
    for key, columns in keys.items():
        said = dict(zip(names, now[key], strict=True)) if key in now else {}
        for name, change in columns.items():
            column = table.column(name)
            kind = column.kind if column else ColumnKind.OTHER
            value = canonical(kind, said[name], zone) if name in said else _GONE
            yield key, change, value, canonical(kind, change.new, zone)


def _changed(system: System, table: Table) -> ChangedError:
    return ChangedError(
        Text(
            fr=f"« {system.system}.{table.name} » a changé depuis, ce n'est ni l'ancienne valeur ni la nouvelle",
            en=f"'{system.system}.{table.name}' changed meanwhile, to neither the former value nor the new one",
        ),
        fix=Text(
            fr="remontrez la rectification (--dry-run), puis donnez --again avec ce qui doit y être",
            en="show the rectification again (--dry-run), then give --again with what must be there",
        ),
    )
