"""What a published text sounds like, whatever it promises: hedges, and sentences nobody reads to the end.

Judged on the French text people read, not on the policy file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tenu.errors import Finding, Place
from tenu.law.catalogue import rules
from tenu.terms import Text

HEDGES_PER_THOUSAND = 5
LONG_SENTENCE = 40
"""Words after which a sentence counts as long."""

LONG_SHARE = 10
"""Percentage of long sentences a text may have; our own threshold."""

_HEDGE = re.compile(
    r"\b(?:susceptibles?|potentiel\w*|le cas échéant|peut|peuvent|pouvons|pourra|pourront|encore"
    r"|amenée?s?\s+à)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_SENTENCE = re.compile(r"\S(?:(?!\n\s*\n|[.!?](?:\s|$)).)*[.!?]?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a text: its number of words, and where it starts (characters from the beginning)."""

    words: int
    start: int


def wording(text: str, *, file: str) -> Iterator[Finding]:
    """Yield what is wrong with the wording of *text*.

    Args:
        text: A published policy, in French.
        file: Name shown in findings.
    """
    yield from _hedges(text, file)
    yield from _long_sentences(text, file)


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of *text*; a blank line ends one, as a full stop does."""
    found = ((len(_WORD.findall(each.group())), each.start()) for each in _SENTENCE.finditer(text))
    return tuple(Sentence(words=words, start=start) for words, start in found if words)


def _hedges(text: str, file: str) -> Iterator[Finding]:
    """L-PB-15. Source: WP260 §§12-13 [V3]."""
    hedges = [each.start() for each in _HEDGE.finditer(text)]
    words = len(_WORD.findall(text))
    if len(hedges) * 1000 > HEDGES_PER_THOUSAND * words:
        rate = round(1000 * len(hedges) / words)
        message = Text(
            fr=f"{len(hedges)} mots qui hésitent, {rate} pour mille (« peut », « le cas échéant »)",
            en=f"{len(hedges)} hedging words, {rate} per thousand ('may', 'where applicable')",
        )
        yield _found("L-PB-15", message, _place(text, hedges[0], file))


def _long_sentences(text: str, file: str) -> Iterator[Finding]:
    """L-AC-04. Source: GDPR 12(1)."""
    every = sentences(text)
    long = [sentence for sentence in every if sentence.words > LONG_SENTENCE]
    if len(long) * 100 > LONG_SHARE * len(every):
        longest = max(long, key=lambda sentence: sentence.words)
        share = f"{len(long)}/{len(every)}"
        message = Text(
            fr=f"{share} phrases passent {LONG_SENTENCE} mots ; la plus longue en a {longest.words}",
            en=f"{share} sentences exceed {LONG_SENTENCE} words; the longest has {longest.words}",
        )
        yield _found("L-AC-04", message, _place(text, longest.start, file))


def _found(code: str, message: Text, place: Place) -> Finding:
    rule = rules()[code]
    return Finding(code=code, severity=rule.severity, message=message, place=place, fix=rule.fix)


def _place(text: str, start: int, file: str) -> Place:
    before = text[:start]
    first = before.rfind("\n") + 1
    excerpt = text[first:].partition("\n")[0]
    return Place(file=file, line=before.count("\n") + 1, column=start - first + 1, excerpt=excerpt)
