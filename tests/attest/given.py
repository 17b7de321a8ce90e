"""Facts to judge: the sample policy and data maps, with everything counted and nothing wrong, then one thing changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from tenu.datamap.model import System
from tenu.documents import read
from tenu.errors import Finding
from tenu.plans.archive import Reach
from tenu.plans.facts import AnonymousTable, ArchiveFacts, EndFacts, Facts, HoldFacts, Signature, Truth
from tenu.plans.truth import truth
from tenu.policy.clauses import clauses
from tenu.policy.load import load_policy
from tenu.policy.model import Policy
from tenu.terms import ClauseStatus, LegalBasis, Severity, Text

DAY = date(2026, 11, 23)
ENDED = EndFacts(
    intact=True,
    restored=(),
    residual=0,
    earlier=0,
    unread=0,
    doubtful=0,
    backups_until=date(2026, 12, 28),
    undeclared=(),
)
NAMES = ("crm", "erp", "shop", "mail")


@cache
def policy() -> Policy:
    """Return the sample company's policy."""
    return load_policy((files("tenu.sample") / "policy.yaml").read_text(encoding="utf-8"), file="policy.yaml")


@cache
def systems() -> tuple[System, ...]:
    """Return the sample company's data maps."""
    folder = files("tenu.sample") / "systems"
    return tuple(
        read((folder / f"{name}.yaml").read_text(encoding="utf-8"), file=f"{name}.yaml", model=System)
        for name in NAMES
    )


@cache
def _kept() -> Facts:
    rules = [rule.id for rule in policy().retention.rules]
    return Facts(
        as_of=DAY,
        policy=policy(),
        stores=(),
        unjudged={},
        systems=systems(),
        unreachable=(),
        overdue={},
        doubtful={},
        bound=dict.fromkeys(rules, ("crm.contact",)),
        stricter=frozenset(),
        schema=(),
        lint=(),
        archive=archive_facts(),
        openings=0,
        holds=HoldFacts(in_force=2, late=0, rows=1, rows_late=0, rows_undated=0, rows_unowned=0),
        last_run_complete=True,
        end=ENDED,
        signatures={},
        anonymous=(measured(),),
    )


def archive_facts(**changes: Any) -> ArchiveFacts:
    """Return facts of an archive where nothing is wrong, but for *changes*."""
    held = ArchiveFacts(packages=3, past=0, groundless=0, forbidden=0, reach=reach())
    return replace(held, **changes)


def reach(**changes: Any) -> Reach:
    """Return that nobody else can reach the archive, but for *changes*."""
    return replace(Reach(accounts=(), files=(), shared=()), **changes)


def measured(**changes: Any) -> AnonymousTable:
    """Return a table whose last measure passed, but for *changes*."""
    table = AnonymousTable(
        place="shop.basket", wanted=5, measured_on=DAY, rows=40, k=7, passed=True, since=False
    )
    return replace(table, **changes)


def facts(**changes: Any) -> Facts:
    """Return facts where nothing is wrong, but for *changes*."""
    return replace(_kept(), **changes)


def judged(clause: str, **changes: Any) -> Truth:
    """Return what is said of *clause* where nothing is wrong, but for *changes*."""
    return truth(clauses()[clause], facts(**changes))


def status(clause: str, **changes: Any) -> ClauseStatus:
    """Return the status of *clause* where nothing is wrong, but for *changes*."""
    return judged(clause, **changes).status


def finding(code: str, severity: Severity = Severity.BLOCKER, *cited: str) -> Finding:
    """Return a finding that carries *code*."""
    return Finding(code=code, severity=severity, message=Text(fr="x", en="x"), clauses=cited)


def purposes(**changes: Any) -> Policy:
    """Return the policy with the same *changes* made to every purpose."""
    return replace(policy(), purposes=tuple(replace(p, **changes) for p in policy().purposes))


def lawful_purposes() -> Policy:
    """Return the policy where every purpose has a basis, its text of law, and nothing left unsaid."""
    told = (
        replace(
            p,
            basis=p.basis or LegalBasis.LEGITIMATE_INTEREST,
            legal_text=p.legal_text or "C. com. L123-22",
            unstated=(),
        )
        for p in policy().purposes
    )
    return replace(policy(), purposes=tuple(told))


def prospecting(**active: Any) -> Policy:
    """Return the policy with *active* changed in the active phase of the prospects' rule."""
    rules = tuple(
        replace(rule, active=replace(rule.active, **active)) if rule.id == "prospecting" else rule
        for rule in policy().retention.rules
    )
    return replace(policy(), retention=replace(policy().retention, rules=rules))


def signed(clause: str, on: date, until: date) -> dict[str, Signature]:
    """Return a person's word on *clause*."""
    return {clause: Signature(clause=clause, role="dpo", signed_on=on, valid_until=until)}
