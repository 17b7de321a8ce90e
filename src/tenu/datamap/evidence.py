"""What a column seems to hold: by its name, in French and English, and by the form of a few of its values.

Evidence only: a person confirms. Values are looked at and forgotten, never shown.

Source: ISO 13616 (IBAN), INSEE (SIREN, NIR), policy C-CAT-01 to C-CAT-06.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from tenu.datamap.identity import folded


class Sense(StrEnum):
    """What a personal column says of its person."""

    EMAIL = "email"
    PHONE = "phone"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    NAME = "name"
    POSTCODE = "postcode"
    ADDRESS = "address"
    BIRTH = "birth"
    NIR = "nir"
    IBAN = "iban"
    SIREN = "siren"
    CONNECTION = "connection"
    REFERENCE = "reference"
    TEXT = "text"


CATEGORY = {Sense.IBAN: "financial", Sense.CONNECTION: "connection"}
"""Category of the packaged policy for each sense; identity for the others."""

_NAMES: tuple[tuple[Sense, str], ...] = (
    (Sense.EMAIL, r"e ?mail|mail|courriel|mel"),
    (Sense.PHONE, r"phone|telephone|tel|mobile|portable|gsm|fax"),
    (Sense.FIRST_NAME, r"first ?name|prenom|given ?name|forename"),
    (Sense.LAST_NAME, r"last ?name|nom de famille|surname|family ?name|nom"),
    (Sense.NAME, r"full ?name|contact name|customer name|client name|display ?name|nom complet"),
    (Sense.POSTCODE, r"post ?code|postal code|zip|code postal|cp"),
    (Sense.ADDRESS, r"address|adresse|street|rue|city|ville|district|address ?\d"),
    (Sense.BIRTH, r"birth|naissance|dob|birthday|birth ?date"),
    (Sense.NIR, r"nir|ssn|numero de securite sociale|social security number"),
    (Sense.IBAN, r"iban|bic|rib|card number|pan"),
    (Sense.SIREN, r"siren|siret"),
    (
        Sense.CONNECTION,
        r"ip|ip address|user ?agent|password|passwd|mot de passe|login|username|token|password hash",
    ),
    (Sense.TEXT, r"comment|commentaire|note|notes|remark|message|body|description client"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a column seems to be, and what it was told from: its ``name`` or its ``values``."""

    sense: Sense
    told_by: str


def evidence(name: str, values: Iterable[str]) -> Evidence | None:
    """Return what the column *name* seems to hold, None when nothing tells it is personal.

    Args:
        name: The column's name.
        values: A few of its values, as text; may be empty.
    """
    by_value = _by_values([value.strip() for value in values if value.strip()])
    if by_value is not None:
        return Evidence(sense=by_value, told_by="values")
    words = folded(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    for sense, pattern in _NAMES:
        if re.search(rf"(?:^| )(?:{pattern})(?:$| )", words):
            return Evidence(sense=sense, told_by="name")
    return None


def _by_values(values: list[str]) -> Sense | None:
    """Return the sense most values have the form of; three values at least, four in five of them."""
    if len(values) < 3:
        return None
    for sense, is_one in _FORMS:
        if sum(map(is_one, values)) * 5 >= len(values) * 4:
            return sense
    return None


def is_email(value: str) -> bool:
    """Return whether *value* has the form of an e-mail address."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}", value) is not None


def is_iban(value: str) -> bool:
    """Return whether *value* is an IBAN: its remainder by 97 is 1 (ISO 13616)."""
    plain = re.sub(r"\s", "", value).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def is_nir(value: str) -> bool:
    """Return whether *value* is a French social security number: 13 signs and 97 minus their remainder by 97."""
    plain = re.sub(r"\s", "", value).upper()
    if not re.fullmatch(r"[12]\d{2}(?:0[1-9]|1[0-2]|[2-4]\d|50)(?:\d{2}|2[AB])\d{8}", plain):
        return False
    number = int(plain[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(plain[13:])


def is_siren(value: str) -> bool:
    """Return whether *value* is a SIREN or a SIRET: 9 or 14 digits with Luhn's checksum."""
    plain = re.sub(r"\s", "", value)
    if not re.fullmatch(r"\d{9}(?:\d{5})?", plain):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(plain))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


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


_FORMS: tuple[tuple[Sense, Callable[[str], bool]], ...] = (
    (Sense.EMAIL, is_email),
    (Sense.IBAN, is_iban),
    (Sense.NIR, is_nir),
    (Sense.CONNECTION, is_ip),
    (Sense.PHONE, is_phone),
    (Sense.SIREN, is_siren),
)
