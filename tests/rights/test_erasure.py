"""Erasure on request, from its proposal to the proof: against the sample company's own oracle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from backups import back_up, restore
from cases.light import small
from faults.worker import POINTS, watched
from lab import Lab, make_lab
from rights.asking import (
    as_,
    asked,
    decided,
    email_of,
    erased,
    granted,
    office,
    rows_of,
    wanted,
    wrong,
)
from rights.killed import PROCESSES, erase_and_die
from tenu.journal.cases import CaseError, CaseState, Outcome
from tenu.journal.kinds import EventKind
from tenu.letters.facts import LetterKind
from tenu.operations.apply import apply
from tenu.operations.approving import has_run
from tenu.operations.replay import replan
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.erasure import decide, erase, propose
from tenu.operations.rights.finding import fingerprint, look_up, settle
from tenu.operations.rights.writing import letter
from tenu.plans.holding import Becomes
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.answers import Fate
from tenu.sample.clocks import clocks
from tenu.sample.rows import SYSTEM_OF, Person

MakeLab = Callable[..., Lab]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Give a sample company on SQLite, for what does not depend on the engine."""
    return make_lab(tmp_path, lambda name: f"sqlite:///{tmp_path / name}.db", people=60)


def plain(lab: Lab) -> list[Person]:
    """Return the people whom nothing makes look like somebody else, and who left an e-mail."""
    return [p for p in lab.company.everyone() if not p.shared and p.doubt is None and email_of(p)]


def telling(lab: Lab) -> list[Person]:
    """Return one person of each way to end: held, under contract, kept by accounting law, a prospect, a guest…"""
    found: dict[object, Person] = {}
    for person in plain(lab):
        told = clocks(rows_of(lab, person))
        ends = frozenset(
            (answer.fate, answer.table in ("web_order", "subscriber"))
            for answer in wanted(lab, [person]).values()
        )
        found.setdefault((told.held, told.suspended, ends), person)
    return list(found.values())


def shell(lab: Lab) -> Person:
    """Return a customer of whom an invoice is kept."""
    return next(p for p in plain(lab) if Fate.SHELL in {a.fate for a in wanted(lab, [p]).values()})


def test_each_row_ends_as_the_oracle_says_and_nobody_elses_changes(make_lab_of: MakeLab) -> None:
    """Customers, prospects, guests, held, under contract: nothing else of anybody changes, and nothing is left to do."""
    lab = make_lab_of(people=60)
    people, before = telling(lab), lab.state()
    done = erased(lab, people)
    with office(lab) as ports:
        again = erase(ports, [facts.number for facts in done.done])
        states = {case.state for case in verbs.requests(ports).values()}
        first_run_is_to_come = not has_run(ports)
    assert (wrong(lab, people, before), dict(done.left)) == ([], {})
    assert (states, again.done, again.runs, first_run_is_to_come) == (
        {CaseState.FULFILLED}, done.done, (), True,
    )  # fmt: skip
    fates = {answer.fate for answer in wanted(lab, people).values()}
    assert {Fate.HELD, Fate.SHELL, Fate.KEPT_FOR_LAW, Fate.ARCHIVED, Fate.ERASED, Fate.CLEARED} <= fates


def test_what_was_proposed_is_what_was_done_and_journaled(lab: Lab) -> None:
    """The proposal names each holding, its text and last day; the journal tells the same counts, and nothing is left."""
    person = shell(lab)
    with office(lab) as ports:
        number = asked(ports, email_of(person))
        proposed = propose(ports, number)
        granted(ports, number)
        (done,) = erase(ports, [number]).done
        (event,) = ports.journal.events(kind=EventKind.REQUEST_EXECUTED)
    kept = [h for h in done.holdings if h.becomes is Becomes.KEPT]
    issued = [
        d
        for r in rows_of(lab, person)
        if r.table == "invoice" and isinstance(d := r.values["issued_on"], date)
    ]
    assert proposed.holdings == done.holdings
    assert {(h.text, h.code, h.until) for h in kept} == {
        ("C. com. L123-22", "LEGAL_DUTY", date(max(issued).year + 10, 12, 31))
    }
    assert (event.body["plan"], event.body["residual"]) == (done.plan, 0)
    assert sum(event.body["tables"].values()) == sum(h.rows for h in done.holdings)


def test_every_erasure_has_its_letter(lab: Lab) -> None:
    """Whoever asked, whatever stays of them: the answer names it, why, and until when, and lacks no fact."""
    people = telling(lab)
    with office(lab) as ports:
        for person in people:
            decided(ports, asked(ports, email_of(person)))
        done = erase(ports, None)
        letters = [letter(ports, facts.number, LetterKind.ANSWER) for facts in done.done]
    undated = [
        h for facts in done.done for h in facts.holdings if h.becomes is Becomes.EMPTIED and not h.until
    ]
    assert (len(letters), undated) == (len(people), [])


def test_nobody_decides_alone_and_nothing_kept_is_left_unsaid(lab: Lab) -> None:
    """Granted whole is refused while an invoice stays; partial waits for somebody else; sent back, it is decided again."""
    settings = lab.folder / "tenu.toml"
    alone = settings.read_text(encoding="utf-8").replace("two_people = false", "two_people = true")
    settings.write_text(alone, encoding="utf-8")
    with office(lab) as ports:
        number = asked(ports, email_of(shell(lab)))
        with pytest.raises(CaseError, match="not everything can be erased"):
            decide(ports, number, Outcome.GRANTED)
        decide(ports, number, Outcome.PARTIAL, codes=("LEGAL_DUTY",), note="Factures.")
        with pytest.raises(CaseError, match="second person"):
            erase(ports, [number])
        with pytest.raises(CaseError, match="their own decision"):
            verbs.confirm(ports, number, Right.ERASURE)
        back = verbs.confirm(as_(ports, "bruno"), number, Right.ERASURE, agrees=False, note="Relire.")
        decide(ports, number, Outcome.REFUSED, codes=("EXCESSIVE",), note="Troisième fois ce mois-ci.")
        verbs.confirm(as_(ports, "bruno"), number, Right.ERASURE)
        before = lab.state()
        erase(ports, None)
        after = verbs.request(ports, number)
    assert (back.state, back.decisions, after.state, lab.state() == before) == (
        CaseState.IN_PROGRESS, {}, CaseState.FULFILLED, True,
    )  # fmt: skip


def test_an_unknown_person_ends_in_an_answer(lab: Lab) -> None:
    """Every system searched, nothing held, nothing changed: the request is executed all the same."""
    before = lab.state()
    with office(lab) as ports:
        number = asked(ports, "personne@nulle-part.example")
        decide(ports, number, Outcome.GRANTED)
        verbs.confirm(as_(ports, "bruno"), number, Right.ERASURE)
        (done,) = erase(ports, None).done
        state = verbs.request(ports, number).state
    assert (done.holdings, done.plan, state, lab.state() == before) == ((), "", CaseState.FULFILLED, True)


def test_a_shared_mailbox_is_settled_by_a_human_and_only_theirs_goes(lab: Lab) -> None:
    """Two people behind one mailbox: nothing is erased before somebody said whose each row is; then one of them goes."""
    one = next(p for p in lab.company.everyone() if p.doubt and any(r.table == "contact" for r in p.rows))
    before = lab.state()
    with office(lab) as ports:
        number = asked(ports, email_of(one))
        mine = {(SYSTEM_OF[row.table], row.table, row.key) for row in one.rows}
        said = {node: (*node[0], node[1]) in mine for node in look_up(ports, number).doubtful}
        with pytest.raises(CaseError):
            propose(ports, number)
        prints = {yes: [fingerprint(ports, n) for n, y in said.items() if y is yes] for yes in (True, False)}
        settle(ports, number, theirs=prints[True], not_theirs=prints[False])
        look_up(ports, number)
        granted(ports, number)
        erase(ports, [number])
    assert (len(said) > 1, wrong(lab, [one], before)) == (True, [])


def test_a_namesake_and_whoever_asks_twice(lab: Lab) -> None:
    """In another letter case, with spaces: the one who asks goes, their namesake stays; a second request finds nothing more."""
    one = next(p for p in lab.company.everyone() if "Namesakes" in p.kind and email_of(p))
    before = lab.state()
    with office(lab) as ports:
        numbers = [granted(ports, asked(ports, f" {email_of(one).upper()} ")) for _ in range(2)]
        done = erase(ports, None)
    assert (wrong(lab, [one], before), {f.number for f in done.done}, len(done.runs)) == ([], set(numbers), 2)


def test_the_deferred_part_goes_by_itself(lab: Lab) -> None:
    """The night accounting law lets go of the last invoice, retention takes it, and the shell it held, whoever asked."""
    person = shell(lab)
    (done,) = erased(lab, [person]).done
    last = max(h.until for h in done.holdings if h.becomes is Becomes.KEPT and h.until)
    mine = [
        ("erp", row.table, row.key) for row in rows_of(lab, person) if row.table in ("customer", "invoice")
    ]
    left = []
    for day in (last, date(last.year + 1, 1, 1)):
        lab.clock.at = lab.clock.at.replace(year=day.year, month=day.month, day=day.day)
        lab.apply(lab.plan(day))
        left.append([table for (_, table, _), here in ((p, p in lab.state().rows) for p in mine) if here])
    assert (sorted(set(left[0])), left[1]) == (["customer", "invoice"], [])


@pytest.mark.parametrize("point", [*POINTS, "after outcome", "before executed"])
def test_killed_at_each_point_and_asked_again(lab: Lab, point: str) -> None:
    """Cut by SIGKILL anywhere, the same command ends in the same state: nothing twice, one run, one execution each."""
    people, before = telling(lab), lab.state()
    with office(lab) as ports:
        for person in people:
            granted(ports, asked(ports, email_of(person)))
    process = PROCESSES.Process(
        target=erase_and_die, args=(lab.folder, lab.clock.at, point, 2 if point in POINTS else 1)
    )
    process.start()
    process.join()
    with office(lab) as ports:
        done = erase(ports, None)
        executed = [e.body["request"] for e in ports.journal.events(kind=EventKind.REQUEST_EXECUTED)]
        intents = list(ports.journal.events(kind=EventKind.RUN_INTENT))
        finished = {e.body["complete"] for e in ports.journal.events(kind=EventKind.RUN_FINISHED)}
    assert (process.exitcode, wrong(lab, people, before), dict(done.left)) == (-9, [], {})
    assert (len(executed), len(set(executed)), len(intents), finished) == (
        len(people),
        len(people),
        1,
        {True},
    )


def test_a_restored_backup_brings_nobody_back(make_lab_of: MakeLab) -> None:
    """Restored from before the erasure, then replayed: each system is as the erasure left it."""
    lab = make_lab_of(people=60)
    backups = {system: back_up(url) for system, url in lab.urls.items()}
    erased(lab, telling(lab))
    after = lab.state()
    for system, url in lab.urls.items():
        restore(url, backups[system])
    for system in lab.urls:
        with lab.ports() as ports:
            again = replan(ports, system)
            assert again is None or apply(ports, again).is_complete
    assert lab.state() == after


def test_a_merged_duplicate_goes_with_the_row_it_was_merged_into(base: Ports) -> None:
    """Two rows the system itself merged are one person, whatever e-mails they carry: asked by one, both go."""
    datamap = (
        "people: {client: {merged_into: kept, identified_by: {email: email}}}\n"
        "tables: {client: {purposes: prospecting, columns: {email: identity}, not_personal: [id, kept]}}\n"
    )
    rows = "(1, 'ancienne@exemple.example', 2), (2, 'nouvelle@exemple.example', NULL), (3, 'autre@exemple.example', NULL)"
    made = "CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), kept INTEGER)"
    with small(base, "", datamap, made, f"INSERT INTO client VALUES {rows}") as world:
        ports = as_(world.ports, "alice")
        number = asked(ports, "ancienne@exemple.example")
        decide(ports, number, Outcome.GRANTED)
        verbs.confirm(as_(ports, "bruno"), number, Right.ERASURE)
        (done,) = erase(ports, [number]).done
        left = [row[0] for row in world.world.rows()["client"]]
    assert (left, [(h.becomes, h.rows) for h in done.holdings]) == ([3], [(Becomes.ERASED, 2)])


def test_a_dispute_that_begins_meanwhile_wins_and_is_told(lab: Lab) -> None:
    """Between the plan and the first chunk: nothing of the person changes, and what is done again says they are held."""
    person = next(
        p
        for p in plain(lab)
        if {"contact", "customer"} <= {r.table for r in p.rows} and not clocks(rows_of(lab, p)).held
    )
    contact = next(row.key[0] for row in person.rows if row.table == "contact")
    begun: list[str] = []

    def dispute(point: str) -> None:
        if point == "before transaction" and not begun:
            begun.append(point)
            engine = sa.create_engine(lab.urls["crm"])
            with engine.begin() as crm:
                said = {"id": 99_001, "contact_id": contact, "subject": "x", "opened_on": lab.company.as_of}
                crm.execute(sa.insert(sa.Table("dispute", sa.MetaData(), autoload_with=crm)).values(**said))
            engine.dispose()

    before = lab.state()
    with office(lab) as ports:
        number = granted(ports, asked(ports, email_of(person)))
        first = erase(watched(ports, dispute), None)
        second = erase(ports, None)
        state = verbs.request(ports, number).state
    after = {place: row for place, row in lab.state().rows.items() if place != ("crm", "dispute", (99_001,))}
    assert (list(first.left), dict(second.left), state, after == dict(before.rows)) == (
        [number], {}, CaseState.FULFILLED, True,
    )  # fmt: skip
    assert {h.becomes for h in second.done[0].holdings} == {Becomes.HELD}
