"""The JSON Schema says what the model says, to editors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from yaml.constructor import SafeConstructor

from policy.seed import altered, seed_text
from tenu.documents import _Core
from tenu.policy.load import policy_schema

ROOT = Path(__file__).parents[2]


class _AsTheModelReads(_Core, SafeConstructor):
    """YAML read into plain values, by the rules of workspace files."""

    def __init__(self, text: str) -> None:
        _Core.__init__(self, text)
        SafeConstructor.__init__(self)


def _plain(text: str) -> Any:
    return yaml.load(text, Loader=_AsTheModelReads)  # noqa: S506 - a safe loader under another name


def test_the_packaged_policy_is_valid_under_the_schema() -> None:
    """An editor finds nothing to say of the packaged policy."""
    validator = jsonschema.Draft202012Validator(policy_schema())
    assert list(validator.iter_errors(_plain(seed_text()))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("time_zone:", "timezone:"),
        ("lasts: 5 years", "lasts: five years"),
        ("each: person", "each: persons"),
        ("[C-CNI-01]", "[CNI-01]"),
        ("country: FR", "country: France"),
        ("says:\n    fr:", "says:\n    fe:"),
    ],
)
def test_the_schema_refuses_what_the_model_refuses(old: str, new: str) -> None:
    """An editor underlines an unknown key, a bad duration, a bad choice, a bad code."""
    validator = jsonschema.Draft202012Validator(policy_schema())
    assert list(validator.iter_errors(_plain(altered(old, new)))) != []


def test_what_is_generated_from_the_model_is_current() -> None:
    """The schema and the reference page under version control are those of the model."""
    command = [sys.executable, str(ROOT / "scripts" / "make_policy_reference.py"), "--check"]
    assert subprocess.run(command, check=False, capture_output=True, text=True).stderr == ""
