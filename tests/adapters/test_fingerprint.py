"""A catalog read again only when something changed says at every instant what the database says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from servers import PostgreSQL
from tenu.adapters.databases.database import Database
from tenu.datamap.model import System
from tenu.documents import read

_MAP = """
system: zoo
url: {url}
country: FR
label: {{fr: Zoo, en: Zoo}}
declared: {{by: dpo@helianthe.example, on: 2026-03-01}}
people: {{person: {{collected_at: seen, identified_by: {{email: email}}}}}}
tables: {{person: {{purposes: prospecting, columns: {{email: identity}}, not_personal: [id, seen]}}}}
"""
_TABLES = (
    "CREATE TABLE person (id integer PRIMARY KEY, email varchar(80), seen timestamp)",
    "CREATE TABLE visit (id integer PRIMARY KEY, person integer, page varchar(80))",
    "INSERT INTO person VALUES (1, 'a@b.example', '2026-01-01 00:00:00')",
)
_EVERYWHERE = (
    "ALTER TABLE person ADD COLUMN nickname varchar(20)",
    "ALTER TABLE person RENAME COLUMN nickname TO other_name",
    "ALTER TABLE person DROP COLUMN other_name",
    "CREATE TABLE note (id integer PRIMARY KEY, person integer REFERENCES person (id), CHECK (id > 0))",
    "CREATE INDEX note_person ON note (person)",
    "CREATE UNIQUE INDEX visit_page ON visit (page)",
    "DROP INDEX visit_page{on_visit}",
    "ALTER TABLE note RENAME TO remark",
    "DROP TABLE remark",
)
_ON = {
    "sqlite": ("CREATE TRIGGER gone AFTER DELETE ON person BEGIN DELETE FROM visit WHERE person = old.id; END", "DROP TRIGGER gone"),
    "mariadb": (
        "ALTER TABLE visit MODIFY page varchar(80) NOT NULL",
        "CREATE TRIGGER gone AFTER DELETE ON person FOR EACH ROW DELETE FROM visit WHERE person = old.id",
        "DROP TRIGGER gone",
        "ALTER TABLE visit ADD FOREIGN KEY (person) REFERENCES person (id) ON DELETE CASCADE",
    ),
    "postgresql": (
        "ALTER TABLE visit ALTER page SET NOT NULL",
        "ALTER TABLE visit ALTER page TYPE text",
        "ALTER TABLE visit ADD CONSTRAINT whose FOREIGN KEY (person) REFERENCES person (id)",
        "ALTER TABLE visit DROP CONSTRAINT whose, ADD CONSTRAINT whose FOREIGN KEY (person) REFERENCES person (id) ON DELETE CASCADE",
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER gone AFTER DELETE ON person FOR EACH ROW EXECUTE FUNCTION nothing()",
        "ALTER TABLE person DISABLE TRIGGER gone",
        "CREATE RULE again AS ON UPDATE TO visit DO ALSO NOTHING",
        "CREATE MATERIALIZED VIEW copy AS SELECT * FROM person",
        "CREATE SCHEMA elsewhere CREATE TABLE far (id int PRIMARY KEY, person int REFERENCES public.person (id))",
        "CREATE TABLE hit (id int, day date) PARTITION BY RANGE (day)",
        "CREATE TABLE hit_2026 PARTITION OF hit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "ALTER TABLE hit DETACH PARTITION hit_2026",
    ),
}  # fmt: skip
Doing = Callable[[str], None]


@pytest.fixture
def doing(engine_url: str) -> Iterator[Doing]:
    """Give what runs one statement on the database, as somebody else."""
    engine = sa.create_engine(engine_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)

    def run(statement: str) -> None:
        with engine.connect() as connection:
            connection.execute(sa.text(statement))

    for statement in _TABLES:
        run(statement)
    yield run
    engine.dispose()


def zoo(url: str) -> Database:
    return Database(read(_MAP.format(url=url), file="zoo.yaml", model=System), url, ZoneInfo("Europe/Paris"))


def test_whatever_changes_in_a_schema_is_seen(engine_url: str, doing: Doing) -> None:
    """After each change, the catalog asked for again is the one somebody who had never read it would read."""
    kept, wrong, changes = zoo(engine_url), list[str](), 0
    engine = kept.catalog().engine
    for statement in (*_EVERYWHERE, *_ON[engine]):
        doing(statement.format(on_visit=" ON visit" if engine == "mariadb" else ""))
        before, after, newcomer = kept.catalog(), kept.catalog(fresh=True), zoo(engine_url)
        changes += after != before
        if after != newcomer.catalog():
            wrong.append(statement)
        newcomer.close()
    kept.close()
    assert (wrong, changes >= len(_EVERYWHERE)) == ([], True)


def test_a_schema_that_did_not_change_is_read_once(engine_url: str, doing: Doing) -> None:
    """Asking again costs one statement, whatever happened to rows, statistics and temporary tables; on MariaDB, a reading."""
    kept, said = zoo(engine_url), list[str]()
    before = kept.catalog()
    doing("INSERT INTO visit VALUES (1, 1, '/')")
    doing("DELETE FROM visit")
    doing("CREATE TEMPORARY TABLE mine (id integer PRIMARY KEY)")
    if before.engine == "postgresql":
        doing("VACUUM (ANALYZE) visit")
    with kept.session() as session:
        session.enlist("held", "person", [(1,)])
        sa.event.listen(sa.Engine, "before_cursor_execute", _note(said))
        again = kept.catalog(fresh=True)
    statements = len([each for each in said if not each.startswith("BEGIN")])
    said.append("BEGIN")
    kept.close()
    assert (again, statements > 1) == (before, before.engine == "mariadb")


def _note(said: list[str]) -> Callable[..., None]:
    """Return what writes down each statement until one is a BEGIN of the test's own."""
    return lambda *args: None if said[-1:] == ["BEGIN"] else said.append(args[2])


def test_a_right_taken_back_is_seen(postgresql: PostgreSQL) -> None:
    """A DBA who takes a right from tenu's account is heard before the next write, and so is one who gives it back."""
    url = postgresql.fresh_database("rights_seen")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    rights = "GRANT SELECT, UPDATE, DELETE ON person TO seen_reader"
    with engine.connect() as connection:
        made = ("DROP ROLE IF EXISTS seen_reader", "CREATE ROLE seen_reader LOGIN PASSWORD 'read'", rights)
        for statement in (*_TABLES, *made):
            connection.execute(sa.text(statement))
        account = sa.make_url(url).set(username="seen_reader", password="read")
        kept = zoo(account.render_as_string(hide_password=False))
        said = [kept.catalog().missing_grants]
        for statement in ("REVOKE DELETE ON person FROM seen_reader", rights):
            connection.execute(sa.text(statement))
            said.append(kept.catalog(fresh=True).missing_grants)
        kept.close()
    engine.dispose()
    postgresql.drop("rights_seen")
    assert ["DELETE ON person" in missing for missing in said] == [False, True, False]
