"""One demo for the whole folder, copied for whoever changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from faces.face import DAY, LATER, PEOPLE, Answer, tenu


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """Give the folder of a finished demo, never to be changed, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "company"
    answer = tenu("demo", "--people", PEOPLE, "--as-of", DAY, "--directory", folder)
    return folder, answer


@pytest.fixture
def company(played: tuple[Path, Answer], tmp_path: Path) -> Path:
    """Give a workspace of this test alone, after the demo's run."""
    folder = tmp_path / "company"
    shutil.copytree(played[0], folder)
    return folder


@pytest.fixture(scope="session")
def looked_at(played: tuple[Path, Answer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace nobody changes but by looking: each look is one more entry in its journal."""
    folder = tmp_path_factory.mktemp("looked") / "company"
    shutil.copytree(played[0], folder)
    return folder


@pytest.fixture(scope="session")
def _planned(played: tuple[Path, Answer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one plan with work to do, approved, for every test that applies it to its own copy."""
    folder = tmp_path_factory.mktemp("planned") / "company"
    shutil.copytree(played[0], folder)
    tenu("plan", "--as-of", LATER, "-o", folder / "p.json", folder=folder)
    tenu("approve", folder / "p.json", "--over-share", folder=folder)
    return folder


@pytest.fixture
def planned(_planned: Path, tmp_path: Path) -> Path:
    """Give a workspace of this test alone, with a plan to apply in ``p.json``."""
    folder = tmp_path / "planned"
    shutil.copytree(_planned, folder)
    return folder


@pytest.fixture(scope="module")
def planned_once(_planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace of one module, with a plan to apply in ``p.json``."""
    folder = tmp_path_factory.mktemp("module") / "company"
    shutil.copytree(_planned, folder)
    return folder
