"""Recordings an incident needs: copied into a sealed folder, so that the rest goes on time."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from files.given import Cameras, make_cameras, tree
from tenu.adapters.case_folders import FRAME, CaseFolders
from tenu.cli import main
from tenu.errors import StoreError, TamperedError
from tenu.journal.holds import HoldEnd, HoldGround
from tenu.journal.kinds import EventKind
from tenu.operations.acting import NotEntitledError
from tenu.operations.extracting import Demand, ask, open_extract
from tenu.operations.holds import approve, refuse, release
from tenu.operations.plan import plan
from tenu.operations.register import hold_findings
from tenu.operations.registering import HoldError
from tenu.operations.upholding import uphold
from tenu.plans.extract import Extract, Piece
from tenu.ports import BusyError, Ports

FILM = os.urandom(FRAME + 7)


@pytest.fixture
def cameras(tmp_path: Path) -> Cameras:
    """Give a workspace with recordings of two cameras, on four days, the last of them past its day."""
    made = make_cameras(tmp_path)
    made.record(10, 11, 12, 40, camera="yard", content=FILM)
    made.record(10, 11, 12, 40, camera="door", content=b"door")
    return made


def demand(cameras: Cameras, first: int, last: int, *, store: str = "cameras", **names: str) -> Demand:
    """Return the demand for the days from *first* to *last* days ago."""
    wanted = Extract(
        store=store, files="recordings", since=cameras.ago(first), until=cameras.ago(last), names=names
    )
    return Demand(ground=HoldGround.CLAIM, owner="counsel", text="PV 2026/123", words="vol", extract=wanted)


def copied(ports: Ports, name: str) -> dict[str, bytes]:
    """Return what the sealed folder of a hold holds, by path."""
    return {copy.path: b"".join(copy.bytes) for copy in open_extract(ports, name)[2]}


def test_only_what_was_asked_for_is_copied_and_every_original_goes_on_time(cameras: Cameras) -> None:
    """Two days of one camera; one of them is past its day and goes, its copy stays."""
    with cameras.ports() as ports:
        hold, number, _ = ask(ports, demand(cameras, 40, 12, camera="yard"))
        approved, _ = approve(ports, hold.id)
    run = cameras.apply(cameras.plan())
    with cameras.ports() as ports:
        found = copied(ports, hold.id)
    paths = [f"yard/{cameras.ago(back):%Y/%m/%d}/0900.mp4" for back in (40, 12)]
    assert (number, approved.files, run.rows_of("erase"), found) == (2, 2, 2, dict.fromkeys(paths, FILM))


def test_nothing_is_copied_before_somebody_approves_and_what_is_gone_by_then_is_gone(
    cameras: Cameras,
) -> None:
    """Asking blocks nothing, as of any hold; approving too late says so."""
    with cameras.ports() as ports:
        hold, *_ = ask(ports, demand(cameras, 40, 40))
    cameras.apply(cameras.plan())
    with cameras.ports() as ports:
        with pytest.raises(HoldError, match="no file is left"):
            approve(ports, hold.id)
        refused = refuse(ports, hold.id, HoldEnd.NO_GROUND)
    assert (
        refused.ended_by,
        (cameras.folder / "extracts").exists() and tree(cameras.folder / "extracts"),
    ) == (
        HoldEnd.NO_GROUND,
        [],
    )


def test_a_copy_is_sealed_and_the_manifest_says_who_asked_and_each_digest(cameras: Cameras) -> None:
    """No byte of a film, no path, is readable beside the key; the journal holds the manifest's digest."""
    with cameras.ports() as ports:
        hold, *_ = ask(ports, demand(cameras, 12, 10, camera="door"))
        approved, _ = approve(ports, hold.id)
        _, manifest, _ = open_extract(ports, hold.id)
        opened = [event.body["files"] for event in ports.journal.events(kind=EventKind.HOLD_OPENED)]
    said = json.loads(manifest)
    sealed = b"".join(path.read_bytes() for path in (cameras.folder / "extracts").rglob("*.sealed"))
    assert (
        approved.manifest,
        [one["sha256"] for one in said["files"]],
        said["asked_by"]["owner"],
        opened,
    ) == (
        hashlib.sha256(manifest).hexdigest(),
        [hashlib.sha256(b"door").hexdigest()] * 3,
        "counsel",
        [3],
    )
    assert (b"door" in sealed, b"0900" in sealed) == (False, False)


def test_a_released_hold_destroys_the_copy_and_its_key(cameras: Cameras) -> None:
    """So does the next run, where a crash came between."""
    with cameras.ports() as ports:
        names = [ask(ports, demand(cameras, 12, 12))[0].id for _ in range(2)]
        for name in names:
            approve(ports, name)
        files = {name: ports.hold_files.read(name) or "" for name in names}
        folders = {name: _folder(cameras, name) for name in names}
        for name in names:
            release(ports, name, HoldEnd.REQUEST_SERVED)
        ports.hold_files.keep(names[0], files[names[0]])
        CaseFolders(cameras.folder / "extracts").keep(names[0], bytes(32), {}, [])
        uphold(ports)
        known = ports.hold_files.known()
    assert (all(folders.values()), [_folder(cameras, name) for name in names], known) == (
        True,
        [False, False],
        [],
    )


def _folder(cameras: Cameras, name: str) -> bool:
    return (cameras.folder / "extracts" / name).exists()


def test_a_sealed_copy_that_is_gone_is_a_finding(cameras: Cameras) -> None:
    """Before the day somebody needs it."""
    with cameras.ports() as ports:
        hold, *_ = ask(ports, demand(cameras, 12, 12))
        approve(ports, hold.id)
        before = {found.code for found in hold_findings(ports, cameras.today)}
        ports.extracts.destroy(hold.id)
        after = {found.code for found in hold_findings(ports, cameras.today)}
    assert ("D-HOLD-05" in before, "D-HOLD-05" in after) == (False, True)


def test_a_hold_on_files_is_not_held_up_by_a_run_nor_lost_by_the_next(cameras: Cameras) -> None:
    """A run at work in the store: approve again; and putting holds back leaves the copy alone."""
    with cameras.ports() as ports:
        hold, *_ = ask(ports, demand(cameras, 12, 12))
        with ports.files["cameras"].turn(), pytest.raises(BusyError):
            approve(ports, hold.id)
        approve(ports, hold.id)
        uphold(ports)
        assert len(copied(ports, hold.id)) == 2
        assert plan(ports, cameras.today).files == 2


@pytest.mark.parametrize("harm", ["changed", "cut", "moved", "missing", "renamed"])
def test_a_copy_that_was_changed_cut_moved_or_lost_does_not_open(tmp_path: Path, harm: str) -> None:
    """Nothing of it passes for evidence, nor for another hold's."""
    (tmp_path / "film").write_bytes(FILM)
    folders, key, name = CaseFolders(tmp_path / "extracts"), os.urandom(32), "H-1"
    folders.keep(name, key, {}, [_piece(tmp_path / "film")] * 2)
    first, second = (tmp_path / "extracts" / name / f"{number:06}.sealed" for number in (1, 2))
    content = bytearray(first.read_bytes())
    match harm:
        case "changed":
            content[5] ^= 1
            first.write_bytes(content)
        case "cut":
            first.write_bytes(content[: FRAME + 16])
        case "moved":
            second.replace(first)
        case "missing":
            first.unlink()
        case "renamed":
            name = "H-2"
            first.parent.rename(first.parent.with_name(name))
    with pytest.raises(TamperedError):
        list(folders.take(name, key, 1))


@pytest.mark.parametrize("content", [b"", b"x", b"x" * FRAME, b"x" * (FRAME + 1), b"x" * (2 * FRAME)])
def test_files_of_any_length_come_back_as_they_were(tmp_path: Path, content: bytes) -> None:
    """Empty ones, whole frames, one byte more."""
    (tmp_path / "film").write_bytes(content)
    folders, key = CaseFolders(tmp_path / "extracts"), os.urandom(32)
    kept = folders.keep("H-1", key, {}, [_piece(tmp_path / "film")])
    assert (kept.bytes, b"".join(folders.take("H-1", key, 1))) == (len(content), content)


def test_a_copy_that_cannot_be_finished_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves nothing half made, and the copy of before is told gone, not whole."""
    (tmp_path / "film").write_bytes(b"film")
    folders = CaseFolders(tmp_path / "extracts")

    def full(_handle: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("tenu.adapters.case_folders.os.fsync", full)
    with pytest.raises(StoreError):
        folders.keep("H-1", bytes(32), {}, [_piece(tmp_path / "film")])
    assert tree(tmp_path / "extracts") == []


def _piece(path: Path) -> Piece:
    from datetime import date  # noqa: PLC0415

    return Piece(path=path.name, day=date(2026, 3, 1), open=lambda: path.open("rb"))


def test_a_demand_for_nothing_is_refused(cameras: Cameras) -> None:
    """No such store, no such name in its paths, no such file."""
    wrong = ({"store": "doors"}, {"room": "1"}, {"camera": "roof"})
    with cameras.ports() as ports:
        for changes in wrong:
            with pytest.raises(HoldError):
                ask(ports, demand(cameras, 12, 12, **changes))
        assert [event.kind for event in ports.journal.events(kind=EventKind.HOLD_PROPOSED)] == []


def test_who_holds_no_role_neither_asks_nor_opens(tmp_path: Path) -> None:
    """Recordings of a site are not everybody's."""
    cameras = make_cameras(tmp_path)
    cameras.record(12)
    settings = cameras.folder / "tenu.toml"
    with cameras.ports() as ports:
        hold, *_ = ask(ports, demand(cameras, 12, 12))
        approve(ports, hold.id)
    settings.write_text(settings.read_text("utf-8").partition("[roles]")[0], "utf-8")
    with cameras.ports() as ports:
        with pytest.raises(NotEntitledError):
            ask(ports, demand(cameras, 12, 12))
        with pytest.raises(NotEntitledError):
            open_extract(ports, hold.id)


def test_the_commands_ask_approve_and_open(cameras: Cameras) -> None:
    """What a person types, from the demand to the film, in a folder only they may read."""
    day, runner = f"{cameras.ago(12)}", CliRunner()
    words = ["--ground", "claim", "--owner", "counsel", "--text", "PV 1", "--since", day, "--until", day]
    base = ["-w", str(cameras.folder), "--lang", "en", "hold"]
    asked = runner.invoke(
        main, [*base, "extract", "cameras.recordings", *words, "--where", "camera=door", "--json"]
    )
    hold = json.loads(asked.output)
    runner.invoke(main, [*base, "approve", hold["hold"]])
    out = cameras.folder / "out"
    opened = runner.invoke(main, [*base, "open", hold["hold"], "--to", str(out)])
    film = out / "files" / "door" / f"{cameras.ago(12):%Y/%m/%d}" / "0900.mp4"
    assert (hold["found"], opened.exit_code, film.read_bytes(), out.stat().st_mode & 0o077) == (
        {"files": 1, "bytes": 4}, 0, b"door", 0,
    )  # fmt: skip
