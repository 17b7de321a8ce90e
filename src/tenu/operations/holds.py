"""``tenu hold``: the register of legal holds and restrictions. People decide; the databases and the archive obey.

What blocks is written first and journaled after; what unblocks is journaled first: whatever stops in between, nothing
held was ever unprotected, and the next ``apply`` finishes it (``uphold``).

Source: GDPR 17(3)(e), 18; policy C-PUR-12; state machines SM-4, SM-6; INV-04, INV-05.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from tenu.datamap.identity import Identity, identity
from tenu.errors import UnreachableError
from tenu.journal.holds import (
    BLOCKING,
    REFUSALS,
    Hold,
    HoldEnd,
    HoldGround,
    HoldState,
    decide_by,
    review_by,
)
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.acting import entitled
from tenu.operations.choosing import scene
from tenu.operations.covering import NOBODY, Covered, Person, Subject, at_rows, cover, subject_of, written
from tenu.operations.doubts import Row
from tenu.operations.extracting import extract
from tenu.operations.freeing import Freed, freed
from tenu.operations.plan import today
from tenu.operations.register import holds
from tenu.operations.registering import (
    PROPOSERS,
    HoldError,
    digest,
    expected,
    known,
    refuse_unnamed,
    say,
    signed,
)
from tenu.operations.rights.searching import Sought, search
from tenu.operations.upholding import lift, place, placed
from tenu.ports import Node, Ports
from tenu.terms import IdentifierKind, Text

DECIDERS = ("dpo", "counsel")
TOLD_FIRST = Text(
    fr=" ; ou prévenez d'abord la personne : tenu hold lift, puis tenu hold noticed",
    en="; or tell the person first: tenu hold lift, then tenu hold noticed",
)
"""How a restriction ends when its person did not ask for it (GDPR 18(3))."""


class NotOnePersonError(HoldError):
    """What designates the person of a hold fits nobody, or several people nobody can tell apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is asked for.

    *owner*: the role that answers for it. *text*: the text of law or the reference of the case. *words*: why, in
    words; both are kept sealed in the vault. *identifiers* and *rows* (keys as text) say who; *within*: the systems, or
    ``system.table``, it is limited to.
    """

    ground: HoldGround
    owner: str
    text: str
    words: str = ""
    identifiers: Mapping[IdentifierKind, str]
    rows: tuple[Row, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A released hold, and what the next run does; *freed* is None where the plan could not be made."""

    hold: Hold
    archived: int
    freed: tuple[Freed, ...] | None


def propose(ports: Ports, proposal: Proposal) -> tuple[Hold, Covered]:
    """Ask for a hold; nothing is blocked until somebody approves it. Return it with what it would cover.

    Raises:
        NotEntitledError: The person asking holds none of the roles.
        NotOnePersonError: Nobody fits, or several people do and nobody chose.
        HoldError: The scope, the owner or the text is not one.
    """
    role = entitled(ports, "hold:propose", *PROPOSERS)
    _refuse_vague(ports, proposal)
    day, name = today(ports), f"H-{secrets.token_hex(4)}"
    found, perhaps = ((), frozenset[Node]()) if proposal.rows else _searched(ports, proposal)
    with scene(ports, day) as opened:
        subject = _subject(at_rows(opened, proposal.rows) if proposal.rows else found, proposal)
        covered = cover(opened, {name: subject}, {name: proposal.within})[name]
    if not covered.rows and not _archived(ports, covered.identities):
        raise _nobody()
    body: dict[str, Json] = {
        **signed(ports, name, role, day),
        "kind": proposal.ground.kind,
        "ground": proposal.ground,
        "owner": proposal.owner,
        "decide_by": decide_by(day, proposal.ground).isoformat(),
        "text": digest(f"{proposal.text}\n{proposal.words}"),
        "within": list(proposal.within),
        **_reach(covered),
    }
    say(ports, EventKind.HOLD_PROPOSED, body)
    ports.hold_files.keep(name, subject.to_json())
    return holds(ports)[name], replace(covered, perhaps=perhaps - covered.rows)


def approve(ports: Ports, name: str) -> tuple[Hold, Covered]:
    """Put a proposed hold in force: from the end of this call on, no run takes anything of its people.

    One on files has them copied, and keeps nothing where it is.

    Raises:
        NotEntitledError: The person asking is neither DPO nor counsel.
        HoldError: It is not waiting for a decision, or its proposer may not approve it, or nobody is left to hold.
        BusyError: A run is changing a database, or erasing the files; nothing is promised yet, approve again.
    """
    role = entitled(ports, "hold:approve", *DECIDERS)
    day = today(ports)
    hold = expected(ports, name, day, HoldState.PROPOSED)
    if ports.workspace.settings.holds.two_people and hold.proposer == ports.actor.digest:
        raise HoldError(
            Text(
                fr="qui a demandé ce gel ne peut pas l'approuver",
                en="whoever asked for this hold may not approve it",
            ),
            fix=Text(
                fr="faites-le approuver par quelqu'un d'autre, ou réglez [holds] two_people dans tenu.toml",
                en="have somebody else approve it, or set [holds] two_people in tenu.toml",
            ),
        )
    subject = _file(ports, name)
    body = {**signed(ports, name, role, day), "review_by": review_by(day).isoformat()}
    if subject.extract is not None:
        kept = extract(ports, hold, subject)
        body |= {"files": kept.files, "bytes": kept.bytes, "manifest": kept.manifest}
        say(ports, EventKind.HOLD_APPROVED, body)
        return holds(ports)[name], NOBODY
    with scene(ports, day) as opened:
        covered = cover(opened, {name: subject}, {name: hold.within})[name]
    archived = place(ports, hold, covered).archived
    if not covered.rows and not archived:
        raise _nobody()
    say(ports, EventKind.HOLD_APPROVED, {**body, "archived": archived, **_reach(covered)})
    return holds(ports)[name], covered


def refuse(ports: Ports, name: str, reason: HoldEnd, words: str = "") -> Hold:
    """Refuse a proposed hold, and forget whom it was about.

    Raises:
        NotEntitledError: The person asking is neither DPO nor counsel.
        HoldError: It is not waiting for a decision, or *reason* is no reason to refuse.
    """
    role = entitled(ports, "hold:refuse", *DECIDERS)
    day = today(ports)
    expected(ports, name, day, HoldState.PROPOSED)
    _expect_reason(reason, REFUSALS)
    say(ports, EventKind.HOLD_REFUSED, _ended(ports, name, role, day, reason, words))
    lift(ports, name)
    return holds(ports)[name]


def review(ports: Ports, name: str) -> Hold:
    """Say that the ground of a hold still stands: its next review is six months away, an end decided for it is dropped.

    Raises:
        NotEntitledError: The person asking is neither DPO nor counsel.
        HoldError: It is not in force.
    """
    role = entitled(ports, "hold:review", *DECIDERS)
    day = today(ports)
    expected(ports, name, day, *BLOCKING)
    body = {**signed(ports, name, role, day), "review_by": review_by(day).isoformat()}
    say(ports, EventKind.HOLD_REVIEWED, body)
    return holds(ports)[name]


def release(ports: Ports, name: str, reason: HoldEnd, words: str = "") -> Released:
    """Release a hold, and say what it deferred: today's plan takes it, the next ``apply`` ends its archives.

    Released twice, it finishes what a crash left of the first time.

    Raises:
        NotEntitledError: The person asking is neither DPO nor counsel.
        HoldError: It is not in force, or *reason* is no reason to release it: a restriction ends after notice.
    """
    role = entitled(ports, "hold:release", *DECIDERS)
    day = today(ports)
    unfinished = name in ports.hold_files.known() and known(ports, name).state_on(day) is HoldState.RELEASED
    if not unfinished:
        _expect_reason(reason, expected(ports, name, day, *BLOCKING).releases_on(day))
        say(ports, EventKind.HOLD_RELEASED, _ended(ports, name, role, day, reason, words))
    let_go, archived = lift(ports, name)
    return Released(hold=holds(ports)[name], archived=archived, freed=freed(ports, day, let_go))


def show(ports: Ports, name: str) -> tuple[Hold, Subject | None, dict[str, int]]:
    """Return one hold, its file while it has one, and how many rows of people it covers in each people table.

    Raises:
        NotEntitledError: The file says who it is about: only those who decide, and the archivist, may read it.
        HoldError: There is no such hold.
    """
    entitled(ports, "hold:show", *DECIDERS, "archivist")
    hold = known(ports, name)
    text = ports.hold_files.read(name)
    rows = Counter(f"{system}.{root}" for system, root, held in placed(ports) if held.hold == name)
    return hold, subject_of(text) if text else None, dict(rows)


# ── pieces ──


def _refuse_vague(ports: Ports, proposal: Proposal) -> None:
    refuse_unnamed(proposal.owner, proposal.text)
    described = {system: database.system for system, database in ports.databases.items()}
    for place_ in proposal.within:
        system, _, table = place_.partition(".")
        if system not in described or (table and table not in described[system].tables):
            raise HoldError(
                Text(fr=f"« {place_} » n'est pas un système, ni une table décrite",
                     en=f"'{place_}' is neither a system nor a described table"),
                fix=Text(fr=f"systèmes connus : {', '.join(described)}", en=f"known systems: {', '.join(described)}"),
            )  # fmt: skip


def _searched(ports: Ports, proposal: Proposal) -> tuple[tuple[Person, ...], frozenset[Node]]:
    """Return the one person who answers to the identifiers, and the rows that may be theirs.

    Raises:
        NotOnePersonError: Nobody does, or several do, or nobody can tell.
        UnreachableError: A system did not answer: it may hold rows of theirs.
    """
    found = search(ports, Sought(values={kind: (value,) for kind, value in proposal.identifiers.items()}))
    silent = ", ".join(system.system for system in found.covered if not system.answered)
    if silent:
        raise UnreachableError(
            Text(fr=f"n'a pas répondu, et peut connaître la personne : {silent}",
                 en=f"did not answer, and may know the person: {silent}"),
            fix=Text(fr="recommencez quand il répond", en="try again once it answers"),
        )  # fmt: skip
    only = found.only
    if only is not None:
        person = Person(rows=frozenset(only.rows), identities=frozenset(only.identities))
        return (person,), frozenset(found.perhaps)
    several = [min(candidate.rows, key=str) for candidate in found.people] + list(found.perhaps)
    if not several:
        return (_only_archived(ports, proposal),), frozenset()
    listed = "  ".join(f"--row {written(node)}" for node in dict.fromkeys(several))
    raise NotOnePersonError(
        Text(fr=f"rien ne dit qui c'est : {listed}", en=f"nothing says who it is: {listed}"),
        fix=Text(
            fr="désignez qui est concerné, une --row chacun", en="name who is concerned, one --row each"
        ),
    )


def _only_archived(ports: Ports, proposal: Proposal) -> Person:
    """Return the person of whom only the archive still holds something.

    Raises:
        NotOnePersonError: It holds nothing of them.
    """
    who = identity({kind: [value] for kind, value in proposal.identifiers.items()})
    if not _archived(ports, [who]):
        raise _nobody()
    return Person(rows=frozenset(), identities=frozenset({who}))


def _archived(ports: Ports, identities: Iterable[Identity]) -> bool:
    return bool(ports.archive.recall({("sought",): list(identities)}))


def _nobody() -> NotOnePersonError:
    return NotOnePersonError(
        Text(
            fr="personne ne correspond, dans aucun système interrogé",
            en="nobody fits, in any system that was asked",
        ),
        fix=Text(
            fr="essayez un autre identifiant, ou désignez une ligne : --row système.table:clé",
            en="try another identifier, or name a row: --row system.table:key",
        ),
    )


def _subject(people: tuple[Person, ...], proposal: Proposal) -> Subject:
    nodes = sorted({node for person in people for node in person.rows}, key=str)
    identities = {identity for person in people for identity in person.identities}
    return Subject(
        rows=tuple(Row(system=system, table=root, key=key) for (system, root), key in nodes),
        identities=tuple(sorted(identities, key=lambda i: (sorted(i.references), sorted(i.emails), i.name))),
        text=proposal.text,
        words=proposal.words,
    )


def _expect_reason(reason: HoldEnd, among: tuple[HoldEnd, ...]) -> None:
    if reason not in among:
        ended = TOLD_FIRST if HoldEnd.PERSON_ASKS in among else Text(fr="", en="")
        raise HoldError(
            Text(
                fr=f"« {reason} » n'est pas un motif pour cet acte",
                en=f"'{reason}' is no reason for this act",
            ),
            fix=Text(fr=f"donnez : {', '.join(among)}{ended.fr}", en=f"give: {', '.join(among)}{ended.en}"),
        )


def _file(ports: Ports, name: str) -> Subject:
    text = ports.hold_files.read(name)
    if text is None:
        raise HoldError(
            Text(
                fr=f"le dossier du gel {name} manque dans le coffre",
                en=f"the file of hold {name} is not in the vault",
            ),
            fix=Text(fr="refusez-le et demandez-le de nouveau", en="refuse it and ask for it again"),
        )
    return subject_of(text)


def _reach(covered: Covered) -> dict[str, Json]:
    systems = sorted({system for (system, _), _ in covered.rows})
    return {"subjects": len(covered.rows), "systems": list(systems)}


def _ended(ports: Ports, name: str, role: str, day: date, reason: HoldEnd, words: str) -> dict[str, Json]:
    body: dict[str, Json] = {**signed(ports, name, role, day), "reason": reason}
    return body | ({"text": digest(words)} if words else {})
