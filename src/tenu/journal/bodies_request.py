"""What each event of a data-subject request may say. Who asked is in the vault; the journal holds the request's number."""

from __future__ import annotations

from collections.abc import Mapping

from tenu.journal.kinds import Body, EventKind
from tenu.journal.shapes import COUNT, DAY, DIGEST, FLAG, NAME, ListOf, MapOf
from tenu.terms import Text

_WHO = {"role": NAME, "actor": DIGEST}
"""Under which role, and who, by digest: on everything a human decides."""

REQUESTS: Mapping[EventKind, Body] = {
    EventKind.REQUEST_RECEIVED: Body(
        means=Text(fr="une demande est arrivée", en="a request arrived"),
        required={"request": NAME, "rights": ListOf(NAME), "channel": NAME, "received_on": DAY},
        optional={"message": DIGEST, "actor": DIGEST, "stop": ListOf(NAME)},
    ),
    EventKind.REQUEST_ACKNOWLEDGED: Body(
        means=Text(fr="il en a été accusé réception", en="it was acknowledged"),
        required={"request": NAME},
        optional={"actor": DIGEST},
    ),
    EventKind.REQUEST_IDENTITY_ASKED: Body(
        means=Text(
            fr="un doute raisonnable a été noté, et ce qui manque a été demandé",
            en="a reasonable doubt was noted, and what is missing was asked for",
        ),
        required={"request": NAME, "asked_on": DAY, "doubt": DIGEST, **_WHO},
        optional={},
    ),
    EventKind.REQUEST_IDENTIFIED: Body(
        means=Text(
            fr="la personne est identifiée, aucune copie gardée", en="the person is identified, no copy kept"
        ),
        required={"request": NAME, "method": NAME, "on": DAY},
        optional={"actor": DIGEST},
    ),
    EventKind.REQUEST_PRECISION_ASKED: Body(
        means=Text(fr="une précision a été demandée", en="a precision was asked for"),
        required={"request": NAME, "asked_on": DAY, **_WHO},
        optional={},
    ),
    EventKind.REQUEST_PRECISED: Body(
        means=Text(
            fr="la précision est venue, ou dix jours ont passé sans elle",
            en="the precision came, or ten days went by without it",
        ),
        required={"request": NAME, "on": DAY, "answered": FLAG},
        optional={"actor": DIGEST},
    ),
    EventKind.REQUEST_SEARCHED: Body(
        means=Text(
            fr="tous les systèmes ont été interrogés sur la personne",
            en="every system was asked about the person",
        ),
        required={"request": NAME, "complete": FLAG, "systems": ListOf(NAME), "silent": ListOf(NAME)},
        optional={"tables": MapOf(COUNT), "doubtful": COUNT, "people": COUNT, "archived": COUNT},
    ),
    EventKind.REQUEST_EXTENDED: Body(
        means=Text(
            fr="le délai a été prolongé, la personne prévenue", en="the time was extended, the person told"
        ),
        required={"request": NAME, "reason": NAME, "noticed_on": DAY, "note": DIGEST, **_WHO},
        optional={},
    ),
    EventKind.REQUEST_DECIDED: Body(
        means=Text(
            fr="une personne a décidé de l'un des droits demandés",
            en="a person decided on one of the rights asked",
        ),
        required={"request": NAME, "right": NAME, "outcome": NAME, **_WHO},
        optional={"codes": ListOf(NAME), "note": DIGEST, "until": DAY, "plan": DIGEST},
    ),
    EventKind.REQUEST_EXECUTING: Body(
        means=Text(fr="ce qui a été décidé va être fait", en="what was decided is about to be done"),
        required={"request": NAME, "right": NAME, "plan": DIGEST, **_WHO},
        optional={"tables": MapOf(COUNT)},
    ),
    EventKind.REQUEST_CONFIRMED: Body(
        means=Text(
            fr="une seconde personne confirme la décision, ou la renvoie",
            en="a second person confirms the decision, or sends it back",
        ),
        required={"request": NAME, "right": NAME, "agrees": FLAG, **_WHO},
        optional={"note": DIGEST},
    ),
    EventKind.REQUEST_SUPPRESSED: Body(
        means=Text(fr="la prospection est arrêtée", en="prospecting was stopped"),
        required={"request": NAME, "complete": FLAG, "stop": ListOf(NAME), "listed": COUNT},
        optional={"systems": ListOf(NAME), "silent": ListOf(NAME), "tables": MapOf(COUNT)},
    ),
    EventKind.OBJECTIONS_UPHELD: Body(
        means=Text(
            fr="la liste d'opposition a été confrontée aux systèmes",
            en="the suppression list was held against the systems",
        ),
        required={"tables": MapOf(COUNT), "silent": ListOf(NAME)},
        optional={},
    ),
    EventKind.REQUEST_EXECUTED: Body(
        means=Text(fr="ce qui a été décidé est fait", en="what was decided is done"),
        required={"request": NAME, "right": NAME},
        optional={"plan": DIGEST, "tables": MapOf(COUNT), "residual": COUNT, "package": DIGEST},
    ),
    EventKind.REQUEST_ANSWERED: Body(
        means=Text(fr="la réponse est partie", en="the answer left"),
        required={"request": NAME, "on": DAY, "delivery": NAME, "letter": DIGEST},
        optional={"package": DIGEST, "actor": DIGEST},
    ),
    EventKind.REQUEST_CLOSED: Body(
        means=Text(
            fr="la demande est close sans réponse au fond",
            en="the request is closed without an answer on the merits",
        ),
        required={"request": NAME, "reason": NAME, "on": DAY, **_WHO},
        optional={"letter": DIGEST, "note": DIGEST},
    ),
    EventKind.REQUEST_ESCALATED: Body(
        means=Text(fr="la personne s'adresse au délégué", en="the person turns to the officer"),
        required={"request": NAME, "on": DAY},
        optional={"actor": DIGEST},
    ),
}
