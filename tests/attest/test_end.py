"""C-RET-07 from what ledger, search and disks say: a trace breaks it, what was not looked at leaves it unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from attest.given import ENDED, judged, status


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "kept"),
        ({"restored": ("crm",)}, "broken"),
        ({"restored": None}, "unknown"),
        ({"residual": 1}, "broken"),
        ({"earlier": 1}, "unknown"),
        ({"unread": 1}, "unknown"),
        ({"doubtful": 1}, "unknown"),
        ({"undeclared": ("erp",)}, "unknown"),
        ({"intact": False}, "broken"),
    ],
)
def test_the_end_is_kept_only_when_everything_was_looked_at(said: dict[str, Any], expected: str) -> None:
    """One fact at a time: restored, residual, unread, doubtful, undeclared, altered."""
    assert status("C-RET-07", end=replace(ENDED, **said)) == expected


def test_the_end_is_said_with_the_day_of_the_last_backup() -> None:
    """Never without it."""
    assert "28/12/2026" in judged("C-RET-07").evidence.fr
