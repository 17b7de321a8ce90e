"""A published text is told where it hedges and where its sentences run on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenu.law.wording import sentences, wording

PUBLISHED = Path(__file__).parents[3] / "shared" / "policy" / "politique-jst-france.txt"
PLAIN = "Nous gardons vos factures dix ans. " * 30


def _codes(text: str) -> list[str]:
    return [finding.code for finding in wording(text, file="politique.txt")]


def test_a_plain_text_is_not_reproached() -> None:
    """Short sentences that say what is done give no finding."""
    assert _codes(PLAIN) == []


@pytest.mark.parametrize(("hedges", "told"), [(1, []), (2, ["L-PB-15"])])
def test_five_hedges_in_a_thousand_words_are_borne(hedges: int, told: list[str]) -> None:
    """In 200 words, one hedge is within five per thousand and two are not."""
    assert _codes("peut " * hedges + "mot. " * (200 - hedges)) == told


@pytest.mark.parametrize(("words", "told"), [(40, []), (41, ["L-AC-04"])])
def test_a_sentence_is_long_after_forty_words(words: int, told: list[str]) -> None:
    """A text of one sentence of forty words passes, of forty-one does not."""
    assert _codes("mot " * words + ".") == told


@pytest.mark.parametrize(("short", "told"), [(9, []), (8, ["L-AC-04"])])
def test_one_long_sentence_in_ten_is_borne(short: int, told: list[str]) -> None:
    """One long sentence among ten passes, among nine does not."""
    assert _codes("mot " * 41 + ". " + "Un mot. " * short) == told


def test_a_blank_line_ends_a_sentence() -> None:
    """Two titles on either side of a blank line are two sentences."""
    assert [sentence.words for sentence in sentences("Un titre\n\nUn autre titre")] == [2, 3]


def test_the_finding_shows_the_first_hedge() -> None:
    """The place of the finding is the line and column of the first hedge."""
    place = next(iter(wording("Un mot.\nCela peut être.", file="politique.txt"))).place
    assert place is not None
    assert (place.line, place.column) == (2, 6)


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    """Whatever the text, each finding points inside it."""
    lines = text.count("\n") + 1
    assert all(
        finding.place and finding.place.line <= lines for finding in wording(text, file="politique.txt")
    )


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published text is not beside the project")
def test_the_published_text_hedges_and_runs_on() -> None:
    """The text of March 2026 has more hedges and more long sentences than are borne."""
    assert _codes(PUBLISHED.read_text(encoding="utf-8")) == ["L-PB-15", "L-AC-04"]
