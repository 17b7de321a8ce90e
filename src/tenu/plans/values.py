"""Values people write for a column, held to its type and length before anything is written; and how two values compare.

Source: GDPR 5(1)(d), 16; policy C-RGT-08.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tenu.datamap.catalog import Column, ColumnKind
from tenu.datamap.identity import normalise
from tenu.terms import IdentifierKind, Text

_PRECISION = re.compile(r"\((\d+)(?:\s*,\s*(\d+))?\)")
_YES_NO = {"true": True, "false": False, "1": True, "0": False}


class ValueRefusedError(ValueError):
    """A value does not fit its column; *why* says so to people, without repeating it."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.why = Text(fr=fr, en=en)


def typed(column: Column, said: str, identifies: IdentifierKind | None, zone: ZoneInfo) -> Any:
    """Return *said* as a value of *column*; nothing written is NULL.

    Args:
        column: Of the live schema.
        said: As people write it: dates in ISO 8601, numbers with a point, ``true`` or ``false``.
        identifies: What the column identifies people by, None when it does not.
        zone: The time zone of the system's date-times without zone.

    Raises:
        ValueRefusedError: It does not fit.
    """
    if column.generated:
        raise ValueRefusedError(
            "la base calcule cette colonne elle-même", "the database computes this column itself"
        )
    if not said:
        if not column.nullable:
            raise ValueRefusedError("cette colonne ne peut pas être vide", "this column cannot be empty")
        return None
    if identifies is not None:
        _refuse_no_identifier(identifies, said)
    try:
        return _of_kind(column, said, zone)
    except (ValueError, InvalidOperation, KeyError) as error:
        if isinstance(error, ValueRefusedError):
            raise
        raise ValueRefusedError(
            f"ce n'est pas une valeur de {column.type_name}", f"not a value of {column.type_name}"
        ) from None


def canonical(kind: ColumnKind, value: object, zone: ZoneInfo) -> str | None:  # noqa: PLR0911 - a line per kind
    """Return *value*, as a database, its JSON or a person gives it, in the one spelling values are compared in."""
    if value is None:
        return None
    said = str(value)
    try:
        match kind:
            case ColumnKind.INTEGER:
                return str(int(said))
            case ColumnKind.NUMBER:
                number = Decimal(said)
                return f"{number.normalize():f}" if number else "0"
            case ColumnKind.BOOLEAN:
                return str(_YES_NO[said.lower()])
            case ColumnKind.DAY:
                return date.fromisoformat(said[:10]).isoformat()
            case ColumnKind.INSTANT | ColumnKind.ZONED_INSTANT:
                at = datetime.fromisoformat(said)
                return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(ZoneInfo("UTC")).isoformat()
            case _:
                return said
    except (ValueError, InvalidOperation, KeyError):
        return said


def _of_kind(column: Column, said: str, zone: ZoneInfo) -> Any:  # noqa: PLR0911 - a line per kind
    match column.kind:
        case ColumnKind.TEXT:
            if column.length is not None and len(said) > column.length:
                raise ValueRefusedError(
                    f"{len(said)} caractères, la colonne en tient {column.length}",
                    f"{len(said)} characters, the column holds {column.length}",
                )
            return said
        case ColumnKind.INTEGER:
            return int(said)
        case ColumnKind.NUMBER:
            return _number(column, said)
        case ColumnKind.BOOLEAN:
            return _YES_NO[said.lower()]
        case ColumnKind.DAY:
            return date.fromisoformat(said)
        case ColumnKind.INSTANT:
            at = datetime.fromisoformat(said)
            return at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at
        case ColumnKind.ZONED_INSTANT:
            at = datetime.fromisoformat(said)
            return at if at.tzinfo else at.replace(tzinfo=zone)
        case ColumnKind.OTHER:
            return UUID(said) if column.type_name.upper() == "UUID" else said
        case ColumnKind.BINARY | ColumnKind.JSON:
            raise ValueRefusedError(
                "une valeur de cette sorte ne s'écrit pas ici : corrigez-la dans son logiciel",
                "a value of this kind is not written here: correct it in its own software",
            )


def _number(column: Column, said: str) -> Decimal:
    """Return *said* as a number the column keeps whole: an engine would round it without a word."""
    number = Decimal(said)
    found = _PRECISION.search(column.type_name)
    digits, exponent = len(number.as_tuple().digits), number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueRefusedError("ce n'est pas un nombre", "not a number")
    if found:
        precision, scale = int(found[1]), int(found[2] or 0)
        if -exponent > scale or digits + exponent > precision - scale:
            raise ValueRefusedError(
                f"la colonne tient {precision - scale} chiffres, et {scale} après la virgule",
                f"the column holds {precision - scale} digits, and {scale} decimals",
            )
    return number


def _refuse_no_identifier(kind: IdentifierKind, said: str) -> None:
    normal = normalise(kind, said)
    wrong = not normal or (
        kind is IdentifierKind.EMAIL and not re.fullmatch(r"[^@]+@[^@.]+(\.[^@.]+)+", normal)
    )
    if wrong or (kind is IdentifierKind.PHONE and len(normal) < 9):
        raise ValueRefusedError(
            f"ce n'est pas un identifiant de type « {kind} »", f"not an identifier of kind '{kind}'"
        )
