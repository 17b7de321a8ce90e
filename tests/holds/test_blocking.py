"""What a hold does: from its approval on nothing of its people changes, whatever runs; from its release on, all goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import sqlalchemy as sa

from faults.test_races import noon
from faults.worker import at_point, watched
from holds.conftest import ROOTS, Night
from holds.deciding import acting, held, proposal
from tenu.journal.holds import HoldEnd, HoldGround
from tenu.journal.kinds import EventKind
from tenu.operations.apply import apply
from tenu.operations.holds import release
from tenu.operations.upholding import placed, uphold
from tenu.sample.schema import SYSTEMS
from verdict import state_of

MakeNight = Callable[..., Night]


def test_a_hold_approved_after_the_plan_spares_in_every_system(night_of: MakeNight) -> None:
    """Everything of that person is byte for byte what it was; everybody else ends as the oracle says (INV-04)."""
    night = night_of(people=60, chunk=10)
    before, made = night.state(), night.plan()
    night.hold(night.person)
    night.run(made)
    assert night.wrong(before, night.person) == []


def test_a_hold_approved_between_two_chunks_keeps_what_is_left(night_of: MakeNight) -> None:
    """Nothing that was there when the approval came back is gone or changed when the run ends."""
    night, kept = night_of(people=60, chunk=4), {}

    def hold() -> None:
        night.hold(night.person)
        kept.update(night.rows_of(night.person))

    apply(watched(night.ports, at_point("before transaction", 3, hold)), night.plan())
    assert (bool(kept), night.rows_of(night.person)) == (True, kept)


def test_a_hold_asked_for_inside_a_chunk_waits_for_it(night_of: MakeNight) -> None:
    """The chunk under way ends first; from the moment the approval is given, nothing goes any more."""
    night, kept, threads = night_of(people=60, chunk=4), {}, []

    def hold() -> None:
        night.hold(night.person)
        kept.update(night.rows_of(night.person))

    def start() -> None:
        threads.append(Thread(target=hold))
        threads[0].start()

    apply(watched(night.ports, at_point("after lock", 2, start)), night.plan())
    threads[0].join()
    assert (bool(kept), night.rows_of(night.person)) == (True, kept)


def test_what_a_hold_deferred_goes_by_itself_once_released(night_of: MakeNight) -> None:
    """The release lists what today's plan takes; the next run ends as if there had never been a hold (TV-53)."""
    night = night_of(people=60, chunk=10)
    before, name = night.state(), night.hold(night.person)
    night.run()
    let_go = release(acting(night.ports), name, HoldEnd.FINAL_DECISION)
    night.run()
    freed = {f.task.system for f in let_go.freed or ()}
    assert (night.wrong(before), freed) == ([], night.leaving(night.person))


def test_a_row_that_appears_later_is_held_too(night_of: MakeNight) -> None:
    """The person subscribes once more, long ago by the clock, under the same e-mail in capitals: that row stays."""
    night = night_of(people=80, chunk=10)
    firsts = {p: night.lab.company.person(p).rows[0] for p in night.due}
    person = next(p for p, row in firsts.items() if row.table == "contact" and row.values["email"])
    night.hold(person)
    late = {"id": 990_001, "email": str(firsts[person].values["email"]).upper(), "list": "news"}
    late |= {"first_name": None, "status": "active", "collected_at": noon(night.lab).replace(year=2015)}
    engine = sa.create_engine(night.lab.urls["mail"])
    with engine.begin() as connection:
        connection.execute(sa.insert(SYSTEMS["mail"].tables["subscriber"]), late)
    engine.dispose()
    night.run()
    assert ("mail", "subscriber", (990_001,)) in night.state().rows


def test_a_hold_limited_to_one_system_holds_there_only(night_of: MakeNight) -> None:
    """Elsewhere the person's record leaves as everybody's does."""
    night = night_of(people=60, chunk=10)
    inside, outside = sorted(night.leaving(night.person))[:2]
    before = night.rows_of(night.person)
    night.hold(night.person, within=(inside,))
    night.run()
    now = night.rows_of(night.person)
    kept = {place: row for place, row in before.items() if place[0] == inside}
    left = [place for place in now if place[0] == outside and place[1] in ROOTS]
    assert ({p: r for p, r in now.items() if p[0] == inside}, left) == (kept, [])


def test_a_restored_database_knows_its_holds_again(night_of: MakeNight) -> None:
    """A backup from before the hold comes back: one call puts everybody on hold again, and says how many it lacked."""
    night = night_of(people=60, chunk=10)
    before, made, name = night.state(), night.plan(), night.hold(night.person)
    lost = sum(1 for _ in placed(night.ports))
    for database in night.ports.databases.values():
        with database.session(writing=True) as session, session.transaction():
            session.lift(name)
    again = uphold(night.ports)
    said = [int(str(e.body["subjects"])) for e in night.ports.journal.events(kind=EventKind.HOLD_RESTORED)]
    night.run(made)
    assert (again, sum(said), night.wrong(before, night.person)) == (lost, lost, [])


def test_a_backup_does_not_bring_a_released_hold_back(night_of: MakeNight) -> None:
    """A backup from before the release comes back: the next run forgets the hold, and takes what is due."""
    night = night_of(people=60, chunk=10)
    before, name = night.state(), night.hold(night.person)
    rows = list(placed(night.ports))
    release(acting(night.ports), name, HoldEnd.LIMITATION_PASSED)
    for system, root, row in rows:
        with night.ports.databases[system].session(writing=True) as session, session.transaction():
            session.place(name, "legal_hold", root, [row.key], spreads=row.spreads)
    uphold(night.ports)
    night.run()
    assert night.wrong(before) == []


def test_the_archive_of_a_held_person_does_not_end(night_of: MakeNight) -> None:
    """Found by a reference only the archive knows: the package outlives its last day, is not late, ends once released."""
    night = night_of(people=60, chunk=10)
    night.run()
    archive = night.ports.archive
    place = next(p for p in sorted(night.state().sealed) if p[1] == "customer")
    night.lab.clock.at += timedelta(days=365 * 11)
    day = night.lab.clock.at.date()
    name = held(night.ports, proposal(reference=str(place[2][0]))).id
    archive.end(day)
    kept, late = set(state_of({}, archive).sealed), archive.audit(day, []).past
    let_go = release(acting(night.ports), name, HoldEnd.LIMITATION_PASSED)
    archive.end(day)
    left = state_of({}, archive).sealed
    assert (place in kept, late, let_go.archived > 0, left) == (True, 0, True, {})


def test_a_restricted_person_stays_however_many_years_pass(night_of: MakeNight) -> None:
    """INV-05: on ground c, nothing of them is erased, archived or emptied, tonight or in ten years."""
    night = night_of(people=60, chunk=10)
    before = night.rows_of(night.person)
    night.hold(night.person, ground=HoldGround.NEEDED_FOR_CLAIMS)
    for _ in range(2):
        night.run()
        night.lab.clock.at += timedelta(days=365 * 10)
    assert night.rows_of(night.person) == before
