"""``tenu approve``: a human's word on a plan, and the refusal to apply a plan that waits for one."""

from __future__ import annotations

from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.acting import entitled
from tenu.operations.bounding import over
from tenu.plans.approval import Asked, Word, asked
from tenu.plans.plan import FOR_REQUESTS, Plan, Requests
from tenu.ports import Ports
from tenu.terms import Text

ACT = "plan:approve"


class UnapprovedError(RefusedError):
    """A plan waits for a human's word: the first run, an unusual share of a table, or because tenu.toml asks it."""


class UnfitRoleError(RefusedError):
    """The role somebody wants to approve under is not one that approves."""


def waits_for(ports: Ports, plan: Plan) -> Asked:
    """Return what *plan* asks of humans before it may be applied, words already given not counted.

    What people ask was decided, and confirmed, person by person: it asks for nothing more.
    """
    if isinstance(plan.cause, Requests):
        return Asked(people=0, why=())
    return asked(
        ports.workspace.settings.approval,
        empty=plan.is_empty,
        first=not has_run(ports),
        over_share=any(excess.kind == "share" for excess in over(ports, plan)),
        irreversible=plan.is_irreversible,
    )


def words(ports: Ports, plan: Plan) -> tuple[Word, ...]:
    """Return the approvals the journal holds of *plan*, in the order they were given."""
    return tuple(
        Word(
            actor=str(event.body["actor"]),
            role=str(event.body["role"]),
            over_share=bool(event.body["over_share"]),
        )
        for event in ports.journal.events(kind=EventKind.PLAN_APPROVED)
        if event.body["plan"] == plan.digest
    )


def has_run(ports: Ports) -> bool:
    """Return whether a run of the policy in this workspace ever ended having changed something."""
    return any(
        event.body["complete"]
        and event.body.get("cause") != FOR_REQUESTS
        and (event.body.get("subjects") or event.body.get("rows"))
        for event in ports.journal.events(kind=EventKind.RUN_FINISHED)
    )


def approve(ports: Ports, plan: Plan, *, role: str | None = None, over_share: bool = False) -> int:
    """Write down that whoever asks approves *plan*; return how many more people must.

    Args:
        ports: Who asks, and the journal.
        plan: The plan, as its file holds it.
        role: The role they approve under; the first they hold of those that may, when None.
        over_share: Whether they say that they saw that it touches an unusual share of a table.

    Raises:
        UnfitRoleError: *role* approves nothing.
        NotEntitledError: They do not hold the role; the refusal is journaled.

    Source: GDPR 5(2), 24(1), 32(4).
    """
    able = ports.workspace.settings.approval.roles
    if role is not None and role not in able:
        listed = ", ".join(able)
        raise UnfitRoleError(
            Text(fr=f"le rôle « {role} » n'approuve pas de plan", en=f"the role '{role}' approves no plan"),
            fix=Text(
                fr=f"rôles qui approuvent ([approval] roles, tenu.toml) : {listed}",
                en=f"roles that approve ([approval] roles, tenu.toml): {listed}",
            ),
        )
    held = entitled(ports, ACT, *([role] if role else able))
    body: dict[str, Json] = {
        "plan": plan.digest,
        "actor": ports.actor.digest,
        "role": held,
        "over_share": over_share,
        "people": plan.people,
        "rows": plan.rows,
    }
    ports.journal.append(Event(kind=EventKind.PLAN_APPROVED, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)
    return waits_for(ports, plan).missing(words(ports, plan))


def unapproved(ports: Ports, plan: Plan) -> UnapprovedError | None:
    """Return the refusal of *plan* while it waits for somebody's word, None once it waits no more."""
    wanted = waits_for(ports, plan)
    missing = wanted.missing(words(ports, plan))
    if not missing:
        return None
    why = wanted.reasons()
    size = " --over-share" if "over_share" in wanted.why else ""
    return UnapprovedError(
        Text(
            fr=f"ce plan attend l'approbation de {missing} personne(s) : {why.fr}",
            en=f"this plan waits for the approval of {missing} person(s): {why.en}",
        ),
        fix=Text(
            fr=f"relisez-le : tenu review FICHIER ; s'il est juste : tenu approve FICHIER{size}",
            en=f"read it: tenu review FILE; if it is right: tenu approve FILE{size}",
        ),
    )
