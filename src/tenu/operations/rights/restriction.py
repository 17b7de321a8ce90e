"""Restricting a person's data, everywhere: asked for and decided by a human, or at once while they contest.

A restriction is a hold of the register with a ground of GDPR 18(1): nothing of the person is deleted, emptied, archived, read into a
feed or made anonymous by tenu until its end, of which they are told first (``operations.restricting``).

Source: GDPR 4(3), 18, 19; LIL 53; state machine SM-4; policy C-RGT-12 to C-RGT-16; INV-05, INV-13, INV-24; law 5.6.
"""

from __future__ import annotations

import hmac
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from tenu.journal.cases import Case, CaseError, CaseState
from tenu.journal.holds import BLOCKING, Hold, HoldGround, HoldState, decide_by, review_by
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.letters.outcome import Fate, Holding, Restricted, RightDone
from tenu.operations.acting import entitled
from tenu.operations.choosing import scene
from tenu.operations.covering import Subject, cover, subject_of
from tenu.operations.doubts import Row
from tenu.operations.plan import today
from tenu.operations.register import holds
from tenu.operations.registering import digest, say, signed
from tenu.operations.restricting import CASES
from tenu.operations.rights.copying import copy_of
from tenu.operations.rights.finding import Found, decided, file_of, found_for_sure, who
from tenu.operations.rights.outcomes import keep_done
from tenu.operations.rights.requests import DECIDERS, record, request
from tenu.operations.rights.searching import reading
from tenu.operations.upholding import place, placed
from tenu.plans.access import Copied
from tenu.policy.recipients import RecipientClass
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Text

RIGHT = Right.RESTRICTION


class Ground(StrEnum):
    """The four cases of GDPR 18(1), in its order."""

    ACCURACY = "accuracy"
    UNLAWFUL = "unlawful"
    CLAIMS = "claims"
    OBJECTION = "objection"


HOLDS: Mapping[Ground, HoldGround] = MappingProxyType(
    {
        Ground.ACCURACY: HoldGround.ACCURACY_CONTESTED,
        Ground.UNLAWFUL: HoldGround.UNLAWFUL_NOT_ERASED,
        Ground.CLAIMS: HoldGround.NEEDED_FOR_CLAIMS,
        Ground.OBJECTION: HoldGround.OBJECTION_PENDING,
    }
)
"""What each is in the register."""
CONTESTED: Mapping[Ground, Right] = MappingProxyType(
    {Ground.ACCURACY: Right.RECTIFICATION, Ground.OBJECTION: Right.OBJECTION}
)
"""The grounds that begin at once, and the right that was asked for."""
AUTOMATIC = "automatic"
"""The role of what the law opens by itself; the officer answers for it."""
ARTICLE = "RGPD 18(1)"
_LETTERS = dict(zip(Ground, "abcd", strict=True))
_UNKNOWN = (CaseState.RECEIVED, CaseState.ACKNOWLEDGED, CaseState.IDENTITY_PENDING, CaseState.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionFacts:
    """A restriction that was opened: the *hold* of the register, what its letter tells, the *recipients* to tell (GDPR 19)."""

    hold: Hold
    done: RightDone
    recipients: tuple[RecipientClass, ...]


def restrict(ports: Ports, number: str, ground: Ground, words: str = "") -> RestrictionFacts:
    """Restrict the data of the person of a request that was decided, and record it. Done again, it finishes what was cut.

    Args:
        ports: Every system, the archive, the vault, the journal.
        number: The request.
        ground: Which of the four cases.
        words: Why, in words; sealed in the vault until the restriction ends.

    Raises:
        NotEntitledError: Whoever asks may not.
        CaseError: The request was not decided or was refused, a store is silent, or nothing is held of the person.
        BusyError: A run is changing a database; do it again.
    """
    role = entitled(ports, "request:fulfil", *DECIDERS)
    case = decided(ports, number, RIGHT)
    if RIGHT not in case.to_do:
        raise CaseError(
            Text(fr=f"{case.id} : la limitation a été refusée", en=f"{case.id}: the restriction was refused"),
            fix=Text(fr=f"tenu request letter {case.id} answer", en=f"tenu request letter {case.id} answer"),
        )
    body: dict[str, Json] = {
        "right": str(RIGHT),
        "plan": hmac.digest(ports.key, f"{case.id} {ground}".encode(), "sha256").hex(),
        "role": role,
        "actor": ports.actor.digest,
    }
    record(ports, case.id, EventKind.REQUEST_EXECUTING, body)
    facts, tables = _opened(ports, case, ground, words, role)
    record(ports, case.id, EventKind.REQUEST_EXECUTED, {"right": str(RIGHT), "tables": tables, "residual": 0})
    return facts


def contest(ports: Ports, number: str, ground: Ground, words: str) -> RestrictionFacts:
    """Restrict at once the data of somebody who contests, until what they contest is decided; no other approval is asked.

    Args:
        ports: Every system, the archive, the vault, the journal.
        number: A request for rectification (ground accuracy) or an objection, whose person is identified.
        ground: Accuracy or objection.
        words: What is contested, and why it cannot be settled at once.

    Raises:
        NotEntitledError: Whoever asks may not.
        CaseError: The request asks for nothing of the kind, its person is not identified, or nothing is held of them.
        BusyError: A run is changing a database; do it again.

    Source: GDPR 18(1)(a), 18(1)(d); SM-4, « 0 for a and d »; policy C-RGT-07, C-RGT-13.
    """
    role = entitled(ports, "request:contest", *DECIDERS)
    case = request(ports, number)
    wanted = CONTESTED.get(ground)
    if wanted is None or str(wanted) not in case.rights or case.state in _UNKNOWN:
        raise CaseError(
            Text(
                fr=f"{case.id} : personne d'identifié n'y conteste cela",
                en=f"{case.id}: nobody identified contests that there",
            ),
            fix=Text(
                fr="--ground accuracy pour une rectification, --ground objection pour une opposition ; sinon tenu request new restriction",
                en="--ground accuracy for a rectification, --ground objection for an objection; else tenu request new restriction",
            ),
        )
    facts, _ = _opened(ports, case, ground, words, role)
    return facts


def suspend(ports: Ports, case: Case) -> RestrictionFacts:
    """Restrict at once, by itself, whoever objects in *case*, until somebody has balanced it; no role is asked.

    Raises:
        CaseError: A store is silent, or nobody is found for sure.
        BusyError: A run is changing a database; do it again.

    Source: GDPR 18(1)(d); SM-4, « 0 for a and d (auto) ».
    """
    facts, _ = _opened(ports, case, Ground.OBJECTION, f"{case.id}", AUTOMATIC)
    return facts


# ── opening ──


def _opened(
    ports: Ports, case: Case, ground: Ground, words: str, role: str
) -> tuple[RestrictionFacts, dict[str, Json]]:
    """Put a restriction in force, or finish one that was cut, and keep what its letter tells."""
    with reading(ports) as asked:
        found = found_for_sure(ports, asked, case)
        copied = copy_of(asked, found.rows)
    if not found.rows and not found.archived:
        raise CaseError(
            Text(fr=f"{case.id} : rien n'est gardé de la personne", en=f"{case.id}: nothing is held of them"),
            fix=Text(
                fr=f"tenu request letter {case.id} nothing", en=f"tenu request letter {case.id} nothing"
            ),
        )
    hold = _in_force(ports, case, ground, _subject(ports, case, found, ground, words), role)
    _refuse_missed(ports, hold, found)
    done = _done(ports, hold, copied, len(found.archived))
    if hold.lift is None:
        keep_done(ports, case.id, done)
    tables = Counter({f"{c.system}.{c.table}": len(c.rows) for c in copied})
    facts = RestrictionFacts(hold=hold, done=done, recipients=_recipients(ports, copied))
    return facts, {as_name(table): rows for table, rows in tables.items()}


def _in_force(ports: Ports, case: Case, ground: Ground, subject: Subject, role: str) -> Hold:
    """Return the restriction of this request on this ground, once it is in force and covers all that was found.

    What blocks is written before it is journaled as in force; a proposal that a crash left goes on.
    """
    day = today(ports)
    hold = _begun(ports, case, ground) or _propose(ports, case, ground, subject, role)
    if begun := ports.hold_files.read(hold.id):
        subject = replace(subject, text=subject_of(begun).text, words=subject_of(begun).words)
    ports.hold_files.keep(hold.id, subject.to_json())
    with scene(ports, day) as opened:
        covered = cover(opened, {hold.id: subject}, {})[hold.id]
    archived = place(ports, hold, covered).archived
    if hold.state_on(day) is HoldState.PROPOSED:
        body = {
            **signed(ports, hold.id, role, day),
            "review_by": review_by(day).isoformat(),
            "archived": archived,
            "subjects": len(covered.rows),
            "systems": sorted({system for (system, _), _ in covered.rows}),
        }
        say(ports, EventKind.HOLD_APPROVED, body)
    return holds(ports)[hold.id]


def _begun(ports: Ports, case: Case, ground: Ground) -> Hold | None:
    day = today(ports)
    wanted = (HoldState.PROPOSED, *BLOCKING)
    return next(
        (
            hold
            for hold in holds(ports).values()
            if (hold.request, hold.ground) == (case.id, HOLDS[ground]) and hold.state_on(day) in wanted
        ),
        None,
    )


def _propose(ports: Ports, case: Case, ground: Ground, subject: Subject, role: str) -> Hold:
    name, day = f"H-{secrets.token_hex(4)}", today(ports)
    body: dict[str, Json] = {
        **signed(ports, name, role, day),
        "kind": HOLDS[ground].kind,
        "ground": HOLDS[ground],
        "owner": DECIDERS[0] if role == AUTOMATIC else role,
        "decide_by": decide_by(day, HOLDS[ground]).isoformat(),
        "text": digest(f"{subject.text}\n{subject.words}"),
        "request": case.id,
    }
    say(ports, EventKind.HOLD_PROPOSED, body)
    return holds(ports)[name]


def _subject(ports: Ports, case: Case, found: Found, ground: Ground, words: str) -> Subject:
    return Subject(
        rows=tuple(
            Row(system=system, table=root, key=tuple(map(str, key))) for (system, root), key in found.rows
        ),
        identities=who(found, file_of(ports, case.id)),
        text=f"{ARTICLE}({_LETTERS[ground]}), {case.id}",
        words=words,
    )


def _refuse_missed(ports: Ports, hold: Hold, found: Found) -> None:
    """Read the databases again: a row the restriction does not cover is never said to be restricted.

    Raises:
        CaseError: One is not covered.
    """
    covered = {((system, root), held.key) for system, root, held in placed(ports) if held.hold == hold.id}
    missed = len(set(found.rows) - covered)
    if missed:
        raise CaseError(
            Text(
                fr=f"{hold.id} : {missed} fiche(s) de la personne n'y sont pas ; rien n'est dit fait",
                en=f"{hold.id}: {missed} record(s) of the person are not in it; nothing is said to be done",
            ),
            fix=Text(fr="recommencez : la limitation sera complétée", en="do it again: it will be completed"),
        )


# ── telling ──


def _done(ports: Ports, hold: Hold, copied: Iterable[Copied], archived: int) -> RightDone:
    """Return what the letters tell of it: how many rows of which system, the archive's part, why, since when."""
    rows: Counter[str] = Counter()
    for table in copied:
        rows[table.system] += len(table.rows)
    labels = {system.system: system.label for system in ports.workspace.systems}
    what = Text(fr="vos données", en="your data")
    holdings = [
        Holding(what=what, where=labels[name], fate=Fate.RESTRICTED, rows=count)
        for name, count in rows.items()
        if count
    ]
    if archived:
        where = Text(fr="archive à accès restreint", en="restricted archive")
        holdings.append(Holding(what=what, where=where, fate=Fate.RESTRICTED))
    since = hold.approved_on or today(ports)
    restricted = Restricted(case=CASES[hold.ground], since=since)
    return RightDone(right=RIGHT, done_on=since, holdings=tuple(holdings), restricted=restricted)


def _recipients(ports: Ports, copied: Iterable[Copied]) -> tuple[RecipientClass, ...]:
    """Return who the policy says received such data, by the purposes of their tables (GDPR 19)."""
    policy, purposes = ports.workspace.policy, {p for table in copied for p in table.purposes}
    told = {r for p in policy.purposes if p.id in purposes for r in p.recipients}
    return tuple(r for r in policy.recipients.classes if r.id in told)
