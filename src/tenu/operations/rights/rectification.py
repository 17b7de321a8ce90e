"""Correcting and completing a person's data, in every system at once: shown first, tried everywhere, then written.

What is to be written is sealed in the request's file before the first write, so that whoever resumes does exactly that; the
journal knows counts and a keyed digest. Each system is one transaction. What nobody may alter keeps a note instead.

Source: GDPR 5(1)(d), 16, 18(1)(a), 19; LIL 50; C. com. L123-22; policy C-RGT-08, C-RGT-09; INV-06.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tenu.errors import RefusedError
from tenu.journal.cases import Case, CaseError
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.letters.rectification import RectificationFacts
from tenu.operations.acting import entitled
from tenu.operations.plan import today
from tenu.operations.rights.copying import copy_of
from tenu.operations.rights.correcting import correct_everywhere, refuse_wrong
from tenu.operations.rights.finding import Found, decided, file_of, found_for_sure, who
from tenu.operations.rights.freezing import is_frozen
from tenu.operations.rights.outcomes import keep_done
from tenu.operations.rights.rectified import done_of, facts_of
from tenu.operations.rights.requests import DECIDERS, record
from tenu.operations.rights.searching import Asked, reading
from tenu.operations.rights.statements import keep, named
from tenu.plans.case_file import CaseFile
from tenu.plans.rectification import Change, Draft, Wanted, Where, draft
from tenu.plans.rectification_act import Act, Note, act_of
from tenu.plans.statements import Statement, StatementKind, should_say
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import IdentifierKind, Language, Text

RIGHT = Right.RECTIFICATION


class NotReadyError(RefusedError):
    """Something asked for does not fit its column, or a human has not said what becomes of a former value elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Words the person adds to data that are incomplete, kept with them. *about*: ``system.table`` or a column of it."""

    about: str
    words: str


def preview(
    ports: Ports, number: str, wanted: Sequence[Wanted], left: Mapping[Where, str]
) -> tuple[Draft, bool]:
    """Return what a rectification would do, and whether a legal hold freezes everything. Nothing is written.

    Raises:
        CaseError: The request was not decided, a store is silent, or somebody is to be told apart.
    """
    case = decided(ports, number, RIGHT)
    with reading(ports) as asked:
        return _drafted(ports, asked, found_for_sure(ports, asked, case), wanted, left)


def rectify(
    ports: Ports,
    number: str,
    wanted: Sequence[Wanted] = (),
    left: Mapping[Where, str] | None = None,
    completions: Sequence[Completion] = (),
    *,
    again: bool = False,
    language: Language = "fr",
) -> RectificationFacts:
    """Correct and complete the data of a request that was decided, and record it; with nothing given, go on where it was cut.

    Args:
        ports: Every system, the vault, the journal.
        number: The request.
        wanted: What becomes of which column.
        left: Columns that hold a former value and stay as they are, with why.
        completions: What is kept with the data.
        again: Forget what an earlier attempt had still to do.
        language: Of the notes kept with documents nobody may alter.

    Raises:
        NotEntitledError: Whoever asks may not.
        NotReadyError: A value does not fit, or something is left to decide; nothing was written.
        CaseError: The request was not decided, a store is silent, or an earlier attempt is not finished.
        StoreError: A database refuses. All were tried before: nothing was written anywhere.
    """
    role = entitled(ports, "request:fulfil", *DECIDERS)
    case = decided(ports, number, RIGHT)
    pending = file_of(ports, number).acts.get(str(RIGHT))
    if pending is not None and not again:
        if wanted or completions:
            raise _unfinished(case.id)
        act = act_of(pending)
    else:
        act = _begin(ports, case, wanted, left or {}, completions, role, language)
    correct_everywhere(ports, act.changes)
    return _end(ports, case, act, language)


# ── before ──


def _drafted(
    ports: Ports, asked: Asked, found: Found, wanted: Sequence[Wanted], left: Mapping[Where, str]
) -> tuple[Draft, bool]:
    made = draft(copy_of(asked, found.rows), asked.layouts, wanted, left)
    frozen = is_frozen(ports, asked, found.rows)
    return (replace(made, changes=(), sealed=(*made.sealed, *made.changes)) if frozen else made), frozen


def _begin(
    ports: Ports,
    case: Case,
    wanted: Sequence[Wanted],
    left: Mapping[Where, str],
    completions: Sequence[Completion],
    role: str,
    language: Language,
) -> Act:
    """Try everything, seal what is to be done in the request's file, then write the intent in the journal."""
    if not wanted and not completions:
        raise NotReadyError(
            Text(
                fr="rien à corriger ni à compléter n'est donné", en="nothing to correct or complete is given"
            ),
            fix=Text(fr="--set SYSTÈME.TABLE.COLONNE=VALEUR", en="--set SYSTEM.TABLE.COLUMN=VALUE"),
        )
    with reading(ports) as asked:
        found = found_for_sure(ports, asked, case)
        made, frozen = _drafted(ports, asked, found, wanted, left)
        _refuse_unknown(asked, completions)
    if not made.is_ready:
        raise _not_ready(made)
    correct_everywhere(ports, made.changes, keep=False)
    act = Act(
        changes=made.changes,
        sealed=made.sealed,
        frozen=frozen,
        left=dict(left),
        notes=(
            *(Note(kind=StatementKind.COMPLETION, about=c.about, words=c.words) for c in completions),
            *dict.fromkeys(_notes(made, found, language)),
        ),
        identities=who(found, file_of(ports, case.id)),
    )
    file = file_of(ports, case.id)
    acts = {**file.acts, str(RIGHT): act.to_json()}
    ports.cases.keep(replace(file, sought=_sought(ports, file, made.changes), acts=acts))
    body: dict[str, Json] = {**_said(ports, act), "role": role, "actor": ports.actor.digest}
    record(ports, case.id, EventKind.REQUEST_EXECUTING, body)
    return act


def _notes(made: Draft, found: Found, language: Language) -> Iterator[Note]:
    """Yield what is to be kept with documents nobody may alter, and with what the archive has sealed."""
    named = [(str(change.where), change) for change in made.sealed]
    if found.archived:
        named += [(f"archive:{c.where}", c) for c in made.changes if not c.followed]
    for about, change in named:
        words = should_say(change.instead_of or change.old, change.new).in_(language)
        yield Note(kind=StatementKind.CORRECTION, about=about, words=words)


def _sought(
    ports: Ports, file: CaseFile, changes: Sequence[Change]
) -> Mapping[IdentifierKind, tuple[str, ...]]:
    """Return what the person is looked up by, the identifiers they have from now on included: the request must still find them."""
    sought = dict(file.sought)
    for change in changes:
        system = ports.databases[change.where.system].system
        kind = system.designating(change.where.table).get(change.where.column)
        if kind in (IdentifierKind.EMAIL, IdentifierKind.PHONE) and change.new:
            sought[kind] = tuple(dict.fromkeys((*sought.get(kind, ()), change.new)))
    return sought


# ── after ──


def _end(ports: Ports, case: Case, act: Act, language: Language) -> RectificationFacts:
    """Read again, keep the notes, and record what was done.

    Raises:
        ChangedError: Somebody wrote something else in the meantime: nothing is recorded as done.
    """
    refuse_wrong(ports, act.changes)
    with reading(ports) as asked:
        found = found_for_sure(ports, asked, case)
    file = file_of(ports, case.id)
    identities = tuple(dict.fromkeys((*act.identities, *who(found, file))))
    kept = tuple(
        keep(
            ports,
            Statement(
                id="",
                kind=note.kind,
                request=case.id,
                made_on=today(ports),
                about=note.about,
                words=note.words,
                rows=named(found.rows),
                identities=identities,
            ),
        )
        for note in act.notes
    )
    facts = facts_of(ports, case, act, kept)
    keep_done(ports, case.id, done_of(facts, language))
    record(ports, case.id, EventKind.REQUEST_EXECUTED, {**_said(ports, act), "residual": 0})
    file = file_of(ports, case.id)
    acts = {right: said for right, said in file.acts.items() if right != str(RIGHT)}
    ports.cases.keep(replace(file, acts=acts))
    return facts


def _said(ports: Ports, act: Act) -> dict[str, Json]:
    """Return what the journal may know of an act: counts, and a digest only the workspace's key can make."""
    tables: dict[str, Json] = {as_name(table): rows for table, rows in act.tables().items()}
    plan = hmac.digest(ports.key, act.to_json().encode(), "sha256").hex()
    return {"right": str(RIGHT), "plan": plan, "tables": tables}


# ── refusals ──


def _refuse_unknown(asked: Asked, completions: Sequence[Completion]) -> None:
    for one in completions:
        system, _, rest = one.about.partition(".")
        table, _, column = rest.partition(".")
        live = asked.layouts[system].catalog.table(table) if system in asked.layouts else None
        if live is None or (column and live.column(column) is None):
            raise NotReadyError(
                Text(
                    fr=f"« {one.about} » n'est ni une table ni une colonne",
                    en=f"'{one.about}' is no table nor column",
                ),
                fix=Text(
                    fr="--complete SYSTÈME.TABLE=MOTS, ou SYSTÈME.TABLE.COLONNE=MOTS",
                    en="--complete SYSTEM.TABLE=WORDS, or SYSTEM.TABLE.COLUMN=WORDS",
                ),
            )


def _not_ready(made: Draft) -> NotReadyError:
    wrong = [(str(p.where), p.why) for p in made.problems]
    open_ = sorted({str(change.where) for change in made.undecided})
    fr = [f"{where} : {why.fr}" for where, why in wrong] + [
        f"{w} tient, ou cite, l'ancienne valeur" for w in open_
    ]
    en = [f"{where}: {why.en}" for where, why in wrong] + [
        f"{w} holds, or quotes, the former value" for w in open_
    ]
    return NotReadyError(
        Text(fr="rien n'a été écrit. " + " ; ".join(fr), en="nothing was written. " + "; ".join(en)),
        fix=Text(
            fr="dites de chaque colonne ce qu'elle devient (--set), ou pourquoi elle reste (--leave COLONNE=POURQUOI)",
            en="say of each column what it becomes (--set), or why it stays (--leave COLUMN=WHY)",
        ),
    )


def _unfinished(number: str) -> CaseError:
    return CaseError(
        Text(
            fr=f"{number} : une rectification commencée n'est pas finie",
            en=f"{number}: a rectification that was begun is not finished",
        ),
        fix=Text(
            fr=f"finissez-la : tenu request fulfil rectification {number} ; ou oubliez-la avec --again",
            en=f"finish it: tenu request fulfil rectification {number}; or forget it with --again",
        ),
    )
