"""Which kinds of personal data may be held, and nothing else."""

from __future__ import annotations

from tenu.documents import Located, document
from tenu.policy.promise import ClauseId, Identifier, ReadingId
from tenu.terms import Origin, Text


@document
class DataCategory(Located):
    """One kind of personal data.

    *examples* is empty when the published text gives none; *holds* is what we file under it (reading A-10).
    *special* marks GDPR art. 9 data, which need *condition*. *retention* names the rule its records live by
    when they serve no declared purpose of their own (logs, calls). *origin*: where data of this kind come from, unless a
    column of a data map says otherwise; what is derived is not portable.

    Source: GDPR 14(1)(d), 20(1), 30(1)(c); policy C-CAT-01 to C-CAT-06.
    """

    id: Identifier
    label: Text
    examples: tuple[Text, ...]
    holds: tuple[Text, ...]
    special: bool = False
    condition: str | None = None
    retention: Identifier | None = None
    origin: Origin | None = None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None
