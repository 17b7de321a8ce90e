"""``tenu hold`` as a DPO uses it: a person is found by what designates them, held, listed, released."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from faces.face import Answer, tenu


def _asked(folder: Path, *words: str) -> Answer:
    options = ("--ground", "claim", "--owner", "counsel", "--text", "TJ Rennes 26/00123", "--json")
    return tenu("hold", "propose", *options, *words, folder=folder)


def _customer(folder: Path) -> str:
    """Return the reference of a customer of the demo whose record is whole."""
    with sqlite3.connect(folder / "erp.db") as connection:
        query = "SELECT number FROM customer WHERE email IS NOT NULL ORDER BY number"
        return str(connection.execute(query).fetchone()[0])


def test_a_dispute_from_its_first_day_to_its_last(company: Path) -> None:
    """Asked for, approved, listed, shown, reviewed and released: each step says the state it leaves."""
    hold = _asked(company, "--reference", f" {_customer(company).lower()} ").json()
    steps = (("approve",), ("review",), ("show",), ("release", "--reason", "final_decision"))
    said = [tenu("hold", step, hold["hold"], *more, "--json", folder=company).json() for step, *more in steps]
    left = tenu("hold", "list", "--json", folder=company)
    assert (hold["state"], [each["state"] for each in said], left.status, left.json()) == (
        "proposed",
        ["active", "active", "active", "released"],
        0,
        [],
    )


def test_what_designates_nobody_is_said_in_both_languages(company: Path) -> None:
    """Status 2, a way out, and nothing in the register."""
    words = (
        "hold",
        "propose",
        "--ground",
        "claim",
        "--owner",
        "counsel",
        "--text",
        "x",
        "--email",
        "no@no.example",
    )
    answers = [tenu(*words, folder=company, lang=lang) for lang in ("fr", "en")]
    heads = [answer.err.splitlines()[0] for answer in answers]
    assert ([a.status for a in answers], heads, tenu("hold", "list", folder=company).out) == (
        [2, 2],
        ["personne ne correspond, dans aucun système interrogé", "nobody fits, in any system that was asked"],
        "Aucun gel.\n",
    )


def test_a_row_that_is_not_written_as_one_is_refused(company: Path) -> None:
    """system.table:key, and nothing else."""
    assert _asked(company, "--row", "customer").status == 2


def test_an_account_without_the_role_is_refused(company: Path) -> None:
    """The refusal says which roles it takes."""
    settings = company / "tenu.toml"
    settings.write_text("[roles]\n", encoding="utf-8")
    answer = _asked(company, "--reference", _customer(company))
    assert (answer.status, "dpo, counsel" in answer.err) == (2, True)


def test_a_restriction_from_the_request_to_the_notice_of_its_end(company: Path, tmp_path: Path) -> None:
    """Contested, told, used once, its end decided and noticed: each command says the next one, and each letter is written."""
    reference = _customer(company)
    asked = ("new", "rectification", "--channel", "post", "--reference", reference, "--json")
    number = tenu("request", *asked, folder=company).json()["request"]
    steps = (["acknowledge"], ["verify", "--by", "knowledge"], ["search"], ["address", "A. B.", "1 rue X"])
    for step, *more in steps:
        assert tenu("request", step, number, *more, folder=company).status == 0
    contested = ("--ground", "accuracy", "--words", "date de naissance")
    hold = tenu("request", "contest", number, *contested, "--json", folder=company).json()
    said = tenu("request", "contest", number, *contested, folder=company).out
    name = hold["hold"]
    used = tenu("hold", "use", name, "--exemption", "consent", "--words", "x", folder=company).status
    ends = tenu("hold", "lift", name, "--words", "La date est corrigée.", folder=company).out
    noticed = tenu("hold", "noticed", name, "--json", folder=company).json()
    letters = [
        tenu("request", "letter", number, kind, "-o", tmp_path / f"{kind}.pdf", folder=company).status
        for kind in ("restricted", "lifting")
    ]
    release = tenu("hold", "release", name, "--reason", "lifted_after_notice", folder=company, lang="en")
    assert (
        [f"letter {number} restricted" in said, f"letter {number} lifting" in ends, used],
        (hold["ground"], noticed["state"], noticed["request"], letters),
        (release.status, "person_asks" in release.err),
    ) == (
        [True, True, 0],
        ("accuracy_contested", "lift_noticed", number, [0, 0]),
        (2, True),
    )


def test_a_dba_reads_what_makes_a_database_refuse_then_puts_it_there(company: Path) -> None:
    """Statements first, status 1 and nothing changed; then the triggers, status 0; then nothing is left to show."""
    file = company / "systems" / "crm.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}enforce_restrictions: true\n", encoding="utf-8")
    words = ("hold", "enforce", "--system", "crm")
    shown, before = tenu(*words, "--sql", folder=company), _triggers(company)
    done, again = tenu(*words, folder=company), tenu(*words, "--sql", folder=company)
    plain, triggers = tenu(*words, "--json", folder=company).json(), _triggers(company)
    file.write_text(text, encoding="utf-8")
    gone = tenu(*words, folder=company)
    assert (shown.status, before, done.status, again.status, again.out) == (1, set(), 0, 0, "")
    assert triggers == {name for name in triggers if f'CREATE TRIGGER "{name}"' in shown.out} != set()
    assert ({piece["state"] for piece in plain[0]["pieces"]}, "contact" in plain[0]["tables"]) == (
        {"there"},
        True,
    )
    assert (gone.out, _triggers(company)) == ("crm: rien à protéger, sa carte ne le demande pas\n", set())


def _triggers(company: Path) -> set[str]:
    with sqlite3.connect(company / "crm.db") as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tenu%'"
        return {str(name) for (name,) in connection.execute(query)}
