"""An access request of somebody the archive still holds: found by anybody, opened by the archivist, handed over whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import Lab, make_lab
from rights.office import acting, email_of, granted, office, read, read_json
from tenu.datamap.identity import identity
from tenu.journal.kinds import EventKind
from tenu.operations.acting import NotEntitledError
from tenu.operations.rights.access import access
from tenu.operations.rights.finding import file_of, found_now
from tenu.operations.rights.searching import reading
from tenu.plans.archive import Package
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import IdentifierKind


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Give a sample company after a night: whoever was due is in the archive."""
    made = make_lab(tmp_path, lambda name: f"sqlite:///{tmp_path / name}.db", people=80)
    made.apply(made.plan())
    return made


def _archived(lab: Lab, ports: Ports) -> tuple[str, list[Package]]:
    """Return the e-mail of somebody of whom only the archive holds something, and their packages."""
    for person in lab.company.everyone():
        email = email_of(person)
        if email and not person.shared and not person.doubt:
            packages = ports.archive.of([identity({IdentifierKind.EMAIL: [email]})])
            if packages:
                return email, packages
    raise LookupError("nobody was archived")


def test_the_archivist_hands_over_what_the_archive_holds(lab: Lab) -> None:
    """Every row of every package is in the answer, with its last day, in the page, the JSON and a CSV of its own."""
    with office(lab) as ports:
        email, packages = _archived(lab, ports)
        case = granted(ports, email, Right.ACCESS)
        package = access(acting(ports, "achille"), case.id, recipients=())
        motives = [event.body["motive"] for event in ports.journal.events(kind=EventKind.ARCHIVE_OPENING)]
    sealed = [table for table in read_json(package, "data.json") if "archived_until" in table]
    days = {table["archived_until"] for table in sealed}
    assert (
        sum(len(table["rows"]) for table in sealed),
        days,
        len([file for file in package.files if file.name.startswith("data/archive-")]) > 0,
        "Elle a été ouverte pour vous" in read(package, "lisez-moi.html"),
        motives,
    ) == (
        sum(p.rows for p in packages),
        {p.until.isoformat() for p in packages},
        True,
        True,
        ["access_request"],
    )


def test_whoever_is_no_archivist_is_told_who_must_answer(lab: Lab) -> None:
    """The officer finds the packages, cannot open them, and reads the account of who can; nothing is recorded as done."""
    with office(lab) as ports:
        email, _ = _archived(lab, ports)
        case = granted(ports, email, Right.ACCESS)
        with pytest.raises(NotEntitledError) as refused:
            access(ports, case.id, recipients=())
        opened = list(ports.journal.events(kind=EventKind.ARCHIVE_OPENING))
    assert (refused.value.fix is not None and "achille" in refused.value.fix.fr, opened) == (True, [])


def test_a_search_says_what_the_archive_holds(lab: Lab) -> None:
    """Somebody of whom no live row is left is found all the same: « nothing » would be false."""
    with office(lab) as ports:
        email, packages = _archived(lab, ports)
        case = granted(ports, email, Right.ACCESS)
        with reading(ports) as asked:
            found = found_now(ports, asked, file_of(ports, case.id))
    assert {package.subject for package in found.archived} == {package.subject for package in packages}
