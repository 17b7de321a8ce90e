"""What the journal says of legal holds and restrictions: who decided what, for whom only by counts."""

from __future__ import annotations

from collections.abc import Mapping

from tenu.journal.kinds import Body, EventKind
from tenu.journal.shapes import COUNT, DAY, DIGEST, NAME, ListOf, Shape
from tenu.terms import Text

_DECIDED: Mapping[str, Shape] = {"hold": NAME, "on": DAY, "role": NAME, "actor": DIGEST}
_REACH: Mapping[str, Shape] = {"subjects": COUNT, "systems": ListOf(NAME), "archived": COUNT}

HOLDS: Mapping[EventKind, Body] = {
    EventKind.HOLD_PROPOSED: Body(
        means=Text(
            fr="un gel (litige) ou une limitation est demandé, rien n'est encore bloqué",
            en="a legal hold or a restriction is asked for, nothing is blocked yet",
        ),
        required={**_DECIDED, "kind": NAME, "ground": NAME, "owner": NAME, "decide_by": DAY},
        optional={
            **_REACH,
            "within": ListOf(NAME),
            "since": DAY,
            "until": DAY,
            "text": DIGEST,
            "request": NAME,
        },
    ),
    EventKind.HOLD_APPROVED: Body(
        means=Text(
            fr="un gel est décidé : rien ne s'efface plus de ces personnes",
            en="a hold is decided: nothing of these subjects is deleted any more",
        ),
        required={**_DECIDED, "review_by": DAY},
        optional={**_REACH, "files": COUNT, "bytes": COUNT, "manifest": DIGEST},
    ),
    EventKind.HOLD_OPENED: Body(
        means=Text(
            fr="quelqu'un ouvre le dossier scellé des fichiers d'un gel",
            en="somebody opens the sealed folder of a hold's files",
        ),
        required={**_DECIDED, "files": COUNT},
        optional={},
    ),
    EventKind.HOLD_REFUSED: Body(
        means=Text(fr="un gel demandé est refusé", en="a hold that was asked for is refused"),
        required={**_DECIDED, "reason": NAME},
        optional={"text": DIGEST},
    ),
    EventKind.HOLD_REVIEWED: Body(
        means=Text(fr="le motif d'un gel tient toujours", en="the ground of a hold still stands"),
        required={**_DECIDED, "review_by": DAY},
        optional={"text": DIGEST},
    ),
    EventKind.HOLD_USED: Body(
        means=Text(
            fr="une personne permet un usage de données limitées que l'article 18(2) permet",
            en="a human allows a use of restricted data that Article 18(2) allows",
        ),
        required={**_DECIDED, "exception": NAME, "text": DIGEST},
        optional={"minutes": COUNT},
    ),
    EventKind.HOLD_LIFT_DECIDED: Body(
        means=Text(
            fr="la fin d'une limitation est décidée, la personne doit en être prévenue d'abord",
            en="the end of a restriction is decided, the person is to be told first",
        ),
        required={**_DECIDED, "lifts_on": DAY, "text": DIGEST},
        optional={},
    ),
    EventKind.HOLD_LIFT_NOTICED: Body(
        means=Text(
            fr="la personne est prévenue de la fin d'une limitation",
            en="the person was told of the end of a restriction",
        ),
        required=_DECIDED,
        optional={},
    ),
    EventKind.HOLD_RELEASED: Body(
        means=Text(
            fr="un gel est levé : ce qui attendait part à la prochaine exécution",
            en="a hold is released: what it deferred goes at the next run",
        ),
        required={**_DECIDED, "reason": NAME},
        optional={**_REACH, "text": DIGEST},
    ),
    EventKind.HOLD_RESTORED: Body(
        means=Text(
            fr="un gel en vigueur a été remis dans une base qui ne le connaissait pas entièrement",
            en="a hold in force was put back into a database that did not know all of it",
        ),
        required={"hold": NAME, "system": NAME, "subjects": COUNT},
        optional={},
    ),
    EventKind.HOLDS_ENFORCED: Body(
        means=Text(
            fr="une base a été mise en état de refuser elle-même de changer des données limitées, ou de ne plus le faire",
            en="a database was made to refuse by itself to change restricted data, or no longer to",
        ),
        required={"system": NAME, "role": NAME, "actor": DIGEST, "created": COUNT, "dropped": COUNT},
        optional={},
    ),
}
