"""``tenu attest``: the clause table, live. Every store is asked now; the answer is written in the journal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tenu.errors import FindingsError, RefusedError, StoreError, UnreachableError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, is_name
from tenu.law.ceilings import ceiling, outlasts
from tenu.operations.anonymity import anonymous_tables
from tenu.operations.check import check
from tenu.operations.ended import end_facts
from tenu.operations.plan import Progress, plan, quiet, today
from tenu.operations.register import hold_facts
from tenu.operations.restoring import RestoredError
from tenu.plans.facts import ArchiveFacts, Facts, Signature
from tenu.plans.plan import FOR_REQUESTS
from tenu.plans.truth import lawful, truth
from tenu.policy.clauses import clauses
from tenu.policy.model import Policy
from tenu.ports import Ports
from tenu.terms import ClauseStatus, Language, Text

STATUS_WORDS: Mapping[ClauseStatus, Text] = {
    ClauseStatus.KEPT: Text(fr="tenue", en="kept"),
    ClauseStatus.BROKEN: Text(fr="rompue", en="broken"),
    ClauseStatus.UNKNOWN: Text(fr="inconnue", en="unknown"),
    ClauseStatus.ATTESTED: Text(fr="attestée", en="attested"),
}
PLURALS: Mapping[ClauseStatus, Text] = {
    ClauseStatus.KEPT: Text(fr="tenues", en="kept"),
    ClauseStatus.BROKEN: Text(fr="rompues", en="broken"),
    ClauseStatus.UNKNOWN: Text(fr="inconnues", en="unknown"),
    ClauseStatus.ATTESTED: Text(fr="attestées", en="attested"),
}
ROLL_UP = "C-GEN-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseTruth:
    """One line of the table: is the sentence true of the systems, would the facts satisfy the law, and what says so."""

    id: str
    title: Text
    promise: ClauseStatus
    law: ClauseStatus
    evidence: Text
    computed_at: datetime

    def plain(self, language: Language) -> dict[str, str]:
        """Return the line as the documented JSON of ``tenu attest --json``."""
        return {
            "id": self.id,
            "title": self.title.in_(language),
            "promise": self.promise.value,
            "law": self.law.value,
            "evidence": self.evidence.in_(language),
            "computed_at": self.computed_at.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """The table of one day (civil day of the controller), and the systems that did not answer."""

    as_of: date
    clauses: tuple[ClauseTruth, ...]
    unreachable: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Return how many clauses have each status."""
        found = Counter(line.promise for line in self.clauses)
        return {status.value: found[status] for status in ClauseStatus}

    def summary(self, language: Language) -> str:
        """Return the counts as people read them."""
        found = Counter(line.promise for line in self.clauses)
        return ", ".join(
            f"{found[s]} {(STATUS_WORDS if found[s] < 2 else PLURALS)[s].in_(language)}" for s in ClauseStatus
        )


def attest(ports: Ports, as_of: date | None = None, *, progress: Progress = quiet) -> Attestation:
    """Return the truth of the 146 clauses, computed now, and record it.

    Args:
        ports: What may be asked.
        as_of: Civil day of the controller; today by default.
        progress: Told of each task looked at.
    """
    day = as_of or today(ports)
    facts = _facts(ports, day, progress)
    now = ports.clock.now()
    table = []
    for clause in clauses().values():
        promise = truth(clause, facts)
        law = lawful(clause, promise, facts)
        table.append(
            ClauseTruth(
                id=clause.id,
                title=clause.title,
                promise=promise.status,
                law=law.status,
                evidence=promise.evidence,
                computed_at=now,
            )
        )
    done = _rolled_up(table)
    _record(ports, done, day, facts.unreachable)
    return Attestation(as_of=day, clauses=done, unreachable=facts.unreachable)


def sign(ports: Ports, clause: str, role: str, until: date, evidence: str | None = None) -> None:
    """Record a person's word, given by *role*, that *clause* is true until the day *until*.

    Raises:
        RefusedError: There is no such clause, the day is past, the role is not a technical name, or the evidence is
            not a digest.
    """
    if clause not in clauses():
        raise RefusedError(
            Text(fr=f"aucune clause « {clause} »", en=f"no clause '{clause}'"),
            fix=Text(fr="tenu attest en donne la liste", en="tenu attest lists them"),
        )
    if until <= today(ports):
        raise RefusedError(
            Text(
                fr="une attestation doit finir plus tard qu'aujourd'hui",
                en="an attestation must end after today",
            )
        )
    if not is_name(role):
        raise RefusedError(
            Text(
                fr="donnez un rôle, pas un nom : dpo, finance, hr…",
                en="give a role, not a name: dpo, finance, hr…",
            )
        )
    if evidence is not None and not re.fullmatch(r"[0-9a-f]{64}", evidence):
        raise RefusedError(
            Text(
                fr="une preuve se donne par son empreinte SHA-256",
                en="evidence is given by its SHA-256 digest",
            ),
            fix=Text(fr="sha256sum FICHIER donne ces 64 chiffres", en="sha256sum FILE gives these 64 digits"),
        )
    body = {
        "clause": clause,
        "role": role,
        "status": ClauseStatus.ATTESTED.value,
        "valid_until": until.isoformat(),
        "actor": ports.actor.digest,
    }
    body |= {"policy": ports.workspace.policy_digest} | ({"evidence": evidence} if evidence else {})
    ports.journal.append(Event(kind=EventKind.CLAUSE_ATTESTED, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)


def _facts(ports: Ports, day: date, progress: Progress) -> Facts:
    policy = ports.workspace.policy
    checked = check(ports, day)
    lint = tuple(found for found in checked.findings if found.code.startswith("L-"))
    schema = tuple(found for found in checked.findings if not found.code.startswith("L-"))
    late = _late(ports, day, progress) if not checked.unreachable else None
    return Facts(
        as_of=day,
        policy=policy,
        systems=ports.workspace.systems,
        unreachable=checked.unreachable,
        stores=ports.workspace.stores,
        overdue=late.overdue if late else None,
        doubtful=late.doubtful if late else None,
        unjudged=late.unjudged if late else {},
        bound=_bound(ports),
        stricter=_stricter(policy, day),
        schema=schema,
        lint=lint,
        archive=_archive_facts(ports, day),
        openings=sum(1 for _ in ports.journal.events(kind=EventKind.ARCHIVE_OPENED)),
        holds=hold_facts(ports, day) if not checked.unreachable else None,
        last_run_complete=_last_run(ports),
        end=end_facts(ports),
        signatures=_signatures(ports, day),
        anonymous=tuple(anonymous_tables(ports)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Late:
    """By rule, who was already due yesterday, so is past their last day today; and who is in doubt. *unjudged*: by store of
    files, what no count reached.
    """

    overdue: Mapping[str, int]
    doubtful: Mapping[str, int]
    unjudged: Mapping[str, int]


def _late(ports: Ports, day: date, progress: Progress) -> _Late | None:
    """Return who is late; None when a store fell silent meanwhile: a count that was not finished concludes nothing."""
    overdue: Counter[str] = Counter()
    doubtful: Counter[str] = Counter()
    try:
        yesterday = plan(ports, day - timedelta(days=1), progress=progress)
    except (UnreachableError, StoreError, FindingsError, RestoredError):
        return None
    for task in yesterday.tasks:
        for rule in task.rules:
            overdue[rule] += task.people or task.rows
            doubtful[rule] += task.spared.ambiguous
    unjudged = {store: sum(seen.values()) for store, seen in yesterday.unreached.items()}
    return _Late(overdue=overdue, doubtful=doubtful, unjudged=unjudged)


def _bound(ports: Ports) -> dict[str, tuple[str, ...]]:
    """Return, by rule, the tables that live by it."""
    rule_of = {purpose.id: purpose.retention for purpose in ports.workspace.policy.purposes}
    found: dict[str, list[str]] = {}
    for system in ports.workspace.systems:
        for name, table in system.tables.items():
            limit = [table.record_limit.rule] if table.record_limit else []
            own = [p for column in table.columns.values() for p in column.purposes or ()]
            rules = limit or [rule_of[p] for p in (*table.purposes, *own) if p in rule_of]
            for rule in dict.fromkeys(rules):
                found.setdefault(rule, []).append(f"{system.system}.{name}")
    for store in ports.workspace.stores:
        for name, files in store.files.items():
            found.setdefault(files.rule, []).append(f"{store.store}.{name}")
    return {rule: tuple(tables) for rule, tables in found.items()}


def _stricter(policy: Policy, day: date) -> frozenset[str]:
    """Return the rules that promise longer than the law's reference of *day*."""
    found = ((rule, ceiling(rule.id, day)) for rule in policy.retention.rules)
    return frozenset(r.id for r, limit in found if limit and outlasts(r.active.lasts, limit.value, day))


def _archive_facts(ports: Ports, day: date) -> ArchiveFacts | None:
    no_archive = [rule.id for rule in ports.workspace.policy.retention.rules if rule.archive is None]
    try:
        return ports.archive.audit(day, no_archive)
    except (UnreachableError, StoreError):
        return None


def _last_run(ports: Ports) -> bool | None:
    last = None
    for event in ports.journal.events(kind=EventKind.RUN_FINISHED):
        if event.body.get("cause") != FOR_REQUESTS:
            last = bool(event.body["complete"])
    return last


def _signatures(ports: Ports, day: date) -> dict[str, Signature]:
    """Return the latest word given on each clause, of those still valid on *day*."""
    found = {}
    for event in ports.journal.events(kind=EventKind.CLAUSE_ATTESTED):
        body = event.body
        until = date.fromisoformat(str(body.get("valid_until", day.isoformat())))
        found[str(body["clause"])] = Signature(
            clause=str(body["clause"]),
            role=str(body["role"]),
            signed_on=event.at.date(),
            valid_until=until,
            evidence=str(body["evidence"]) if "evidence" in body else None,
        )
    return {clause: signature for clause, signature in found.items() if signature.valid_until >= day}


def _rolled_up(table: list[ClauseTruth]) -> tuple[ClauseTruth, ...]:
    """Return *table* with the clause that sums up all the others: broken if one is, unknown if one is."""
    others = [line for line in table if line.id != ROLL_UP]
    bad = [line.id for line in others if line.promise is ClauseStatus.BROKEN]
    unsure = sum(1 for line in others if line.promise is ClauseStatus.UNKNOWN)
    status = ClauseStatus.BROKEN if bad else ClauseStatus.UNKNOWN if unsure else ClauseStatus.KEPT
    names = ", ".join(bad[:8]) + ("…" if len(bad) > 8 else "")
    said = Text(
        fr=f"{len(bad)} rompues ({names}), {unsure} inconnues",
        en=f"{len(bad)} broken ({names}), {unsure} unknown",
    )
    law = (
        ClauseStatus.BROKEN
        if any(line.law is ClauseStatus.BROKEN for line in others)
        else ClauseStatus.UNKNOWN
    )
    return tuple(
        line
        if line.id != ROLL_UP
        else ClauseTruth(
            id=line.id, title=line.title, promise=status, law=law, evidence=said, computed_at=line.computed_at
        )
        for line in table
    )


def _record(ports: Ports, table: tuple[ClauseTruth, ...], day: date, unreachable: tuple[str, ...]) -> None:
    body: dict[str, Json] = {
        "as_of": day.isoformat(),
        "statuses": {line.id: line.promise.value for line in table},
        "law": {line.id: line.law.value for line in table},
        "policy": ports.workspace.policy_digest,
        "systems": [*ports.databases, *ports.files],
        "unreachable": list(unreachable),
    }
    ports.journal.append(Event(kind=EventKind.CLAUSE_COMPUTED, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)
