"""What a column seems to hold: by its name, in French and English, and by the form of a few of its values.

Evidence only: a person confirms. Values are looked at and forgotten, never shown.

Source: policy C-CAT-01 to C-CAT-06; `forms` has those of each form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenu.datamap.forms import Form, is_card, is_email, is_iban, is_ip, is_nir, is_phone, is_siren, spotted
from tenu.datamap.identity import folded
from tenu.datamap.paths import inside, is_path, leaves, parsed, path_of, value_at


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
    CARD = "card"
    SIREN = "siren"
    CONNECTION = "connection"
    REFERENCE = "reference"
    TEXT = "text"


CATEGORY = {Sense.IBAN: "financial", Sense.CARD: "financial", Sense.CONNECTION: "connection"}
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
    (Sense.IBAN, r"iban|bic|rib"),
    (Sense.CARD, r"card number|numero de carte|pan"),
    (Sense.SIREN, r"siren|siret"),
    (
        Sense.CONNECTION,
        r"ip|ip address|user ?agent|password|passwd|mot de passe|login|username|token|password hash",
    ),
    (Sense.TEXT, r"comment|commentaire|note|notes|remark|message|body|description client"),
)


MOST_PATHS = 40
"""A document with more different paths makes keys of its values."""
_CERTAIN = (Form.EMAIL, Form.IBAN, Form.NIR)
"""What chance does not make: one, anywhere in a text or a document, tells that it may speak of people."""


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
    values = [value.strip() for value in values if value.strip()]
    by_value = _by_values(values)
    if by_value is not None:
        return Evidence(sense=by_value, told_by="values")
    words = folded(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    for sense, pattern in _NAMES:
        if re.search(rf"(?:^| )(?:{pattern})(?:$| )", words):
            return Evidence(sense=sense, told_by="name")
    if any(seen.passed and seen.form in _CERTAIN for value in values for seen in spotted(value)):
        return Evidence(sense=Sense.TEXT, told_by="values")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEvidence:
    """What a column of JSON documents seems to hold: the paths that look personal, and the others."""

    personal: Mapping[str, Evidence]
    others: tuple[str, ...]


def document_evidence(values: Iterable[str]) -> DocumentEvidence | None:
    """Return what the keys of *values* seem to hold; None unless all are documents and a key of them looks personal.

    Where some documents have an object and others a value, the path stands for both. Keys that make no path, or more than
    ``MOST_PATHS`` of them, are values themselves: the column is then looked at whole.
    """
    said = [value for value in values if value.strip() not in ("", "null")]
    found = [document for value in said if isinstance(document := parsed(value), dict)]
    keys = dict.fromkeys(keys for document in found for keys in leaves(document))
    outer = [k for k in keys if not any(inside(k, other) for other in keys if other != k)]
    if len(found) < len(said) or len(outer) > MOST_PATHS or not all(map(is_path, map(path_of, outer))):
        return None
    told = {
        path_of(k): evidence(k[-1], [str(v) for doc in found if (v := value_at(doc, k)) is not None])
        for k in outer
    }
    personal = {path: seems for path, seems in told.items() if seems is not None}
    return (
        DocumentEvidence(personal=personal, others=tuple(p for p in told if p not in personal))
        if personal
        else None
    )


def _by_values(values: list[str]) -> Sense | None:
    """Return the sense most values have the form of; three values at least, four in five of them."""
    if len(values) < 3:
        return None
    for sense, is_one in _FORMS:
        if sum(map(is_one, values)) * 5 >= len(values) * 4:
            return sense
    return None


_FORMS: tuple[tuple[Sense, Callable[[str], bool]], ...] = (
    (Sense.EMAIL, is_email),
    (Sense.IBAN, is_iban),
    (Sense.NIR, is_nir),
    (Sense.CARD, is_card),
    (Sense.CONNECTION, is_ip),
    (Sense.PHONE, is_phone),
    (Sense.SIREN, is_siren),
)
