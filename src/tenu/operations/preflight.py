"""What must be true before the first write. Everything is looked at, then everything that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Iterator

from tenu.errors import RefusedError
from tenu.operations.approving import unapproved
from tenu.operations.bounding import LimitError, over
from tenu.operations.check import refuse_unsafe
from tenu.operations.evidence import refuse_run
from tenu.operations.runs import word_on
from tenu.plans.plan import Plan, digest_of
from tenu.ports import Ports
from tenu.terms import Text

AGAIN = Text(
    fr="refaites un plan et relisez-le : tenu plan -o FICHIER",
    en="make a new plan and read it: tenu plan -o FILE",
)


class StalePlanError(RefusedError):
    """Something a plan was computed from has changed, or it expired: it must be made again and read again."""


class HeldBackError(RefusedError):
    """Somebody paused or aborted the run of this plan."""


def refuse_stale(ports: Ports, plan: Plan) -> None:
    """Refuse a plan that is held back, expired, stale, over its limits, not approved or unsafe; nothing is written.

    Raises:
        HeldBackError: Its run was paused or aborted.
        StalePlanError: It expired, or the policy, a data map or a schema changed.
        LimitError: It is over what the workspace allows.
        UnapprovedError: It waits for a human's word.
        FindingsError: A live schema makes it unsafe.
    """
    for reason, error in _objections(ports, plan):
        refuse_run(ports, plan, reason)
        raise error
    refuse_unsafe(ports, plan.as_of, fresh=False)


def _objections(ports: Ports, plan: Plan) -> Iterator[tuple[str, RefusedError]]:
    """Yield why *plan* may not be applied, worst first: a word for the journal, and the error."""
    yield from _held_back(ports, plan)
    yield from _stale(ports, plan)
    for excess in over(ports, plan):
        if excess.kind != "share":
            yield "over_limit", LimitError(excess.message, fix=excess.fix)
    if error := unapproved(ports, plan):
        yield "unapproved", error


def _held_back(ports: Ports, plan: Plan) -> Iterator[tuple[str, RefusedError]]:
    match word_on(ports, plan.digest):
        case "paused":
            said = Text(fr="quelqu'un a suspendu cette exécution", en="somebody paused this run")
            go_on = f"tenu run resume {plan.digest[:12]}"
            yield "paused", HeldBackError(said, fix=Text(fr=go_on, en=go_on))
        case "aborted":
            said = Text(
                fr="quelqu'un a abandonné l'exécution de ce plan", en="somebody aborted the run of this plan"
            )
            yield "aborted", HeldBackError(said, fix=AGAIN)
        case "open" | "stopped" | "finished":
            return


def _stale(ports: Ports, plan: Plan) -> Iterator[tuple[str, RefusedError]]:
    if ports.clock.now() > plan.expires_at:
        day = plan.expires_at.isoformat(timespec="minutes")
        said = Text(fr=f"ce plan a expiré le {day}", en=f"this plan expired on {day}")
        yield "expired", StalePlanError(said, fix=AGAIN)
    changed = _changed(ports, plan)
    if changed:
        fr, en = (", ".join(what.in_(language) for what in changed) for language in ("fr", "en"))
        said = Text(fr=f"a changé depuis ce plan : {fr}", en=f"changed since this plan: {en}")
        yield "stale", StalePlanError(said, fix=AGAIN)


def _changed(ports: Ports, plan: Plan) -> list[Text]:
    """Return what is no longer what *plan* was computed from."""
    workspace = ports.workspace
    changed = ["policy.yaml"] if workspace.policy_digest != plan.policy else []
    names = sorted({*plan.maps, *workspace.map_digests})
    changed += [f"systems/{n}.yaml" for n in names if workspace.map_digests.get(n) != plan.maps.get(n)]
    return [
        *(Text(fr=name, en=name) for name in changed),
        *(
            Text(fr=f"le schéma de {name}", en=f"the schema of {name}")
            for name, database in ports.databases.items()
            if digest_of(database.catalog(fresh=True).shape()) != plan.schemas.get(name)
        ),
    ]
