"""After a run: what is left of whom it erased is found, told and certified; what was not looked at is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from lab import Lab
from tenu.journal.kinds import EventKind
from tenu.letters.certificate import read_certificate
from tenu.operations.certificate import certify
from tenu.operations.choosing import scene
from tenu.plans.residue import Residue
from tenu.plans.run import Run
from tenu.plans.task import PersonTask
from tenu.ports import Found

MakeLab = Callable[..., Lab]


def _leaving(lab: Lab) -> Found:
    """Return somebody due in the CRM, with an e-mail nobody else carries."""
    with lab.ports() as ports, scene(ports, lab.company.as_of) as opened:
        task = next(t for t in opened.tasks if t.name == "crm.contact:contract.prospecting.relation")
        assert isinstance(task, PersonTask)
        chosen = opened.choose(task).chosen
        people = opened.layouts["crm"].system.people["contact"]
        return next(f for f in opened.sessions["crm"].identities(chosen, people) if f.identity.emails)


def _write(lab: Lab, system: str, statement: str, **values: Any) -> None:
    engine = sa.create_engine(lab.urls[system])
    with engine.begin() as connection:
        connection.execute(sa.text(statement), values)
    engine.dispose()


def _quote(lab: Lab, text: str) -> None:
    """Write *text* in the first note that stays after the run."""
    with lab.ports() as ports, scene(ports, lab.company.as_of) as opened:
        fates = lab.company.fates()
        stays = next(
            k[0]
            for (s, t, k), a in fates.items()
            if (s, t) == ("crm", "note") and a.fate.value == "unchanged"
        )
        opened.release()
    _write(lab, "crm", "UPDATE note SET text = :text WHERE id = :id", text=text, id=stays)


def _residue(run: Run) -> Residue:
    assert run.residue is not None
    return run.residue


def test_an_erased_person_quoted_in_somebody_elses_note_is_reported(make_lab_of: MakeLab) -> None:
    """Counted, with its column and the key of its row; nothing is deleted by itself."""
    lab = make_lab_of(people=60)
    (email, *_) = _leaving(lab).identity.emails
    _quote(lab, f"recommended by {email.upper()}, who left")
    run = lab.apply(lab.plan())
    spots = [
        (s.table, s.column, t.cells, len(t.rows)) for s, t in _residue(run).found.items() if s.kind == "email"
    ]
    assert (_residue(run).residual, spots) == (1, [("note", "text", 1, 1)])


def test_without_a_quotation_nothing_is_left(make_lab_of: MakeLab) -> None:
    """The sample company keeps no identifier of whom it erased; every text column of every described table was read."""
    lab = make_lab_of(people=60)
    residue = _residue(lab.apply(lab.plan()))
    assert (residue.residual, residue.skipped, residue.unread, len(residue.searched) > 50) == (0, 0, 0, True)


def test_what_is_found_is_journaled_without_anybody(make_lab_of: MakeLab) -> None:
    """Counts by column; no e-mail."""
    lab = make_lab_of(people=60)
    (email, *_) = _leaving(lab).identity.emails
    _quote(lab, email)
    lab.apply(lab.plan())
    with lab.ports() as ports:
        (event,) = ports.journal.events(kind=EventKind.RESIDUE_SEARCHED)
    assert (event.body["residual"], email in str(event.body)) == (1, False)


def test_a_table_over_the_limit_is_not_read_and_said(make_lab_of: MakeLab) -> None:
    """With a limit of ten rows, every big table is named."""
    lab = make_lab_of(people=60)
    with (lab.folder / "tenu.toml").open("a", encoding="utf-8") as file:
        file.write("\n[residue]\nrows = 10\n")
    residue = _residue(lab.apply(lab.plan()))
    too_big = {table for table, why in residue.unsearched.items() if why == "too_big"}
    assert (too_big, residue.unread) == ({"crm.contact", "erp.customer", "erp.order_line"}, 3)


def test_a_certificate_says_what_the_run_did_and_verifies(make_lab_of: MakeLab) -> None:
    """Its people and rows are the run's, its receipt the journal's; asked again, it is the same one."""
    lab = make_lab_of(people=60)
    run = lab.apply(lab.plan())
    with lab.ports() as ports:
        made, again = certify(ports, run.plan[:12]), certify(ports, run.plan)
        made.verify([ports.signer.verifier])
    said = {(r["system"], r["table"], r["verb"]): r["rows"] for r in made.body["rows"]}
    assert (made.body["people"], said, again.digest) == (run.people, dict(run.rows), made.digest)


def test_a_certificate_has_the_horizon_of_every_changed_system(make_lab_of: MakeLab) -> None:
    """The day the last declared backup ends: thirty-five days after the run."""
    lab = make_lab_of(people=60)
    run = lab.apply(lab.plan())
    with lab.ports() as ports:
        body = json.loads(certify(ports, run.plan).to_json())
    horizons = {h["system"]: (h["backups_until"], h["backups_declared"]) for h in body["horizons"]}
    assert horizons == dict.fromkeys(("crm", "erp", "mail", "shop"), ("2026-12-28", True))


def test_a_certificate_read_from_its_file_is_the_same(make_lab_of: MakeLab) -> None:
    """What is handed out verifies, whatever happened to the workspace."""
    lab = make_lab_of(people=60)
    run = lab.apply(lab.plan())
    with lab.ports() as ports:
        text, key = certify(ports, run.plan).to_json(), ports.signer.verifier
    read = read_certificate(text)
    read.verify([key])
    assert read.to_json() == text
