"""The tables of tenu.toml that supervise runs: what they say, and how a mistake is told."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from tenu.adapters.settings import read_settings
from tenu.errors import FindingsError
from tenu.periods.holidays import Region
from tenu.plans.approval import Approval
from tenu.plans.bounds import TableCeiling
from tenu.plans.pacing import LagProbe, Pacing, Window

WHOLE = """
max_share = 15
[limits."shop.sign_in"]
rows = 5000
share = 60
[approval]
needed = "always"
roles = ["dpo", "counsel"]
two_people = true
[pacing]
target_ms = 150
duty = 50
max_minutes = 240
outside = "wait"
holidays = "FR-ALM"
[[pacing.window]]
days = ["mon", "sat"]
from = "22:30"
to = "05:00"
[pacing.lag.crm]
query = "SELECT 0"
"""


def settings(folder: Path, text: str) -> object:
    """Return what tenu.toml, holding *text*, says."""
    (folder / "tenu.toml").write_text(text, encoding="utf-8")
    return read_settings(folder)


def test_every_key_is_read(tmp_path: Path) -> None:
    """Limits of one table, who approves, pace, window and lag."""
    said = settings(tmp_path, WHOLE)
    expected = (
        {"shop.sign_in": TableCeiling(rows=5000, share=60)},
        Approval(needed="always", roles=("dpo", "counsel"), two_people=True),
        Pacing(
            target_ms=150,
            duty=50,
            max_minutes=240,
            outside="wait",
            holidays=Region.ALSACE_MOSELLE,
            windows=(Window(days=frozenset({0, 5}), start=time(22, 30), end=time(5)),),
            lag={"crm": LagProbe(query="SELECT 0")},
        ),
    )
    assert (said.limits, said.approval, said.pacing) == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[approval]\nneeded = 'sometimes'\n", "approval.needed"),
        ("[approval]\nrole = ['dpo']\n", "approval.role"),
        ("[pacing]\nduty = 0\n", "pacing.duty"),
        ("[pacing]\nduty = 101\n", "pacing.duty"),
        ("[[pacing.window]]\nfrom = '25:00'\nto = '06:00'\n", "pacing.window.from"),
        ("[[pacing.window]]\ndays = ['lundi']\nfrom = '22:00'\nto = '06:00'\n", "pacing.window.days"),
        ('[limits."shop.account"]\nshare = 101\n', 'limits."shop.account".share'),
        ("limits = 3\n", "[limits]"),
    ],
)
def test_a_mistake_is_told_with_its_key(tmp_path: Path, text: str, word: str) -> None:
    """Nothing wrong is taken for a default, and the message names the key."""
    with pytest.raises(FindingsError) as raised:
        settings(tmp_path, text)
    assert word in raised.value.findings[0].message.fr
