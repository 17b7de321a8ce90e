"""What each event of a letter may say: that it is about to leave, that it left, that a package waits or was fetched."""

from __future__ import annotations

from collections.abc import Mapping

from tenu.journal.kinds import Body, EventKind
from tenu.journal.shapes import DIGEST, INSTANT, NAME
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

LETTERS: Mapping[EventKind, Body] = {**SENDINGS, **PACKAGES}
