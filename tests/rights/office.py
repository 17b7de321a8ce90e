"""A company's office in tests: who sits in it, and a request brought to the point where it is decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from lab import Lab
from tenu.adapters.staff import actor
from tenu.journal.cases import Case, Outcome
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.access import Package
from tenu.operations.rights.finding import look_up
from tenu.operations.rights.searching import Sought
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.rows import SYSTEM_OF, Person
from tenu.terms import IdentifierKind

ROLES = {"dpo": ("alice",), "archivist": ("achille",)}


@contextmanager
def office(lab: Lab, name: str = "alice") -> Iterator[Ports]:
    """Open the workspace as somebody of the staff: Alice is the officer, Achille the archivist."""
    with lab.ports() as ports:
        settings = replace(ports.workspace.settings, roles=ROLES)
        workspace = replace(ports.workspace, settings=settings)
        yield replace(ports, workspace=workspace, actor=actor(name, ROLES, ports.key))


def acting(ports: Ports, name: str) -> Ports:
    """Return *ports* as *name* holds them."""
    return replace(ports, actor=actor(name, ROLES, ports.key))


def email_of(person: Person) -> str:
    """Return an e-mail one of the rows of *person* carries, empty when none does."""
    return next((str(row.values["email"]) for row in person.rows if row.values.get("email")), "")


def somebody(lab: Lab, *tables: str) -> Person:
    """Return a person whom nobody resembles, with rows in two systems at least and in each of *tables*."""
    return next(
        p
        for p in lab.company.everyone()
        if not p.shared
        and not p.doubt
        and email_of(p)
        and len({SYSTEM_OF[r.table] for r in p.rows}) > 1
        and set(tables) <= {r.table for r in p.rows}
    )


def granted(ports: Ports, email: str, right: Right) -> Case:
    """Return a request of whoever has *email*, searched and granted."""
    case = verbs.receive(
        ports, (right,), Sought(values={IdentifierKind.EMAIL: (email,)}), channel=verbs.Intake.EMAIL
    )
    verbs.acknowledge(ports, case.id)
    verbs.identify(ports, case.id, verbs.Method.KNOWN_ADDRESS)
    look_up(ports, case.id)
    return verbs.decide(ports, case.id, right, Outcome.GRANTED)


def read(package: Package, name: str) -> str:
    """Return the text of one file of an answer."""
    return next(file.content.decode() for file in package.files if file.name == name)


def read_json(package: Package, name: str) -> Any:
    """Return one JSON file of an answer."""
    return json.loads(read(package, name))
