"""The page that describes the sample company."""

from pathlib import Path

import pytest

from tenu.sample import Company
from tenu.sample.rows import SYSTEM_OF
from tenu.sample.scene import Case

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "sample-company.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", Company.generate().awkward(), ids=lambda case: case.label.en)
def test_the_page_lists_each_deliberate_case(case: Case) -> None:
    """A case stands on the page with the fate of each row its author spoke of."""
    fates = dict.fromkeys(f"{found.table} {found.fate}" for found in case.expected)
    assert f"| {case.label.en} | {', '.join(fates)} |" in PAGE


@pytest.mark.parametrize("table", SYSTEM_OF)
def test_the_page_names_each_table(table: str) -> None:
    """No table is left out of the page."""
    assert table in PAGE
