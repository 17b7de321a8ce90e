"""What becomes of a person's data, holding by holding, as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tenu.cli.request_text import Line
from tenu.plans.holding import IN_WORDS, Becomes, ErasureFacts, Holding
from tenu.plans.reason import day_text
from tenu.plans.render import rows_text
from tenu.terms import Language, Text

SIGNS = {
    Becomes.ERASED: "-",
    Becomes.ANONYMISED: "~",
    Becomes.COLUMNS: "~",
    Becomes.EMPTIED: "~",
    Becomes.BLANK: "~",
}
"""One sign per line, as in a plan: ``-`` goes, ``~`` changes, ``=`` stays."""


def facts_lines(facts: ErasureFacts, labels: Mapping[str, Text], language: Language) -> Iterator[Line]:
    """Yield what was done, or would be, for one request."""
    if not facts.holdings:
        nothing = Text(fr="rien n'est détenu de cette personne", en="nothing is held of this person")
        yield Line(text=f"{facts.number} : {nothing.in_(language)}")
        return
    day = day_text(facts.as_of, language)
    yield Line(text=f"{facts.number} · {day}", style="bold")
    for system in dict.fromkeys(holding.system for holding in facts.holdings):
        label = labels[system].in_(language) if system in labels else system
        yield Line(text=f"  {label} ({system})")
        for holding in facts.holdings:
            if holding.system == system:
                yield _line(holding, language)
    if facts.residual:
        yield Line(
            text=Text(
                fr=f"  ! {facts.residual} cellules désignent encore quelqu'un : tenu certificate {facts.plan[:12]}",
                en=f"  ! {facts.residual} cells still designate somebody: tenu certificate {facts.plan[:12]}",
            ).in_(language),
            style="red",
        )


def _line(holding: Holding, language: Language) -> Line:
    sign = SIGNS.get(holding.becomes, "=")
    said = f"    {sign} {holding.table:<20} {rows_text(holding.rows, language)}, {IN_WORDS[holding.becomes].in_(language)}"
    if holding.until:
        until = Text(fr="jusqu'au", en="until").in_(language)
        if holding.becomes in (Becomes.KEPT, Becomes.EMPTIED):
            until = Text(fr="au plus tard jusqu'au", en="at the latest until").in_(language)
        said += f" {until} {day_text(holding.until, language)}"
    reasons = [part for part in (holding.text, holding.why.in_(language) if holding.why else "") if part]
    said += f" : {', '.join(reasons)}" if reasons else ""
    said += f" [{holding.code}]" if holding.code else ""
    return Line(text=said, style="" if holding.code is None else "yellow")
