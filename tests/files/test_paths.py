"""What the path of a file says: its day, and which folders need not be opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.given import CAMERAS, store_of
from tenu.datamap.file_paths import FilePath, PathPattern, Trail
from tenu.errors import FindingsError
from tenu.periods.civil import PARIS
from tenu.plans.files import Walk
from tenu.plans.store_port import Entry, EntryKind
from tenu.testing import MemoryFiles

TODAY = date(2026, 12, 31)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def walked(
    text: str, *paths: str, before: date, since: date = date.min
) -> tuple[list[str], Walk, MemoryFiles]:
    """Return what a walk through files at *paths*, all written at noon, finds older than *before*."""
    files = MemoryFiles(store_of(text))
    for path in paths:
        files.write(path, b"x", NOON)
    names = dict.fromkeys(files.store.files, before)
    walk = Walk(store=files.store, today=TODAY, before=names, since=since, zone=PARIS, listing=files.list)
    return sorted("/".join(found.path) for found in walk), walk, files


def set_at(path: str, more: str = "") -> str:
    """Return a data map whose only set of files is at *path*."""
    return CAMERAS.replace("{camera}/{year}/{month}/{day}/**", path).replace("ignored: [lost+found]\n", more)


@pytest.mark.parametrize(
    ("path", "name", "day"),
    [
        ("{year}/{month}/{day}/**", "2026/02/28/a/b.mp4", date(2026, 2, 28)),
        ("{camera}/{date}.mp4", "yard/2026-02-28.mp4", date(2026, 2, 28)),
        ("{camera}_{date}_*.mp4", "yard_north_20260228_1.mp4", date(2026, 2, 28)),
        ("{year}/{month}/{year}{month}{day}.mp4", "2026/02/20260228.mp4", date(2026, 2, 28)),
        ("{date}T{hour}{minute}{second}.mp4", "20260228T235959.mp4", date(2026, 2, 28)),
    ],
)
def test_the_day_of_a_file_is_read_in_its_path(path: str, name: str, day: date) -> None:
    """Folders, names, both, and a date said twice."""
    assert [
        len(walked(set_at(path), name, before=b)[0]) for b in (day, date.fromordinal(day.toordinal() + 1))
    ] == [0, 1]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("{year}/{month}/{day}/**", "2026/02/30/a.mp4"),
        ("{year}/{month}/{day}/**", "2026/13/01/a.mp4"),
        ("{year}/{month}/{year}{month}{day}.mp4", "2026/02/20260328.mp4"),
        ("{camera}/{date}.mp4", "yard/20260228/more.mp4"),
        ("{camera}/{date}.mp4", "yard/20260228.avi"),
    ],
)
def test_a_path_that_tells_no_day_is_never_due_and_is_said(path: str, name: str) -> None:
    """No such day, two days that differ, another depth, another ending."""
    found, walk, _ = walked(set_at(path), name, before=date.max)
    assert (found, walk.unreached.undescribed) == ([], 1)


def test_an_hour_written_in_another_zone_counts_in_the_controller_s_day() -> None:
    """Half past eleven at night in London is already tomorrow in Paris."""
    text = set_at("{date}T{hour}{minute}.mp4", "stored_in: Europe/London\n")
    day = date(2026, 3, 1)
    assert (
        walked(text, "20260228T2330.mp4", before=day)[0],
        walked(text, "20260228T2230.mp4", before=day)[0],
    ) == (
        [],
        ["20260228T2230.mp4"],
    )


def test_only_the_folders_of_days_that_are_due_are_opened() -> None:
    """A year of days, one of them due: the cost is its own, and that of the folders above."""
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(365)]
    paths = [f"yard/{day:%Y/%m/%d}/a.mp4" for day in days]
    found, _, files = walked(CAMERAS, *paths, before=date(2026, 1, 2))
    assert (found, files.listed) == (
        ["yard/2026/01/01/a.mp4"],
        [(), ("yard",), ("yard", "2026"), ("yard", "2026", "01"), ("yard", "2026", "01", "01")],
    )


def test_a_day_that_is_asked_for_opens_no_other() -> None:
    """An extract of one day does not read the others before it."""
    paths = [f"yard/2026/01/{day:02}/a.mp4" for day in range(1, 32)]
    found, _, files = walked(CAMERAS, *paths, since=date(2026, 1, 15), before=date(2026, 1, 16))
    assert (found, len(files.listed)) == (["yard/2026/01/15/a.mp4"], 5)


@given(
    days=st.lists(st.dates(date(2025, 12, 1), date(2026, 3, 31)), max_size=8),
    before=st.dates(date(2025, 12, 1), date(2026, 4, 1)),
    path=st.sampled_from(
        ["{year}/{month}/{day}/**", "{camera}/{year}-{month}/{date}.mp4", "{day}/{month}/{year}.mp4"]
    ),
)
def test_what_is_not_opened_hides_nothing_that_is_due(days: list[date], before: date, path: str) -> None:
    """The walk finds what reading every file would find."""
    written = {_written(path, day): day for day in days}
    assert walked(set_at(path), *written, before=before)[0] == sorted(
        p for p, day in written.items() if day < before
    )


def _written(path: str, day: date) -> str:
    values = {
        "year": f"{day:%Y}",
        "month": f"{day:%m}",
        "day": f"{day:%d}",
        "date": f"{day:%Y%m%d}",
        "camera": "yard",
    }
    return path.replace("**", "a/b.mp4").format(**values)


def test_the_first_set_a_path_fits_decides() -> None:
    """A file is of one set, whatever the others say of it."""
    more = '  incidents: {path: "{camera}/{year}/{month}/{day}/i-*.mp4", rule: case_files, purposes: [video], category: images}\n'
    text = CAMERAS.replace("files:\n", f"files:\n{more}")
    files = MemoryFiles(store_of(text))
    files.write("yard/2026/02/01/i-1.mp4", b"x", NOON)
    files.write("yard/2026/02/01/1.mp4", b"x", NOON)
    before = {"recordings": date(2026, 3, 1)}
    walk = Walk(store=files.store, today=TODAY, before=before, zone=PARIS, listing=files.list)
    assert ["/".join(found.path) for found in walk] == ["yard/2026/02/01/1.mp4"]


def test_the_time_a_file_was_written_counts_only_where_it_is_declared() -> None:
    """Its civil day where the controller is."""
    text = set_at("{camera}/*", "").replace("category: images", "category: images, dated_by: modified")
    assert [walked(text, "yard/a", before=date(2026, 3, day))[0] for day in (1, 2)] == [[], ["yard/a"]]


def test_what_is_ignored_is_neither_due_nor_said() -> None:
    """A folder, a kind of file in a place; the same file elsewhere is said."""
    text = set_at("{camera}/{date}.mp4", 'ignored: [lost+found, "{camera}/*.idx"]\n')
    _, walk, _ = walked(text, "lost+found/a", "yard/a.idx", "a.idx", before=date.max)
    assert walk.unreached.undescribed == 1


@pytest.mark.parametrize(
    "path", ["/srv/{date}", "{date}/", "../{date}", "a//{date}", "**/{date}", "{date}/{", "{Camera}/{date}"]
)
def test_a_path_that_leaves_its_store_or_names_nothing_is_refused(path: str) -> None:
    """Where it is written, before anything is read."""
    with pytest.raises(FindingsError):
        store_of(set_at(path))


@pytest.mark.parametrize(
    "line", ['path: "{camera}/*", rule', 'dated_by: modified, path: "{camera}/{date}", rule']
)
def test_a_set_of_files_has_one_way_to_know_the_day(line: str) -> None:
    """None, or two, is refused: a copied file would look young, or old."""
    with pytest.raises(FindingsError):
        store_of(CAMERAS.replace('path: "{camera}/{year}/{month}/{day}/**", rule', line))


def test_a_name_said_twice_says_the_same_twice() -> None:
    """Also inside one part."""
    trail = Trail(PathPattern("{camera}/{camera}-{camera}.mp4"), 0, {}).into("yard")
    assert trail is not None
    assert [trail.ends(name) is not None for name in ("yard-yard.mp4", "yard-door.mp4", "door-door.mp4")] == [
        True,
        False,
        False,
    ]


def test_a_zone_nobody_knows_is_refused() -> None:
    """Before it could move a day."""
    with pytest.raises(FindingsError):
        store_of(CAMERAS + "stored_in: Europe/Nowhere\n")


@pytest.mark.parametrize(
    ("kind", "counted"),
    [
        (EntryKind.LINK, "links"),
        (EntryKind.MOUNT, "mounts"),
        (EntryKind.OTHER, "undescribed"),
        (EntryKind.FOLDER, "unreadable"),
    ],
)
def test_what_a_walk_cannot_judge_is_counted_by_kind(kind: EntryKind, counted: str) -> None:
    """A link, a mount, a device, a folder that does not open."""
    store = store_of()

    def listing(folder: FilePath) -> Iterator[Entry] | None:
        return None if folder else iter([Entry(name="yard", kind=kind)])

    walk = Walk(store=store, today=TODAY, before={"recordings": date.max}, zone=PARIS, listing=listing)
    assert (list(walk), {name: n for name, n in asdict(walk.unreached).items() if n}) == ([], {counted: 1})


def test_a_day_to_come_is_counted_and_a_day_of_another_zone_is_not() -> None:
    """A recorder whose clock is ahead would keep its films for ever, and nobody would know."""
    days = [date(2027, 1, 1), date(2027, 1, 2), date(2030, 6, 1)]
    folders = walked(CAMERAS, *(f"yard/{day:%Y/%m/%d}/a" for day in days), before=date(2026, 12, 1))[1]
    names = walked(set_at("{date}.mp4"), *(f"{day:%Y%m%d}.mp4" for day in days), before=date(2026, 12, 1))[1]
    assert (folders.unreached.future, names.unreached.future) == (1, 2)
