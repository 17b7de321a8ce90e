"""The house rules that no linter knows: sizes, names, and what must not be written in a tracked file."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
LINES_A_READER_HOLDS = 400
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "misc", "manager", "common", "data", "info"}
# Written in pieces, so that this file does not find itself.
MACHINES = ("/" + "work/", "/" + "root/")
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "debian" + ".org")
FORBIDDEN_TEXT = re.compile("|".join(map(re.escape, MACHINES + REGISTRIES)))


def test_no_source_file_is_longer_than_a_reader_holds() -> None:
    """Each file of the package has at most 400 lines."""
    long = [path.name for path in SOURCES if len(path.read_text("utf-8").splitlines()) > LINES_A_READER_HOLDS]
    assert long == []


def test_every_name_of_a_source_file_says_something() -> None:
    """No file or folder of the package bears a name under which anything could be put."""
    parts = {part for path in SOURCES for part in path.relative_to(ROOT / "src").with_suffix("").parts}
    assert parts & NAMES_THAT_SAY_NOTHING == set()


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    """No file under version control holds a path of somebody's machine or the host of a package registry."""
    assert list(_forbidden_lines()) == []


def test_every_test_says_in_one_sentence_what_it_shows() -> None:
    """Each test function has a docstring of one line, one sentence, closed by a full stop."""
    assert [place for path in TESTS for place in _silent_tests(path)] == []


def _forbidden_lines() -> Iterator[str]:
    for path in _tracked_files():
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
            if FORBIDDEN_TEXT.search(line):
                yield f"{path.relative_to(ROOT)}:{number}"


def _tracked_files() -> list[Path]:
    """Return what version control knows, and what it would take in: new files count before their commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _silent_tests(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not _is_sentence(node):
            yield f"{path.relative_to(ROOT)}:{node.lineno}"


def _is_sentence(node: ast.FunctionDef) -> bool:
    """Tell whether the docstring is one sentence; a second one would start after ``". "`` and a capital."""
    docstring = (ast.get_docstring(node) or "").strip()
    one = re.search(r"[.!?…]\s+[A-ZÀ-Ý]", docstring) is None
    return docstring.endswith((".", "?", "!", "…", "»")) and one
