"""What must be true before the first write. Everything is looked at, then everything that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Iterator

from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.operations.check import refuse_unsafe
from tenu.plans.plan import Plan, digest_of
from tenu.ports import Ports
from tenu.terms import Text


class StalePlanError(RefusedError):
    """Something a plan was computed from has changed, or it expired: it must be made again and read again."""


class LimitError(RefusedError):
    """A plan would touch more than the workspace allows in one run."""


def refuse_stale(ports: Ports, plan: Plan) -> None:
    """Refuse a plan that is expired, stale, over the limits or unsafe on the live schemas; nothing is written.

    Raises:
        StalePlanError: It expired, or the policy, a data map or a schema changed.
        LimitError: It is over what the workspace allows.
        FindingsError: A live schema makes it unsafe.
    """
    for reason, error in _objections(ports, plan):
        ports.journal.append(
            Event(
                kind=EventKind.RUN_REFUSED, at=ports.clock.now(), body={"reason": reason, "plan": plan.digest}
            )
        )
        raise error
    refuse_unsafe(ports, plan.as_of)


def _objections(ports: Ports, plan: Plan) -> Iterator[tuple[str, RefusedError]]:
    """Yield why *plan* may not be applied, worst first: a word for the journal, and the error."""
    again = Text(
        fr="refaites un plan et relisez-le : tenu plan -o FICHIER",
        en="make a new plan and read it: tenu plan -o FILE",
    )
    if ports.clock.now() > plan.expires_at:
        day = plan.expires_at.isoformat(timespec="minutes")
        yield (
            "expired",
            StalePlanError(
                Text(fr=f"ce plan a expiré le {day}", en=f"this plan expired on {day}"), fix=again
            ),
        )
    changed = _changed(ports, plan)
    if changed:
        fr, en = (", ".join(what.in_(language) for what in changed) for language in ("fr", "en"))
        yield (
            "stale",
            StalePlanError(
                Text(fr=f"a changé depuis ce plan : {fr}", en=f"changed since this plan: {en}"), fix=again
            ),
        )
    settings = ports.workspace.settings
    people, rows = Text(fr="fiches de personnes", en="records of people"), Text(fr="lignes", en="rows")
    for name, what, found, limit in (
        ("people", people, plan.people, settings.max_people),
        ("rows", rows, plan.rows, settings.max_rows),
    ):
        if limit is not None and found > limit:
            yield (
                "over_limit",
                LimitError(
                    Text(
                        fr=f"ce plan touche {found} {what.fr}, la limite d'une exécution est {limit}",
                        en=f"this plan touches {found} {what.en}, the limit of one run is {limit}",
                    ),
                    fix=Text(
                        fr=f"relisez le plan ; s'il est juste, relevez max_{name} dans tenu.toml",
                        en=f"read the plan again; if it is right, raise max_{name} in tenu.toml",
                    ),
                ),
            )


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
