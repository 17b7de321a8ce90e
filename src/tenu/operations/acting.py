"""Who may do what: an act that needs a human's word is done under a role the person holds, or refused and journaled."""

from __future__ import annotations

from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.ports import Ports
from tenu.terms import Text


class NotEntitledError(RefusedError):
    """The person asking does not hold a role this act needs."""


def entitled(ports: Ports, act: str, *roles: str) -> str:
    """Return the role, one of *roles*, under which the person asking may do *act*; the first they hold.

    Args:
        ports: Who asks (``ports.actor``), and the journal that keeps refusals.
        act: A technical name: ``archive:open``, ``hold:approve``…
        roles: The roles that may, strongest first.

    Raises:
        NotEntitledError: They hold none. The refusal is journaled, by digest.

    Source: GDPR 29, 32(4); policy C-RET-03, C-RET-05.
    """
    for role in roles:
        if role in ports.actor.roles:
            return role
    body = {"act": act, "roles": list(roles), "actor": ports.actor.digest}
    ports.journal.append(Event(kind=EventKind.ACT_REFUSED, at=ports.clock.now(), body=body))
    wanted = ", ".join(roles)
    raise NotEntitledError(
        Text(
            fr=f"le compte « {ports.actor.name} » n'a pas le rôle qu'il faut ({wanted})",
            en=f"the account '{ports.actor.name}' does not hold the role it takes ({wanted})",
        ),
        fix=Text(
            fr=f'qui en répond l\'inscrit dans tenu.toml : [roles] {roles[0]} = ["{ports.actor.name}"]',
            en=f'whoever answers for it writes in tenu.toml: [roles] {roles[0]} = ["{ports.actor.name}"]',
        ),
    )
