"""What a failing database means to tenu, said without its statement or its values: these may name somebody."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tenu.errors import RestrictedError, StoreError, TenuError, UnreachableError
from tenu.ports import BusyError
from tenu.terms import Text

_BUSY = frozenset({"55P03", "40P01", "40001", 1205, 1213, 1020, "SQLITE_BUSY", "SQLITE_LOCKED"})
"""Lock timeouts, deadlocks and conflicts: PostgreSQL's SQLSTATE, MariaDB's error number, SQLite's name for it."""
OWN_STORES = ("archive", "vault", "journal")
_REFUSED = frozenset({"SQLITE_CONSTRAINT", 1048, 1451, 1452, 1644, 4025, "P0001"})
"""Constraints, and triggers that say no: the same again, SQLSTATE class 23 aside."""
STATE = "TN018"
"""SQLSTATE of the refusal of tenu's own triggers on PostgreSQL and MariaDB; SQLite's message begins with it. 18 is the article."""
NUMBER = 30018
"""MariaDB's own number for it."""
_CANNOT_OPEN = "SQLITE_CANTOPEN"
_NO_SUCH_TABLE = 1146
"""How MariaDB tells SQLAlchemy, which asks, that a table is not there yet."""


def translate(engine: sa.Engine, name: str) -> None:
    """Make every failure of *engine* a ``TenuError`` that speaks of the store *name*."""

    def said(context: Any) -> None:
        error = context.original_exception
        if context.is_pre_ping:  # the pool asks whether a connection still lives, and replaces it
            return
        if isinstance(error, engine.dialect.loaded_dbapi.Error) and _code(error) != _NO_SUCH_TABLE:
            raise _meaning(name, context) from None

    sa.event.listen(engine, "handle_error", said)


def meaning(name: str, error: sa.exc.DBAPIError) -> TenuError:
    """Return what *error* of the store *name* means to tenu."""
    return _said(name, error.orig, lost=error.connection_invalidated)


def _meaning(name: str, context: Any) -> TenuError:
    lost = context.is_disconnect or context.connection is None
    return _said(name, context.original_exception, lost=lost)


def _said(name: str, error: BaseException | None, *, lost: bool) -> TenuError:
    code = _code(error)
    kind = f"{type(error).__name__} {code}".strip()
    if lost or code == _CANNOT_OPEN:
        return unreachable(name, kind)
    if code in _BUSY:
        return busy(name, kind)
    if code in (STATE, NUMBER) or f"{error}".startswith(STATE):
        return RestrictedError(
            Text(
                fr=f"« {name} » refuse : des lignes sont celles d'une personne sous limitation (RGPD 18)",
                en=f"'{name}' refuses: rows are those of a person under restriction (GDPR 18)",
            ),
            fix=Text(
                fr="« tenu hold list » dit laquelle ; rien n'a été changé",
                en="'tenu hold list' says which; nothing was changed",
            ),
        )
    if code in _REFUSED or str(code).startswith("23"):
        return StoreError(
            Text(
                fr=f"« {name} » refuse : une contrainte ou un déclencheur l'interdit ({kind})",
                en=f"'{name}' refuses: a constraint or a trigger forbids it ({kind})",
            ),
            fix=Text(
                fr="le journal du serveur dit laquelle ; « tenu check » nomme les déclencheurs des tables à effacer",
                en="the server's log says which; 'tenu check' names the triggers of the tables to erase",
            ),
        )
    return StoreError(
        Text(fr=f"« {name} » n'a pas pu : {kind}", en=f"'{name}' could not do it: {kind}"),
        fix=Text(
            fr="regardez le journal du serveur (disque plein, droit manquant), puis relancez la même commande",
            en="look at the server's log (disk full, missing right), then run the same command again",
        ),
    )


def busy(name: str, reason: str) -> BusyError:
    """Return the error that says somebody else is at work in the store *name*."""
    return BusyError(
        Text(
            fr=f"« {name} » : des lignes sont verrouillées par quelqu'un d'autre ({reason})",
            en=f"'{name}': rows are locked by somebody else ({reason})",
        ),
        fix=Text(
            fr="relancez « tenu apply » plus tard : il reprend", en="run 'tenu apply' again later: it goes on"
        ),
    )


def unreachable(name: str, reason: str) -> UnreachableError:
    """Return the error that says the store *name* does not answer, and why."""
    place = f"tenu.toml, stores.{name}" if name in OWN_STORES else f"systems/{name}.yaml, url"
    return UnreachableError(
        Text(
            fr=f"la base « {name} » ne répond pas ({reason})",
            en=f"the database '{name}' does not answer ({reason})",
        ),
        fix=Text(
            fr="vérifiez que le serveur tourne et son adresse : " + place,
            en="check that the server runs, and its address: " + place,
        ),
    )


def _code(error: Any) -> Any:
    """Return what the engine itself calls this failure; empty when it does not say."""
    first = error.args[0] if error.args else ""
    if isinstance(first, int):
        return first
    if (name := getattr(error, "sqlite_errorname", None)) is not None:
        return "_".join(name.split("_")[:2])  # SQLITE_BUSY_SNAPSHOT is busy too
    return getattr(error, "sqlstate", None) or ""
