"""Read a policy file: its shape first, then everything that needs the whole file, all findings at once."""

from __future__ import annotations

from typing import Any

from tenu.documents import json_schema, read
from tenu.errors import FindingsError
from tenu.policy.model import Policy
from tenu.policy.references import check_references

SCHEMA_ID = "https://tenu.example/schemas/policy.schema.json"


def load_policy(text: str, *, file: str) -> Policy:
    """Return the policy written in *text*.

    Args:
        text: The whole YAML file, already decoded.
        file: Name shown in findings, relative to the workspace.

    Raises:
        FindingsError: With every mistake of shape, or else every reference that leads nowhere.
    """
    policy = read(text, file=file, model=Policy)
    findings = tuple(check_references(policy))
    if findings:
        raise FindingsError(findings)
    return policy


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema of a policy file, for editors."""
    return json_schema(Policy, identifier=SCHEMA_ID, title="tenu policy")
