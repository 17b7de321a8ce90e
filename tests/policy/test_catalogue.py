"""The clause catalogue is whole, in both languages, and agrees with itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tenu.policy.clauses import ambiguities, clauses, duties, time_rules
from tenu.terms import Deontic, EvidenceClass

LAW = Path(__file__).parents[3] / "shared" / "law"


def test_the_catalogue_counts_what_the_text_promises() -> None:
    """There are 146 clauses, 42 ambiguities, 24 duties and 40 rules of time."""
    assert [len(table()) for table in (clauses, ambiguities, duties, time_rules)] == [146, 42, 24, 40]


def test_each_kind_of_sentence_is_counted() -> None:
    """The clauses are 51 obligations, 23 prohibitions, 53 permissions and 19 facts."""
    counted = Counter(clause.kind for clause in clauses().values())
    expected = {Deontic.OBLIGATION: 51, Deontic.PROHIBITION: 23, Deontic.PERMISSION: 53, Deontic.FACT: 19}
    assert counted == expected


def test_each_class_of_evidence_is_counted() -> None:
    """The clauses are proved by databases 52 times, by the journal 45, by registers 25, by probes 24."""
    counted = Counter(clause.evidence for clause in clauses().values())
    expected = {
        EvidenceClass.DATABASES: 52,
        EvidenceClass.LEDGER: 45,
        EvidenceClass.REGISTRY: 25,
        EvidenceClass.PROBE: 24,
    }
    assert counted == expected


def test_no_text_of_the_catalogue_is_empty() -> None:
    """Every title, promise, proof and test is written in French and in English."""
    texts = [text for c in clauses().values() for text in (c.title, c.promise, c.proof, c.acceptance)]
    assert [text for text in texts if not text.fr.strip() or not text.en.strip()] == []


def test_every_clause_cites_a_law() -> None:
    """No clause stands without an article."""
    assert [clause.id for clause in clauses().values() if not clause.law and clause.id != "C-RCP-04"] == []


def test_every_doubt_named_by_a_clause_is_known() -> None:
    """The ambiguities of the clauses are in the table of ambiguities."""
    assert {a for clause in clauses().values() for a in clause.ambiguities} <= set(ambiguities())


def test_every_line_of_the_text_is_numbered() -> None:
    """The lines of a clause are numbers and ranges."""
    pattern = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")
    assert [clause.id for clause in clauses().values() if not pattern.fullmatch(clause.lines)] == []


@pytest.mark.skipif(not LAW.exists(), reason="the working documents are not beside the project")
def test_the_catalogue_is_the_one_of_the_working_documents() -> None:
    """Identifiers, lines, kinds and evidence are those the team agreed on."""
    agreed = json.loads((LAW / "clauses.json").read_text(encoding="utf-8"))
    ours = [(c.id, c.lines, c.kind.value, c.evidence.value) for c in clauses().values()]
    assert ours == [(c["id"], c["lines"], c["deontic"], c["evidence_class"]) for c in agreed]
