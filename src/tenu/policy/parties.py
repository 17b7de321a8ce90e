"""Who answers for the data: the controller, its data protection officer, the supervisory authority."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from tenu.documents import Located, document
from tenu.policy.promise import ClauseId, ReadingId
from tenu.terms import Text

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 code of two letters."""


@document
class Controller(Located):
    """The company that decides why and how data are processed.

    *published_addresses* are the forms the published text gives to what should be one address.

    Source: GDPR 4(7), 13(1)(a); policy C-CTL-01, C-CTL-02; reading A-05.
    """

    name: str
    says: Text
    address: tuple[str, ...]
    country: Country
    published_addresses: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    legal_form: str | None = None
    registry_number: str | None = None
    legal_notice: str | None = None
    representative: str | None = None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Officer(Located):
    """The data protection officer (DPO) and what people may ask of them.

    Source: GDPR 13(1)(b), 37(7), 38(4); policy C-DPO-01, C-DPO-02; reading A-03.
    """

    email: str
    address: tuple[str, ...]
    says: Text
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Authority(Located):
    """The supervisory authority. *only_in_case_of_difficulty*: the text makes it a second step.

    Source: GDPR 13(2)(d), 77; policy C-CNI-01.
    """

    name: Text
    short_name: str
    url: str
    says: Text
    only_in_case_of_difficulty: bool
    clauses: tuple[ClauseId, ...]
