"""A plan as people read it: one line per change, one sign per kind of change, in French or English.

``=`` a row stays because of the law, ``~`` a row is archived or emptied, ``-`` a row goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenu.plans.plan import SIGNS, Plan, PlannedEffect, PlannedTask
from tenu.terms import Language, Text

VERBS = {
    "keep": Text(fr="gardées en place : la loi l'exige", en="kept in place: the law says so"),
    "archive": Text(fr="scellées dans l'archive restreinte d'abord", en="sealed in the restricted archive first"),
    "clear": Text(fr="vidées de {columns}", en="emptied of {columns}"),
    "cut": Text(fr="détachées ({columns})", en="detached ({columns})"),
    "erase": Text(fr="effacées", en="erased"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a plan: *sign* is its whole grammar, empty for headings."""

    sign: str
    text: str


def number(count: int, language: Language) -> str:
    """Return *count* as people write it: thousands apart."""
    return f"{count:,}".replace(",", "\u202f" if language == "fr" else ",")


def render(plan: Plan, language: Language) -> Iterator[Line]:
    """Yield *plan* line by line, system after system, only what would change."""
    yield _title(plan, language)
    tasks = [task for task in plan.tasks if not task.is_empty]
    for system in dict.fromkeys(task.system for task in tasks):
        yield Line(sign="", text="")
        yield Line(sign="", text=system)
        for task in tasks:
            if task.system == system:
                yield from _task(task, language)
    yield Line(sign="", text="")
    yield Line(sign="", text=_end(plan, language))


def _title(plan: Plan, language: Language) -> Line:
    day = plan.as_of.strftime("%d/%m/%Y") if language == "fr" else plan.as_of.isoformat()
    said = {"fr": f"Plan du {day}", "en": f"Plan of {day}"}
    return Line(sign="", text=said[language])


def _task(task: PlannedTask, language: Language) -> Iterator[Line]:
    rules, clauses = " + ".join(task.rules), " ".join(task.clauses)
    who = _people(task, language)
    yield Line(sign="", text=f"  {task.table} · {rules}  [{clauses}]{who}")
    for effect in task.effects:
        yield Line(sign=SIGNS[effect.verb], text=_effect(effect, language))


def _people(task: PlannedTask, language: Language) -> str:
    if not task.people:
        return ""
    count = number(task.people, language)
    said = [f"{count} personnes" if language == "fr" else f"{count} people"]
    if task.archived:
        archived = number(task.archived, language)
        said.append(f"dont {archived} archivées" if language == "fr" else f"{archived} of them archived")
    spared = {
        ("actives ailleurs", "alive elsewhere"): task.spared.alive_elsewhere,
        ("en gel", "on hold"): task.spared.held,
        ("à départager par un humain", "for a human to tell apart"): task.spared.ambiguous,
    }
    for (fr, en), people in spared.items():
        if people:
            said.append(f"{number(people, language)} {fr if language == 'fr' else en}")
    return "  " + ", ".join(said)


def _effect(effect: PlannedEffect, language: Language) -> str:
    verb = VERBS[effect.verb].in_(language).format(columns=", ".join(effect.columns))
    return f"{effect.table:<18} {number(effect.rows, language):>9}  {verb}"


def _end(plan: Plan, language: Language) -> str:
    if plan.is_empty:
        return "Rien à faire : tout est tenu." if language == "fr" else "Nothing to do: everything is kept."
    people, rows = number(plan.people, language), number(plan.rows, language)
    until = plan.expires_at.strftime("%Y-%m-%d %H:%M UTC")
    if language == "fr":
        return f"{people} fiches de personnes, {rows} lignes à changer. Valable jusqu'au {until}."
    return f"{people} records of people, {rows} rows to change. Valid until {until}."
