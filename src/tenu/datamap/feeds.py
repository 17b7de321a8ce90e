"""What leaves a system for analytics: rows of one table, their identifiers replaced by keyed pseudonyms.

Source: GDPR 4(5), 25, 32(1)(a); policy C-OPS-03.
"""

from __future__ import annotations

import dataclasses
from typing import Literal

from pydantic import Field

from tenu.datamap.anonymity import Kept
from tenu.documents import Located, document

AsIs = Literal["as_is"]


@document
class Feed(Located):
    """Rows of one *table* that leave pseudonymised, for one *purpose* of the policy. They stay personal data.

    *pseudonyms*: the columns replaced by a pseudonym, the same for the same value in this feed and in no other.
    *columns*: the others that leave, ``as_is`` or by what is kept of them. Nothing else leaves.
    """

    feed: str = Field(pattern="^[a-z][a-z0-9_-]{0,30}$")
    table: str
    purpose: str
    pseudonyms: tuple[str, ...]
    columns: dict[str, AsIs | Kept] = dataclasses.field(default_factory=dict)
