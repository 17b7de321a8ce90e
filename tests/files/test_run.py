"""Recordings past their day in the one plan and the one apply: counted, erased, told, and nothing else touched."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import sleep

import pytest

from faults.worker import at_point
from files.given import CAMERAS, Cameras, Watched, make_cameras, store_of, tree
from policy.seed import seed
from tenu.datamap.files import store_findings
from tenu.errors import FindingsError, RefusedError, UnreachableError
from tenu.journal.kinds import EventKind
from tenu.letters.certificate import certificate_lines
from tenu.operations.apply import apply
from tenu.operations.attest import attest
from tenu.operations.bounding import LimitError
from tenu.operations.certificate import certify
from tenu.operations.check import check
from tenu.operations.plan import only, plan
from tenu.operations.review import review
from tenu.operations.runs import abort
from tenu.plans.plan import read_plan
from tenu.plans.render import render
from tenu.plans.run import run_lines
from tenu.ports import BusyError
from tenu.terms import ClauseStatus


@pytest.fixture
def cameras(tmp_path: Path) -> Cameras:
    """Give a workspace whose store is still empty."""
    return make_cameras(tmp_path)


def test_a_recording_goes_on_its_thirtieth_day_and_not_before(cameras: Cameras) -> None:
    """Thirty days, or a month where it is shorter; the folders of days that are over go with their last file."""
    cameras.record(0, 27, 30, 31, 400)
    made = cameras.plan()
    run = cameras.apply(made)
    left = [f"yard/{cameras.ago(back):%Y/%m/%d}/0900.mp4" for back in (27, 0)]
    assert (
        made.files,
        made.bytes,
        run.rows_of("erase"),
        [p for p in tree(cameras.root) if p.endswith("mp4")],
    ) == (
        3,
        12,
        3,
        sorted(left),
    )
    assert (cameras.plan().is_empty, f"yard/{cameras.ago(400):%Y}" in tree(cameras.root)) == (True, False)


def test_the_plan_says_how_many_files_and_bytes_and_why(cameras: Cameras) -> None:
    """Under the store, with the clause, the limit and the day; a person reads files, not rows."""
    cameras.record(40, content=b"x" * 2_500_000)
    lines = [line.text for line in render(cameras.plan(), "en")]
    said = [line.strip() for line in lines if "recordings" in line or "files" in line]
    assert said[:2] == [
        "recordings · video  [C-SEC-01]",
        f"30 days after each file (files from before {cameras.ago(29)})",
    ]
    assert (said[2].split("  ")[-1], "1 file (2.5 MB)" in lines[-1]) == ("files erased (2.5 MB)", True)


def test_a_plan_kept_in_a_file_says_the_same_when_it_is_read(cameras: Cameras) -> None:
    """Its digest covers files, their bytes and what could not be judged."""
    cameras.record(40)
    (cameras.root / "stray").write_bytes(b"")
    made = cameras.plan()
    assert read_plan(made.to_json()) == made
    assert made.unreached == {"cameras": {"undescribed": 1}}


def test_a_plan_of_one_store_asks_for_nothing_else(cameras: Cameras) -> None:
    """``--system`` takes a store of files as it takes a database."""
    cameras.record(40)
    assert only(cameras.plan(), ["cameras"]).files == 1


def test_a_recording_written_again_since_the_plan_stays_until_the_next_one(cameras: Cameras) -> None:
    """It is told as one that came back; a new plan judges it anew."""
    old, _ = cameras.record(40, 41)
    cameras.settle()
    made = cameras.plan()
    sleep(0.05)  # a file system counts in ticks of some milliseconds
    old.write_bytes(b"again")
    run = cameras.apply(made)
    assert (run.spared["came_back"], old.read_bytes(), [left.files for left in run.files_left]) == (
        1,
        b"again",
        [1],
    )


def test_applying_again_changes_nothing_and_never_more_than_was_counted(cameras: Cameras) -> None:
    """A recording that appeared since, however old, waits for its own plan."""
    cameras.record(40)
    made = cameras.plan()
    first = cameras.apply(made)
    (late,) = cameras.record(50)
    again = cameras.apply(made)
    assert (first.changed, again.changed, late.exists()) == (1, 1, True)


def test_what_could_not_be_judged_is_told_and_nothing_is_called_kept(cameras: Cameras) -> None:
    """A stray file, a link: C-SEC-01 is unknown until somebody describes them."""
    cameras.record(1)
    (cameras.root / "stray").write_bytes(b"")
    (cameras.root / "link").symlink_to("stray")
    with cameras.ports() as ports:
        before = {line.id: line for line in attest(ports, cameras.today).clauses}
    (cameras.root / "stray").unlink()
    (cameras.root / "link").unlink()
    with cameras.ports() as ports:
        after = {line.id: line for line in attest(ports, cameras.today).clauses}
    assert [(before[c].promise, after[c].promise) for c in ("C-SEC-01", "C-CAT-02")] == [
        (ClauseStatus.UNKNOWN, ClauseStatus.KEPT)
    ] * 2


def test_a_recording_past_its_last_day_breaks_the_clause(cameras: Cameras) -> None:
    """The promise is about the disk as it is now."""
    cameras.record(31)
    with cameras.ports() as ports:
        table = {line.id: line.promise for line in attest(ports, cameras.today).clauses}
    assert (table["C-SEC-01"], table["C-CAT-02"]) == (ClauseStatus.BROKEN, ClauseStatus.BROKEN)


def test_a_recording_of_31_january_goes_on_28_february_and_breaks_the_clause_the_day_after(
    cameras: Cameras,
) -> None:
    """One calendar month ends before thirty days there: the shorter limit decides."""
    path = cameras.root / "yard" / "2026" / "01" / "31" / "0900.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"film")
    with cameras.ports() as ports:
        counted = [plan(ports, date(2026, 2, day)).files for day in (27, 28)]
        said = [
            {line.id: line.promise for line in attest(ports, day).clauses}["C-SEC-01"]
            for day in (date(2026, 2, 28), date(2026, 3, 1))
        ]
    assert (counted, said) == ([0, 1], [ClauseStatus.KEPT, ClauseStatus.BROKEN])


def test_a_share_that_is_not_mounted_is_silence_not_a_clean_house(cameras: Cameras) -> None:
    """An empty folder and a missing one: no plan, a finding, and nothing attested."""
    with cameras.ports() as ports:
        with pytest.raises(UnreachableError):
            plan(ports, cameras.today)
        checked = check(ports, cameras.today)
        table = {line.id: line.promise for line in attest(ports, cameras.today).clauses}
    assert (checked.unreachable, "D-REACH-01" in {f.code for f in checked.findings}, table["C-SEC-01"]) == (
        ("cameras",),
        True,
        ClauseStatus.UNKNOWN,
    )


def test_an_unusual_share_of_a_store_waits_for_a_human(tmp_path: Path) -> None:
    """As of a table: twelve recordings of thirteen are not a usual night, and more than five never go."""
    cameras = make_cameras(tmp_path, settings='[limits]\n"cameras.recordings" = {rows = 5, share = 20}\n')
    cameras.record(*range(35, 47), 1)
    with cameras.ports() as ports:
        made = plan(ports, cameras.today)
        one = made.limits.tables[0]
        with pytest.raises(LimitError):
            apply(ports, made)
    assert (
        (one.system, one.table, one.found, one.share_limit),
        len([p for p in tree(cameras.root) if "mp4" in p]),
    ) == (
        ("cameras", "recordings", 12, 10),
        13,
    )


def test_a_review_of_files_names_their_store(cameras: Cameras) -> None:
    """What a human reads before approving."""
    cameras.record(35, 1)
    with cameras.ports() as ports:
        read = review(ports, plan(ports, cameras.today), months=1)
    assert (read.sizes, read.estimate.log_bytes) == ({"cameras.recordings": 2}, 0)


def test_the_certificate_tells_the_files_and_where_they_may_still_be_read(cameras: Cameras) -> None:
    """Bytes, what is left, backups until their day; and another name of the same file."""
    kept, _ = cameras.record(40, 41)
    os.link(kept, cameras.folder / "another-name")
    made = cameras.plan()
    run = cameras.apply(made)
    with cameras.ports() as ports:
        certificate = certify(ports, run.plan)
        certificate.verify([ports.signer.verifier])
    lines = "\n".join(certificate_lines(certificate, "en"))
    assert (certificate.body["files"], certificate.body["horizons"][0]["remains"]) == (
        [{"store": "cameras", "erased_bytes": 8, "left": 0, "bytes": 0, "undescribed": 0, "links": 0, "mounts": 0, "unreadable": 0, "future": 0}],
        ["other_names", "open_files", "free_blocks"],
    )  # fmt: skip
    assert ("8 B of files erased" in lines, certificate.body["horizons"][0]["backups_declared"]) == (
        True,
        True,
    )


def test_no_name_of_a_file_is_written_anywhere(cameras: Cameras) -> None:
    """Plan, journal, vault, what is printed: a name of a file may be somebody's."""
    cameras.record(40, 41, camera="dupont-marie")
    made = cameras.plan()
    run = cameras.apply(made)
    said = "\n".join([made.to_json(), *run_lines(run, "fr"), *(line.text for line in render(made, "fr"))])
    stores = [path for path in cameras.folder.rglob("*") if path.is_file() and path.parent.name != "cameras"]
    found = [path.name for path in stores if b"dupont" in path.read_bytes()]
    assert ("dupont" in said, found) == (False, [])


def test_a_disk_that_does_not_let_go_is_told_and_the_run_is_not_complete(
    cameras: Cameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing right is never a silent success."""
    (path,) = cameras.record(40)
    made = cameras.plan()

    def denied(*_args: object, **_keywords: object) -> None:
        raise PermissionError(13, "denied")

    with monkeypatch.context() as patched:
        patched.setattr("tenu.adapters.local_files.os.rename", denied)
        run = cameras.apply(made)
    assert (run.spared["refused"], run.is_complete, path.exists()) == (1, False, True)


def test_two_runs_do_not_erase_in_one_store_at_once(cameras: Cameras) -> None:
    """The second one is refused, and goes on later."""
    cameras.record(40)
    made = cameras.plan()
    with cameras.ports() as ports, ports.files["cameras"].turn(), pytest.raises(BusyError):
        apply(ports, made)
    assert cameras.apply(made).changed == 1


def test_a_data_map_of_files_the_policy_does_not_know_stops_the_plan(tmp_path: Path) -> None:
    """An unknown rule, purpose or category."""
    text = CAMERAS.replace("rule: video", "rule: contract").replace("[video]", "[films]")
    cameras = make_cameras(tmp_path, text.replace("images", "pictures"))
    cameras.record(40)
    with cameras.ports() as ports:
        codes = {finding.code for finding in check(ports, cameras.today).findings}
        with pytest.raises(FindingsError):
            plan(ports, cameras.today)
    assert {"D-RULE-02", "D-PUR-01", "D-CAT-01"} <= codes


@pytest.mark.parametrize(
    ("rule", "codes"),
    [("video", []), ("vidéo", ["D-RULE-02"]), ("contract", ["D-RULE-02"]), ("improvement", ["D-FILE-01"])],
)
def test_the_rule_of_files_runs_file_by_file_and_ends_in_erasure(rule: str, codes: list[str]) -> None:
    """An unknown one, one that runs by person, one that ends in anonymity."""
    store = store_of(CAMERAS.replace("rule: video", f"rule: {rule}"))
    assert [found.code for found in store_findings(store, seed())] == codes


def test_an_address_that_is_no_folder_of_this_machine_is_refused(tmp_path: Path) -> None:
    """Before anything is opened, with what to write instead."""
    cameras = make_cameras(tmp_path, CAMERAS.replace("url: file:cameras", "url: s3://bucket/cameras"))
    with pytest.raises(RefusedError, match="not the address"), cameras.ports():
        pass


def test_a_batch_is_said_before_it_goes_and_after(cameras: Cameras) -> None:
    """The journal holds the intent, then the outcome, by numbers."""
    cameras.record(40, 41)
    run = cameras.apply(cameras.plan())
    with cameras.ports() as ports:
        said = [
            (event.kind, event.body.get("files") or event.body.get("tables"))
            for event in ports.journal.events(kind=(EventKind.FILES_ERASING, EventKind.CHUNK_DONE))
        ]
        lists = ports.file_lists.known()
    assert (said, lists, run.is_complete) == (
        [(EventKind.FILES_ERASING, 2), (EventKind.CHUNK_DONE, {"erase:recordings": 2})],
        [],
        True,
    )


def test_many_files_go_in_batches_that_can_be_stopped_between(
    cameras: Cameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Aborted while the first batch goes, the rest stays, and what was done is told."""
    monkeypatch.setattr("tenu.operations.erasing_files.AT_ONCE", 2)
    cameras.record(40, 41, 42, 43, 44)
    made = cameras.plan()
    with cameras.ports() as ports:
        passes = at_point("after erase", 1, lambda: str(abort(ports, None)))
        watched = {"cameras": Watched(ports.files["cameras"], passes)}
        stopped = apply(replace(ports, files=watched), made)
    assert (stopped.stopped, stopped.changed, len([p for p in tree(cameras.root) if "mp4" in p])) == (
        "aborted",
        2,
        3,
    )
