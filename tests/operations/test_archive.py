"""What an archivist does with the archive: who may, why, for how long, and what the journal keeps of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lab import Lab, make_lab
from tenu.adapters.staff import actor
from tenu.errors import RefusedError
from tenu.journal.kinds import EventKind
from tenu.operations.acting import NotEntitledError
from tenu.operations.archive import end_packages, find, rotate, summary, verify
from tenu.operations.attest import attest
from tenu.operations.opening import MOST, NoMotiveError, open_packages
from tenu.ports import Ports
from tenu.terms import ClauseStatus, IdentifierKind, Motive
from tenu.testing import FixedClock

ROLES = {"archivist": ("bruno", "chloe"), "dpo": ("alice",), "sales": ("denis",)}
CASE = "LIT-2026-014"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Give a small company on SQLite, its archive filled by one run."""
    return _filled(tmp_path_factory.mktemp("company"))


def _filled(folder: Path) -> Lab:
    lab = make_lab(folder, lambda name: f"sqlite:///{folder / name}.db", people=60)
    lab.apply(lab.plan())
    return lab


@contextmanager
def asked_by(lab: Lab, name: str, **later: float) -> Iterator[Ports]:
    """Open the ports as *name*, so much *later*."""
    lab.clock.at += timedelta(**later)
    with lab.ports() as ports:
        yield replace(ports, actor=actor(name, ROLES, ports.key))


def said(ports: Ports, kind: EventKind) -> list[Any]:
    return [event.body for event in ports.journal.events(kind=kind)]


def some(ports: Ports, number: int = 1) -> list[str]:
    """Return the names of some packages."""
    return ports.archive._names_after("00" * 16)[:number]  # type: ignore[attr-defined]


def opened(ports: Ports, subjects: list[str], **why: Any) -> list[Any]:
    return list(open_packages(ports, subjects, **why)[1])


# ── finding ──


def test_whoever_was_archived_is_found_by_what_is_known_of_them(company: Lab) -> None:
    """The e-mail inside a package leads back to it, written another way."""
    with asked_by(company, "bruno") as ports:
        package, mail = next(
            (package.package.subject, str(value))
            for package in opened(ports, some(ports, MOST), motive=Motive.CLAIM, reference=CASE)
            for table in package.tables.values()
            for row in table["rows"]
            for value in row
            if "@" in str(value)
        )
        people = find(ports, {IdentifierKind.EMAIL: f" {mail.upper()}"})
        assert package in {p.subject for person in people for p in person}


@pytest.mark.parametrize("kind", [IdentifierKind.NAME, IdentifierKind.POSTCODE])
def test_half_a_designation_finds_nobody(company: Lab, kind: IdentifierKind) -> None:
    """A name alone, or a postcode alone, would list the neighbours."""
    with asked_by(company, "bruno") as ports, pytest.raises(RefusedError, match="nobody in particular"):
        find(ports, {kind: "69003"})


def test_looking_somebody_up_is_journaled_without_them(company: Lab) -> None:
    """The journal keeps the role, by what kind of identifier, and how many were found."""
    with asked_by(company, "alice") as ports:
        find(ports, {IdentifierKind.EMAIL: "nobody@mail.example"})
        assert said(ports, EventKind.ARCHIVE_SEARCHED)[-1] == {
            "role": "dpo",
            "actor": ports.actor.digest,
            "kinds": ("email",),
            "found": 0,
        }


# ── opening ──


@pytest.mark.parametrize("name", ["alice", "denis"])
def test_nobody_but_the_archivist_opens(company: Lab, name: str) -> None:
    """A DPO or a salesperson is refused, and the refusal is journaled."""
    with asked_by(company, name) as ports:
        before = len(said(ports, EventKind.ACT_REFUSED))
        with pytest.raises(NotEntitledError):
            opened(ports, some(ports), motive=Motive.CLAIM, reference=CASE)
        assert len(said(ports, EventKind.ACT_REFUSED)) == before + 1


@pytest.mark.parametrize(
    "why", [{}, {"motive": Motive.TAX}, {"reference": CASE}, {"motive": Motive.TAX, "reference": " "}]
)
def test_nothing_is_opened_without_a_motive_and_a_reference(company: Lab, why: dict[str, Any]) -> None:
    """The refusal is journaled with its reason."""
    with asked_by(company, "chloe") as ports:
        with pytest.raises(NoMotiveError):
            opened(ports, some(ports), **why)
        assert said(ports, EventKind.ARCHIVE_REFUSED)[-1]["reason"] == "no_motive"


def test_an_opening_is_journaled_before_anything_is_read(company: Lab) -> None:
    """The intent names packages, motive, role and end; each package opened follows; no reference, no name."""
    with asked_by(company, "bruno") as ports:
        subjects = some(ports, 2)
        opening, contents = open_packages(ports, subjects, motive=Motive.TAX, reference=CASE)
        intent = said(ports, EventKind.ARCHIVE_OPENING)[-1]
        before = [b for b in said(ports, EventKind.ARCHIVE_OPENED) if b["opening"] == opening.id]
        list(contents)
        after = [b["package"] for b in said(ports, EventKind.ARCHIVE_OPENED) if b["opening"] == opening.id]
        assert (intent["opening"], intent["packages"], before, after, CASE in str(intent)) == (
            opening.id,
            tuple(subjects),
            [],
            subjects,
            False,
        )


@pytest.mark.parametrize(("minutes", "opens"), [(14, True), (15, False)])
def test_an_opening_lasts_a_quarter_of_an_hour(company: Lab, minutes: int, opens: bool) -> None:
    """Within it the same files open again without a word; after it a motive is asked for anew."""
    with asked_by(company, "bruno", hours=9) as ports:
        subjects = some(ports)
        opened(ports, subjects, motive=Motive.CLAIM, reference=CASE)
    with asked_by(company, "bruno", minutes=minutes) as ports:
        if opens:
            assert len(opened(ports, subjects)) == 1
        else:
            with pytest.raises(NoMotiveError):
                opened(ports, subjects)


def test_an_opening_is_one_persons_and_of_named_packages(company: Lab) -> None:
    """Another archivist, or another package, needs another motive."""
    with asked_by(company, "bruno", hours=9) as ports:
        first, second = some(ports, 2)
        opened(ports, [first], motive=Motive.CLAIM, reference=CASE)
        with pytest.raises(NoMotiveError):
            opened(ports, [first, second])
    with asked_by(company, "chloe") as ports, pytest.raises(NoMotiveError):
        opened(ports, [first])


@pytest.mark.parametrize(
    ("subjects", "match"),
    [
        (["0" * 32], "no package"),
        (["%"], "32 hexadecimal"),
        ([f"{n:032x}" for n in range(MOST + 1)], "limit"),
    ],
    ids=["unknown", "not a name", "too many"],
)
def test_what_cannot_be_opened_says_why(company: Lab, subjects: list[str], match: str) -> None:
    """A name that is none, one that is gone, or too many at once."""
    with asked_by(company, "bruno") as ports, pytest.raises(RefusedError, match=match):
        opened(ports, subjects, motive=Motive.CLAIM, reference=CASE)


@pytest.mark.parametrize("minutes", [0, 481])
def test_an_opening_is_short(company: Lab, minutes: int) -> None:
    """One minute to eight hours."""
    with asked_by(company, "bruno") as ports, pytest.raises(RefusedError, match="lasts"):
        opened(ports, some(ports), motive=Motive.CLAIM, reference=CASE, minutes=minutes)


# ── ending, rotating, verifying ──


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Give a company whose archive one run has filled, for others to copy."""
    return _filled(tmp_path_factory.mktemp("filled"))


@pytest.fixture
def fresh(filled: Lab, tmp_path: Path) -> Lab:
    """Give a company of this test alone, its archive filled."""
    folder = tmp_path / "fresh"
    shutil.copytree(filled.folder, folder)
    for path in (folder / "tenu.toml", *(folder / "systems").glob("*.yaml")):
        text = path.read_text(encoding="utf-8").replace(str(filled.folder), str(folder))
        path.write_text(text, encoding="utf-8")
    urls = {name: url.replace(str(filled.folder), str(folder)) for name, url in filled.urls.items()}
    return Lab(folder=folder, company=filled.company, urls=urls, clock=FixedClock(filled.clock.at))


def test_a_granted_erasure_ends_a_persons_packages(fresh: Lab) -> None:
    """Key and package go, intent and outcome are journaled, the others stay; done again it ends nothing more."""
    with asked_by(fresh, "alice") as ports:
        held, gone = summary(ports).packages, some(ports, 2)
        ended = end_packages(ports, gone, reference=CASE), end_packages(ports, gone, reference=CASE)
        intents, outcomes = (said(ports, k) for k in (EventKind.ARCHIVE_ENDING, EventKind.ARCHIVE_ENDED))
        assert (ended, summary(ports).packages, [b["subjects"] for b in intents + outcomes]) == (
            (2, 0),
            held - 2,
            [2, 0, 2, 0],
        )


def test_ending_needs_the_request_it_is_for(fresh: Lab) -> None:
    """Without a reference nothing is destroyed."""
    with asked_by(fresh, "alice") as ports:
        with pytest.raises(NoMotiveError):
            end_packages(ports, some(ports), reference="")
        assert summary(ports).packages == len(some(ports, 1_000))


def test_what_was_ended_and_comes_back_from_a_copy_ends_again(fresh: Lab) -> None:
    """Archive and vault put back from the same copy: verify sees it, and mends it when asked."""
    copies = {name: (fresh.folder / name).read_bytes() for name in ("archive.db", "vault.db")}
    with asked_by(fresh, "bruno") as ports:
        [gone] = some(ports)
        end_packages(ports, [gone], reference=CASE)
    for name, copy in copies.items():
        (fresh.folder / name).write_bytes(copy)
    with asked_by(fresh, "bruno", hours=2) as ports:
        seen, mended = verify(ports), verify(ports, mend=True)
        after = verify(ports)
        assert (seen.returned, seen.is_sound, mended.mended, after.returned, after.is_sound) == (
            (gone,),
            False,
            1,
            (),
            True,
        )


def test_a_change_of_key_is_journaled_and_everything_opens(fresh: Lab) -> None:
    """Intent, then outcome with both names; the files of keys hold one secret again."""
    with asked_by(fresh, "bruno") as ports:
        done = rotate(ports)
        outcome = said(ports, EventKind.ARCHIVE_ROTATED)[-1]
        secrets = (fresh.folder / "keys" / "archive.key").read_text().split()
        assert (outcome["key"], outcome["retired"], len(secrets), verify(ports).is_sound) == (
            done.present,
            done.retired,
            1,
            True,
        )


def test_the_nightly_account_seals_without_being_able_to_open(fresh: Lab) -> None:
    """Without the opening secret the run goes on, plan and apply; opening is what fails."""
    (fresh.folder / "keys" / "archive.key").unlink()
    fresh.clock.at += timedelta(days=200)
    run = fresh.apply(fresh.plan(fresh.clock.at.date()))
    with asked_by(fresh, "bruno") as ports, pytest.raises(RefusedError, match="is not here"):
        opened(ports, some(ports), motive=Motive.CLAIM, reference=CASE)
    assert run.archived > 0


def test_the_archives_own_ends_are_journaled(fresh: Lab) -> None:
    """The night a package reaches its last day, the journal says how many were about to end, and how many did."""
    fresh.clock.at = fresh.clock.at.replace(year=2040)
    fresh.apply(fresh.plan(fresh.clock.at.date()))
    with fresh.ports() as ports:
        ended = [(b["reason"], b["subjects"] > 0) for b in said(ports, EventKind.ARCHIVE_ENDED)]
        assert (ended, summary(ports).packages) == ([("last_day", True)], 0)


@pytest.mark.parametrize(("mode", "status"), [(0o600, ClauseStatus.KEPT), (0o644, ClauseStatus.BROKEN)])
def test_attest_judges_who_can_reach_the_archive(fresh: Lab, mode: int, status: ClauseStatus) -> None:
    """C-RET-05 is kept while the file is its owner's alone, broken when others can read it."""
    (fresh.folder / "archive.db").chmod(mode)
    with fresh.ports() as ports:
        table = {line.id: line.promise for line in attest(ports, fresh.company.as_of).clauses}
    assert table["C-RET-05"] is status
