"""What a value of the journal may look like. Everything else is refused: that is how no personal value slips
in.

A shape reads a value and returns it frozen, or raises ``ShapeError`` with the shape's own words. The refused
value is never repeated in the error: it may be the very value that must not be written down.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from tenu.terms import Text

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json]"

NAME_LIMIT = 120
_NAME = re.compile(r"[A-Za-z0-9_.:-]+")
_PHONE = re.compile(r"[0-9](?:[.-]?[0-9]){8,}")
_OPAQUE = re.compile(
    r"[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
_LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ShapeError(Exception):
    """A value is not of the shape its key declares; ``expected`` says what would have been accepted."""

    def __init__(self, expected: Text) -> None:
        super().__init__(expected.en)
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: *accepts* decides, *says* tells a person what would have been accepted."""

    accepts: Callable[[Json], bool]
    says: Text

    def read(self, value: Json) -> Json:
        """Return *value* unchanged, or raise ``ShapeError``."""
        if self.accepts(value):
            return value
        raise ShapeError(self.says)


@dataclass(frozen=True, slots=True)
class ListOf:
    """Values of one shape, in an order that counts."""

    item: Scalar

    def read(self, value: Json) -> Json:
        """Return *value* as a tuple, or raise ``ShapeError``."""
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise ShapeError(Text(fr=f"liste de : {self.item.says.fr}", en=f"list of: {self.item.says.en}"))
        return tuple(self.item.read(item) for item in value)


@dataclass(frozen=True, slots=True)
class MapOf:
    """Values of one shape, each under a name (a table, a clause, a system)."""

    value: Scalar

    def read(self, value: Json) -> Json:
        """Return *value* as a read-only mapping, or raise ``ShapeError``."""
        if not isinstance(value, Mapping):
            raise ShapeError(
                Text(fr=f"noms vers : {self.value.says.fr}", en=f"names to: {self.value.says.en}")
            )
        return MappingProxyType({str(NAME.read(key)): self.value.read(item) for key, item in value.items()})


Shape: TypeAlias = Scalar | ListOf | MapOf


def is_name(value: Json) -> bool:
    """Return whether the journal accepts *value* as the name of a system, table, clause, rule, run or role.

    Letters without accents, digits and ``_ . : -``, at most 120; never nine digits in a row, dots and hyphens
    ignored (it could be a telephone number), unless the whole name is a UUID or a digest of 32 or 64 hex
    digits.
    """
    if not isinstance(value, str) or len(value) > NAME_LIMIT or not _NAME.fullmatch(value):
        return False
    return not _PHONE.search(value) or _OPAQUE.fullmatch(value) is not None


def as_name(text: str) -> str:
    """Return *text* itself when the journal accepts it as a name, else an opaque name that always stands for it.

    Tables may be called anything; what the journal cannot spell it designates by a digest, in letters.
    """
    if is_name(text):
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return "opaque-" + digest.translate(_LETTERS)


def words(choices: type[StrEnum]) -> Scalar:
    """Return the shape of one word of *choices*."""
    allowed = frozenset(str(choice) for choice in choices)
    listed = ", ".join(sorted(allowed))
    return Scalar(lambda value: isinstance(value, str) and value in allowed, Text(fr=listed, en=listed))


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_flag(value: Json) -> bool:
    return isinstance(value, bool)


def _is_digest(value: Json) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_day(value: Json) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_instant(value: Json) -> bool:
    try:
        return isinstance(value, str) and len(value) == len("2024-02-29T23:59:59Z") and bool(_instant(value))
    except ValueError:
        return False


def _instant(value: str) -> datetime:
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")


COUNT = Scalar(_is_count, Text(fr="nombre entier, zéro ou plus", en="whole number, zero or more"))
FLAG = Scalar(_is_flag, Text(fr="vrai ou faux", en="true or false"))
DIGEST = Scalar(
    _is_digest, Text(fr="empreinte : 64 chiffres hexadécimaux", en="digest: 64 lower-case hex digits")
)
DAY = Scalar(_is_day, Text(fr="jour AAAA-MM-JJ", en="day YYYY-MM-DD"))
INSTANT = Scalar(_is_instant, Text(fr="instant AAAA-MM-JJThh:mm:ssZ", en="instant YYYY-MM-DDThh:mm:ssZ"))
NAME = Scalar(
    is_name,
    Text(
        fr="nom technique (lettres sans accent, chiffres, _ . : -), 120 au plus, sans suite de 9 chiffres",
        en="technical name (plain letters, digits, _ . : -), at most 120, without nine digits in a row",
    ),
)
