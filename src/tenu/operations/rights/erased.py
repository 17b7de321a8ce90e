"""What an erasure did, as its letter tells it: one line per kind of data, system and fate; no value, no name.

Source: GDPR 12(1), 12(4), 17; law 5.5, 5.12.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tenu.law.reason_codes import CODES
from tenu.letters import outcome
from tenu.letters.outcome import Fate, RightDone
from tenu.plans.holding import IN_WORDS, Becomes, ErasureFacts, Holding
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Language, Text

FATES = {
    Becomes.ERASED: Fate.ERASED,
    Becomes.COLUMNS: Fate.ERASED,
    Becomes.BLANK: Fate.ERASED,
    Becomes.ANONYMISED: Fate.ANONYMISED,
    Becomes.EMPTIED: Fate.DEFERRED,
    Becomes.ARCHIVED: Fate.DEFERRED,
    Becomes.IN_ARCHIVE: Fate.DEFERRED,
    Becomes.KEPT: Fate.DEFERRED,
    Becomes.RUNNING: Fate.KEPT,
    Becomes.HELD: Fate.KEPT,
}
"""What stays until a day that is known goes by itself that day; what waits for an event is kept."""
YOURS = Text(fr="vos données", en="your data")


def done_of(ports: Ports, facts: ErasureFacts, backups_until: date | None, language: Language) -> RightDone:
    """Return what the letter tells of an erasure.

    Args:
        ports: The policy and the data maps, whose words it uses.
        facts: What was done.
        backups_until: Last day a backup may still hold what was erased, None when nothing was.
        language: The person's.
    """
    return RightDone(
        right=Right.ERASURE,
        done_on=facts.as_of,
        holdings=tuple(_holdings(ports, facts, language)),
        backups_until=backups_until,
    )


def _holdings(ports: Ports, facts: ErasureFacts, language: Language) -> Iterator[outcome.Holding]:
    labels = {system.system: system.label for system in ports.workspace.systems}
    for holding in facts.holdings:
        code = holding.code
        yield outcome.Holding(
            what=_what(ports, holding),
            where=labels.get(holding.system, Text(fr=holding.system, en=holding.system)),
            fate=FATES[holding.becomes],
            rows=holding.rows,
            code=code,
            ground=(_text(holding) or CODES[code].law) if code else None,
            why=_why(holding).in_(language) if code else None,
            until=holding.until,
        )


def _what(ports: Ports, holding: Holding) -> Text:
    """Return the kinds of data of a table, in the policy's words, and its name."""
    system = next((s for s in ports.workspace.systems if s.system == holding.system), None)
    table = system.tables.get(holding.table) if system else None
    used = (
        {part.category for column in table.columns.values() for part in column.parts.values()}
        if table
        else set()
    )
    known = [category.label for category in ports.workspace.policy.categories if category.id in used]
    fr, en = (", ".join(label.in_(language) for label in known) for language in ("fr", "en"))
    return Text(fr=f"{fr or YOURS.fr} ({holding.table})", en=f"{en or YOURS.en} ({holding.table})")


def _text(holding: Holding) -> Text | None:
    return Text(fr=holding.text, en=holding.text) if holding.text else None


def _why(holding: Holding) -> Text:
    """Return why a holding stays, in words: what becomes of it, and what the policy says of it."""
    said = IN_WORDS[holding.becomes]
    return (
        Text(fr=f"{said.fr} ({holding.why.fr})", en=f"{said.en} ({holding.why.en})") if holding.why else said
    )
