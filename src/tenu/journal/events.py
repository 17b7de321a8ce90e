"""What happened: the closed list of events, what each may say, and the exact bytes that are proved.

An event never holds a personal value. Each kind declares its keys and the shape of each value; anything else
is refused when the event is made, before it can be written anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from tenu.errors import RefusedError, TamperedError
from tenu.journal.shapes import (
    COUNT,
    DAY,
    DIGEST,
    FLAG,
    INSTANT,
    NAME,
    Json,
    ListOf,
    MapOf,
    Shape,
    ShapeError,
    is_name,
    words,
)
from tenu.terms import ClauseStatus, Text

LEAF_VERSION = 1


class EventKind(StrEnum):
    """Everything the journal can say, spelled ``subject:action``."""

    POLICY_VERSION_REGISTERED = "policy:version:registered"
    PLAN_MADE = "plan:made"
    RUN_INTENT = "run:intent"
    RUN_RESUMED = "run:resumed"
    CHUNK_DONE = "chunk:done"
    SUBJECTS_SPARED = "subjects:spared"
    RUN_FINISHED = "run:finished"
    RUN_REFUSED = "run:refused"
    ARCHIVE_OPENED = "archive:opened"
    CLAUSE_COMPUTED = "clause:computed"
    CLAUSE_ATTESTED = "clause:attested"
    SCHEMA_PREPARED = "schema:prepared"
    CHECK_DONE = "check:done"
    CHECKPOINT = "checkpoint"


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


_STATUS = words(ClauseStatus)

BODIES: Mapping[EventKind, Body] = MappingProxyType(
    {
        EventKind.POLICY_VERSION_REGISTERED: Body(
            means=Text(
                fr="une version de la politique entre en vigueur", en="a version of the policy takes effect"
            ),
            required={"policy": DIGEST},
            optional={"version": NAME, "effective_on": DAY, "clauses": COUNT},
        ),
        EventKind.PLAN_MADE: Body(
            means=Text(
                fr="un plan a été calculé, rien n'a été écrit", en="a plan was computed, nothing was written"
            ),
            required={"plan": DIGEST, "policy": DIGEST, "as_of": DAY},
            optional={
                "steps": COUNT,
                "subjects": COUNT,
                "rows": COUNT,
                "expires_at": INSTANT,
                "systems": ListOf(NAME),
                "schemas": MapOf(DIGEST),
                "tables": MapOf(COUNT),
                "clauses": ListOf(NAME),
            },
        ),
        EventKind.RUN_INTENT: Body(
            means=Text(fr="une exécution va commencer", en="a run is about to start"),
            required={"run": NAME, "plan": DIGEST},
            optional={
                "policy": DIGEST,
                "as_of": DAY,
                "steps": COUNT,
                "subjects": COUNT,
                "rows": COUNT,
                "chunks": COUNT,
                "role": NAME,
                "systems": ListOf(NAME),
            },
        ),
        EventKind.RUN_RESUMED: Body(
            means=Text(fr="une exécution interrompue reprend", en="an interrupted run goes on"),
            required={"run": NAME, "plan": DIGEST},
            optional={"chunks_done": COUNT, "systems": ListOf(NAME)},
        ),
        EventKind.CHUNK_DONE: Body(
            means=Text(
                fr="un lot de personnes a été traité et validé",
                en="a chunk of subjects was done and committed",
            ),
            required={"run": NAME, "chunk": COUNT, "system": NAME},
            optional={
                "plan": DIGEST,
                "step": NAME,
                "act": NAME,
                "rule": NAME,
                "clauses": ListOf(NAME),
                "table": NAME,
                "tables": MapOf(COUNT),
                "subjects": COUNT,
                "rows": COUNT,
                "spared": COUNT,
                "digest": DIGEST,
                "archive": NAME,
            },
        ),
        EventKind.SUBJECTS_SPARED: Body(
            means=Text(
                fr="des personnes du plan n'ont pas été touchées",
                en="subjects of the plan were left untouched",
            ),
            required={"run": NAME, "reason": NAME, "subjects": COUNT},
            optional={"system": NAME, "step": NAME, "rule": NAME, "chunk": COUNT, "table": NAME},
        ),
        EventKind.RUN_FINISHED: Body(
            means=Text(fr="une exécution est terminée", en="a run has ended"),
            required={"run": NAME, "plan": DIGEST, "complete": FLAG},
            optional={
                "chunks": COUNT,
                "subjects": COUNT,
                "rows": COUNT,
                "spared": COUNT,
                "systems": ListOf(NAME),
                "unreachable": ListOf(NAME),
                "tables": MapOf(COUNT),
            },
        ),
        EventKind.RUN_REFUSED: Body(
            means=Text(fr="tenu a refusé d'exécuter un plan", en="tenu refused to run a plan"),
            required={"reason": NAME},
            optional={
                "run": NAME,
                "plan": DIGEST,
                "system": NAME,
                "table": NAME,
                "found": COUNT,
                "limit": COUNT,
                "findings": ListOf(NAME),
            },
        ),
        EventKind.ARCHIVE_OPENED: Body(
            means=Text(fr="un dossier archivé a été ouvert", en="an archived file was opened"),
            required={"archive": NAME, "role": NAME, "motive": NAME},
            optional={"actor": DIGEST, "subject": DIGEST, "request": DIGEST, "sealed": COUNT, "found": FLAG},
        ),
        EventKind.CLAUSE_COMPUTED: Body(
            means=Text(
                fr="l'état de toutes les clauses a été calculé", en="the status of every clause was computed"
            ),
            required={"as_of": DAY, "statuses": MapOf(_STATUS)},
            optional={
                "policy": DIGEST,
                "law": MapOf(_STATUS),
                "systems": ListOf(NAME),
                "unreachable": ListOf(NAME),
            },
        ),
        EventKind.CLAUSE_ATTESTED: Body(
            means=Text(fr="une personne nommée a attesté une clause", en="a named person attested a clause"),
            required={"clause": NAME, "role": NAME},
            optional={
                "policy": DIGEST,
                "status": _STATUS,
                "actor": DIGEST,
                "evidence": DIGEST,
                "valid_until": DAY,
            },
        ),
        EventKind.SCHEMA_PREPARED: Body(
            means=Text(
                fr="le petit schéma de tenu est prêt dans une base",
                en="tenu's small schema is ready in a database",
            ),
            required={"system": NAME},
            optional={"engine": NAME, "version": COUNT, "schema": DIGEST, "tables": ListOf(NAME)},
        ),
        EventKind.CHECK_DONE: Body(
            means=Text(
                fr="la politique et les bases ont été contrôlées",
                en="the policy and the databases were checked",
            ),
            required={"findings": COUNT},
            optional={
                "policy": DIGEST,
                "codes": MapOf(COUNT),
                "severities": MapOf(COUNT),
                "systems": ListOf(NAME),
                "unreachable": ListOf(NAME),
            },
        ),
        EventKind.CHECKPOINT: Body(
            means=Text(
                fr="un point de contrôle a été horodaté ou remis à un tiers",
                en="a checkpoint was time-stamped or handed to a third party",
            ),
            required={"size": COUNT, "root": DIGEST},
            optional={"stamp": DIGEST, "witness": NAME},
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    Args:
        kind: Which thing, in the closed list.
        at: When, an aware UTC instant; microseconds are kept.
        body: What is said of it: the keys ``BODIES[kind]`` declares. Kept frozen: lists become tuples.

    Raises:
        EventError: *at* is not UTC, a key is missing or unknown, or a value is not of its shape.
    """

    kind: EventKind
    at: datetime
    body: Mapping[str, Json]

    def __post_init__(self) -> None:
        if self.at.utcoffset() != timedelta(0):
            raise EventError(
                self.kind, "at", Text(fr="attendu : un instant UTC", en="expected: an aware UTC instant")
            )
        object.__setattr__(self, "body", BODIES[self.kind].read(self.kind, self.body))


_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False, default=dict
).encode


def leaf(event: Event) -> bytes:
    """Return the bytes of *event* that are hashed: a line of JSON, keys sorted, no space, UTF-8, no float."""
    at = event.at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    return _encode({"at": at, "body": dict(event.body), "kind": event.kind, "v": LEAF_VERSION}).encode()


def event_of(written: bytes) -> Event:
    """Return the event whose ``leaf`` is *written*.

    Raises:
        TamperedError: *written* is not, byte for byte, what ``leaf`` writes.
    """
    try:
        said: dict[str, Any] = json.loads(written)
        at = datetime.fromisoformat(said["at"])
        event = Event(kind=EventKind(said["kind"]), at=at, body=said["body"])
        same = leaf(event) == written
    except (ValueError, KeyError, TypeError, AttributeError, EventError):
        same = False
    if not same:
        raise TamperedError(
            Text(
                fr="cette ligne du journal n'est pas d'une forme connue",
                en="this journal line is not of a known form",
            )
        )
    return event


def kind_suffix(kind: str) -> bytes:
    """Return how every leaf of *kind* ends: lets a stored kind be checked against its leaf without parsing
    it.
    """
    return f',"kind":"{kind}","v":{LEAF_VERSION}}}'.encode()
