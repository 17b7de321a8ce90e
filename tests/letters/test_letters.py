"""Letters as people read them: whole, the same in every form, and never without a fact, a text of law or a remedy."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from letters.given import COPIED, ERASED, GRANTED, KEPT, PARTIAL, REFUSED, every_letter, facts
from tenu.errors import RefusedError
from tenu.law.reason_codes import CODES, ReasonCode, UnknownCodeError, Use, read_codes
from tenu.letters.blocks import blocks_of
from tenu.letters.facts import DecidedRight, LetterFacts, LetterKind
from tenu.letters.letter import Letter, write_letter
from tenu.letters.outcome import RightDone, read_done
from tenu.letters.page import MissingFactError
from tenu.policy.rights import Right
from tenu.terms import Language, Text

SNAPSHOTS = Path(__file__).parents[1] / "data" / "letters"
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "reason-codes.md"
LETTERS = every_letter()
LANGUAGES: tuple[Language, ...] = ("fr", "en")


def _inflated(pdf: bytes) -> bytes:
    """Return the PDF with its compressed streams opened."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    opened = []
    for stream in streams:
        try:
            opened.append(zlib.decompress(stream))
        except zlib.error:
            opened.append(stream)
    return pdf + b"\n".join(opened)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_says_what_was_read_and_approved(name: str, language: Language) -> None:
    """Word for word the text beside the tests; whoever changes a letter reads it again there."""
    kept = SNAPSHOTS / f"{name}.{language}.txt"
    said = write_letter(LETTERS[name], language).text
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(said, encoding="utf-8")
        pytest.fail(f"{kept.name} was not there: written, read it")
    assert said == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_gives_the_officer_the_authority_and_the_court(name: str, language: Language) -> None:
    """Whatever it says, it names the request, the officer, the authority by site and by post, the judge, and that it is free."""
    text = " ".join(write_letter(LETTERS[name], language).text.split())
    court, free = ("saisir le juge", "gratuit") if language == "fr" else ("go to court", "free of charge")
    wanted = ("R-7K2MPQ9X", "dpo@jst.fr", "CNIL", "https://www.cnil.fr", "75334 Paris cedex 07", court, free)
    assert [word for word in wanted if word not in text] == []


def test_a_refusal_holds_its_ten_blocks() -> None:
    """Number and dates, what was asked, what is granted, why not, until when, what to do, both remedies, officer, price, who."""
    text = " ".join(write_letter(LETTERS["answer_partial"], "fr").text.split())
    blocks = (
        "R-7K2MPQ9X, reçue le 1er septembre 2026",
        "nous y répondons le 21 septembre 2026",
        "vous nous demandez de",
        "Accordé en partie",
        "La loi nous oblige à garder ces données",
        "Article L123-22 du code de commerce",
        "Ces trois factures datent de 2021 et 2022",
        "Jusqu'au 31 décembre 2032",
        "Ce que vous pouvez faire",
        "réclamation à la CNIL",
        "saisir le juge",
        "délégué à la protection des données : dpo@jst.fr",
        "gratuit",
        "Pour JST France, le délégué",
    )
    assert [block for block in blocks if block not in text.replace("\u00a0", " ")] == []


def _without_reason(said: DecidedRight) -> DecidedRight:
    return replace(said, why=None)


NEEDED = {
    "an address": replace(LETTERS["nothing"], addressee=(" ",)),
    "what was asked": replace(LETTERS["nothing"], rights=()),
    "the authority's address": replace(LETTERS["identity"], authority_address=()),
    "a question": replace(LETTERS["not_identified"], question=None),
    "who decided": replace(LETTERS["extension"], signed_by=None),
    "why more time": replace(LETTERS["extension"], extended=None),
    "what stopped": facts(LetterKind.CONFIRMATION, decided=(GRANTED,)),
    "where was searched": replace(LETTERS["nothing"], searched=()),
    "when a restriction ends": facts(LetterKind.LIFTING, decided=(GRANTED,)),
    "a decision on each right": facts(LetterKind.ANSWER, Right.ACCESS, Right.ERASURE, decided=(GRANTED,)),
    "what was done": facts(LetterKind.ANSWER, decided=(replace(GRANTED, done=None),)),
    "what was touched": facts(
        LetterKind.ANSWER, decided=(replace(GRANTED, done=replace(COPIED, holdings=())),)
    ),
    "why it is refused": facts(LetterKind.ANSWER, decided=(_without_reason(REFUSED),)),
    "a code": facts(LetterKind.ANSWER, decided=(replace(REFUSED, codes=()),)),
    "until when it is refused": facts(
        LetterKind.ANSWER, decided=(replace(REFUSED, codes=(ReasonCode.CLAIMS,)),)
    ),
    "under which text": facts(
        LetterKind.ANSWER,
        decided=(replace(PARTIAL, done=replace(ERASED, holdings=(replace(KEPT, ground=None),))),),
    ),
    "until when it is kept": facts(
        LetterKind.ANSWER,
        decided=(replace(PARTIAL, done=replace(ERASED, holdings=(replace(KEPT, until=None),))),),
    ),
}


@pytest.mark.parametrize("missing", NEEDED)
def test_a_missing_fact_stops_the_letter(missing: str) -> None:
    """Nothing is left blank: the fact is named, and the command that gives it."""
    with pytest.raises(MissingFactError) as caught:
        write_letter(NEEDED[missing], "fr")
    fix = caught.value.fix
    assert fix is not None
    assert fix.en.startswith("tenu request ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_can_be_read_aloud_and_in_thirty_years(language: Language) -> None:
    """Tagged, with its language, its title, its fonts inside; PDF/UA-1 and PDF/A-2a by its own word; the same bytes again."""
    letter = write_letter(LETTERS["answer_partial"], language)
    pdf, opened = letter.pdf, _inflated(letter.pdf)
    marks = (
        b"/StructTreeRoot",
        b"/MarkInfo",
        b"/FontFile",
        f"/Lang({language}-".encode(),
        b"pdfuaid:part",
        b"pdfaid:part",
    )
    assert ([mark for mark in marks if mark not in opened], pdf == letter.pdf) == ([], True)


def test_what_a_person_writes_is_never_an_instruction() -> None:
    """Markup of the page and of the printer stays words, in the page, in the text, and compiles in the PDF."""
    name = '#panic("x") <script>alert(1)</script> *b* $y$'
    letter = write_letter(replace(LETTERS["nothing"], addressee=(name,)), "fr")
    assert (name in letter.text, "<script>" in letter.html, letter.pdf[:5]) == (True, False, b"%PDF-")


def test_a_page_the_printer_would_not_print_whole_is_refused() -> None:
    """An element letters do not use, or words outside any block, stop it."""
    for page in ("<article><table></table></article>", "<article>lost</article>"):
        with pytest.raises(ValueError, match=r"letter|outside"):
            blocks_of(page)


def test_what_was_done_is_read_again_as_it_was_kept() -> None:
    """Whatever a right hands over comes back the same from the file of the request."""
    every: list[RightDone] = [done for letter in LETTERS.values() for done in letter.all_done]
    assert [read_done(done.plain()) for done in every] == every
    assert len(every) > 3


def test_an_unknown_reason_code_names_the_nearest() -> None:
    """A code in any case is read; a wrong one, or one for another use, is refused with those that fit."""
    assert read_codes(["legal_duty", "LEGAL-DUTY"], Use.REFUSE) == (ReasonCode.LEGAL_DUTY,)
    for wrong, near in (("LEGAL_DUTTY", "LEGAL_DUTY"), ("complex", "EXCESSIVE")):
        with pytest.raises(UnknownCodeError) as caught:
            read_codes([wrong], Use.REFUSE)
        assert isinstance(caught.value, RefusedError)
        assert caught.value.fix is not None
        assert near in caught.value.fix.en


def test_every_reason_code_is_in_the_reference() -> None:
    """Each with its plain words and its law, in both languages."""
    text = REFERENCE.read_text(encoding="utf-8")
    missing = [
        code
        for code, said in CODES.items()
        if f"| `{code}` | {said.says.fr} · {said.says.en} | {said.law.fr} · {said.law.en} |" not in text
    ]
    assert missing == []


def test_every_kind_of_letter_is_shown_here() -> None:
    """A new kind without its snapshot fails."""
    shown: set[LetterKind] = {letter.kind for letter in LETTERS.values()}
    letters: list[Letter] = [
        write_letter(said, "fr") for said in LETTERS.values() if isinstance(said, LetterFacts)
    ]
    assert (shown, len({letter.subject for letter in letters})) == (set(LetterKind), len(LETTERS))


def test_what_stays_for_one_reason_is_told_once() -> None:
    """Two holdings alike share their reason, their text and their day; each is named with its system and its rows."""
    paid = replace(KEPT, what=Text(fr="vos paiements", en="your payments"), rows=2)
    told = facts(LetterKind.ANSWER, decided=(replace(PARTIAL, done=replace(ERASED, holdings=(KEPT, paid))),))
    text = " ".join(write_letter(told, "en").text.split())
    assert (text.count("L123-22"), "your invoices" in text, "your payments" in text) == (1, True, True)
