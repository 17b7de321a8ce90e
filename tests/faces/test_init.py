"""``tenu init``: a workspace that runs as it is."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from faces.face import tenu
from tenu.settings import ResidueSearch, Settings, Stores


def test_a_new_workspace_can_be_checked(tmp_path: Path) -> None:
    """Nothing to write before the first answer."""
    tenu("init", tmp_path / "mine")
    answer = tenu("check", folder=tmp_path / "mine")
    assert (answer.status, answer.told) == (1, True)


def test_a_workspace_is_never_written_over(tmp_path: Path) -> None:
    """The second time is refused, and the policy is what it was."""
    tenu("init", tmp_path)
    (tmp_path / "policy.yaml").write_text("mine", encoding="utf-8")
    answer = tenu("init", tmp_path)
    assert (answer.status, (tmp_path / "policy.yaml").read_text(encoding="utf-8")) == (2, "mine")


def test_the_settings_written_are_the_defaults(tmp_path: Path) -> None:
    """Every line may go."""
    tenu("init", tmp_path)
    said = tomllib.loads((tmp_path / "tenu.toml").read_text(encoding="utf-8"))
    stores, residue = said.pop("stores"), said.pop("residue")
    assert (Settings(**said), Stores(**stores), ResidueSearch(**residue)) == (
        Settings(),
        Stores(),
        ResidueSearch(),
    )


def test_every_setting_is_named(tmp_path: Path) -> None:
    """Also those that have no default."""
    tenu("init", tmp_path)
    text = (tmp_path / "tenu.toml").read_text(encoding="utf-8")
    assert [f.name for f in (*fields(Settings), *fields(Stores)) if f.name not in text] == []


@pytest.mark.parametrize("name", ["keys/", "*.db", "extracts/"])
def test_secrets_and_databases_stay_out_of_git(tmp_path: Path, name: str) -> None:
    """What must not be shared is ignored from the start."""
    tenu("init", tmp_path)
    assert name in (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = tenu("init", tmp_path / "file" / "inside")
    assert (answer.status, answer.told) == (2, True)
