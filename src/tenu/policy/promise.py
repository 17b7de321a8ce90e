"""The smallest part of a policy: one promise in the two languages, and the clauses it answers for."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from tenu.documents import Located, document
from tenu.terms import Text

ClauseId = Annotated[str, StringConstraints(pattern=r"^C-[A-Z]{3}-[0-9]{2}$")]
"""A clause of the catalogue, ``C-RET-13``."""

ReadingId = Annotated[str, StringConstraints(pattern=r"^A-[0-9]{2}$")]
"""An ambiguity of the published text whose reading is applied, ``A-26``."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name other parts of the file refer to, ``bank_details``."""


@document
class Promise(Located):
    """What the controller tells people about one thing; *reading* says which doubt of the text it settles."""

    says: Text
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None
