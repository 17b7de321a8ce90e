"""The JSON Schema and the reference page of a data map say what the model says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from yaml.constructor import SafeConstructor

from tenu.datamap.model import System, system_schema
from tenu.documents import _Core, read

ROOT = Path(__file__).parents[2]
MAPS = sorted((ROOT / "src" / "tenu" / "sample" / "systems").glob("*.yaml"))
PAGE = ROOT / "docs" / "reference" / "data-map.md"


class _AsTheModelReads(_Core, SafeConstructor):
    """YAML read into plain values, by the rules of workspace files."""

    def __init__(self, text: str) -> None:
        _Core.__init__(self, text)
        SafeConstructor.__init__(self)


def _plain(text: str) -> Any:
    return yaml.load(text, Loader=_AsTheModelReads)  # noqa: S506 - a safe loader under another name


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_the_sample_s_data_maps_are_valid_under_the_schema(path: Path) -> None:
    """An editor finds nothing to say of them, short forms included."""
    validator = jsonschema.Draft202012Validator(system_schema())
    assert list(validator.iter_errors(_plain(path.read_text(encoding="utf-8")))) == []


def test_the_schema_refuses_an_unknown_key() -> None:
    """An editor underlines a slip of the pen."""
    text = MAPS[0].read_text(encoding="utf-8").replace("ignored:", "ignore:")
    assert list(jsonschema.Draft202012Validator(system_schema()).iter_errors(_plain(text))) != []


def test_what_is_generated_from_the_model_is_current() -> None:
    """The schema and the reference page under version control are those of the model."""
    command = [sys.executable, str(ROOT / "scripts" / "make_schemas.py"), "--check"]
    assert subprocess.run(command, check=False, capture_output=True, text=True).stderr == ""


def test_the_page_s_example_is_a_data_map_of_fifteen_lines() -> None:
    """What the page shows can be copied and works."""
    example = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert (read(example, file="shop.yaml", model=System).system, len(example.splitlines()) <= 15) == (
        "shop",
        True,
    )


def test_what_is_written_in_one_word_knows_its_line() -> None:
    """A column, a link or what is kept of a value is found at its own word, in the short form as in the long one."""
    example = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    system = read(example, file="shop.yaml", model=System)
    found = (system.tables["client"].columns["email"].place, system.links[0].place)
    assert [place.excerpt[place.column - 1 :][: place.width] for place in found] == [
        "identity",
        "orders.client_id -> client.id",
    ]
