"""Supervised nights: limits, approvals, samples, windows, all on a small company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from faults.injecting import Kind, failure
from lab import UNSUPERVISED, Lab, make_lab
from tenu.adapters.databases.database import Database
from tenu.adapters.staff import account, actor
from tenu.journal.kinds import EventKind
from tenu.operations.acting import NotEntitledError
from tenu.operations.apply import apply
from tenu.operations.approving import UnapprovedError, UnfitRoleError, approve
from tenu.operations.bounding import LimitError
from tenu.operations.pacer import Wait
from tenu.operations.runs import abort
from tenu.operations.sampling import Sample
from tenu.plans.plan import FORMAT, AlteredPlanError, Plan, read_plan
from tenu.ports import Ports
from verdict import state_of

DPO = f"[roles]\ndpo = [{account()!r}]\n"
TOP = ("max_people", "max_rows", "max_share", "tolerance")
NIGHT = '[[pacing.window]]\nfrom = "22:00"\nto = "06:00"\n'


@pytest.fixture
def lab_of(tmp_path: Path) -> Callable[[str], Lab]:
    """Give a function from the supervision of tenu.toml to a small company on SQLite."""

    def made(settings: str) -> Lab:
        (tmp_path / "workspace").mkdir()
        lab = make_lab(
            tmp_path / "workspace", lambda name: f"sqlite:///{tmp_path / name}.db", people=60, chunk=10
        )
        write(lab, settings)
        return lab

    return made


def write(lab: Lab, settings: str) -> None:
    """Make *settings* the supervision of the lab's tenu.toml."""
    path = lab.folder / "tenu.toml"
    text = path.read_text("utf-8")
    head = "".join(line for line in settings.splitlines(keepends=True) if line.startswith(TOP))
    tables = settings.removeprefix(head)
    kept = text.replace(UNSUPERVISED, head) if UNSUPERVISED in text else text.split("\n# supervision\n")[0]
    path.write_text(f"{kept}\n# supervision\n{tables}", "utf-8")


def as_somebody(ports: Ports, name: str) -> Ports:
    """Return *ports* as the account *name*, a DPO, sees them."""
    return replace(ports, actor=actor(name, {"dpo": (name,)}, ports.key))


def approved(lab: Lab, made: Plan, *people: str, over_share: bool = True) -> int:
    """Let *people* approve *made*; return how many more must."""
    missing = 0
    with lab.ports() as ports:
        for name in people:
            missing = approve(as_somebody(ports, name), made, over_share=over_share)
    return missing


def kinds(lab: Lab, kind: EventKind) -> list[dict[str, object]]:
    """Return what the journal says under *kind*."""
    with lab.ports() as ports:
        return [dict(event.body) for event in ports.journal.events(kind=kind)]


def test_a_first_run_waits_for_a_human(lab_of: Callable[[str], Lab]) -> None:
    """Nobody approved it: it is refused, journaled, and no row changes."""
    lab = lab_of("")
    before, made = lab.state(), lab.plan()
    with pytest.raises(UnapprovedError, match="first run"):
        lab.apply(made)
    reasons = [body["reason"] for body in kinds(lab, EventKind.RUN_REFUSED)]
    assert (lab.state(), reasons) == (before, ["unapproved"])


def test_an_approved_first_run_is_done(lab_of: Callable[[str], Lab]) -> None:
    """A DPO's word, journaled by digest and role, lets it go."""
    lab = lab_of("")
    before, made = lab.state(), lab.plan()
    approved(lab, made, "alice")
    lab.apply(made)
    (word,) = kinds(lab, EventKind.PLAN_APPROVED)
    assert (word["role"], word["plan"], lab.differences(before)) == ("dpo", made.digest, [])


def test_an_approval_is_of_one_plan(lab_of: Callable[[str], Lab]) -> None:
    """The word on yesterday's plan says nothing of today's."""
    lab = lab_of("")
    approved(lab, lab.plan(), "alice")
    lab.clock.at += timedelta(minutes=1)
    with pytest.raises(UnapprovedError):
        lab.apply(lab.plan())


def test_after_a_first_run_an_ordinary_night_needs_nobody(lab_of: Callable[[str], Lab]) -> None:
    """The second plan, within its limits, is applied without a word."""
    lab = lab_of("max_share = 100\n")
    made = lab.plan()
    approved(lab, made, "alice")
    lab.apply(made)
    later = lab.plan(lab.company.as_of + timedelta(days=200))
    assert (later.people > 0, lab.apply(later).people) == (True, later.people)


def test_an_unusual_share_waits_even_when_approval_is_never_needed(lab_of: Callable[[str], Lab]) -> None:
    """The whole base at once is not a night's work, unless somebody says they saw it."""
    lab = lab_of('max_share = 1\n[approval]\nneeded = "never"\n')
    made = lab.plan()
    approved(lab, made, "alice", over_share=False)
    with pytest.raises(UnapprovedError, match="unusual share"):
        lab.apply(made)


def test_two_people_approve_what_cannot_be_undone(lab_of: Callable[[str], Lab]) -> None:
    """With the setting, the same person twice is not enough, another one is."""
    lab = lab_of("[approval]\ntwo_people = true\n")
    made = lab.plan()
    said = [approved(lab, made, *people) for people in (["alice"], ["alice"], ["bruno"])]
    assert said == [1, 1, 0]


def test_only_the_roles_of_the_settings_approve(lab_of: Callable[[str], Lab]) -> None:
    """Neither a role that approves nothing, nor a person without the role."""
    lab = lab_of("")
    made = lab.plan()
    with lab.ports() as ports, pytest.raises(NotEntitledError):
        approve(ports, made)
    with lab.ports() as ports, pytest.raises(UnfitRoleError):
        approve(as_somebody(ports, "alice"), made, role="dba")


@pytest.mark.parametrize(
    "limits", ["max_rows = 3\n", "max_people = 3\n", '[limits."shop.account"]\nrows = 0\n']
)
def test_an_absolute_limit_no_word_lifts(lab_of: Callable[[str], Lab], limits: str) -> None:
    """Approved or not, a plan over what one run may touch is refused; the number is in tenu.toml alone."""
    lab = lab_of(limits)
    made = lab.plan()
    approved(lab, made, "alice")
    with pytest.raises(LimitError, match="limit"):
        lab.apply(made)


def test_a_plan_of_an_older_format_is_refused_clearly(lab_of: Callable[[str], Lab]) -> None:
    """It had no limits: it says so, and what to do."""
    text = lab_of("").plan().to_json().replace(f'"format": {FORMAT}', '"format": 1')
    with pytest.raises(AlteredPlanError, match="another format \\(1\\)"):
        read_plan(text)


def test_a_sample_changes_its_people_and_no_other_row(lab_of: Callable[[str], Lab]) -> None:
    """Every row that went is listed by its key, and the run then goes on to the same end."""
    lab = lab_of("")
    made, before = lab.plan(), lab.state()
    approved(lab, made, "alice")
    with lab.ports() as ports:
        run = apply(ports, made, sample=Sample(people=2))
    after = state_of(lab.urls)
    gone = set(before.rows.keys() - after.rows.keys())
    listed = {(one.system, one.table, one.key) for one in run.taken if one.verb == "erase"}
    lab.apply(made)
    assert (run.stopped, gone == listed, len(gone) > 2, lab.differences(before)) == ("sample", True, True, [])


def test_outside_its_window_a_run_stops_and_goes_on_in_the_next(lab_of: Callable[[str], Lab]) -> None:
    """At noon nothing is done and it is journaled; at night everything is."""
    lab = lab_of(NIGHT + '[approval]\nneeded = "never"\n')
    before, made = lab.state(), lab.plan()
    approved(lab, made, "alice")
    noon = lab.apply(made).stopped
    untouched = lab.state() == before
    lab.clock.at += timedelta(hours=10)
    night = lab.apply(made).stopped
    stops = [body["reason"] for body in kinds(lab, EventKind.RUN_STOPPED)]
    assert (noon, untouched, night, stops, lab.differences(before)) == ("window", True, "", ["window"], [])


def test_a_run_may_wait_for_its_window(lab_of: Callable[[str], Lab]) -> None:
    """With ``outside = "wait"``, it sleeps until ten at night and does everything."""
    lab = lab_of('[pacing]\noutside = "wait"\n' + NIGHT)
    made, told = lab.plan(), list[Wait]()
    approved(lab, made, "alice")
    with lab.ports() as ports:
        run = apply(ports, made, waits=told.append)
    assert (run.is_complete, {w.reason for w in told}, lab.clock.at.hour) == (True, {"window"}, 21)


def test_a_run_lasts_no_longer_than_it_may(lab_of: Callable[[str], Lab]) -> None:
    """Each chunk rests; after a minute of it the run stops, and is not called complete."""
    lab = lab_of("[pacing]\nmax_minutes = 1\n")
    made = lab.plan()
    approved(lab, made, "alice")
    with lab.ports() as ports:
        run = apply(replace(ports, clock=_Slow(lab.clock.at)), made)
    assert (run.stopped, run.is_complete, 0 < run.people < made.people) == ("duration", False, True)


class _Slow:
    """A clock on which every look takes two seconds."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return an instant two seconds after the last one."""
        self._at += timedelta(seconds=2)
        return self._at

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self._at += timedelta(seconds=seconds)


def test_a_late_replica_is_waited_for(lab_of: Callable[[str], Lab]) -> None:
    """While the DBA's own query says it is late, nothing is done; as soon as tenu.toml is changed, the run goes on."""
    lab = lab_of('[pacing.lag.shop]\nquery = "SELECT 60"\n')
    made, told = lab.plan(), list[str]()
    approved(lab, made, "alice")

    def waits(wait: Wait) -> None:
        told.append(wait.reason)
        if len(told) == 3:
            write(lab, '[pacing]\nmax_lag_seconds = 90\n[pacing.lag.shop]\nquery = "SELECT 60"\n')

    with lab.ports() as ports:
        run = apply(ports, made, waits=waits)
    assert (told, run.is_complete) == (["lag"] * 3, True)


def test_a_file_broken_during_a_run_does_not_stop_it(lab_of: Callable[[str], Lab]) -> None:
    """The settings of before still hold, and it is told."""
    lab = lab_of("[pacing]\nduty = 50\n")
    made, told = lab.plan(), set[str]()
    approved(lab, made, "alice")
    with lab.ports() as ports:
        (lab.folder / "tenu.toml").write_text("chunk = [\n", "utf-8")
        run = apply(ports, made, waits=lambda wait: told.add(wait.reason))
    assert (run.is_complete, "settings" in told) == (True, True)


def test_an_aborted_plan_is_not_applied_again(lab_of: Callable[[str], Lab]) -> None:
    """Stopped after a sample, then aborted by its DPO: what is done stays, the plan is refused."""
    lab = lab_of(DPO)
    made = lab.plan()
    approved(lab, made, "alice")
    with lab.ports() as ports:
        apply(ports, made, sample=Sample(percent=1))
        abort(ports, None)
    after = lab.state()
    with pytest.raises(Exception, match="aborted"):
        lab.apply(made)
    assert lab.state() == after


def test_records_somebody_held_are_not_rows_too_many(lab_of: Callable[[str], Lab]) -> None:
    """Records that could not go by their own date leave with their person: the plan counted them, as records."""
    lab = lab_of(UNSUPERVISED)
    made = lab.plan()
    with lab.ports() as ports:
        shop = ports.databases["shop"]
        assert isinstance(shop, Database)

        def hold(cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("DELETE FROM sign_in") and "fate" not in statement:
                raise failure(cursor.connection, Kind.LOCK)

        sa.event.listen(shop._engine(writing=True), "do_execute", hold, insert=True, named=False)
        run = apply(ports, read_plan(made.to_json()))
    records, people = (
        next(t for t in made.tasks if t.name == f"shop.{name}")
        for name in ("sign_in:connection_logs", "account:contract.relation")
    )
    assert run.spared["busy"] == records.rows > sum(e.rows for e in people.effects if e.table == "sign_in")
    assert run.rows["shop", "sign_in", "erase"] > 0
