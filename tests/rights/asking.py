"""Requests of people of the sample company, taken to where their right is carried out, by two people of the staff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from lab import Lab
from tenu.adapters.staff import actor
from tenu.journal.cases import Outcome
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.erasure import Erasures, decide, erase, propose
from tenu.operations.rights.finding import look_up
from tenu.operations.rights.searching import Sought
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.answers import Answer, answer_asked
from tenu.sample.calendar import closing
from tenu.sample.rows import Person, Row
from tenu.terms import IdentifierKind
from verdict import Place, State, differences

ROLES = {"dpo": ("alice",), "counsel": ("bruno",)}


@contextmanager
def office(lab: Lab, name: str = "alice") -> Iterator[Ports]:
    """Open the workspace as somebody of the staff: Alice is the officer, Bruno counsel."""
    with lab.ports() as ports:
        yield as_(ports, name)


def as_(ports: Ports, name: str) -> Ports:
    """Return *ports* in the hands of *name*."""
    return replace(ports, actor=actor(name, ROLES, ports.key))


def email_of(person: Person) -> str:
    """Return the e-mail one of their rows has, as it is written there."""
    rows = (row.values for row in person.rows)
    return next((str(v) for r in rows for k in ("email", "guest_email") if (v := r.get(k))), "")


def asked(ports: Ports, email: str, *rights: Right) -> str:
    """Open a request, and search; return its number."""
    sought = Sought(values={IdentifierKind.EMAIL: (email,)})
    case = verbs.receive(ports, rights or (Right.ERASURE,), sought, channel=verbs.Intake.EMAIL, address=email)
    verbs.acknowledge(ports, case.id)
    verbs.identify(ports, case.id, verbs.Method.KNOWN_ADDRESS)
    look_up(ports, case.id)
    return case.id


def decided(ports: Ports, number: str) -> str:
    """Decide what the proposal says may be decided, with its reasons and last day, and confirm; return the number."""
    stays = propose(ports, number).kept
    until = max((h.until for h in stays if h.until), default=None)
    codes = tuple(dict.fromkeys(str(h.code) for h in stays))
    outcome, note = (Outcome.PARTIAL, "Ce que la loi garde.") if stays else (Outcome.GRANTED, "")
    decide(ports, number, outcome, codes=codes, note=note, until=until)
    verbs.confirm(as_(ports, "bruno"), number, Right.ERASURE)
    return number


def granted(ports: Ports, number: str) -> str:
    """Decide that whatever no text keeps goes, and confirm; return the number."""
    decide(ports, number, Outcome.PARTIAL, codes=("LEGAL_DUTY",), note="Pièces comptables.")
    verbs.confirm(as_(ports, "bruno"), number, Right.ERASURE)
    return number


def erased(lab: Lab, people: Sequence[Person]) -> Erasures:
    """Carry out, in one plan, the erasure of *people*, each known by an e-mail."""
    with office(lab) as ports:
        for person in people:
            granted(ports, asked(ports, email_of(person)))
        return erase(ports, None)


def rows_of(lab: Lab, person: Person) -> tuple[Row, ...]:
    """Return the rows of *person* on the company's day."""
    return person.rows_at(closing(lab.company.as_of))


def wanted(lab: Lab, people: Sequence[Person]) -> dict[Place, Answer]:
    """Return what the oracle says of every row of *people*, once erased on request."""
    found = (a for p in people for a in answer_asked(p.id, rows_of(lab, p), lab.company.as_of))
    return {(answer.system, answer.table, answer.key): answer for answer in found}


def wrong(lab: Lab, people: Sequence[Person], before: State) -> list[str]:
    """Return where the company is not what the oracle says; whoever did not ask is as they were."""
    return list(differences(wanted(lab, people), before, lab.state()))
