"""``tenu demo``: a company is made, its policy is run, and what happened can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from faces.face import Answer, on_a_terminal, problems, tenu, wide


def test_the_demo_leaves_nothing_due_and_no_trace(played: tuple[Path, Answer]) -> None:
    """The exit status is 0 only when nothing due is left, nobody left a trace and the journal verifies."""
    assert played[1].status == 0


def test_the_demo_tells_its_five_steps(played: tuple[Path, Answer]) -> None:
    """A person follows it by the numbers of its steps."""
    assert re.findall(r"^\d/5 (\w+)", played[1].out, re.M) == ["Une", "check", "plan", "apply", "attest"]


def test_the_bars_are_of_the_clauses_that_state_a_duration(played: tuple[Path, Answer]) -> None:
    """One bar per duration, named by its clause; a clause that only names a basis has none."""
    bars = re.findall(r"^   (.+?)\s+\d+ █+$", played[1].out, re.M)
    assert {"Prospects : 5 ans", "Contrats : 5 ans après la relation", "Relation : 5 ans"} <= set(bars)


def test_what_was_due_is_due_no_more(played: tuple[Path, Answer]) -> None:
    """Every line of before and after ends with zero."""
    assert set(re.findall(r"\d → (\d+)$", played[1].out, re.M)) == {"0"}


def test_the_commands_it_names_run(played: tuple[Path, Answer], company: Path) -> None:
    """Whoever copies the lines at the end gets an answer."""
    lines = re.findall(r"^      tenu -w (\S+) (.+)$", played[1].out, re.M)
    answers = [tenu(*words.replace(folder, str(company)).split(), folder=company) for folder, words in lines]
    assert [answer.status < 2 for answer in answers] == [True] * 4


def test_the_demo_is_one_json_object_on_a_leap_day_on_each_engine(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    """29 February changes nothing to what is promised, wherever the databases are."""
    addresses = {f"{system.upper()}_URL": new_database(system) for system in ("crm", "erp", "shop", "mail")}
    stores = {f"TENU_{store}_URL": new_database(store.lower()) for store in ("ARCHIVE", "VAULT")}
    words = ("demo", "--people", 70, "--as-of", "2028-02-29", "--json", "--directory", tmp_path / "company")
    said = tenu(*words, env={**addresses, **stores}).json()
    assert (problems("demo", said), sum(said["overdue_after"].values()), said["residual"]) == ([], 0, 0)


def test_the_demo_fits_80_columns_on_the_last_day_of_a_year(tmp_path: Path) -> None:
    """No line is cut by the edge, commands to copy aside."""
    words = ("demo", "--people", 70, "--as-of", "2026-12-31", "--directory", tmp_path / "c")
    answer = tenu(*words, env=on_a_terminal(80))
    assert (answer.status, [line for line in wide(answer.out, 80) if str(tmp_path) not in line]) == (0, [])


def test_the_demo_speaks_english_on_200_columns_on_the_last_of_february(tmp_path: Path) -> None:
    """Not one accented word where English was asked for, the company's name aside."""
    words = ("demo", "--people", 70, "--as-of", "2027-02-28", "--directory", tmp_path / "c")
    answer = tenu(*words, lang="en", env=on_a_terminal(200))
    french = re.findall(r"\S*[éèêàçù]\S*", answer.out.replace("Hélianthe", ""))
    assert (answer.status, french, [x for x in wide(answer.out, 200) if str(tmp_path) not in x]) == (
        0,
        [],
        [],
    )


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """Nothing of anybody's is ever written over."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert (tenu("demo", "--directory", tmp_path).status, len(list(tmp_path.iterdir()))) == (2, 1)


def test_too_few_people_is_said(tmp_path: Path) -> None:
    """The deliberate cases need their people."""
    answer = tenu("demo", "--people", 3, "--directory", tmp_path / "c")
    assert (answer.status, answer.told, "au moins" in answer.err) == (2, True, True)
