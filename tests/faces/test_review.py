"""``tenu review``, ``tenu approve``, ``tenu run``: what a human reads and says before, and while, a plan is applied."""

from __future__ import annotations

import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

from faces.face import LATER, problems, tenu
from tenu.cli.demo import SYSTEMS

VOID = {"meta", "rect", "br"}


@pytest.fixture
def waiting(company: Path) -> Path:
    """Give a workspace with a plan nobody has approved, over the usual share of a table."""
    tenu("plan", "--as-of", LATER, "-o", company / "p.json", folder=company)
    return company


class _Page(HTMLParser):
    """What a page holds: unclosed elements, the elements and where they lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()


def test_a_plan_over_a_share_says_what_to_do_next(company: Path) -> None:
    """The finding has its code, and the next command is the review."""
    answer = tenu("plan", "--as-of", LATER, "-o", company / "p.json", folder=company, lang="en")
    last = answer.out.strip().splitlines()[-1]
    assert (answer.status, "R-LIM-02" in answer.out, " review " in last) == (1, True, True)


def test_a_plan_over_an_absolute_limit_ends_with_2_and_is_kept(company: Path) -> None:
    """It is there to be read; what to raise is said."""
    with (company / "tenu.toml").open("r+", encoding="utf-8") as file:
        text = "max_rows = 3\n" + file.read()
        file.seek(0)
        file.write(text)
    answer = tenu("plan", "--as-of", LATER, "-o", company / "p.json", folder=company)
    said = ("R-LIM-01" in answer.out, "max_rows" in answer.out, (company / "p.json").exists())
    assert (answer.status, said) == (2, (True, True, True))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_review_is_one_whole_page(waiting: Path, lang: str) -> None:
    """Every element closed, tables and charts there, no script, nothing fetched from anywhere."""
    answer = tenu("review", waiting / "p.json", "-o", waiting / "r.html", folder=waiting, lang=lang)
    page = _Page((waiting / "r.html").read_text(encoding="utf-8"))
    assert (answer.status, page.open, page.links, {"table", "svg"} <= page.seen, "script" in page.seen) == (
        1,
        [],
        [],
        True,
        False,
    )


def test_the_review_names_tables_and_nobody(waiting: Path) -> None:
    """No e-mail, no telephone, no customer number, in neither form."""
    tenu("review", waiting / "p.json", "-o", waiting / "r.html", folder=waiting)
    text = tenu("review", waiting / "p.json", folder=waiting).out
    both = text + (waiting / "r.html").read_text(encoding="utf-8")
    personal = re.findall(r"[\w.+-]+@[\w-]+\.\w+|\bC\d{6,}|0[1-9](?: ?\d\d){4}", both)
    assert (personal, all(f"{system}." in text for system in SYSTEMS)) == ([], True)


def test_the_months_ahead_are_as_many_as_asked(waiting: Path) -> None:
    """Two charts of as many bars; none when nobody asks."""
    counts = [
        len(
            re.findall(
                r"^20\d\d-\d\d  ", tenu("review", waiting / "p.json", "--months", n, folder=waiting).out, re.M
            )
        )
        for n in (0, 3)
    ]
    assert counts == [0, 6]


def test_a_word_that_did_not_see_the_size_is_not_enough(waiting: Path) -> None:
    """Refused, then approved with both eyes open, then applied."""
    statuses = [
        tenu(*words, folder=waiting).status
        for words in (
            ("apply", waiting / "p.json"),
            ("approve", waiting / "p.json"),
            ("approve", waiting / "p.json", "--over-share"),
            ("apply", waiting / "p.json"),
        )
    ]
    assert statuses == [2, 1, 0, 0]


def test_who_holds_no_role_approves_nothing(waiting: Path) -> None:
    """The refusal says which role it takes and where it is given."""
    (waiting / "tenu.toml").write_text("[roles]\ndpo = ['nobody-here']\n", encoding="utf-8")
    answer = tenu("approve", waiting / "p.json", folder=waiting)
    assert (answer.status, "[roles] dpo" in answer.err, answer.told) == (2, True, True)


def test_a_sample_lists_its_rows_for_their_owner_alone(planned: Path) -> None:
    """One line per row under a heading, in a file nobody else may read; the rest waits."""
    answer = tenu("apply", planned / "p.json", "--sample", "1", folder=planned)
    listed = planned / "p.json.sample.csv"
    head, *lines = listed.read_text(encoding="utf-8").splitlines()
    mode = stat.S_IMODE(listed.stat().st_mode)
    assert (answer.status, head, len(lines) > 3, mode) == (1, "system,table,verb,key", True, 0o600)


@pytest.mark.parametrize("size", ["0", "101%", "few", "-1"])
def test_a_sample_that_means_nothing_is_refused(planned: Path, size: str) -> None:
    """Nothing is read, nothing is done."""
    answer = tenu("apply", planned / "p.json", f"--sample={size}", folder=planned)
    assert (answer.status, answer.told, (planned / "p.json.sample.csv").exists()) == (2, True, False)


def test_the_runs_are_what_their_schema_says(planned: Path) -> None:
    """The demo's own run is finished; a sampled one is stopped."""
    tenu("apply", planned / "p.json", "--sample", "1", folder=planned)
    said = tenu("run", "list", "--json", folder=planned).json()
    assert ([one["state"] for one in said], problems("run", said)) == (["finished", "stopped"], [])


def test_a_run_is_held_back_and_released_by_the_beginning_of_its_name(planned: Path) -> None:
    """Stopped, aborted: the plan is refused; what no run answers to is said."""
    tenu("apply", planned / "p.json", "--sample", "1", folder=planned)
    name = tenu("run", "list", "--json", folder=planned).json()[-1]["run"]
    statuses = [
        tenu(*words, folder=planned).status
        for words in (("run", "pause", "zz"), ("run", "abort", name[:8]), ("apply", planned / "p.json"))
    ]
    assert statuses == [2, 0, 2]
