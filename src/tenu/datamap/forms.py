"""What is recognised by its form alone, its checksum included: an e-mail, an IBAN, a telephone, a NIR, a payment card.

In a whole value, or anywhere in a text. A form alone proves little (one 16-digit order number in ten passes Luhn's
check): what fails a checksum is told too, so that a column is judged by both counts.

Not recognised, on purpose: 13-digit NIRs without their key and nine-digit telephones, which article codes and customer
numbers look like; cards of 13, 14 or 19 digits, which EANs, SIRETs and parcel numbers look like; dates of birth, which
look like any date.

Source: ISO 13616 (IBAN), ISO/IEC 7812 (cards), INSEE (SIREN, NIR), policy C-CAT-01 to C-CAT-04.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers


class Form(StrEnum):
    """What a value has the form of."""

    EMAIL = "email"
    IBAN = "iban"
    NIR = "nir"
    CARD = "card"
    PHONE = "phone"
    DIGITS = "phone_digits"
    """Ten digits that may be a telephone or any other number: nothing but their spread tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """One form seen in a cell. *whole*: the cell holds nothing else. *passed*: its checksum, or its plan, agrees."""

    form: Form
    value: str
    whole: bool
    passed: bool


HINT = "@|([0-9][ .()/-]{0,2}){9}"
"""What a text must hold for any form to be in it, as every engine's regular expressions and Python's read it."""
_HINT = re.compile(HINT)

_IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""The countries whose IBAN has that many characters (SWIFT's registry)."""
_IBAN_LENGTHS = {
    country: length for length, several in _IBAN_COUNTRIES.items() for country in several.split()
}
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|css|js|html?)$", re.IGNORECASE)
"""How the names of pictures for dense screens end: ``logo@2x.png``."""
_MACHINE = re.compile(r"(?:no-?_?reply|mailer-daemon|postmaster|git)@", re.IGNORECASE)
"""Mailboxes nobody is behind."""
_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}")
_IBAN_BODY = {
    length: re.compile(rf"(?:[ -]?[A-Za-z0-9]){{{length - 4}}}(?![A-Za-z0-9])") for length in _IBAN_COUNTRIES
}
_SEP = r"[ .-]?"
_NIR = re.compile(
    rf"(?<![\w-])[12]{_SEP}\d{{2}}{_SEP}(?:0[1-9]|1[0-2]|[2-4]\d|50){_SEP}(?:\d{{2}}|2[AB]){_SEP}\d{{3}}{_SEP}\d{{3}}{_SEP}\d{{2}}(?!\w)"
)
_CARD = re.compile(
    r"(?<![\w-])(?<!\d[ .])(?:"
    r"(?:4\d{3}|5[1-5]\d{2}|22(?:2[1-9]|[3-9]\d)|2[3-6]\d{2}|27(?:[01]\d|20)|6011|65\d{2})([ -]?)\d{4}\1\d{4}\1\d{4}"
    r"|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?!\w|[ .-]\d)"
)
_PHONE = re.compile(
    r"(?<![\w+.-])(?<!\d )(?:0[1-9]([ .-])\d{2}(?:\1\d{2}){3}|0033([ .-])[1-9](?:\2\d{2}){4}|\+\d[\d .()-]{7,17}\d)(?!\w|[ .-]?\d)"
)
_DIGITS = re.compile(r"(?:0[1-9]|33[1-9])\d{8}")


def spotted(cell: str) -> Iterator[Spotted]:
    """Yield what is recognised in *cell*; what has a form and fails its checksum too."""
    if not _HINT.search(cell):
        return
    text = _UUID.sub(" ", cell.strip()) if "-" in cell else cell.strip()
    if "@" in text:
        for found in _EMAIL.finditer(text):
            if not (_FILE.search(found[0]) or _MACHINE.match(found[0])):
                yield _seen(Form.EMAIL, found.span(), text, passed=True)
    for span, passed in _ibans(text):
        yield _seen(Form.IBAN, span, text, passed=passed)
    for found in _NIR.finditer(text):
        yield _seen(Form.NIR, found.span(), text, passed=is_nir(found[0]))
    for found in _CARD.finditer(text):
        yield _seen(Form.CARD, found.span(), text, passed=is_luhn(found[0]))
    for found in _PHONE.finditer(text):
        if is_phone(found[0]):
            yield _seen(Form.PHONE, found.span(), text, passed=True)
    if _DIGITS.fullmatch(text):
        yield _seen(Form.DIGITS, (0, len(text)), text, passed=is_phone(text))


def _seen(form: Form, span: tuple[int, int], text: str, *, passed: bool) -> Spotted:
    return Spotted(form=form, value=text[slice(*span)], whole=span == (0, len(text)), passed=passed)


def _ibans(text: str) -> Iterator[tuple[tuple[int, int], bool]]:
    """Yield where *text* holds as many letters and digits as an IBAN of its country, and whether they are one.

    Written in groups, an IBAN ends where its length says, whatever word comes next.
    """
    for head in _IBAN_HEAD.finditer(text):
        length = _IBAN_LENGTHS.get(head[0][:2].upper())
        body = _IBAN_BODY[length].match(text, head.end()) if length else None
        if body is not None:
            yield (head.start(), body.end()), is_iban(text[head.start() : body.end()])


def is_email(value: str) -> bool:
    """Return whether *value* has the form of an e-mail address."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}", value) is not None


def is_iban(value: str) -> bool:
    """Return whether *value* is an IBAN: as long as its country's, and its remainder by 97 is 1 (ISO 13616)."""
    plain = re.sub(r"[\s-]", "", value).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", plain) or _IBAN_LENGTHS.get(plain[:2]) != len(plain):
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def is_nir(value: str) -> bool:
    """Return whether *value* is a French social security number: 13 signs and 97 minus their remainder by 97."""
    plain = re.sub(r"[\s.-]", "", value).upper()
    if not re.fullmatch(r"[12]\d{2}(?:0[1-9]|1[0-2]|[2-4]\d|50)(?:\d{2}|2[AB])\d{8}", plain):
        return False
    number = int(plain[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(plain[13:])


def is_luhn(value: str) -> bool:
    """Return whether the digits of *value*, without spaces and hyphens, satisfy Luhn's checksum."""
    plain = re.sub(r"[\s-]", "", value)
    if not (plain.isascii() and plain.isdigit()):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(plain))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def is_card(value: str) -> bool:
    """Return whether *value* is the number of a payment card: the first digits of a network, and Luhn's checksum."""
    return _CARD.fullmatch(value) is not None and is_luhn(value)


def is_siren(value: str) -> bool:
    """Return whether *value* is a SIREN or a SIRET: 9 or 14 digits with Luhn's checksum."""
    return re.fullmatch(r"\d{9}(?:\d{5})?", re.sub(r"\s", "", value)) is not None and is_luhn(value)


def is_phone(value: str) -> bool:
    """Return whether *value* is a telephone number, French when it has no country; bare digits need ten of them."""
    if not re.fullmatch(r"\+?[\d .()/-]{10,20}", value):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(value, "FR"))
    except phonenumbers.NumberParseException:
        return False


def is_ip(value: str) -> bool:
    """Return whether *value* has the form of an IPv4 or IPv6 address."""
    return (
        re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}", value) is not None
    )
