"""``tenu replay`` and ``tenu certificate`` as people see them: a restore, a refusal, a replay, a proof."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from faces.face import LATER, problems, tenu

SYSTEM = "crm"


@pytest.fixture
def brought_back(planned: Path) -> Path:
    """Give a workspace whose CRM was restored from a backup made before its latest run."""
    shutil.copy(planned / "crm.db", planned / "crm.bak")
    tenu("apply", planned / "p.json", folder=planned)
    shutil.move(planned / "crm.bak", planned / "crm.db")
    return planned


def test_a_restore_is_seen_refused_replayed_and_over(brought_back: Path) -> None:
    """The check fails, the plan is refused with its way out, the replay does it, the check succeeds."""
    before = tenu("replay", "--check", folder=brought_back)
    refused = tenu("plan", "--as-of", LATER, folder=brought_back)
    done = tenu("replay", "--system", SYSTEM, folder=brought_back)
    after = tenu("replay", "--check", folder=brought_back)
    assert (before.status, refused.status, "tenu replay --system crm" in refused.err, done.status, after.status) == (
        1, 2, True, 0, 0,
    )  # fmt: skip


def test_the_plan_of_a_replay_can_be_read_first(brought_back: Path) -> None:
    """Kept in a file, applied like any other."""
    file = brought_back / "replay.json"
    kept = tenu("replay", "--system", SYSTEM, "-o", file, folder=brought_back)
    done = tenu("apply", file, folder=brought_back)
    assert (
        kept.status,
        problems("plan", json.loads(file.read_text())),
        done.status,
        tenu("replay", "--check", "--json", folder=brought_back).json()["restored"],
    ) == (1, [], 0, [])


def test_what_a_replay_did_is_json_as_apply_says_it(brought_back: Path) -> None:
    """The same schema."""
    answer = tenu("replay", "--system", SYSTEM, "--json", folder=brought_back)
    assert (problems("apply", answer.json()), answer.json()["people"]["ended"] > 0) == ([], True)


def test_nothing_to_replay_is_said(company: Path) -> None:
    """A database that did not go back in time has nothing to do again."""
    answer = tenu("replay", "--system", SYSTEM, folder=company, lang="en")
    assert (answer.status, "did not go back in time" in answer.out) == (0, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--system", "nowhere"], "systèmes connus"),
        (["--system", SYSTEM, "--since", "yesterday"], "--since"),
        ([], "--system"),
    ],
)
def test_a_mistyped_replay_says_what_to_do(company: Path, words: list[str], said: str) -> None:
    """An unknown system, a date that is none, no system at all."""
    answer = tenu("replay", *words, folder=company)
    assert (answer.status, said in answer.err) == (2, True)


def test_holds_are_released_by_whoever_holds_the_role(company: Path) -> None:
    """Without the role, it is refused."""
    (company / "tenu.toml").write_text("[roles]\ndba = []\n")
    assert tenu("replay", "--system", SYSTEM, "--release-holds", folder=company).status == 2


def test_a_certificate_is_handed_out_and_checked_offline(company: Path, tmp_path: Path) -> None:
    """Away from the workspace, with its public key alone; a changed one does not verify."""
    run = json.loads((company / "plan.json").read_text())["digest"]
    file, changed = tmp_path / "certificate.json", tmp_path / "changed.json"
    tenu("certificate", run, "-o", file, folder=company)
    tenu("journal", "export", tmp_path / "proof", folder=company)
    key = (tmp_path / "proof" / "public-key.txt").read_text().strip()
    changed.write_text(file.read_text().replace('"complete": true', '"complete": false'))
    statuses = [tenu("certificate", "--verify", f, "--key", key).status for f in (file, changed)]
    assert statuses == [0, 1]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_certificate_is_read_in_both_languages(company: Path, lang: str) -> None:
    """It says the search, the disks and the last backup."""
    run = json.loads((company / "plan.json").read_text())["digest"]
    answer = tenu("certificate", run[:8], folder=company, lang=lang)
    words = {"fr": ("Certificat", "sauvegardes", "relues"), "en": ("Certificate", "backups", "searched")}[
        lang
    ]
    assert [word for word in words if word not in answer.out] == []


def test_a_run_nobody_knows_is_refused(company: Path) -> None:
    """With what to give instead."""
    answer = tenu("certificate", "000000", folder=company)
    assert (answer.status, "empreinte du plan" in answer.err) == (2, True)
