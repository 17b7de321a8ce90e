"""The kinds of event the journal knows: a closed list, and what a kind says of the keys it may have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from tenu.errors import RefusedError
from tenu.journal.shapes import Json, Shape, ShapeError, is_name
from tenu.terms import Text


class EventKind(StrEnum):
    """Everything the journal can say, spelled ``subject:action``."""

    POLICY_VERSION_REGISTERED = "policy:version:registered"
    PLAN_MADE = "plan:made"
    PLAN_APPROVED = "plan:approved"
    RUN_INTENT = "run:intent"
    RUN_RESUMED = "run:resumed"
    CHUNK_DONE = "chunk:done"
    FILES_ERASING = "files:erasing"
    FILES_SEARCHED = "files:searched"
    SUBJECTS_SPARED = "subjects:spared"
    RUN_PAUSED = "run:paused"
    RUN_RELEASED = "run:released"
    RUN_ABORTED = "run:aborted"
    RUN_STOPPED = "run:stopped"
    RUN_FINISHED = "run:finished"
    RUN_REFUSED = "run:refused"
    ARCHIVE_SEARCHED = "archive:searched"
    ARCHIVE_OPENING = "archive:opening"
    ANONYMITY_MEASURED = "anonymity:measured"
    FEED_WRITTEN = "feed:written"
    PSEUDONYM_OPENED = "pseudonym:opened"
    ARCHIVE_OPENED = "archive:opened"
    ARCHIVE_REFUSED = "archive:refused"
    ARCHIVE_ENDING = "archive:ending"
    ARCHIVE_ENDED = "archive:ended"
    ARCHIVE_ROTATING = "archive:rotating"
    ARCHIVE_ROTATED = "archive:rotated"
    ARCHIVE_VERIFIED = "archive:verified"
    CLAUSE_COMPUTED = "clause:computed"
    CLAUSE_ATTESTED = "clause:attested"
    SCHEMA_PREPARED = "schema:prepared"
    CHECK_DONE = "check:done"
    CHECKPOINT = "checkpoint"
    ACT_REFUSED = "act:refused"
    LEDGER_ANCHORED = "ledger:anchored"
    LEDGER_FORGOTTEN = "ledger:forgotten"
    SYSTEM_REPLAYED = "system:replayed"
    HOLDS_RELEASED = "holds:released"
    RESIDUE_SEARCHED = "residue:searched"
    DISK_STATED = "disk:stated"
    CERTIFICATE_MADE = "certificate:made"
    REQUEST_RECEIVED = "request:received"
    REQUEST_ACKNOWLEDGED = "request:acknowledged"
    REQUEST_IDENTITY_ASKED = "request:identity:asked"
    REQUEST_IDENTIFIED = "request:identified"
    REQUEST_PRECISION_ASKED = "request:precision:asked"
    REQUEST_PRECISED = "request:precised"
    REQUEST_SEARCHED = "request:searched"
    REQUEST_EXTENDED = "request:extended"
    REQUEST_DECIDED = "request:decided"
    REQUEST_CONFIRMED = "request:confirmed"
    REQUEST_SUPPRESSED = "request:suppressed"
    REQUEST_EXECUTING = "request:executing"
    REQUEST_EXECUTED = "request:executed"
    OBJECTIONS_UPHELD = "objections:upheld"
    REQUEST_ANSWERED = "request:answered"
    REQUEST_CLOSED = "request:closed"
    REQUEST_ESCALATED = "request:escalated"
    LETTER_SENDING = "letter:sending"
    LETTER_SENT = "letter:sent"
    LETTER_NOT_SENT = "letter:not_sent"
    PACKAGE_OFFERED = "package:offered"
    PACKAGE_OPENED = "package:opened"
    NOTICE_NAMED = "notice:named"
    NOTICE_TOLD = "notice:told"
    NOTICE_REMINDED = "notice:reminded"
    NOTICE_ACKNOWLEDGED = "notice:acknowledged"
    NOTICE_IMPOSSIBLE = "notice:impossible"
    MAIL_RECEIVED = "mail:received"
    MAIL_TAKEN = "mail:taken"
    MAIL_DISMISSED = "mail:dismissed"
    HOLD_PROPOSED = "hold:proposed"
    HOLD_APPROVED = "hold:approved"
    HOLD_OPENED = "hold:opened"
    HOLD_REFUSED = "hold:refused"
    HOLD_REVIEWED = "hold:reviewed"
    HOLD_USED = "hold:used"
    HOLD_LIFT_DECIDED = "hold:lift:decided"
    HOLD_LIFT_NOTICED = "hold:lift:noticed"
    HOLD_RELEASED = "hold:released"
    HOLD_RESTORED = "hold:restored"
    HOLDS_ENFORCED = "holds:enforced"


Kinds = EventKind | Collection[EventKind] | None
"""One kind of event, several, or None for all of them."""


def among(kinds: Kinds) -> frozenset[str] | None:
    """Return the kinds to look for as text, None when all are."""
    if kinds is None:
        return None
    return frozenset({str(kinds)} if isinstance(kinds, EventKind) else map(str, kinds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The keys a kind of event may have: *required* always there, *optional* sometimes."""

    means: Text
    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]

    def read(self, kind: EventKind, body: Mapping[str, Json]) -> Mapping[str, Json]:
        """Return *body* frozen.

        Raises:
            EventError: A key is missing or unknown, or a value is not of its shape.
        """
        for key in self.required:
            if key not in body:
                raise EventError(kind, key, Text(fr="cette clé manque", en="this key is missing"))
        return MappingProxyType({key: self._read_one(kind, key, value) for key, value in body.items()})

    def _read_one(self, kind: EventKind, key: str, value: Json) -> Json:
        shape = self.required.get(key) or self.optional.get(key)
        if shape is None:
            known = ", ".join((*self.required, *self.optional))
            raise EventError(
                kind, key, Text(fr=f"clé inconnue ; connues : {known}", en=f"unknown key; known: {known}")
            )
        try:
            return shape.read(value)
        except ShapeError as error:
            said = error.expected
            raise EventError(kind, key, Text(fr=f"attendu : {said.fr}", en=f"expected: {said.en}")) from None


class EventError(RefusedError):
    """An event would say something the journal must not or cannot hold. The refused value is not repeated."""

    def __init__(self, kind: EventKind, key: str, why: Text) -> None:
        shown = key if is_name(key) else "?"
        super().__init__(
            Text(fr=f"journal, {kind}, « {shown} » : {why.fr}", en=f"journal, {kind}, '{shown}': {why.en}"),
            fix=Text(
                fr="le journal tient des nombres, dates, empreintes et noms techniques, jamais une personne",
                en="the journal holds only counts, dates, digests and technical names, never a person",
            ),
        )
