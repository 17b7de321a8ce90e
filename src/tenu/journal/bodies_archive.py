"""What is done with the archive, and by whom; packages by their opaque names."""

from __future__ import annotations

from collections.abc import Mapping

from tenu.journal.kinds import Body, EventKind
from tenu.journal.shapes import COUNT, DAY, DIGEST, FLAG, INSTANT, NAME, ListOf, words
from tenu.terms import ArchiveEnd, IdentifierKind, Motive, Text

ARCHIVE: Mapping[EventKind, Body] = {
    EventKind.ARCHIVE_SEARCHED: Body(
        means=Text(
            fr="quelqu'un a cherché une personne dans l'archive", en="somebody was looked up in the archive"
        ),
        required={"role": NAME, "actor": DIGEST, "kinds": ListOf(words(IdentifierKind)), "found": COUNT},
        optional={},
    ),
    EventKind.ARCHIVE_OPENING: Body(
        means=Text(
            fr="l'ouverture de dossiers archivés est accordée, pour un temps",
            en="archived files may be opened, for a time",
        ),
        required={
            "opening": NAME,
            "role": NAME,
            "actor": DIGEST,
            "motive": words(Motive),
            "reference": DIGEST,
            "packages": ListOf(NAME),
            "until": INSTANT,
        },
        optional={},
    ),
    EventKind.ARCHIVE_OPENED: Body(
        means=Text(fr="un dossier archivé a été ouvert", en="an archived file was opened"),
        required={
            "opening": NAME,
            "role": NAME,
            "actor": DIGEST,
            "motive": words(Motive),
            "package": NAME,
            "found": FLAG,
        },
        optional={"rows": COUNT},
    ),
    EventKind.ARCHIVE_REFUSED: Body(
        means=Text(fr="un acte sur l'archive a été refusé", en="an act on the archive was refused"),
        required={"act": NAME, "reason": NAME, "role": NAME, "actor": DIGEST},
        optional={"packages": COUNT},
    ),
    EventKind.ARCHIVE_ENDING: Body(
        means=Text(fr="des dossiers archivés vont finir", en="archived files are about to end"),
        required={"reason": words(ArchiveEnd), "subjects": COUNT},
        optional={
            "as_of": DAY,
            "run": NAME,
            "role": NAME,
            "actor": DIGEST,
            "reference": DIGEST,
            "packages": ListOf(NAME),
        },
    ),
    EventKind.ARCHIVE_ENDED: Body(
        means=Text(
            fr="des dossiers archivés ont fini : leur clé d'abord, puis leurs lignes",
            en="archived files have ended: their key first, then their rows",
        ),
        required={"reason": words(ArchiveEnd), "subjects": COUNT},
        optional={
            "as_of": DAY,
            "run": NAME,
            "role": NAME,
            "actor": DIGEST,
            "reference": DIGEST,
            "packages": ListOf(NAME),
        },
    ),
    EventKind.ARCHIVE_ROTATING: Body(
        means=Text(fr="la clé de l'archive va changer", en="the archive's key is about to change"),
        required={"role": NAME, "actor": DIGEST, "keys": ListOf(NAME)},
        optional={},
    ),
    EventKind.ARCHIVE_ROTATED: Body(
        means=Text(
            fr="la clé de l'archive a changé, l'ancienne est retirée",
            en="the archive's key has changed, the former one is retired",
        ),
        required={"role": NAME, "actor": DIGEST, "key": NAME, "retired": ListOf(NAME), "envelopes": COUNT},
        optional={"rewrapped": COUNT},
    ),
    EventKind.ARCHIVE_VERIFIED: Body(
        means=Text(fr="l'archive entière a été vérifiée", en="the whole archive was verified"),
        required={"role": NAME, "actor": DIGEST, "packages": COUNT, "opened": COUNT},
        optional={
            "past": COUNT,
            "shut": COUNT,
            "keyless": COUNT,
            "orphans": COUNT,
            "returned": COUNT,
            "mended": COUNT,
        },
    ),
}
