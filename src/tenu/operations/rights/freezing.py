"""Whether a legal hold forbids every change of somebody's data: evidence stays as it is, and takes notes.

Source: GDPR 17(3)(e), 18(2); policy C-PUR-12.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from tenu.journal.holds import HoldKind
from tenu.operations.plan import today
from tenu.operations.register import holds
from tenu.operations.rights.searching import Asked
from tenu.plans.selection import NEVER, Equals, all_of
from tenu.plans.signs import held_here
from tenu.ports import Node, Ports


def is_frozen(ports: Ports, asked: Asked, rows: Sequence[Node]) -> bool:
    """Return whether one of *rows* of people tables is under a legal hold: of the register, or of the data map's own rows.

    A restriction is none: the decision that ends it may correct.
    """
    legal = {name for name, hold in holds(ports).items() if hold.kind is HoldKind.LEGAL_HOLD}
    return any(_registered(asked, node, legal) or _here(ports, asked, node) for node in rows)


def _registered(asked: Asked, node: Node, legal: Set[str]) -> bool:
    (system, root), key = node
    return any(held.key == key and held.hold in legal for held in asked.sessions[system].placed(root))


def _here(ports: Ports, asked: Asked, node: Node) -> bool:
    (system, root), key = node
    layout, session = asked.layouts[system], asked.sessions[system]
    condition, live = held_here(layout, layout.estate(root), today(ports)), layout.catalog.table(root)
    if condition == NEVER or live is None:
        return False
    same = [Equals(column=name, values=(part,)) for name, part in zip(live.primary_key, key, strict=True)]
    people = layout.system.people[root]
    return any(True for _ in session.select_people(root, people, all_of([condition, *same])))
