"""``tenu apply``: that plan, nothing else, once."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faces.face import LATER, on_a_terminal, problems, tenu, wide
from tenu.plans.plan import digest_of


@pytest.fixture
def company(planned: Path) -> Path:
    """Give the workspace the plan was made in."""
    return planned


@pytest.fixture
def plan(planned: Path) -> Path:
    """Give a plan file with work to do."""
    return planned / "p.json"


def test_a_plan_is_done(company: Path, plan: Path) -> None:
    """Exit status 0, and nothing is due any more."""
    done = tenu("apply", plan, folder=company).status
    assert (done, tenu("plan", "--as-of", LATER, folder=company).status) == (0, 0)


def test_the_result_is_what_its_schema_says(company: Path, plan: Path) -> None:
    """Every number with its unit."""
    assert problems("apply", tenu("apply", plan, "--json", folder=company).json()) == []


def test_what_was_done_is_what_was_planned(company: Path, plan: Path) -> None:
    """Nobody came back in between: the counts are equal."""
    planned = sum(task["people"] for task in json.loads(plan.read_text(encoding="utf-8"))["tasks"])
    people = tenu("apply", plan, "--json", folder=company).json()["people"]
    assert people["archived"] + people["ended"] == planned


def test_applied_twice_says_nothing_changed(company: Path, plan: Path) -> None:
    """The second time is told from the first."""
    first, second = (tenu("apply", plan, folder=company, lang=lang) for lang in ("fr", "en"))
    assert ("rien n'a changé" in first.out, "nothing changed this time" in second.out, second.status) == (
        False,
        True,
        0,
    )


def test_an_expired_plan_is_refused(company: Path, plan: Path) -> None:
    """What was read too long ago is read again."""
    _rewrite(plan, expires_at=(datetime.now(UTC) - timedelta(minutes=1)).isoformat())
    answer = tenu("apply", plan, folder=company)
    assert (answer.status, "a expiré" in answer.err) == (2, True)


def test_an_edited_plan_is_refused(company: Path, plan: Path) -> None:
    """One count changed by hand."""
    said = json.loads(plan.read_text(encoding="utf-8"))
    said["tasks"][0]["people"] += 1
    plan.write_text(json.dumps(said), encoding="utf-8")
    answer = tenu("apply", plan, folder=company)
    assert (answer.status, "modifié" in answer.err) == (2, True)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"digest": 1}', "not json", "\udcff"])
def test_a_file_that_is_no_plan_is_refused(company: Path, tmp_path: Path, text: str) -> None:
    """Whatever it holds, a person reads a sentence."""
    (tmp_path / "x.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    answer = tenu("apply", tmp_path / "x.json", folder=company)
    assert (answer.status, answer.told, "n'est pas un plan" in answer.err) == (2, True, True)


def test_a_plan_of_another_company_is_refused(company: Path, plan: Path, tmp_path: Path) -> None:
    """The same files in another folder, one data map changed: it is not what was read."""
    other = tmp_path / "other"
    shutil.copytree(company, other)
    with (other / "systems" / "crm.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    answer = tenu("apply", plan, folder=other)
    assert (answer.status, "systems/crm.yaml" in answer.err) == (2, True)


def test_a_plan_over_the_limits_is_refused(company: Path, plan: Path) -> None:
    """Both numbers are said."""
    (company / "tenu.toml").write_text("max_people = 1\n", encoding="utf-8")
    answer = tenu("apply", plan, folder=company)
    assert (answer.status, "max_people" in answer.err) == (2, True)


def test_a_refused_plan_changes_nothing(company: Path, plan: Path) -> None:
    """The same plan, unlimited again, still has all its work to do."""
    (company / "tenu.toml").write_text("max_people = 1\n", encoding="utf-8")
    tenu("apply", plan, folder=company)
    (company / "tenu.toml").unlink()
    assert tenu("plan", "--as-of", LATER, folder=company).status == 1


def test_a_run_fits_its_terminal(company: Path, plan: Path) -> None:
    """80 columns are enough."""
    assert wide(tenu("apply", plan, folder=company, env=on_a_terminal(80)).out, 80) == []


def test_a_missing_file_is_said(company: Path) -> None:
    """In the language of the person."""
    answer = tenu("apply", company / "nope.json", folder=company)
    assert (answer.status, "n'existe pas" in answer.err) == (2, True)


def _rewrite(plan: Path, **changes: str) -> None:
    """Change a plan as somebody who can compute its digest would."""
    said = {**json.loads(plan.read_text(encoding="utf-8")), **changes}
    said.pop("digest")
    plan.write_text(json.dumps({**said, "digest": digest_of(said)}), encoding="utf-8")
