"""The JST France policy of the package, read once, and altered copies of it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from tenu.errors import Finding, FindingsError
from tenu.policy.load import load_policy
from tenu.policy.model import Policy

FILE = "policy.yaml"


@cache
def seed_text() -> str:
    """Return the packaged policy file."""
    return (files("tenu.sample") / FILE).read_text(encoding="utf-8")


@cache
def seed() -> Policy:
    """Return the packaged policy."""
    return load_policy(seed_text(), file=FILE)


def altered(old: str, new: str) -> str:
    """Return the packaged file with the first *old* replaced; a test that would alter nothing fails here."""
    before, found, after = seed_text().partition(old)
    assert found, f"the packaged policy does not hold {old!r}"
    return before + new + after


def findings_of(text: str) -> tuple[Finding, ...]:
    """Return what is wrong with a policy file, nothing when it loads."""
    try:
        load_policy(text, file=FILE)
    except FindingsError as error:
        return error.findings
    return ()


def policy_with(*changes: tuple[str, str]) -> Policy:
    """Return the packaged policy after replacing, everywhere, each first text by its second."""
    text = seed_text()
    for old, new in changes:
        assert old in text, f"the packaged policy does not hold {old!r}"
        text = text.replace(old, new)
    return load_policy(text, file=FILE)
