"""People who ask for holds and decide on them, in tests."""

from __future__ import annotations

from dataclasses import replace

from lab import Lab
from tenu.adapters.staff import actor
from tenu.journal.holds import Hold, HoldGround
from tenu.operations.doubts import Row
from tenu.operations.holds import Proposal, approve, propose
from tenu.ports import Ports
from tenu.terms import IdentifierKind

ROLES = {"dpo": ("alice",), "counsel": ("bruno",), "dba": ("dora",)}


def acting(ports: Ports, name: str = "alice") -> Ports:
    """Return *ports* as *name* holds them: alice is the DPO, bruno the counsel, dora the DBA, carl nobody."""
    return replace(ports, actor=actor(name, ROLES, ports.key))


def proposal(
    *,
    email: str | None = None,
    reference: str | None = None,
    rows: tuple[Row, ...] = (),
    within: tuple[str, ...] = (),
    ground: HoldGround = HoldGround.CLAIM,
) -> Proposal:
    """Return a proposal on the person who carries *email* or *reference*, or whose *rows* are named."""
    said = {IdentifierKind.EMAIL: email, IdentifierKind.CUSTOMER_REFERENCE: reference}
    return Proposal(
        ground=ground,
        owner="counsel",
        text="C. civ. 2224",
        words="a claim about a late delivery",
        identifiers={kind: value for kind, value in said.items() if value},
        rows=rows,
        within=within,
    )


def held(ports: Ports, asked: Proposal) -> Hold:
    """Ask for a hold, have it approved, and return it."""
    hold, _ = propose(acting(ports), asked)
    approved, _ = approve(acting(ports), hold.id)
    return approved


def row_of(lab: Lab, person: int) -> Row:
    """Return the first row of a people table that is about *person*."""
    roots = ("customer", "contact", "account", "subscriber", "web_order", "supplier")
    found = (a for root in roots for a in lab.company.answers() if (a.table, a.person) == (root, person))
    answer = next(found)
    return Row(system=answer.system, table=answer.table, key=tuple(str(part) for part in answer.key))
