"""Names are compared without accents, case or punctuation, by one rule whatever the letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tenu.datamap.identity import folded


@given(st.text(st.characters(codec="ascii")))
def test_a_text_without_accents_folds_as_it_does_beside_one(text: str) -> None:
    """The shorter way taken for ASCII gives the words the way for every other letter gives."""
    assert folded(f"{text} é").split() == [*folded(text).split(), "e"]
