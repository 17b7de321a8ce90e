"""When two records are the same person. Identifiers are always compared normalised.

An equal customer reference decides. An equal e-mail decides too, unless both records carry different references
(two customers share a mailbox) or their names differ; then a human must say, and until then nobody is touched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from tenu.terms import IdentifierKind

LINKING = (IdentifierKind.CUSTOMER_REFERENCE, IdentifierKind.EMAIL, IdentifierKind.RECORD)
"""The kinds strong enough to say two records are one person without asking anybody."""
_NONE: frozenset[str] = frozenset()
_NEITHER = re.compile(r"[^a-z0-9]+")
_EUROPEAN = 0x250
"""Where the accented letters of the alphabet end in Unicode, the rarest left out."""


def _folds() -> Iterator[tuple[int, str]]:
    """Yield what each character most texts are made of is folded to, whatever its neighbours: ASCII, letters with an accent."""
    for code in range(_EUROPEAN):
        plain = unicodedata.normalize("NFKD", chr(code))
        letter, accents = plain[0], plain[1:]
        if code < 128:
            yield code, letter.lower() if letter.isalnum() else " "
        elif accents and letter.isascii() and letter.isalpha() and all(map(unicodedata.combining, accents)):
            yield code, letter.lower()
    yield from (
        (ord(letter), plain) for letter, plain in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"))
    )


_PLAIN = dict(_folds())


class Likeness(Enum):
    """Whether two records speak of one person."""

    SAME = "same"
    AMBIGUOUS = "ambiguous"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What designates the person of one record, normalised. *name* is empty when the record has none.

    *records*: the rows it is one with, where the system itself merged duplicates.
    """

    references: frozenset[str]
    emails: frozenset[str]
    name: str = ""
    records: frozenset[str] = frozenset()

    def likeness(self, other: Identity) -> Likeness:
        """Return whether this record and *other* are one person."""
        if self.references & other.references or self.records & other.records:
            return Likeness.SAME
        if not self.emails & other.emails or (self.references and other.references):
            return Likeness.DIFFERENT
        return Likeness.AMBIGUOUS if names_differ(self.name, other.name) else Likeness.SAME


def names_differ(one: str, other: str) -> bool:
    """Return whether two normalised names cannot be one person's; a name with a part missing never differs."""
    ours, theirs = set(one.split()), set(other.split())
    return not (ours <= theirs or theirs <= ours)


def identity(values: Mapping[IdentifierKind, Iterable[str | None]]) -> Identity:
    """Return the identity a record's raw identifier values make.

    Args:
        values: Raw values of each kind, as stored; None and blanks are ignored.
    """

    def all_of(kind: IdentifierKind) -> frozenset[str]:
        said = values.get(kind)
        if not said:
            return _NONE
        return frozenset([n for v in said if v is not None and (n := normalise(kind, str(v)))])

    names = [str(v) for v in values.get(IdentifierKind.NAME, ()) if v]
    words = sorted(folded(" ".join(names)).split())
    return Identity(
        references=all_of(IdentifierKind.CUSTOMER_REFERENCE),
        emails=all_of(IdentifierKind.EMAIL),
        name=" ".join(words),
        records=all_of(IdentifierKind.RECORD),
    )


def normalise(kind: IdentifierKind, value: str) -> str:
    """Return *value* as it is compared: without case, spaces, accents or phone punctuation; empty when nothing is left."""
    match kind:
        case IdentifierKind.EMAIL:
            plain = value if value.isascii() else unicodedata.normalize("NFC", value)
            return "".join(plain.split()).lower()
        case IdentifierKind.CUSTOMER_REFERENCE | IdentifierKind.POSTCODE:
            return "".join(value.split()).upper()
        case IdentifierKind.PHONE:
            return re.sub(r"\D", "", value)[-9:]
        case IdentifierKind.NAME:
            return folded(value)
        case IdentifierKind.RECORD:
            return value


def folded(value: str) -> str:
    """Return *value* without accents, case or punctuation, words separated by one space."""
    plain = value.translate(_PLAIN)
    if plain.isascii():
        return " ".join(plain.split())
    plain = "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
    return " ".join(_NEITHER.sub(" ", plain.lower().replace("œ", "oe").replace("æ", "ae")).split())
