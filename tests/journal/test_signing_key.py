"""The key that signs is written once, for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tenu.adapters.signing_key import create_key, load_key
from tenu.errors import RefusedError, UnreachableError
from tenu.journal.checkpoint import KeyTextError

NAME = "acme.example/tenu"


def test_a_key_created_can_be_loaded(tmp_path: Path) -> None:
    """The key that signs tomorrow is the one created today."""
    created = create_key(tmp_path / "keys" / "journal.key", NAME)
    assert load_key(tmp_path / "keys" / "journal.key").verifier == created.verifier


def test_a_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else can sign in the company's name."""
    create_key(tmp_path / "journal.key", NAME)
    assert stat.S_IMODE((tmp_path / "journal.key").stat().st_mode) == 0o600


def test_two_keys_differ(tmp_path: Path) -> None:
    """A key is drawn, not computed."""
    assert create_key(tmp_path / "a", NAME).verifier != create_key(tmp_path / "b", NAME).verifier


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    """Losing it would leave every past checkpoint unexplained."""
    created = create_key(tmp_path / "journal.key", NAME)
    with pytest.raises(RefusedError):
        create_key(tmp_path / "journal.key", NAME)
    assert load_key(tmp_path / "journal.key").verifier == created.verifier


def test_nothing_is_left_beside_the_key(tmp_path: Path) -> None:
    """No half-written copy of a secret stays in the folder."""
    create_key(tmp_path / "journal.key", NAME)
    assert [path.name for path in tmp_path.iterdir()] == ["journal.key"]


def test_a_key_others_can_read_is_refused(tmp_path: Path) -> None:
    """A key that may have been copied signs nothing."""
    create_key(tmp_path / "journal.key", NAME)
    (tmp_path / "journal.key").chmod(0o640)
    with pytest.raises(RefusedError):
        load_key(tmp_path / "journal.key")


def test_a_missing_key_says_where(tmp_path: Path) -> None:
    """The path is in the message."""
    with pytest.raises(UnreachableError, match=r"journal\.key"):
        load_key(tmp_path / "journal.key")


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    """An empty file is not a key of zeros."""
    (tmp_path / "journal.key").touch(mode=0o600)
    with pytest.raises(KeyTextError):
        load_key(tmp_path / "journal.key")
