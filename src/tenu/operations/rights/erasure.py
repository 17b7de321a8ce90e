"""Erasure on request: proposed holding by holding, decided and confirmed by people, done through the one plan.

Several requests make one plan. Whose rows it is about, the plan itself and what it does of each holding are in the sealed
files before anything is destroyed, so that what was cut goes on where it was, with the same plan, and the letter can be
written.

Source: GDPR 12(4), 17; SM-1, SM-5; policy C-RGT-10, C-RGT-11; INV-13, INV-24.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

from tenu.journal.cases import Case, CaseError, CaseState, Outcome
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.operations.apply import apply
from tenu.operations.choosing import Scene, scene
from tenu.operations.plan import Progress, keep, plan, quiet, today
from tenu.operations.preflight import StalePlanError
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.erased import done_of
from tenu.operations.rights.finding import file_of, found_now, refuse_undecided
from tenu.operations.rights.proposing import Proposing, in_archive
from tenu.operations.rights.searching import Asked, reading
from tenu.operations.rights.second import waits_for_another
from tenu.periods.limits import last_day
from tenu.periods.period import Period
from tenu.plans.case_file import CaseFile
from tenu.plans.holding import Becomes, ErasureFacts, gathered, read_facts
from tenu.plans.plan import CHANGES, Fingerprints, Plan, PlannedTask, Requests, read_plan, unpack, verb_of
from tenu.plans.run import Run
from tenu.plans.task import PersonTask
from tenu.policy.rights import Right
from tenu.ports import Fate, Ports, Unit
from tenu.terms import Language, Text

RIGHT = str(Right.ERASURE)
PLAN_LASTS = Period(months=1)
"""How long the plan of an erasure is kept beside the files of its requests: longer than any interruption."""
_DIGITS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasures:
    """What carrying out some erasures did. *done*: by request. *left*: why each of the others is not done, in words.

    *runs*: what was applied, one run for all the requests of a plan.
    """

    done: tuple[ErasureFacts, ...]
    left: Mapping[str, Text]
    runs: tuple[Run, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether everything asked is done, and nothing was found that still designates somebody."""
        return not self.left and all(facts.residual == 0 for facts in self.done)


def propose(ports: Ports, number: str) -> ErasureFacts:
    """Return what erasing the person of *number* would do today, holding by holding; changes nothing.

    Raises:
        UnknownRequestError: There is no such request.
        CaseError: It does not ask for erasure, or somebody is to be told apart, or a system is silent.
        UnreachableError: A system does not answer.
    """
    case = verbs.request(ports, number)
    if RIGHT not in case.rights:
        asked = ", ".join(case.rights)
        raise CaseError(
            Text(fr=f"{case.id} ne demande pas l'effacement", en=f"{case.id} does not ask for erasure"),
            fix=Text(fr=f"elle demande : {asked}", en=f"it asks for: {asked}"),
        )
    file = file_of(ports, case.id)
    if act := _act(file):
        return act[1]
    with reading(ports) as asked_now:
        file = _identified(ports, asked_now, case, file)
    ports.cases.keep(file)
    return _proposed(ports, [file])[1][case.id]


def decide(
    ports: Ports,
    number: str,
    outcome: Outcome,
    *,
    codes: Sequence[str] = (),
    note: str = "",
    until: date | None = None,
) -> Case:
    """Record what a named human decided of an erasure, as ``requests.decide``; granted whole only when nothing stays.

    Raises:
        CaseError: Something stays, and the person would not be told why.
    """
    if outcome is Outcome.GRANTED and verbs.request(ports, number).searched:
        _refuse_silence(propose(ports, number))
    return verbs.decide(ports, number, Right.ERASURE, outcome, codes=codes, note=note, until=until)


def erase(
    ports: Ports, numbers: Sequence[str] | None, *, language: Language = "fr", progress: Progress = quiet
) -> Erasures:
    """Carry out erasures that were decided, and confirmed, in one plan; what was cut before goes on first, by its own.

    Done again, it changes nothing and returns what was done.

    Args:
        ports: What may be touched.
        numbers: The requests; every one that is ready when None, those that are not being told apart.
        language: Of the letters.
        progress: Told of each step.

    Raises:
        UnknownRequestError: There is no such request.
        CaseError: One was named that is not decided, not confirmed, or whose person must be told apart again.
        RefusedError: The plan may not be applied; nothing was written.
        UnreachableError: A system does not answer. What was committed before stays; run it again to go on.
    """
    wanted = [verbs.request(ports, n) for n in numbers] if numbers is not None else _ready(ports)
    for case in wanted:
        refuse_undecided(ports, case, Right.ERASURE)
    files = ports.cases.files([case.id for case in wanted])
    todo = [case for case in wanted if RIGHT in case.to_do - case.executed and case.id in files]
    doing = _Doing(ports=ports, language=language, progress=progress)
    begun = {case.id: act[0] for case in todo if (act := _act(files[case.id]))}
    for digest in dict.fromkeys(begun.values()):
        doing.go_on([case for case in todo if begun.get(case.id) == digest], digest)
    waiting = [case for case in todo if case.id not in begun]
    while waiting:
        batch, waiting = _identify(ports, waiting, files, doing.left, insist=numbers is not None)
        if batch:
            doing.carry_out(batch, files)
    after = ports.cases.files([case.id for case in wanted])
    acts = (act for number, file in after.items() if number not in doing.left and (act := _act(file)))
    return Erasures(done=tuple(facts for _, facts in acts), left=doing.left, runs=tuple(doing.runs))


def _ready(ports: Ports) -> list[Case]:
    """Return the requests whose erasure was decided, and confirmed where that takes two people, and is not done."""
    listed = [n for n, c in verbs.requests(ports).items() if RIGHT in c.decisions.keys() - c.executed]
    return [
        case
        for case in (verbs.request(ports, number) for number in listed)
        if case.state in (CaseState.DECIDED, CaseState.FULFILLED)
        if RIGHT in case.decisions.keys() - case.executed
        and not waits_for_another(ports, case, Right.ERASURE)
    ]


def _act(file: CaseFile) -> tuple[str, ErasureFacts] | None:
    """Return the digest of the plan that carries out an erasure, or did, and what it does; None before there is one."""
    said = json.loads(file.acts[RIGHT]) if RIGHT in file.acts else None
    return (said["plan"], read_facts(said["facts"])) if said else None


def _acting(file: CaseFile, digest: str, facts: ErasureFacts) -> CaseFile:
    said = json.dumps({"plan": digest, "facts": facts.plain()}, ensure_ascii=False)
    return replace(file, acts={**file.acts, RIGHT: said})


# ── who ──


def _identify(
    ports: Ports, cases: list[Case], files: dict[str, CaseFile], left: dict[str, Text], *, insist: bool
) -> tuple[list[Case], list[Case]]:
    """Find the rows of each of *cases* now, and keep them in its file; return those to do, and those to do after them.

    Two requests of one person are done one after the other. Who must be told apart again is refused, or *left* for a
    human when nobody named them.
    """
    batch, later, taken = list[Case](), list[Case](), set[object]()
    with reading(ports) as asked:
        for case in cases:
            try:
                file = _identified(ports, asked, case, files[case.id])
            except CaseError as error:
                if insist:
                    raise
                left[case.id] = error.message
                continue
            if taken & set(file.rows):
                later.append(case)
                continue
            taken |= set(file.rows)
            files[case.id] = file
            batch.append(case)
    return batch, later


def _identified(ports: Ports, asked: Asked, case: Case, file: CaseFile) -> CaseFile:
    """Return the file of *case* with the rows that are surely the person's, now.

    Raises:
        CaseError: A system is silent, or somebody is to be told apart again.
    """
    found = found_now(ports, asked, file)
    if not found.is_complete:
        raise CaseError(
            Text(
                fr=f"{case.id} : un système se tait, ou quelqu'un est de nouveau à départager",
                en=f"{case.id}: a system is silent, or somebody is to be told apart again",
            ),
            fix=Text(fr=f"tenu request search {case.id}", en=f"tenu request search {case.id}"),
        )
    return replace(file, rows=found.rows)


# ── what ──


def _proposed(
    ports: Ports, files: Sequence[CaseFile], progress: Progress = quiet
) -> tuple[Plan, dict[str, ErasureFacts]]:
    """Return the plan that erases whom *files* name, kept already, and what it does of each."""
    tally = Proposing()
    cause = Requests(requests=tuple(sorted(file.number for file in files)))
    made = plan(ports, today(ports), cause=cause, tally=tally, progress=progress)
    facts = {
        file.number: ErasureFacts(
            number=file.number,
            as_of=made.as_of,
            plan="" if made.is_empty else made.digest,
            holdings=(*tally.of(file.number), *in_archive(ports, file, tally.identities[file.number])),
        )
        for file in files
    }
    return made, facts


def _refuse_silence(facts: ErasureFacts) -> None:
    """Refuse to grant whole what is only granted in part: the person must be told what stays, and why.

    Raises:
        CaseError: Something stays.
    """
    if not facts.kept:
        return
    stays = ", ".join(dict.fromkeys(f"{h.system}.{h.table}" for h in facts.kept))
    codes = " ".join(f"--code {code}" for code in dict.fromkeys(h.code for h in facts.kept))
    until = max((h.until for h in facts.kept if h.until), default=None)
    codes += f" --until {until}" if until else ""
    raise CaseError(
        Text(
            fr=f"{facts.number} : tout ne peut pas être effacé ({stays})",
            en=f"{facts.number}: not everything can be erased ({stays})",
        ),
        fix=Text(
            fr=f"lisez tenu request propose {facts.number}, puis décidez « partial » {codes} --note …"
            f" (déjà décidé : tenu request confirm {facts.number} erasure --send-back)",
            en=f"read tenu request propose {facts.number}, then decide 'partial' {codes} --note …"
            f" (decided already: tenu request confirm {facts.number} erasure --send-back)",
        ),
    )


# ── doing it ──


@dataclass(slots=True, kw_only=True)
class _Doing:
    """Erasures being carried out: the runs so far, and why some requests are left."""

    ports: Ports
    language: Language
    progress: Progress
    left: dict[str, Text] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    def carry_out(self, cases: list[Case], files: Mapping[str, CaseFile]) -> None:
        """Plan, write down, then do."""
        mine = [files[case.id] for case in cases]
        self.ports.cases.keep(*mine)
        made, facts = _proposed(self.ports, mine, self.progress)
        for case in cases:
            if case.decisions[RIGHT].outcome is Outcome.GRANTED:
                _refuse_silence(facts[case.id])
        _write_down(self.ports, made, mine, facts)
        self._do(cases, made)

    def go_on(self, cases: list[Case], digest: str) -> None:
        """Go on with what was cut, by the plan it was begun with; then by another, for the same rows, with what that one leaves.

        Raises:
            CaseError: What was granted whole is now granted in part: somebody was put on hold meanwhile.
        """
        kept = self.ports.cases.files([digest[:_DIGITS]]).get(digest[:_DIGITS])
        if kept is not None:
            with suppress(StalePlanError):
                run = self._do(cases, read_plan(kept.message))
                cases = [case for case in cases if case.id in self.left]
                if not cases or run.stopped or run.spared.get("busy"):
                    return
        files = list(self.ports.cases.files([case.id for case in cases]).values())
        made, now = _proposed(self.ports, files, self.progress)
        for case in cases:
            self.left.pop(case.id, None)
            if case.decisions[RIGHT].outcome is Outcome.GRANTED:
                _refuse_silence(now[case.id])
        begun = {file.number: act[1] for file in files if (act := _act(file))}
        _write_down(self.ports, made, files, {n: _resumed(was, now[n]) for n, was in begun.items()})
        self._do(cases, made)

    def _do(self, cases: list[Case], made: Plan) -> Run:
        """Apply *made*, ask again what is left of each person, and say which of *cases* are done."""
        ports = self.ports
        run = apply(ports, made, progress=self.progress)
        self.runs.append(run)
        remaining, residue = _remaining(ports, made), run.residue.residual if run.residue else 0
        backups = max((horizon.backups_until for horizon in run.horizons), default=None)
        files = ports.cases.files([case.id for case in cases])
        done: list[Case] = []
        closed: list[CaseFile] = []
        bodies: dict[str, Mapping[str, Json]] = {}
        for case in cases:
            act, rows = _act(files[case.id]), remaining[case.id]
            if rows or run.stopped or act is None:
                self.left[case.id] = Text(
                    fr=f"{case.id} : {rows} lignes restent, verrouillées ou gardées : relancez",
                    en=f"{case.id}: {rows} rows are left, locked or kept: run it again",
                )
                continue
            facts = replace(act[1], residual=max(residue, act[1].residual))
            told = done_of(ports, facts, backups, self.language).plain()
            file = _acting(files[case.id], act[0], facts)
            done.append(case)
            # Nothing is left to do: whose rows they were is forgotten.
            closed.append(replace(file, rows=(), done={**file.done, RIGHT: told}))
            bodies[case.id] = _executed(facts)
        ports.cases.keep(*closed)
        if done:
            verbs.record_all(ports, done, EventKind.REQUEST_EXECUTED, bodies)
        return run


def _write_down(
    ports: Ports, made: Plan, files: Sequence[CaseFile], facts: Mapping[str, ErasureFacts]
) -> None:
    """Keep, before anything is destroyed, the plan and what it does of each request."""
    until = last_day(made.as_of, PLAN_LASTS)
    ports.cases.keep(
        CaseFile(number=made.digest[:_DIGITS], sought={}, message=made.to_json(), until=until),
        *(_acting(file, made.digest, facts[file.number]) for file in files),
    )
    keep(ports, made)


def _resumed(was: ErasureFacts, now: ErasureFacts) -> ErasureFacts:
    """Return what is done in all, begun as *was* and gone on with as *now*: what is left alone now was not erased before."""
    alone = [h for h in now.holdings if h.becomes in (Becomes.HELD, Becomes.RUNNING)]
    tables = {(holding.system, holding.table) for holding in alone}
    before = (holding for holding in was.holdings if (holding.system, holding.table) not in tables)
    return replace(now, holdings=gathered([*before, *alone]))


def _remaining(ports: Ports, made: Plan) -> Counter[str]:
    """Return how many rows *made* should have changed are as they were, by request: a plan made again would be empty."""
    left: Counter[str] = Counter()
    if made.is_empty:
        return left
    with scene(ports, made.as_of, cause=made.cause, choosing=False) as opened:
        by_name = {task.name: task for task in opened.tasks if isinstance(task, PersonTask)}
        for planned in made.tasks:
            task = by_name.get(planned.name)
            for number, rows in _as_before(opened, task, planned) if task and planned.chosen else ():
                left[number] += rows
    return left


def _as_before(opened: Scene, task: PersonTask, planned: PlannedTask) -> Iterator[tuple[str, int]]:
    """Yield the rows *task* should have changed and did not, whatever made it leave them, each with its request."""
    subjects, session = opened.subjects, opened.sessions[task.system]
    assert subjects is not None  # noqa: S101 - a plan for requests has them
    mine, named = subjects.of((task.system, task.root)), unpack(planned.chosen)
    prints = Fingerprints(opened.ports.key, f"{task.system}.{task.root}")
    chosen, unit = session.new_list(task.root), Unit(fate=Fate.END, chunk=0)
    keys = sorted((key for key in mine if prints.of(key) in named), key=str)
    session.fill(chosen, ((key, unit, None) for key in keys))
    for effect in task.effects:
        if verb_of(effect) in CHANGES:
            yield from ((mine[key], rows) for key, rows in session.count_each(effect, chosen).items())
    session.drop_list(chosen)


def _executed(facts: ErasureFacts) -> dict[str, Json]:
    tables: Counter[str] = Counter()
    for holding in facts.holdings:
        tables[as_name(f"{holding.becomes}:{holding.system}.{holding.table}")] += holding.rows
    body: dict[str, Json] = {"right": RIGHT, "tables": dict(tables), "residual": facts.residual}
    return body | ({"plan": facts.plan} if facts.plan else {})
