"""Everything a plan does not name is byte for byte what it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import pytest

from lab import Lab
from tenu.sample.answers import Answer, Fate
from verdict import Place, State

LEFT = (Fate.UNCHANGED, Fate.HELD, Fate.AMBIGUOUS)


def checksum(state: State, fates: Mapping[Place, Answer]) -> str:
    """Return the SHA-256 of every row no plan may change, in the order of places."""
    left = (
        place
        for place in state.rows
        if ((answer := fates.get(place)) is None or _untouched(answer)) and not _of_statistics(place, fates)
    )
    said = (f"{place}{sorted(state.rows[place].items())!r}\n" for place in sorted(left, key=repr))
    return hashlib.sha256("".join(said).encode()).hexdigest()


def _of_statistics(place: Place, fates: Mapping[Place, Answer]) -> bool:
    """Return whether the row hangs from a basket that becomes a statistic: it goes with it when too few are like it."""
    basket = fates.get(("shop", "basket", place[2][:1])) if place[1] == "basket_item" else None
    return basket is not None and basket.fate is Fate.ANONYMISED


def _untouched(answer: Answer) -> bool:
    return answer.fate in LEFT and not answer.columns


@pytest.mark.parametrize("seed", [2, 3])
def test_other_peoples_rows_are_byte_identical(make_lab_of: Callable[..., Lab], seed: int) -> None:
    """Over the four systems, the rows of everybody else have the same checksum before and after a run."""
    lab = make_lab_of(people=150, seed=seed)
    fates = lab.company.fates()
    before = checksum(lab.state(), fates)
    lab.apply(lab.plan())
    assert checksum(lab.state(), fates) == before
