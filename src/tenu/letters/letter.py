"""One letter about a request, rendered from its facts: as a page, as a PDF, as plain text, all saying the same.

Source: GDPR 12(1), 12(4); policy C-CNI-01; law 5.12, whose blocks a refusal cannot leave out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from tenu.law.reason_codes import CODES, ReasonCode
from tenu.letters.blocks import Block, blocks_of, plain_text
from tenu.letters.facts import DID, FINAL, DecidedRight, LetterFacts, LetterKind
from tenu.letters.outcome import Fate, Holding
from tenu.letters.page import MissingFactError, long_day, render
from tenu.letters.pdf import pdf_of
from tenu.policy.model import Policy
from tenu.terms import Language, Text

_NUMBER = Text(fr="Demande n°", en="Request no.")
_BEFORE, _AFTER = re.compile(" (?=[:;?!»])"), re.compile("(?<=«|°) ")


class Facts(Protocol):
    """What the frame of any letter needs: the request it is about, its day, who writes, to whom."""

    @property
    def number(self) -> str:
        """Return the number of the request."""

    @property
    def written_on(self) -> date:
        """Return the day it is dated."""

    @property
    def policy(self) -> Policy:
        """Return the policy of who writes."""

    @property
    def addressee(self) -> tuple[str, ...]:
        """Return the lines of the address it goes to."""


@dataclass(frozen=True)
class Letter:
    """One letter. *html*: a page that needs no other file."""

    facts: Facts
    language: Language
    html: str

    @cached_property
    def blocks(self) -> list[Block]:
        """Return its blocks, in order."""
        return blocks_of(self.html)

    @property
    def subject(self) -> str:
        """Return what it is about, in one line."""
        return next(block.text for block in self.blocks if block.element == "h1")

    @property
    def text(self) -> str:
        """Return it as plain text."""
        return plain_text(self.blocks)

    @property
    def pdf(self) -> bytes:
        """Return it as a tagged PDF, the same bytes for the same facts."""
        facts = self.facts
        reference = (
            f"{_NUMBER.in_(self.language)} {facts.number} · {long_day(facts.written_on, self.language)}"
        )
        return pdf_of(
            self.blocks,
            title=self.subject,
            author=facts.policy.controller.name,
            reference=f"{facts.policy.controller.name} · {reference}",
            on=facts.written_on,
            language=self.language,
        )


def write_letter(facts: LetterFacts, language: Language) -> Letter:
    """Return the letter *facts* make.

    Raises:
        MissingFactError: It needs a fact that is not there; the first of them is named, and how to give it.
    """
    for missing in _missing(facts):
        raise missing
    return rendered(str(facts.kind), facts, language)


def rendered(name: str, facts: Facts, language: Language) -> Letter:
    """Return the letter of the template *name*, its facts known to be there."""
    html = render(f"letters/{name}", language, facts=facts, did=DID, codes=CODES)
    return Letter(facts=facts, language=language, html=_spaced(html) if language == "fr" else html)


def _spaced(page: str) -> str:
    """Return *page* with the spaces of French punctuation that must not break a line."""
    head, mark, article = page.partition("<article>")
    return head + mark + _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", article))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """What letters of *kinds* cannot do without: whether it is *there*, its name, and the command that gives it."""

    kinds: frozenset[LetterKind]
    there: Callable[[LetterFacts], object]
    name: Text
    command: str


def _need(
    there: Callable[[LetterFacts], object], fr: str, en: str, command: str, *kinds: LetterKind
) -> _Need:
    return _Need(kinds=frozenset(kinds or LetterKind), there=there, name=Text(fr=fr, en=en), command=command)


_K = LetterKind
_NEEDS = (
    _need(lambda f: any(line.strip() for line in f.addressee), "où elle doit aller", "where it goes", "address {} LINE…"),
    _need(lambda f: f.authority_address, "l'adresse de l'autorité", "the authority's address", "show {}"),
    _need(lambda f: f.rights, "ce qui a été demandé", "what was asked", "show {}"),
    _need(lambda f: f.proofs, "de quoi reconnaître la personne", "what to know them by", "verify {} --doubt WHY", _K.IDENTITY),
    _need(lambda f: f.extended and f.extended.why, "pourquoi plus de temps", "why more time", "extend {}", _K.EXTENSION),
    _need(lambda f: f.stopped, "ce qui a été arrêté", "what was stopped", "show {}", _K.CONFIRMATION),
    _need(lambda f: f.searched and f.searched_with, "où l'on a cherché", "where was searched", "search {}", _K.NOTHING),
    _need(lambda f: f.question, "la question posée", "the question asked", "verify {} --doubt WHY", _K.NOT_IDENTIFIED),
    _need(lambda f: f.restricted, "ce qui est gelé", "what is frozen", "show {}", _K.RESTRICTED),
    _need(
        lambda f: f.restricted and f.restricted.lifts_on and f.restricted.why,
        "quand finit la limitation, et pourquoi",
        "when the restriction ends, and why",
        "show {}",
        _K.LIFTING,
    ),
    _need(
        lambda f: f.signed_by, "qui l'a décidé", "who decided it", "show {}", *(FINAL - {_K.CONFIRMATION}), _K.EXTENSION, _K.LIFTING
    ),
)  # fmt: skip
"""What each letter needs besides what its type already holds."""


def _missing(facts: LetterFacts) -> Iterator[MissingFactError]:
    for need in _NEEDS:
        if facts.kind in need.kinds and not need.there(facts):
            yield _needs(need.name.fr, need.name.en, f"tenu request {need.command.format(facts.number)}")
    if facts.kind is LetterKind.ANSWER:
        yield from _answer(facts)
    yield from _kept_without_reason(facts)


def _answer(facts: LetterFacts) -> Iterator[MissingFactError]:
    undecided = set(facts.rights) - {said.right for said in facts.decided}
    for right in sorted(undecided):
        yield _needs(
            f"ce qui est décidé sur « {right} »", f"what is decided on '{right}'", f"tenu request decide {facts.number} {right}"
        )  # fmt: skip
    for said in facts.granted:
        if said.done is None:
            yield _needs(
                f"ce qui a été fait de « {said.right} »", f"what was done of '{said.right}'", f"tenu request fulfil {said.right} {facts.number}"
            )  # fmt: skip
        elif not (said.done.holdings or said.done.stopped or said.done.restricted):
            yield _needs(
                f"ce que « {said.right} » a touché : rien ne fut trouvé ?", f"what '{said.right}' touched: was nothing found?", f"tenu request letter {facts.number} nothing"
            )  # fmt: skip
    for said in facts.refused:
        yield from _refusal(facts, said)


def _refusal(facts: LetterFacts, said: DecidedRight) -> Iterator[MissingFactError]:
    """Yield what a refusal leaves out of what law 5.12 wants of it."""
    again = f"tenu request decide {facts.number} {said.right}"
    if not (said.codes and said.why):
        yield _needs(
            f"les motifs du refus de « {said.right} »", f"the reasons to refuse '{said.right}'", f"{again} … --code … --note …"
        )  # fmt: skip
    dated = any(reason.dated for reason in said.reasons)
    if dated and said.until is None and not any(map(_says_until, said.left)):
        yield _needs(
            f"jusqu'à quand vaut le refus de « {said.right} »", f"until when '{said.right}' is refused", f"{again} … --until DATE"
        )  # fmt: skip


def _kept_without_reason(facts: LetterFacts) -> Iterator[MissingFactError]:
    for holding in facts.left:
        dated = holding.code is not None and CODES[holding.code].dated
        if not (holding.ground and holding.why) or (dated and not _says_until(holding)):
            yield _needs(
                f"pourquoi « {holding.what.fr} » reste, sous quel texte, jusqu'à quand",
                f"why '{holding.what.en}' stays, under which text, until when",
                f"tenu request show {facts.number}",
            )


def _says_until(holding: Holding) -> bool:
    """Return whether a holding says until when it stays: a day, or as long as its reason lasts, when that is a dispute."""
    disputed = holding.fate is Fate.KEPT and holding.code is ReasonCode.CLAIMS
    return holding.until is not None or disputed


def _needs(fr: str, en: str, command: str) -> MissingFactError:
    return MissingFactError(Text(fr=fr, en=en), fix=Text(fr=command, en=command))
