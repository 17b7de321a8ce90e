"""A backup restored after an erasure: seen, refused, done again through the same apply, and nobody comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backups import Backup, back_up, restore
from faults.worker import start
from lab import Lab
from tenu.adapters.archive_tables import SEALED
from tenu.journal.kinds import EventKind
from tenu.operations.apply import apply
from tenu.operations.attest import attest
from tenu.operations.choosing import scene
from tenu.operations.replay import health, release, replan
from tenu.operations.restoring import RestoredError
from tenu.plans.run import Run
from tenu.plans.task import PersonTask
from verdict import State, state_of

MakeLab = Callable[..., Lab]


def replay(lab: Lab, system: str, since: datetime | None = None) -> Run | None:
    """Do again what was done in *system*, as the command does."""
    with lab.ports() as ports:
        made = replan(ports, system, since)
        return apply(ports, made) if made else None


def rows_of(state: State, system: str) -> dict[object, object]:
    """Return the rows of one system."""
    return {place: row for place, row in state.rows.items() if place[0] == system}


def packages(lab: Lab) -> int:
    """Return how many packages the archive holds."""
    with lab.ports() as ports, ports.archive._archive.connect() as archive:  # type: ignore[attr-defined]
        return int(archive.execute(sa.select(sa.func.count()).select_from(SEALED)).scalar_one())


def _execute(lab: Lab, statement: str, **values: object) -> int:
    """Change the CRM as the company does; return how many rows changed."""
    engine = sa.create_engine(lab.urls["crm"])
    with engine.begin() as connection:
        done = connection.execute(sa.text(statement), values).rowcount
    engine.dispose()
    return done


def _insert(lab: Lab, row: dict[str, object]) -> None:
    """Add a contact."""
    engine = sa.create_engine(lab.urls["crm"])
    with engine.begin() as connection:
        table = sa.Table("contact", sa.MetaData(), autoload_with=connection)
        connection.execute(sa.insert(table).values(**row))
    engine.dispose()


def _put_on_hold(lab: Lab) -> int:
    """Open a dispute of a contact who is due, after the backup; return their key."""
    with lab.ports() as ports, scene(ports, lab.company.as_of) as opened:
        task = next(t for t in opened.tasks if t.name == "crm.contact:contract.prospecting.relation")
        assert isinstance(task, PersonTask)
        ((key,), _) = next(iter(opened.sessions["crm"].keys(opened.choose(task).chosen)))
    _execute(
        lab,
        "INSERT INTO dispute (id, contact_id, subject, opened_on) VALUES (99001, :id, 'x', '2026-11-20')",
        id=key,
    )
    return int(key)


def erased(make_lab_of: MakeLab, **options: int) -> tuple[Lab, dict[str, Backup], State]:
    """Return a company after its run, a backup of each system from before, and how it is now."""
    lab = make_lab_of(people=60, **options)
    backups = {system: back_up(url) for system, url in lab.urls.items()}
    lab.apply(lab.plan())
    return lab, backups, state_of(lab.urls)


def test_after_a_replay_every_system_is_as_the_run_left_it(make_lab_of: MakeLab) -> None:
    """Each system restored in turn and replayed: nobody is back, nobody else was touched, nothing is archived twice."""
    lab, backups, after = erased(make_lab_of)
    sealed, differences = packages(lab), []
    for system, url in lab.urls.items():
        restore(url, backups[system])
        replay(lab, system)
        now = state_of(lab.urls)
        differences += [p for p, row in after.rows.items() if now.rows.get(p) != row]
        differences += sorted(now.rows.keys() - after.rows.keys(), key=str)
    assert (differences, packages(lab), lab.plan().is_empty) == ([], sealed, True)


def test_all_systems_restored_at_once_are_replayed_one_after_the_other(make_lab_of: MakeLab) -> None:
    """A restored system does not stop the replay of another."""
    lab, backups, after = erased(make_lab_of)
    for system, url in lab.urls.items():
        restore(url, backups[system])
    for system in lab.urls:
        replay(lab, system)
    with lab.ports() as ports:
        assert (state_of(lab.urls).rows, dict(health(ports).restored)) == (after.rows, {})


def test_nothing_goes_on_before_the_replay(make_lab_of: MakeLab) -> None:
    """A plan is refused, and the refusal names the system and the command."""
    lab, backups, _ = erased(make_lab_of)
    restore(lab.urls["crm"], backups["crm"])
    with pytest.raises(RestoredError, match=r"restored database.*crm"):
        lab.plan()


def test_a_plan_made_before_the_restore_is_refused_after(make_lab_of: MakeLab) -> None:
    """Applying it would take whoever is back for people of today."""
    lab, backups, _ = erased(make_lab_of)
    made = lab.plan()
    restore(lab.urls["crm"], backups["crm"])
    with pytest.raises(RestoredError):
        lab.apply(made)


def test_a_clause_is_never_kept_on_a_restored_system(make_lab_of: MakeLab) -> None:
    """The end of data is broken until the replay is done."""
    lab, backups, _ = erased(make_lab_of)
    restore(lab.urls["crm"], backups["crm"])
    with lab.ports() as ports:
        table = {line.id: line.promise.value for line in attest(ports, lab.company.as_of).clauses}
    assert table["C-RET-07"] == "broken"


def test_a_replay_done_twice_changes_nothing(make_lab_of: MakeLab) -> None:
    """The second has nothing to do."""
    lab, backups, _ = erased(make_lab_of)
    restore(lab.urls["crm"], backups["crm"])
    replay(lab, "crm")
    assert replay(lab, "crm") is None


def test_the_same_backup_restored_twice_is_replayed_twice(make_lab_of: MakeLab) -> None:
    """The receipt of the first replay is gone with it."""
    lab, backups, after = erased(make_lab_of)
    for _ in range(2):
        restore(lab.urls["crm"], backups["crm"])
        replay(lab, "crm")
    assert rows_of(state_of(lab.urls), "crm") == rows_of(after, "crm")


def test_a_backup_taken_after_a_replay_needs_no_other(make_lab_of: MakeLab) -> None:
    """What it lacks of older receipts, the replay's own covers."""
    lab, backups, _ = erased(make_lab_of)
    restore(lab.urls["crm"], backups["crm"])
    replay(lab, "crm")
    restore(lab.urls["crm"], back_up(lab.urls["crm"]))
    with lab.ports() as ports:
        assert dict(health(ports).restored) == {}


def test_a_replay_killed_in_the_middle_goes_on(make_lab_of: MakeLab) -> None:
    """Killed after its second chunk, it ends where the run had ended."""
    lab, backups, after = erased(make_lab_of, chunk=4)
    restore(lab.urls["crm"], backups["crm"])
    with lab.ports() as ports:
        made = replan(ports, "crm")
    assert made is not None
    process = start(lab, made, point="after commit", times=2)
    process.join()
    with lab.ports() as ports:
        cut = sorted(health(ports).restored)
    replay(lab, "crm")
    assert (process.exitcode, cut, rows_of(state_of(lab.urls), "crm")) == (-9, ["crm"], rows_of(after, "crm"))


def test_somebody_who_came_back_since_is_left_alone(make_lab_of: MakeLab) -> None:
    """A new row with the key of an erased one, collected after the erasure, is somebody of today."""
    lab, backups, after = erased(make_lab_of)
    restore(lab.urls["crm"], backups["crm"])
    key = next(
        row["id"] for row in backups["crm"]["contact"] if ("crm", "contact", (row["id"],)) not in after.rows
    )
    lab.clock.at += timedelta(days=2)
    _execute(
        lab,
        "UPDATE contact SET created_at = :at WHERE id = :id",
        at=lab.clock.at.replace(tzinfo=None),
        id=key,
    )
    replay(lab, "crm")
    assert ("crm", "contact", (key,)) in state_of(lab.urls).rows


def test_the_same_person_under_a_new_number_is_erased_again(make_lab_of: MakeLab) -> None:
    """Imported from the old backup under another key, they are found by what identifies them."""
    lab, backups, after = erased(make_lab_of)
    gone = next(
        row for row in backups["crm"]["contact"]
        if ("crm", "contact", (row["id"],)) not in after.rows and row["reference"]
    )  # fmt: skip
    _insert(lab, {**gone, "id": 990_001})
    replay(lab, "crm", datetime(2020, 1, 1, tzinfo=UTC))
    assert ("crm", "contact", (990_001,)) not in state_of(lab.urls).rows


def test_whoever_was_on_hold_is_on_hold_again(make_lab_of: MakeLab) -> None:
    """A hold placed after the backup is not forgotten with it, until a human lifts it."""
    lab = make_lab_of(people=60)
    backup = back_up(lab.urls["crm"])
    due = lab.plan()
    contact = _put_on_hold(lab)
    lab.apply(lab.plan())
    restore(lab.urls["crm"], backup)
    replay(lab, "crm")
    held = lab.plan()
    here = ("crm", "contact", (contact,)) in state_of(lab.urls).rows
    lab.apply(held)
    still = ("crm", "contact", (contact,)) in state_of(lab.urls).rows
    with lab.ports() as ports:
        released = release(replace(ports, actor=replace(ports.actor, roles=frozenset({"counsel"}))), "crm")
    assert (due.is_empty, here, still, released, lab.plan().is_empty) == (False, True, True, 1, False)


def test_the_journal_tells_of_the_replay(make_lab_of: MakeLab) -> None:
    """Which system, how many people and rows, how many left alone and why."""
    lab, backups, _ = erased(make_lab_of)
    restore(lab.urls["crm"], backups["crm"])
    run = replay(lab, "crm")
    with lab.ports() as ports:
        (event,) = ports.journal.events(kind=EventKind.SYSTEM_REPLAYED)
    assert run is not None
    assert (event.body["system"], event.body["subjects"]) == ("crm", run.people)
