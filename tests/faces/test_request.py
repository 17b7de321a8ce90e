"""``tenu request`` as a person sees it, from its arrival to the folder that is handed over."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from faces.face import Answer, problems, tenu


@pytest.fixture
def email(company: Path) -> str:
    """Give the e-mail of a customer who is in the customer relation system and in the accounts."""
    crm, erp = (sqlite3.connect(company / f"{name}.db") for name in ("crm", "erp"))
    with crm, erp:
        known = {row[0] for row in erp.execute("SELECT number FROM customer WHERE email IS NOT NULL")}
        people = crm.execute("SELECT reference, email FROM contact WHERE email IS NOT NULL ORDER BY id DESC")
        return next(str(said) for reference, said in people if reference in known)


def _new(company: Path, email: str) -> str:
    asked = tenu("request", "new", "access", "--channel", "email", "--email", email, "--json", folder=company)
    return str(asked.json()["request"])


def _ready(company: Path, email: str) -> str:
    number = _new(company, email)
    for words in (["acknowledge", number], ["verify", number, "--by", "known_address"], ["search", number]):
        assert tenu("request", *words, folder=company).told
    return number


def test_a_request_is_answered_by_a_folder_of_files(company: Path, email: str, tmp_path: Path) -> None:
    """Received, identified, searched, decided, fulfilled: the folder holds the page, the data and the manifest."""
    number = _ready(company, email)
    assert tenu("request", "decide", number, "access", "granted", folder=company).status == 0
    done = tenu(
        "request", "fulfil", "access", number, "-o", tmp_path / "answer", "--no-recipient", folder=company
    )
    names = {path.name for path in (tmp_path / "answer").iterdir()}
    assert (done.status, {"lisez-moi.html", "data.json", "manifest.json", "data"} <= names) == (0, True)


def test_an_answer_is_never_written_over_another(company: Path, email: str, tmp_path: Path) -> None:
    """A folder that exists is refused, and what it holds stays."""
    number = _ready(company, email)
    tenu("request", "decide", number, "access", "granted", folder=company)
    (tmp_path / "answer").mkdir()
    done = tenu(
        "request", "fulfil", "access", number, "-o", tmp_path / "answer", "--no-recipient", folder=company
    )
    assert (done.status, list((tmp_path / "answer").iterdir())) == (2, [])


def test_whoever_received_data_is_named_or_said_to_be_nobody(
    company: Path, email: str, tmp_path: Path
) -> None:
    """Without a word on recipients, there is no answer."""
    number = _ready(company, email)
    tenu("request", "decide", number, "access", "granted", folder=company)
    done = tenu("request", "fulfil", "access", number, "-o", tmp_path / "answer", folder=company, lang="en")
    assert (done.status, "--recipient NAME" in done.err) == (2, True)


def test_a_letter_is_written_once_as_what_its_file_says(company: Path, email: str, tmp_path: Path) -> None:
    """PDF, page and text by the name of the file; nothing is written over, and without an address nothing is written."""
    number = _new(company, email)
    words = ["request", "letter", number, "acknowledgement", "-o"]
    first = tenu(*words, tmp_path / "none.pdf", folder=company)
    assert tenu("request", "address", number, "Odile F.", "1 rue X", folder=company).status == 0
    made = [
        tenu(*words, tmp_path / f"a.{kind}", folder=company).status
        for kind in ("pdf", "html", "txt", "doc", "pdf")
    ]
    begins = [(tmp_path / f"a.{kind}").read_bytes()[:5] for kind in ("pdf", "html", "txt")]
    assert (first.status, made, begins) == (2, [0, 0, 0, 2, 2], [b"%PDF-", b"<!doc", b"JST F"])
    told = tenu(*words, tmp_path / "b.txt", "--json", folder=company, lang="en").json()
    assert (told["subject"], problems("request", told, part="letter")) == (
        "We have received your request",
        [],
    )


@pytest.mark.parametrize(
    "words", [["show"], ["acknowledge"], ["search"], ["close", "--reason", "withdrawn", "--note", "x"]]
)
def test_a_number_nobody_has_is_said_plainly(company: Path, words: list[str]) -> None:
    """An unknown request is an error with its way out, in French first."""
    verb, *rest = words
    said = tenu("request", verb, "R-AAAAAAAA", *rest, folder=company)
    assert (said.status, "aucune demande" in said.err) == (2, True)


def test_what_is_printed_as_json_is_as_documented(company: Path, email: str) -> None:
    """The request and the search answer their published schemas."""
    number = _ready(company, email)
    show: Answer = tenu("request", "show", number, "--json", folder=company)
    found: Answer = tenu("request", "search", number, "--json", folder=company)
    assert (problems("request", show.json()), problems("request", found.json(), part="found")) == ([], [])


def test_a_request_of_long_ago_is_late_and_says_so(company: Path, email: str) -> None:
    """The list ends with status 1, and the late request is marked."""
    tenu(
        "request", "new", "erasure", "--channel", "post", "--email", email, "--received-on", "2026-01-05", folder=company
    )  # fmt: skip
    listed = tenu("request", "list", "--late", folder=company)
    assert (listed.status, "EN RETARD" in listed.out) == (1, True)


def test_an_erasure_is_proposed_confirmed_done_and_done_once(company: Path, email: str) -> None:
    """Everybody reads the same thing before and after; whoever decided is refused as second person; twice is once."""
    number = tenu(
        "request", "new", "erasure", "--channel", "email", "--email", email, "--json", folder=company
    ).json()["request"]
    for words in (["acknowledge", number], ["verify", number, "--by", "known_address"], ["search", number]):
        assert tenu("request", *words, folder=company).status == 0
    proposed = tenu("request", "propose", number, "--json", folder=company)
    shown = tenu("request", "propose", number, folder=company)
    reasons = ["--code", "LEGAL_DUTY", "--note", "Factures."]
    decided = tenu("request", "decide", number, "erasure", "partial", *reasons, folder=company)
    alone = tenu("request", "confirm", number, "erasure", folder=company)
    waiting = tenu("request", "fulfil", "erasure", number, folder=company)
    with (company / "tenu.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[requests]\ntwo_people = false\n")
    done = tenu("request", "fulfil", "erasure", number, "--json", folder=company)
    again = tenu("request", "fulfil", "erasure", number, "--json", folder=company)
    assert (decided.status, alone.status, waiting.status, done.status, again.status) == (0, 2, 2, 0, 0)
    assert (
        problems("request", proposed.json(), "erasure") + problems("request", done.json(), "erasures") == []
    )
    told = done.json()["done"][0]
    assert (told["holdings"], again.json()["done"]) == (proposed.json()["holdings"], [told])
    assert all(holding["table"] in shown.out for holding in told["holdings"])


def test_a_correction_is_shown_before_it_is_made(company: Path, email: str) -> None:
    """Shown, it writes nothing and ends with 1 while somebody must decide; a value that fits nowhere says so in French first."""
    asked = tenu(
        "request", "new", "rectification", "--channel", "email", "--email", email, "--json", folder=company
    )
    number = str(asked.json()["request"])
    for words in (["acknowledge"], ["verify", "--by", "known_address"], ["search"], ["decide", "rectification", "granted"]):  # fmt: skip
        tenu("request", words[0], number, *words[1:], folder=company)
    told = ("request", "fulfil", "rectification", number, "--dry-run")
    wrong = tenu(*told, "--set", "crm.contact.email=personne", folder=company)
    right = tenu(*told, "--set", "crm.contact.email=neuf@mail.example", "--json", folder=company)
    with sqlite3.connect(company / "crm.db") as crm:
        left = crm.execute("SELECT count(*) FROM contact WHERE email = ?", ("neuf@mail.example",)).fetchone()
    assert (
        wrong.status,
        "identifiant" in wrong.out,
        {c["table"] for c in right.json()["changes"]},
        left,
    ) == (
        1,
        True,
        {"contact", "customer"},
        (0,),
    )


def test_deadlines_are_loud_and_in_a_calendar(company: Path, email: str, tmp_path: Path) -> None:
    """A late request is said in capitals, ends with status 1, and is in the calendar under its number alone."""
    words = ["request", "new", "access", "--channel", "post", "--email", email, "--received-on"]
    number = tenu(*words, "2026-01-05", "--json", folder=company).json()["request"]
    file = tmp_path / "due.ics"
    shown = [tenu("request", "deadlines", "--ics", file, folder=company) for _ in range(2)][-1]
    said = tenu("request", "deadlines", "--json", folder=company).json()
    feed = file.read_text(encoding="utf-8")
    assert (shown.status, "EN RETARD DE" in shown.out, f"{number}.promised@tenu" in feed, email in feed) == (
        1,
        True,
        True,
        False,
    )
    assert [problem for one in said for problem in problems("request", one, part="deadline")] == []
