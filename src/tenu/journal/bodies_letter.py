"""What each event of a letter may say: that it is about to leave, that it left, that a package waits or was fetched."""

from __future__ import annotations

from collections.abc import Mapping

from tenu.journal.kinds import Body, EventKind
from tenu.journal.shapes import DAY, DIGEST, FLAG, INSTANT, NAME, ListOf
from tenu.terms import Text

_ONE = {"request": NAME, "letter": NAME, "attempt": NAME}
"""Of which request, which letter, which attempt to send it."""

SENDINGS: Mapping[EventKind, Body] = {
    EventKind.LETTER_SENDING: Body(
        means=Text(
            fr="une lettre va être remise au serveur d'envoi",
            en="a letter is about to be given to the server",
        ),
        required={**_ONE, "digest": DIGEST, "message": NAME, "actor": DIGEST},
        optional={},
    ),
    EventKind.LETTER_SENT: Body(
        means=Text(
            fr="elle est partie : le serveur l'a prise, ou une personne l'a constaté",
            en="it left: the server took it, or a person made sure of it",
        ),
        required=_ONE,
        optional={"actor": DIGEST},
    ),
    EventKind.LETTER_NOT_SENT: Body(
        means=Text(
            fr="elle n'est pas partie : le serveur l'a refusée, ou une personne l'a constaté",
            en="it did not leave: the server refused it, or a person made sure of it",
        ),
        required=_ONE,
        optional={"actor": DIGEST},
    ),
}
"""Sending a letter by e-mail. *actor* on its end: the person who made sure, when the server did not say."""

PACKAGES: Mapping[EventKind, Body] = {
    EventKind.PACKAGE_OFFERED: Body(
        means=Text(
            fr="un dossier d'accès attend derrière un lien à usage unique",
            en="a package waits behind a single-use link",
        ),
        required={"request": NAME, "package": DIGEST, "link": DIGEST, "until": INSTANT, "actor": DIGEST},
        optional={},
    ),
    EventKind.PACKAGE_OPENED: Body(
        means=Text(
            fr="le lien a servi, il n'ouvre plus rien", en="the link was used, it opens nothing any more"
        ),
        required={"request": NAME, "link": DIGEST},
        optional={},
    ),
}
"""Handing a package over."""

_NOTICE = {"request": NAME, "notice": NAME, "on": DAY}

NOTICES: Mapping[EventKind, Body] = {
    EventKind.NOTICE_NAMED: Body(
        means=Text(
            fr="un destinataire est à prévenir de ce qui a été fait d'un droit",
            en="a recipient is to be told what was done of a right",
        ),
        required={
            "request": NAME,
            "notice": NAME,
            "right": NAME,
            "recipient": NAME,
            "told_by": DAY,
            "actor": DIGEST,
        },
        optional={"note": DIGEST},
    ),
    EventKind.NOTICE_TOLD: Body(
        means=Text(fr="il a été prévenu", en="they were told"),
        required={**_NOTICE, "delivery": NAME, "letter": DIGEST, "actor": DIGEST},
        optional={},
    ),
    EventKind.NOTICE_REMINDED: Body(
        means=Text(fr="sans réponse, il a été relancé", en="having said nothing, they were reminded"),
        required={**_NOTICE, "delivery": NAME, "letter": DIGEST, "actor": DIGEST},
        optional={},
    ),
    EventKind.NOTICE_ACKNOWLEDGED: Body(
        means=Text(fr="il a dit l'avoir fait", en="they said they did it"),
        required={**_NOTICE, "actor": DIGEST},
        optional={},
    ),
    EventKind.NOTICE_IMPOSSIBLE: Body(
        means=Text(
            fr="une personne a constaté qu'il ne peut être prévenu, ou qu'il n'y a pas lieu",
            en="a person found that they cannot be told, or need not be",
        ),
        required={**_NOTICE, "code": NAME, "note": DIGEST, "role": NAME, "actor": DIGEST},
        optional={},
    ),
}
"""Recipients told of a rectification, an erasure or a restriction (GDPR 19). *recipient*: their class in the policy."""

MAILS: Mapping[EventKind, Body] = {
    EventKind.MAIL_RECEIVED: Body(
        means=Text(fr="un message est arrivé dans la boîte", en="a message came to the mailbox"),
        required={
            "message": NAME,
            "received_on": DAY,
            "digest": DIGEST,
            "rights": ListOf(NAME),
            "whole": FLAG,
        },
        optional={"request": NAME},
    ),
    EventKind.MAIL_TAKEN: Body(
        means=Text(fr="une personne en a fait une demande", en="a person made a request of it"),
        required={"message": NAME, "request": NAME, "actor": DIGEST},
        optional={},
    ),
    EventKind.MAIL_DISMISSED: Body(
        means=Text(fr="une personne a lu qu'il ne demande rien", en="a person read that it asks for nothing"),
        required={"message": NAME, "actor": DIGEST},
        optional={},
    ),
}
"""Messages that came. *rights*: what their words propose, never acted on; *request*: the one they answer, by their thread."""

LETTERS: Mapping[EventKind, Body] = {**SENDINGS, **PACKAGES, **NOTICES, **MAILS}
