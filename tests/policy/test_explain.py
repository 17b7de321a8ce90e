"""``tenu explain`` tells every code, in both languages, and guesses the one that was meant."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from tenu.cli.explain import command
from tenu.operations.explain import UnknownCodeError, explain, known_codes

SOURCES = sorted((Path(__file__).parents[2] / "src").rglob("*.py"))
RAISED = re.compile(r'"([WPDJ]-[A-Z]+-\d{2})"')
COLUMNS = 80


def _run(*arguments: str, language: str = "fr") -> Result:
    return CliRunner().invoke(command, list(arguments), obj=SimpleNamespace(language=language))


def test_every_known_code_is_explained_in_both_languages() -> None:
    """No code has an empty title or an empty section."""
    told = [
        text
        for code in known_codes()
        for e in [explain(code)]
        for text in (e.title, *(s.body for s in e.sections))
    ]
    assert [text for text in told if not text.fr or not text.en] == []


def test_every_code_raised_by_the_package_is_explained() -> None:
    """A finding never sends a person to an explanation that does not exist."""
    raised = {code for path in SOURCES for code in RAISED.findall(path.read_text(encoding="utf-8"))}
    assert raised - set(known_codes()) == set()


def test_no_code_is_explained_twice() -> None:
    """A code has one meaning."""
    assert len(known_codes()) == len(set(known_codes()))


def test_every_related_code_is_known() -> None:
    """« Voir aussi » never leads nowhere."""
    assert {other for code in known_codes() for other in explain(code).related} <= set(known_codes())


@pytest.mark.parametrize("written", ["c-ret-13", " C-RET-13 ", "C-ret-13"])
def test_case_and_spaces_do_not_matter(written: str) -> None:
    """A code is found however it is typed."""
    assert explain(written).code == "C-RET-13"


@pytest.mark.parametrize(
    ("typed", "meant"), [("C-RET-99", "C-RET-19"), ("L-RT01", "L-RT-01"), ("PREF-02", "P-REF-02")]
)
def test_an_unknown_code_names_the_nearest_one(typed: str, meant: str) -> None:
    """A slip in a code is answered with the code that was meant."""
    with pytest.raises(UnknownCodeError) as raised:
        explain(typed)
    assert raised.value.fix is not None
    assert meant in raised.value.fix.en


def test_a_clause_is_printed_with_its_article_and_its_proof() -> None:
    """C-RET-13 prints its promise, its law and how it is proved, in French."""
    printed = _run("C-RET-13").output
    assert all(said in printed for said in ("5 ans", "RGPD 5(1)(e)", "Preuve", "A-26"))


def test_a_clause_is_printed_in_english() -> None:
    """The same clause prints in English when asked."""
    assert "GDPR 5(1)(e)" in _run("C-RET-13", language="en").output


@pytest.mark.parametrize("code", ["C-COL-06", "L-RT-01", "A-10", "S-18", "T-06", "P-REF-06"])
def test_nothing_is_printed_beyond_eighty_columns(code: str) -> None:
    """Each kind of explanation fits a narrow terminal."""
    assert max(len(line) for line in _run(code).output.splitlines()) <= COLUMNS


def test_the_json_answer_holds_both_languages() -> None:
    """A program reads the French and the English of a clause."""
    assert set(json.loads(_run("C-RET-13", "--json").output)["title"]) == {"fr", "en"}


def test_an_unknown_code_cannot_run() -> None:
    """An unknown code ends with the exit code of what cannot run."""
    assert _run("C-RET-99").exit_code == 2


def test_explaining_loads_no_model_library() -> None:
    """Explaining a code reads no YAML and builds no model, so that it starts at once."""
    script = (
        "import sys; from tenu.operations.explain import explain; explain('C-RET-13'); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert {"pydantic", "yaml", "rich"} & set(loaded.split()) == set()
