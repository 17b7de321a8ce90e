"""When two records are the same person. Identifiers are always compared normalised.

An equal customer reference decides. An equal e-mail decides too, unless both records carry different references
(two customers share a mailbox) or their names differ; then a human must say, and until then nobody is touched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from tenu.terms import IdentifierKind

LINKING = (IdentifierKind.CUSTOMER_REFERENCE, IdentifierKind.EMAIL, IdentifierKind.RECORD)
"""The kinds strong enough to say two records are one person without asking anybody."""
_NEITHER = re.compile(r"[^a-z0-9]+")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
"""What each ASCII character is folded to: most texts have no other, and need no look at accents."""


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
        return frozenset(n for v in values.get(kind, ()) if v is not None and (n := normalise(kind, str(v))))

    words = sorted(w for v in values.get(IdentifierKind.NAME, ()) if v for w in folded(str(v)).split())
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
            return "".join(unicodedata.normalize("NFC", value).split()).lower()
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
    if value.isascii():
        return " ".join(value.translate(_ASCII).split())
    plain = "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
    return " ".join(_NEITHER.sub(" ", plain.lower().replace("œ", "oe").replace("æ", "ae")).split())
