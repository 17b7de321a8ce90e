"""A small company database that enforces restrictions, its applications, and who is restricted, in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cases.light import Small
from tenu.journal.holds import HoldKind
from tenu.ports import Database

MAP = """
enforce_restrictions: true
people:
  person: {identified_by: {email: email}, opposition: [{column: news, to: 0}]}
  member: {role: member, identified_by: {email: email}}
tables:
  person: {purposes: prospecting, columns: {email: identity}, not_personal: [id, address_id, shop_id, news]}
  member: {purposes: prospecting, columns: {email: identity}, not_personal: [club, number]}
  basket: {purposes: prospecting, columns: {what: financial}, not_personal: [id, person_id]}
  line: {purposes: prospecting, columns: {what: financial}, not_personal: [id, basket_id]}
  visit: {purposes: prospecting, columns: {what: financial}, not_personal: [id, club, number]}
  remark: {purposes: prospecting, columns: {mail: identity}, not_personal: [id, stars]}
  booking:
    purposes: prospecting
    belongs_to: person_id
    columns: {what: financial, guest_mail: {category: identity, of: guest_id}}
    not_personal: [id, person_id, guest_id]
  address: {purposes: prospecting, columns: {street: identity}, not_personal: [id], belongs_to: person}
links: [{link: remark.mail -> person.email, compared_as: email}]
ignored: [shop]
"""
SCHEMA = (
    "CREATE TABLE shop (id INTEGER PRIMARY KEY)",
    "CREATE TABLE address (id INTEGER PRIMARY KEY, street VARCHAR(40))",
    "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80) UNIQUE, address_id INTEGER, shop_id INTEGER, news INTEGER, "
    "FOREIGN KEY (address_id) REFERENCES address (id), FOREIGN KEY (shop_id) REFERENCES shop (id) ON DELETE CASCADE)",
    "CREATE TABLE member (club INTEGER, number INTEGER, email VARCHAR(80), PRIMARY KEY (club, number))",
    "CREATE TABLE basket (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, what VARCHAR(40), "
    "FOREIGN KEY (person_id) REFERENCES person (id))",
    "CREATE TABLE line (id INTEGER PRIMARY KEY, basket_id INTEGER NOT NULL, what VARCHAR(40), "
    "FOREIGN KEY (basket_id) REFERENCES basket (id))",
    "CREATE TABLE visit (id INTEGER PRIMARY KEY, club INTEGER NOT NULL, number INTEGER NOT NULL, what VARCHAR(40), "
    "FOREIGN KEY (club, number) REFERENCES member (club, number))",
    "CREATE TABLE booking (id INTEGER PRIMARY KEY, person_id INTEGER, guest_id INTEGER, what VARCHAR(40), guest_mail VARCHAR(80), "
    "FOREIGN KEY (person_id) REFERENCES person (id), FOREIGN KEY (guest_id) REFERENCES person (id))",
    "CREATE TABLE remark (id INTEGER PRIMARY KEY, mail VARCHAR(80), stars INTEGER)",
)
"""Person 1 and member (7, 1) are to be restricted; person 2 and members (7, 2) and (8, 1) are free."""
ROWS = (
    "INSERT INTO shop VALUES (1), (2)",
    "INSERT INTO address VALUES (1, 'rue Haute'), (2, 'rue Basse')",
    "INSERT INTO person VALUES (1, 'one@people.example', 1, 1, 1), (2, 'two@people.example', 2, 2, 1)",
    "INSERT INTO member VALUES (7, 1, 'one@club.example'), (7, 2, 'two@club.example'), (8, 1, 'three@club.example')",
    "INSERT INTO basket VALUES (1, 1, 'books'), (2, 2, 'books')",
    "INSERT INTO line VALUES (1, 1, 'a book'), (2, 2, 'a book')",
    "INSERT INTO booking VALUES (1, 2, 1, 'seats', 'one@people.example'), (2, 1, 2, 'seats', 'two@people.example'), "
    "(3, 2, 1, 'seats', NULL)",
    "INSERT INTO remark VALUES (1, ' ONE@people.example', 5), (2, 'two@people.example', 5)",
    "INSERT INTO visit VALUES (1, 7, 1, 'dawn'), (2, 7, 2, 'dusk'), (3, 8, 1, 'noon')",
)
HELD = {"person": [(1,)], "member": [(7, 1)]}
HOLD = "H-0000cafe"
CHANGES = {
    "address": "UPDATE address SET street = 'rue Neuve' WHERE id = {}",
    "person": "UPDATE person SET email = 'else@people.example' WHERE id = {}",
    "basket": "UPDATE basket SET what = 'films' WHERE id = {}",
    "line": "UPDATE line SET what = 'a film' WHERE id = {}",
    "line, gone": "DELETE FROM line WHERE id = {}",
    "visit": "UPDATE visit SET what = 'night' WHERE id = {}",
    "visit, gone": "DELETE FROM visit WHERE id = {}",
    "remark, by e-mail": "UPDATE remark SET stars = 1 WHERE id = {}",
    "moved to another": "UPDATE basket SET person_id = 2 WHERE id = {}",
}
"""What an application does to rows numbered as their person."""


@dataclass(frozen=True, kw_only=True)
class Protected:
    """The database, as tenu has it (*database*) and as an application has it (*engine*)."""

    small: Small
    engine: sa.Engine

    @property
    def database(self) -> Database:
        """Return the database as tenu has it."""
        return next(iter(self.small.ports.databases.values()))

    @property
    def name(self) -> str:
        """Return sqlite, postgresql or mariadb."""
        return self.database.catalog().engine

    @contextmanager
    def held(self, kind: str = HoldKind.RESTRICTION) -> Iterator[None]:
        """Have person 1 and member (7, 1) restricted meanwhile."""
        with self.database.session(writing=True) as session, session.transaction():
            for root, keys in HELD.items():
                session.place(HOLD, kind, root, keys, spreads=True)
        try:
            yield
        finally:
            with self.database.session(writing=True) as session, session.transaction():
                session.lift(HOLD)

    def does(self, *statements: str, engine: sa.Engine | None = None) -> str:
        """Return what becomes of *statements* of an application, taken back after: ``done``, or the code of the refusal."""
        with (engine or self.engine).connect() as connection:
            try:
                for statement in statements:
                    connection.exec_driver_sql(statement)
            except sa.exc.DBAPIError as error:
                return code_of(error.orig)
            return "done"

    def wrong(self) -> dict[str, str]:
        """Return what is not as it must be, by name."""
        return {seen.piece.name: seen.state.value for seen in self.database.enforcement().wrong}


def code_of(error: Any) -> str:
    """Return the SQLSTATE of an engine's refusal; the first word of the message on SQLite, which has none."""
    return str(getattr(error, "sqlstate", None) or str(error.args[0]).split(":")[0])


REFUSED = "TN018"
