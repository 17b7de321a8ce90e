"""Whose word a plan waits for."""

from __future__ import annotations

from typing import Any

import pytest

from tenu.plans.approval import Approval, Word, asked

PLAIN: dict[str, Any] = {"empty": False, "first": False, "over_share": False, "irreversible": True}


def word(actor: str, *, over_share: bool = False) -> Word:
    """Return the approval of *actor*."""
    return Word(actor=actor, role="dpo", over_share=over_share)


@pytest.mark.parametrize(
    ("needed", "facts", "people"),
    [
        ("first_run", {"first": True}, 1),
        ("first_run", {}, 0),
        ("first_run", {"first": True, "empty": True}, 0),
        ("always", {}, 1),
        ("never", {"first": True}, 0),
        ("never", {"over_share": True}, 1),
    ],
)
def test_who_must_approve(needed: Any, facts: dict[str, bool], people: int) -> None:
    """The first run, every plan, or none; an unusual share always asks; an empty plan never does."""
    assert asked(Approval(needed=needed), **{**PLAIN, **facts}).people == people


@pytest.mark.parametrize(("irreversible", "people"), [(True, 2), (False, 1)])
def test_two_people_for_what_no_archive_keeps(irreversible: bool, people: int) -> None:
    """Only what cannot be undone takes two, when the setting asks."""
    settings = Approval(needed="always", two_people=True)
    assert asked(settings, **{**PLAIN, "irreversible": irreversible}).people == people


@pytest.mark.parametrize(("actors", "missing"), [(["a"], 1), (["a", "a"], 1), (["a", "b"], 0)])
def test_the_same_person_counts_once(actors: list[str], missing: int) -> None:
    """Approving twice is not being two."""
    wanted = asked(Approval(needed="always", two_people=True), **PLAIN)
    assert wanted.missing(map(word, actors)) == missing


@pytest.mark.parametrize(("said", "missing"), [(False, 1), (True, 0)])
def test_an_unusual_share_takes_an_explicit_word(said: bool, missing: int) -> None:
    """An approval that does not say it saw the size is no approval of it."""
    wanted = asked(Approval(), **{**PLAIN, "over_share": True})
    assert wanted.missing([word("a", over_share=said)]) == missing
