"""What holds of the linter and of the ceilings for every policy and every day."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy.seed import seed
from tenu.law.ceilings import ceiling, effective_active, outlasts
from tenu.law.lint import lint
from tenu.periods.period import Period
from tenu.policy.model import Policy
from tenu.policy.retention import RetentionRule, Stricter

DAYS = st.dates(min_value=date(2018, 5, 25), max_value=date(2100, 12, 31))
PERIODS = st.builds(
    Period,
    years=st.integers(min_value=0, max_value=20),
    months=st.integers(min_value=0, max_value=30),
    days=st.integers(min_value=1, max_value=400),
)
CHOICES = st.sampled_from(Stricter)


def _some(items: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return any part of *items*, in their order."""
    return st.lists(st.booleans(), min_size=len(items), max_size=len(items)).map(
        lambda kept: tuple(item for item, keep in zip(items, kept, strict=True) if keep)
    )


@st.composite
def thinner_policies(draw: st.DrawFn) -> Policy:
    """Draw the seed policy with some of its promises gone."""
    policy = seed()
    replace = dataclasses.replace
    cookies = replace(
        policy.cookies,
        categories=draw(_some(policy.cookies.categories)),
        controls=draw(_some(policy.cookies.controls)),
        social_tools=draw(st.sampled_from((None, policy.cookies.social_tools))),
    )
    rules = draw(_some(policy.retention.rules))
    return replace(
        policy,
        categories=draw(_some(policy.categories)),
        purposes=draw(_some(policy.purposes)),
        retention=replace(
            policy.retention, rules=rules, legal_periods=draw(_some(policy.retention.legal_periods))
        ),
        rights=replace(policy.rights, promised=draw(_some(policy.rights.promised))),
        recipients=replace(policy.recipients, classes=draw(_some(policy.recipients.classes))),
        cookies=cookies,
    )


@given(thinner_policies(), DAYS)
def test_the_linter_judges_any_policy(policy: Policy, as_of: date) -> None:
    """Whatever a policy leaves out, the linter answers, and each finding has a place and a way out."""
    assert all(finding.place and finding.fix for finding in lint(policy, as_of))


@given(DAYS)
def test_the_linter_says_the_same_thing_twice(as_of: date) -> None:
    """Judging a policy twice on one day gives the same findings in the same order."""
    assert tuple(lint(seed(), as_of)) == tuple(lint(seed(), as_of))


def _rule(name: str, lasts: Period, choice: Stricter) -> RetentionRule:
    rule = seed().retention.rule(name)
    return dataclasses.replace(
        rule, active=dataclasses.replace(rule.active, lasts=lasts), when_law_is_stricter=choice
    )


NAMES = st.sampled_from([rule.id for rule in seed().retention.rules])


@given(NAMES, PERIODS, CHOICES, DAYS)
def test_the_law_never_lengthens_a_promise(name: str, lasts: Period, choice: Stricter, as_of: date) -> None:
    """Whatever the choice, what is enforced never outlasts what was promised."""
    assert not outlasts(effective_active(_rule(name, lasts, choice), seed(), as_of), lasts, as_of)


@given(NAMES, PERIODS, DAYS)
def test_following_the_law_never_outlasts_its_reference(name: str, lasts: Period, as_of: date) -> None:
    """Where the policy follows the law, what is enforced stays within the reference in force."""
    enforced = effective_active(_rule(name, lasts, Stricter.FOLLOW_LAW), seed(), as_of)
    reference = ceiling(name, as_of)
    assert reference is None or not outlasts(enforced, reference.value, as_of)
