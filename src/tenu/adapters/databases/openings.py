"""When rows of restricted people may change all the same: a row of tenu's own, for one session or until an instant.

What the law lets through (the correction that ends a dispute, an objection written on somebody's row, a use of GDPR 18(2)) is said
by a row only tenu's account may write. For tenu's own work it names the session and is taken away before the commit:
no other session ever sees it, and a crash takes it back.

Source: GDPR 18(2); INV-06; policy C-RGT-16.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from tenu.adapters.databases.compile import Clause
from tenu.adapters.databases.guards import OURS

EVERY = "*"
"""Every restriction at once."""
ANY_SESSION = 0
LONGEST = 3_600
"""Seconds after which tenu's own word on a session is worth nothing, should a server keep it."""


@cache
def opening_table(schema: str | None) -> sa.Table:
    """Return the definition of the openings: *hold* may be changed by *session*, until *until*, seconds since 1970 UTC."""
    return sa.Table(
        f"{OURS}opening",
        sa.MetaData(),
        sa.Column("hold", sa.String(40), primary_key=True),
        sa.Column("session", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        schema=schema,
    )


def opened(engine: str, opening: sa.Table, hold: Any) -> Clause:
    """Return when the restriction named by the column *hold* lets the session at hand change what it restricts."""
    mine = opening.alias("opening")
    asked = (
        mine.c.hold.in_([hold, EVERY]),
        mine.c.session.in_([ANY_SESSION, session_number(engine)]),
        mine.c.until > seconds_now(engine),
    )
    return sa.exists(sa.select(sa.literal(1)).select_from(mine).where(*asked))


def session_number(engine: str) -> Any:
    """Return what the server calls the session at hand. SQLite has one writer and no number."""
    match engine:
        case "postgresql":
            return sa.func.pg_backend_pid()
        case "sqlite":
            return sa.literal(ANY_SESSION)
        case _:
            return sa.func.connection_id()


def seconds_now(engine: str) -> Any:
    """Return the server's own clock, as it runs, in seconds since 1970 UTC."""
    match engine:
        case "postgresql":
            return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.BigInteger)
        case "sqlite":
            return sa.cast((sa.func.julianday("now") - 2440587.5) * 86_400, sa.Integer)
        case _:
            return sa.func.unix_timestamp()
