"""A plan as people read it: one line per change, one sign per kind of change, in French or English.

``=`` a row stays because of the law, ``~`` a row is archived or emptied, ``-`` a row goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tenu.plans.bounds import excesses
from tenu.plans.plan import SIGNS, Plan, PlannedEffect, PlannedTask
from tenu.plans.reason import day_text
from tenu.terms import Language, Text

VERBS = {
    "keep": Text(fr="gardées en place : la loi l'exige", en="kept in place: the law says so"),
    "archive": Text(
        fr="scellées dans l'archive restreinte d'abord", en="sealed in the restricted archive first"
    ),
    "clear": Text(fr="vidées ({columns})", en="emptied ({columns})"),
    "cut": Text(fr="détachées ({columns})", en="detached ({columns})"),
    "anonymise": Text(fr="anonymisées ({columns})", en="anonymised ({columns})"),
    "thin": Text(
        fr="trop seules de leur sorte : rendues plus vagues, sinon effacées",
        en="too few of a kind: made vaguer, else erased",
    ),
    "erase": Text(fr="effacées", en="erased"),
}
FILES_ERASED = Text(fr="fichiers effacés", en="files erased")
_UNREACHED = {
    "undescribed": Text(
        fr="noms qu'aucun chemin de la carte ne décrit, jamais effacés : {}",
        en="names that no path of the data map describes, never erased: {}",
    ),
    "links": Text(fr="liens, jamais suivis : {}", en="links, never followed: {}"),
    "mounts": Text(
        fr="montages d'un autre disque, jamais ouverts : {}", en="mounts of another disk, never opened: {}"
    ),
    "unreadable": Text(fr="dossiers que tenu ne peut pas lire : {}", en="folders tenu may not read: {}"),
    "future": Text(
        fr="noms datés d'un jour à venir (l'horloge d'un enregistreur ?) : {}",
        en="names of a day to come (the clock of a recorder?): {}",
    ),
}
COUNTED = 9
"""Columns a count takes, thousands apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a plan: *sign* is its whole grammar, empty for headings; *hang* is where it goes on when too long."""

    sign: str
    text: str
    hang: int = 0


def number(count: int, language: Language) -> str:
    """Return *count* as people write it: thousands apart."""
    return f"{count:,}".replace(",", "\u202f" if language == "fr" else ",")


def counted(count: int, one: Text, many: Text, language: Language) -> str:
    """Return *count* and its noun, in the plural when the language asks for it (0 is singular in French)."""
    singular = abs(count) < 2 if language == "fr" else count == 1
    return f"{number(count, language)} {(one if singular else many).in_(language)}"


def people_text(count: int, language: Language) -> str:
    """Return *count* people in words."""
    return counted(count, Text(fr="personne", en="person"), Text(fr="personnes", en="people"), language)


def rows_text(count: int, language: Language) -> str:
    """Return *count* rows in words."""
    return counted(count, Text(fr="ligne", en="row"), Text(fr="lignes", en="rows"), language)


def files_text(count: int, language: Language) -> str:
    """Return *count* files in words."""
    return counted(count, Text(fr="fichier", en="file"), Text(fr="fichiers", en="files"), language)


def changed_text(changed: int, files: int, language: Language) -> str:
    """Return how many rows, and how many *files* of what *changed*, in words."""
    rows = rows_text(changed - files, language)
    return f"{rows}, {files_text(files, language)}" if files else rows


def bytes_text(count: int, language: Language) -> str:
    """Return *count* bytes as people write them, in decimal units: ``38,2 Go``, ``38.2 GB``."""
    for power, unit in ((4, "T"), (3, "G"), (2, "M"), (1, "k")):
        if count >= 1000**power:
            text = f"{count / 1000**power:.1f} {unit}"
            return f"{text.replace('.', ',')}o" if language == "fr" else f"{text}B"
    return f"{count} o" if language == "fr" else f"{count} B"


def unreached_text(unreached: Mapping[str, int], language: Language) -> str:
    """Return in words what could not be judged in a store of files, empty when everything was."""
    said = [_UNREACHED[kind].in_(language).format(number(n, language)) for kind, n in unreached.items() if n]
    return ", ".join(said)


def clauses_text(clauses: Iterable[str], language: Language) -> str:
    """Return *clauses* with each run of neighbours shortened: ``C-RET-16 à 22``."""
    ids = sorted(set(clauses))
    breaks = [0, *(i for i, (a, b) in enumerate(pairwise(ids), 1) if not _follows(a, b)), len(ids)]
    runs = [ids[start:end] for start, end in pairwise(breaks) if start < end]
    to = "à" if language == "fr" else "to"
    return ", ".join(f"{run[0]} {to} {run[-1][-2:]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _follows(one: str, other: str) -> bool:
    return one[:-2] == other[:-2] and one[-2:].isdigit() and other[-2:] == f"{int(one[-2:]) + 1:02}"


def render(plan: Plan, language: Language) -> Iterator[Line]:
    """Yield *plan* line by line, system after system, only what would change or waits for a human."""
    title = {"fr": f"Plan du {day_text(plan.as_of, 'fr')}", "en": f"Plan of {day_text(plan.as_of, 'en')}"}
    yield Line(sign="", text=title[language])
    tasks = [task for task in plan.tasks if not task.is_empty or task.spared.ambiguous]
    width = max((len(effect.table) for task in tasks for effect in task.effects), default=0)
    for system in dict.fromkeys(task.system for task in tasks):
        yield Line(sign="", text="")
        yield Line(sign="", text=system)
        for task in tasks:
            if task.system == system:
                yield from _task(task, width, language)
    yield Line(sign="", text="")
    for store, unreached in plan.unreached.items():
        yield Line(sign="!", text=f"! {store} : {unreached_text(unreached, language)}", hang=4)
    yield from _end(plan, language)


def _task(task: PlannedTask, width: int, language: Language) -> Iterator[Line]:
    rules = " + ".join(task.rules) or ("anonymat" if language == "fr" else "anonymity")
    yield Line(sign="", text=f"  {task.table} · {rules}  [{clauses_text(task.clauses, language)}]", hang=6)
    for reason in _reasons(task, language):
        yield Line(sign="", text=f"    {reason}", hang=6)
    if who := _people(task, language):
        yield Line(sign="", text=f"    {who}", hang=6)
    for effect in task.effects:
        yield _effect(effect, width, language)


def _reasons(task: PlannedTask, language: Language) -> Iterator[str]:
    """Yield each reason of *task* once, with the rules that have it when there are several."""
    said: dict[str, list[str]] = {}
    for reason in task.reasons:
        said.setdefault(reason.said().in_(language), []).append(reason.rule)
    colon = " : " if language == "fr" else ": "
    for sentence, rules in said.items():
        yield sentence if len(said) == 1 else ", ".join(rules) + colon + sentence


def _people(task: PlannedTask, language: Language) -> str:
    said = []
    if task.people:
        said.append(people_text(task.people, language))
    if task.archived:
        archived = number(task.archived, language)
        said.append(
            f"dont {archived} par l'archive"
            if language == "fr"
            else f"{archived} of them through the archive"
        )
    spared = {
        ("ailleurs en activité", "alive elsewhere"): task.spared.alive_elsewhere,
        ("en gel", "on hold"): task.spared.held,
        ("à départager par un humain", "for a human to tell apart"): task.spared.ambiguous,
    }
    for (fr, en), people in spared.items():
        if people:
            said.append(f"{number(people, language)} {fr if language == 'fr' else en}")
    return ", ".join(said)


def _effect(effect: PlannedEffect, width: int, language: Language) -> Line:
    verb = VERBS[effect.verb].in_(language).format(columns=", ".join(effect.columns))
    if effect.bytes is not None:
        verb = f"{FILES_ERASED.in_(language)} ({bytes_text(effect.bytes, language)})"
    text = (
        f"    {SIGNS[effect.verb]} {effect.table:<{width}} {number(effect.rows, language):>{COUNTED}}  {verb}"
    )
    return Line(sign=SIGNS[effect.verb], text=text, hang=width + COUNTED + 9)


def _limits(plan: Plan, language: Language) -> Iterator[Line]:
    """Yield the largest part of a table the plan concerns, then every limit it is over and what to do."""
    tables = plan.limits.tables
    if tables:
        most = max(tables, key=lambda one: one.share)
        place, least = f"{most.system}.{most.table}", "≥ " if most.more else ""
        found, held = (number(n, language) for n in (most.found, most.held))
        said = Text(
            fr=f"Plus grande part d'une table : {place}, {found} lignes sur {least}{held} ; la limite est {most.max_share} %.",
            en=f"Largest part of a table: {place}, {found} rows of {least}{held}; the limit is {most.max_share} %.",
        )
        yield Line(sign="", text=said.in_(language), hang=2)
    for excess in excesses(plan.limits, plan.people, plan.rows):
        code = excess.finding().code
        yield Line(sign="!", text=f"! {code}  {excess.message.in_(language)}", hang=4)
        yield Line(sign="", text=f"  -> {excess.fix.in_(language)}", hang=5)


def _end(plan: Plan, language: Language) -> Iterator[Line]:
    doubts = any(task.spared.ambiguous for task in plan.tasks)
    yield from _limits(plan, language)
    if plan.is_empty:
        said = Text(fr="Rien à changer aujourd'hui.", en="Nothing to change today.")
        kept = Text(fr="Rien à faire : tout est tenu.", en="Nothing to do: everything is kept.")
        yield Line(sign="", text=(said if doubts else kept).in_(language))
    else:
        day, hour = day_text(plan.expires_at.date(), language), plan.expires_at.strftime("%H:%M UTC")
        people, rows = number(plan.people, language), changed_text(plan.rows, plan.files, language)
        if plan.files:
            rows += f" ({bytes_text(plan.bytes, language)})"
        yield Line(
            sign="",
            text=f"{people} fiches de personnes, {rows} à changer. Valable jusqu'au {day} à {hour}."
            if language == "fr"
            else f"{people} records of people, {rows} to change. Valid until {day} {hour}.",
        )
    if doubts:
        waits = Text(
            fr="Des personnes restent à départager par un humain : tenu plan --doubts",
            en="Some people are for a human to tell apart: tenu plan --doubts",
        )
        yield Line(sign="", text=waits.in_(language))
