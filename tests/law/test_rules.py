"""The catalogue of lint rules is whole, in both languages."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tenu.law.catalogue import JudgedBy, rules

LAW = Path(__file__).parents[3] / "shared" / "law"


def test_there_are_as_many_rules_as_the_law_asks() -> None:
    """The catalogue holds 167 rules."""
    assert len(rules()) == 167


def test_who_judges_each_rule_is_known() -> None:
    """118 rules are judged on the policy, 2 on the published text, 47 on the systems."""
    counted = Counter(rule.judged_by for rule in rules().values())
    assert counted == {JudgedBy.POLICY: 118, JudgedBy.TEXT: 2, JudgedBy.SYSTEMS: 47}


def test_every_rule_judged_on_the_policy_or_its_text_says_what_to_do() -> None:
    """A rule that can produce a finding has a way out, and only those."""
    assert [r.id for r in rules().values() if (r.fix is None) is (r.judged_by is not JudgedBy.SYSTEMS)] == []


def test_every_rule_is_written_in_both_languages() -> None:
    """No rule lacks its French, its English or its source."""
    assert [r.id for r in rules().values() if not (r.rule.fr and r.rule.en and r.source)] == []


@pytest.mark.skipif(not LAW.exists(), reason="the working documents are not beside the project")
def test_the_rules_are_those_of_the_working_documents() -> None:
    """Identifiers, severities and sources are those the team agreed on."""
    agreed = json.loads((LAW / "lint_rules.json").read_text(encoding="utf-8"))
    letter = {"blocker": "B", "major": "M", "minor": "m", "note": "I"}
    ours = [(rule.id, letter[rule.severity], rule.source) for rule in rules().values()]
    assert ours == [(rule["id"], rule["severity"], rule["source"]) for rule in agreed]
