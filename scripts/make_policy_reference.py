"""Write what is generated from the policy model: the JSON Schema editors read, and its reference page.

Run it after a change of the model: ``python scripts/make_policy_reference.py``. With ``--check`` it writes
nothing and fails when a file is not what the model says.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tenu.policy.load import policy_schema

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "schemas" / "policy.schema.json"
PAGE = ROOT / "docs" / "reference" / "policy-file.md"

_HEAD = """# The policy file

`policy.yaml` holds every promise of a privacy policy, typed. Unknown keys are refused with the nearest known
one. This page is generated from the model by `scripts/make_policy_reference.py`; do not edit it.

Editors complete and check the file with `schemas/policy.schema.json`. For those that read the YAML language
server's comment, write at the top: `# yaml-language-server: $schema=schemas/policy.schema.json`.

Durations are written `5 years`, `13 mois` or `P5Y`. A text for people is written `{fr: …, en: …}`.
A code such as `C-RET-13`, `A-26` or `P-REF-02` is told by `tenu explain`.
"""

_WORDS = {"null": "`null`", "boolean": "`true` or `false`", "string": "text", "integer": "whole number"}


def main() -> int:
    """Write both files, or compare them when asked to; return the exit code."""
    written = rendered()
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in written.items() if _read(path) != text]
        for path in stale:
            name = path.relative_to(ROOT)
            print(f"{name} is not what the model says; run {Path(__file__).name}", file=sys.stderr)
        return 1 if stale else 0
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def rendered() -> Mapping[Path, str]:
    """Return the text of each generated file."""
    schema = policy_schema()
    return {SCHEMA: json.dumps(schema, indent=2, ensure_ascii=False) + "\n", PAGE: _page(schema)}


def _page(schema: dict[str, Any]) -> str:
    sections = [_HEAD, _section("Policy", schema)]
    for name in _reachable(schema):
        sections.append(_section(name, schema["$defs"][name]))
    return "\n".join(sections)


def _reachable(schema: dict[str, Any]) -> list[str]:
    """Return the names of the parts, in the order a reader meets them."""
    order: list[str] = []
    queue = list(_references(schema.get("properties", {})))
    while queue:
        name = queue.pop(0)
        if name not in order:
            order.append(name)
            queue[:0] = _references(schema["$defs"][name].get("properties", {}))
    return order


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield str(value["$ref"]).rpartition("/")[2]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _section(name: str, part: dict[str, Any]) -> str:
    lines = [f"## {name}", "", *(line.rstrip() for line in _description(part)), ""]
    if "enum" in part:
        lines += [f"One of {', '.join(f'`{choice}`' for choice in part['enum'])}.", ""]
    if "properties" in part:
        required = set(part.get("required", ()))
        lines += ["| Key | Value | |", "|---|---|---|"]
        lines += [_row(key, value, key in required) for key, value in part["properties"].items()]
        lines.append("")
    return "\n".join(lines)


def _description(part: dict[str, Any]) -> list[str]:
    return str(part.get("description", "")).splitlines()


def _row(key: str, value: dict[str, Any], required: bool) -> str:
    default = "required" if required else f"default `{json.dumps(value.get('default'), ensure_ascii=False)}`"
    return f"| `{key}` | {_type(value)} | {default} |"


def _type(value: dict[str, Any]) -> str:
    match value:
        case {"$ref": reference}:
            name = str(reference).rpartition("/")[2]
            told = f"[{name}](#{name.lower()})"
        case {"anyOf": choices}:
            told = " or ".join(_type(choice) for choice in choices)
        case {"type": "array", "items": items}:
            told = f"list of {_type(items)}"
        case {"enum": choices}:
            told = ", ".join(f"`{choice}`" for choice in choices)
        case {"examples": examples}:
            told = "for example " + ", ".join(f"`{example}`" for example in examples)
        case {"pattern": pattern}:
            told = "text like `" + str(pattern).replace("|", "\\|") + "`"
        case {"type": kind}:
            told = _WORDS.get(kind, kind)
        case _:
            raise ValueError(f"the page does not know how to tell {value}")
    return told


if __name__ == "__main__":
    raise SystemExit(main())
