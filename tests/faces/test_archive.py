"""``tenu archive`` as an archivist sees it: what is printed, in which language, what is refused, what is left on disk."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from faces.face import Answer, tenu
from tenu.wiring import open_ports

WHY = ("--motive", "claim", "--reference", "LIT-2026-014")


def _some(folder: Path) -> dict[str, Any]:
    """Return what is in a package that holds somebody's e-mail."""
    with open_ports(folder) as ports:
        archive: Any = ports.archive
        names = archive._names_after("00" * 16)[:40]
    said = tenu("archive", "open", *names, *WHY, folder=folder).out.splitlines()
    return next(opened for opened in map(json.loads, said) if _mails(opened))


def _mails(opened: dict[str, Any]) -> list[str]:
    return [str(v) for t in opened["tables"].values() for row in t["rows"] for v in row if "@" in str(v)]


def packages(folder: Path) -> list[dict[str, Any]]:
    """Return the packages of somebody the archive surely holds."""
    answer = tenu("archive", "find", "--email", _mails(_some(folder))[0], "--json", folder=folder)
    return [package for person in answer.json()["people"] for package in person]


def test_what_is_there_is_counted(looked_at: Path) -> None:
    """The shelves add up to the summary."""
    shelves = tenu("archive", "list", "--json", folder=looked_at).json()["shelves"]
    summary = tenu("archive", "show", "--json", folder=looked_at).json()
    assert (sum(s["packages"] for s in shelves), summary["past"]) == (summary["packages"], 0)


@pytest.mark.parametrize(("lang", "word"), [("fr", "dossiers"), ("en", "packages")])
@pytest.mark.parametrize("verb", ["list", "show", "verify"])
def test_counts_are_in_one_language(looked_at: Path, verb: str, lang: str, word: str) -> None:
    """French first, English complete."""
    answer = tenu("archive", verb, folder=looked_at, lang=lang)
    assert (answer.status, word in answer.out) == (0, True)


def test_a_person_is_found_and_nothing_of_them_is_shown(company: Path) -> None:
    """Names of packages, systems, days: no name, no address."""
    found = packages(company)
    mail_of = [set(package) for package in found]
    keys = {"package", "system", "table", "rows", "until", "sealed_at", "ground"}
    assert (bool(found), mail_of) == (True, [keys] * len(found))


def test_nobody_is_status_1(looked_at: Path) -> None:
    """Somebody who is not there is said not to be."""
    answer = tenu("archive", "find", "--email", "nobody@mail.example", folder=looked_at)
    assert (answer.status, answer.out) == (1, "personne dans l'archive\n")


def test_files_of_an_opening_are_their_owners_alone(company: Path, tmp_path: Path) -> None:
    """JSON files in a folder, unreadable by others, and never written over."""
    names = [package["package"] for package in packages(company)]
    first = tenu("archive", "open", *names, *WHY, "-o", tmp_path / "out", folder=company)
    again = tenu("archive", "open", *names, "-o", tmp_path / "out", folder=company)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()}
    assert (first.status, first.out, modes, again.status, again.told) == (0, "", {0o600}, 2, True)


def test_an_opening_in_csv_has_the_columns(company: Path, tmp_path: Path) -> None:
    """One file per table, its columns first."""
    opened = _some(company)
    tenu("archive", "open", opened["package"], "-o", tmp_path, "--format", "csv", folder=company)
    with (tmp_path / f"{opened['package']}-1.csv").open(encoding="utf-8") as file:
        head = next(csv.reader(file))
    assert head == next(iter(opened["tables"].values()))["columns"]


@pytest.mark.parametrize(
    "words",
    [
        ("open", "0" * 32),
        ("open", "0" * 32, *WHY),
        ("open", "x", *WHY),
        ("open", "0" * 32, "--motive", "curiosity", "--reference", "x"),
        ("open", "0" * 32, *WHY, "--format", "csv"),
        ("open",),
        ("find",),
        ("find", "--name", "Anna"),
        ("end", "0" * 32, "--yes"),
        ("end", "x", "--yes", "--reference", "x"),
        ("show", "--due", "soon"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_cannot_be_done_is_said(looked_at: Path, words: tuple[str, ...], lang: str) -> None:
    """A sentence, what to do, status 2; never a trace."""
    answer = tenu("archive", *words, folder=looked_at, lang=lang)
    assert (answer.status, answer.told, bool(answer.err)) == (2, True, True)


def test_whoever_has_no_role_is_refused(company: Path) -> None:
    """Without [roles] nobody is archivist, and the way out is named."""
    (company / "tenu.toml").write_text("", encoding="utf-8")
    answers: list[Answer] = [
        tenu("archive", *words, folder=company)
        for words in (("find", "--email", "a@b.example"), ("open", "0" * 32, *WHY), ("rotate",), ("verify",))
    ]
    assert [(a.status, "tenu.toml" in a.err) for a in answers] == [(2, True)] * 4


def test_a_package_ended_is_found_no_more(company: Path) -> None:
    """Once ended, it opens no more, and what is left is sound."""
    opened = _some(company)
    ended = tenu(
        "archive", "end", opened["package"], "--reference", "DSR-1", "--yes", "--json", folder=company
    )
    gone = tenu("archive", "open", opened["package"], folder=company)
    sound = tenu("archive", "verify", "--json", folder=company).json()["sound"]
    assert (ended.json(), gone.status, sound) == ({"ended": 1}, 2, True)


def test_after_a_change_of_key_everything_opens(company: Path) -> None:
    """One secret is left, every package opens."""
    changed = tenu("archive", "rotate", "--json", folder=company).json()
    seen = tenu("archive", "verify", "--json", folder=company).json()
    assert (len(changed["retired"]), seen["sound"], seen["opened"]) == (1, True, seen["packages"])


def test_an_archive_within_reach_is_a_finding(company: Path) -> None:
    """A file others can read is found by check, and by show."""
    (company / "vault.db").chmod(0o644)
    found = tenu("check", "--json", folder=company).json()
    codes = [finding["code"] for finding in found if finding["code"].startswith("A-")]
    assert (codes, tenu("archive", "show", folder=company).status) == (["A-REACH-01"], 1)


def test_the_journal_of_an_archivist_names_nobody(company: Path, tmp_path: Path) -> None:
    """After opening, finding and ending, nothing the package holds is in the journal."""
    opened = _some(company)
    tenu("archive", "end", packages(company)[0]["package"], "--reference", "DSR-1", "--yes", folder=company)
    tenu("journal", "export", tmp_path / "proof", folder=company)
    written = (tmp_path / "proof" / "entries.jsonl").read_text(encoding="utf-8")
    values = {str(v) for t in opened["tables"].values() for row in t["rows"] for v in row if v is not None}
    assert [value for value in values if len(value) > 5 and value in written] == []
