"""Sessions may share a connection, one after the other: never anything that is on it."""

from __future__ import annotations

from contextlib import suppress

import pytest
import sqlalchemy as sa

from adapters.test_fingerprint import Doing, doing, zoo
from servers import PostgreSQL
from tenu.adapters.databases.database import Session
from tenu.errors import TenuError

__all__ = ["doing"]  # the fixture
WHO = "SELECT pg_backend_pid()"
LISTS = "SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()"


def asked(session: Session, question: str) -> object:
    return session.connection.exec_driver_sql(question).scalar()


@pytest.mark.parametrize("fails", [False, True])
def test_a_session_finds_nothing_of_the_one_before(engine_url: str, doing: Doing, fails: bool) -> None:
    """Whoever was listed is listed no more, what was not committed is gone, and settings are as they were, even after a failure."""
    database = zoo(engine_url)
    with suppress(TenuError), database.session(writing=True) as before:
        before.enlist("held", "person", [(1,)])
        if before.engine == "postgresql":
            asked(before, "SELECT set_config('statement_timeout', '12345', false)")
        before.commit()
        before.connection.execute(sa.text("UPDATE person SET email = 'x'"))
        if fails:
            before.connection.execute(sa.text("SELECT nothing FROM nowhere"))
    with database.session() as after:
        kept = asked(after, "SELECT email FROM person")
        left = (
            (asked(after, LISTS), asked(after, "SHOW statement_timeout"))
            if after.engine == "postgresql"
            else (0, "0")
        )
        after.enlist("held", "person", [(1,)])
    database.close()
    assert (kept, left) == ("a@b.example", (0, "0"))


def test_a_connection_serves_again(postgresql: PostgreSQL) -> None:
    """On PostgreSQL, ten sessions in a row are one connection; one that was cut is replaced, and nobody notices."""
    url = postgresql.fresh_database("sessions")
    with sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as other:
        other.execute(sa.text("CREATE TABLE person (id integer PRIMARY KEY, email text, seen timestamp)"))
        database, served = zoo(url), list[object]()
        for number in range(10):
            with database.session(writing=number % 2 == 0) as session:
                served.append(asked(session, WHO))
        other.execute(sa.text("SELECT pg_terminate_backend(:one)"), {"one": served[-1]})
        with database.session() as session:
            served.append(asked(session, WHO))
        database.close()
    postgresql.drop("sessions")
    assert (len(set(served[:10])), served[10] in served[:10]) == (1, False)
