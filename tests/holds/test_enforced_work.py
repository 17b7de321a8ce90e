"""A company whose databases enforce restrictions: tenu's lawful work goes on, everything else is refused, and evidence says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from faults.test_races import due_people
from holds.deciding import ROLES, acting, held, proposal, row_of
from lab import Lab, make_lab
from rights.office import email_of, granted, somebody
from tenu.errors import FindingsError
from tenu.journal.holds import Exemption, HoldEnd, HoldGround
from tenu.journal.kinds import EventKind
from tenu.operations.acting import NotEntitledError
from tenu.operations.check import check
from tenu.operations.enforcing import EnforcementError, enforce, standing
from tenu.operations.holds import release
from tenu.operations.plan import today
from tenu.operations.registering import HoldError
from tenu.operations.restricting import use
from tenu.operations.rights.objecting import receive
from tenu.operations.rights.rectification import rectify
from tenu.operations.rights.requests import Intake
from tenu.operations.rights.searching import Sought
from tenu.plans.rectification import Wanted, Where
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.sample.rows import Person
from tenu.terms import IdentifierKind

CITY = Where(system="crm", table="contact", column="city")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Give a company on SQLite whose data maps ask for enforcement: what engines do is tested on the three elsewhere."""
    folder = tmp_path_factory.mktemp("enforced")
    made = make_lab(folder, lambda name: f"sqlite:///{folder / name}.db", people=60)
    _ask(made)
    return made


@pytest.fixture(scope="module")
def ports(lab: Lab) -> Iterator[Ports]:
    """Open its workspace as Alice, the officer, everything being in place."""
    with lab.ports() as opened:
        ports = acting(opened)
        enforce(ports)
        yield replace(
            ports,
            workspace=replace(ports.workspace, settings=replace(ports.workspace.settings, roles=ROLES)),
        )


def _ask(lab: Lab) -> None:
    for file in (lab.folder / "systems").glob("*.yaml"):
        file.write_text(f"{file.read_text(encoding='utf-8')}enforce_restrictions: true\n", encoding="utf-8")


def _writes(lab: Lab, person: Person) -> str:
    """Return what an application that writes on the contact of *person* gets."""
    key = next(row.values["id"] for row in person.rows if row.table == "contact")
    engine = sa.create_engine(lab.urls["crm"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        try:
            connection.execute(sa.text("UPDATE contact SET city = 'Ici' WHERE id = :id"), {"id": key})
        except sa.exc.IntegrityError as error:
            return str(error.orig).split(":")[0]
        return "done"


def _restricted(ports: Ports, lab: Lab, person: Person) -> str:
    ground = HoldGround.ACCURACY_CONTESTED
    return held(ports, proposal(rows=(row_of(lab, person.id),), ground=ground)).id


def test_a_correction_of_restricted_data_goes_through_and_nothing_else(lab: Lab, ports: Ports) -> None:
    """The decided rectification is written in every system while an application is refused; once released, it no longer is."""
    person = somebody(lab, "contact", "customer")
    hold = _restricted(ports, lab, person)
    before = _writes(lab, person)
    facts = rectify(
        ports, granted(ports, email_of(person), Right.RECTIFICATION).id, [Wanted(where=CITY, value="Brest")]
    )
    after = _writes(lab, person)
    release(ports, hold, HoldEnd.PERSON_ASKS)
    assert (before, bool(facts.changes), after, _writes(lab, person)) == ("TN018", True, "TN018", "done")


def test_a_restricted_person_is_no_longer_solicited(lab: Lab, ports: Ports) -> None:
    """« No more prospecting » is written on their rows although nobody else may write there."""
    person = somebody(lab, "contact", "subscriber")
    hold = _restricted(ports, lab, person)
    sought = Sought(values={IdentifierKind.EMAIL: (email_of(person),)})
    case = receive(ports, (Right.OBJECTION,), sought, channel=Intake.EMAIL)
    refused = _writes(lab, person)
    release(ports, hold, HoldEnd.PERSON_ASKS)
    assert (case.waits_to_stop, refused) == (False, "TN018")


def test_a_use_is_journaled_and_opens_for_its_minutes(lab: Lab, ports: Ports) -> None:
    """GDPR 18(2): a human gives minutes; applications write meanwhile; without minutes, they do not; a day is the most."""
    person = somebody(lab, "contact")
    hold = _restricted(ports, lab, person)
    use(ports, hold, Exemption.CLAIMS, "une pièce à verser au procès")
    shut = _writes(lab, person)
    use(ports, hold, Exemption.CLAIMS, "une pièce à verser au procès", minutes=15)
    opened = _writes(lab, person)
    with pytest.raises(HoldError):
        use(ports, hold, Exemption.CLAIMS, "toujours", minutes=24 * 60 + 1)
    told = [e.body.get("minutes") for e in ports.journal.events(kind=EventKind.HOLD_USED)]
    release(ports, hold, HoldEnd.PERSON_ASKS)
    assert (shut, opened, told) == ("TN018", "done", [None, 15])


def test_check_sees_what_was_dropped_and_enforcing_repairs_it(lab: Lab, ports: Ports) -> None:
    """A DBA drops a trigger: a finding names the table; enforcing again mends it, and the journal counts what it did."""
    engine = sa.create_engine(lab.urls["crm"], poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER tenu_update_contact")
    found = [f.message.en for f in check(ports, today(ports)).findings if f.code == "D-ENF-01"]
    enforce(ports, ["crm"])
    left = [f.code for f in check(ports, today(ports)).findings if f.code.startswith("D-ENF")]
    last = list(ports.journal.events(kind=EventKind.HOLDS_ENFORCED))[-1].body
    assert (["contact" in said for said in found], left, last["created"], last["dropped"]) == (
        [True],
        [],
        1,
        0,
    )


def test_a_data_map_that_no_longer_fits_is_said_and_nothing_is_changed(lab: Lab, ports: Ports) -> None:
    """A column nobody classified: the checks name it and go on, and nothing is enforced by a map nobody can trust."""
    engine = sa.create_engine(lab.urls["mail"], poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE event ADD COLUMN more TEXT")
    found = {f.code for f in check(ports, today(ports)).findings}
    with pytest.raises(FindingsError):
        enforce(ports, ["mail"])
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE event DROP COLUMN more")
    again = {f.code for f in check(ports, today(ports)).findings}
    assert ("D-COL-02" in found, "D-COL-02" in again, {c for c in again if c.startswith("D-ENF")}) == (
        True,
        False,
        set(),
    )


def test_only_a_dba_or_the_officer_may_have_a_database_enforce(ports: Ports) -> None:
    """Anybody may read what stands; whoever has no role changes nothing, and a system nobody knows is said."""
    with pytest.raises(NotEntitledError):
        enforce(acting(ports, "carl"))
    with pytest.raises(EnforcementError):
        standing(ports, ["nowhere"])


def test_the_night_goes_on_around_a_restricted_person(lab: Lab, ports: Ports) -> None:
    """With every trigger in place the run takes what is due of the others, and stops at nothing."""
    kept = due_people(lab)[0]
    held(ports, proposal(rows=(row_of(lab, kept),), ground=HoldGround.NEEDED_FOR_CLAIMS))
    mine = {(a.system, a.table, a.key) for a in lab.company.answers() if a.person == kept}
    before, run, after = lab.state().rows, lab.apply(lab.plan()), lab.state().rows
    same = {place: before[place] for place in mine & before.keys()}
    assert same == {place: after[place] for place in mine & after.keys()}
    assert (run.is_complete, len(after) < len(before)) == (True, True)
