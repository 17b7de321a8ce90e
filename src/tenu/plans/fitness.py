"""Whether the anonymity a data map declares can be had on its live schema: methods, counted columns, links and keys.

Source: GDPR recital 26; WP216; policy C-OPS-03, C-RET-08.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import assert_never

from tenu.datamap.anonymity import (
    UNITS,
    Anonymity,
    Band,
    Coarsen,
    Group,
    Method,
    Redraw,
    Shift,
    Shorten,
    methods,
)
from tenu.datamap.catalog import Column, ColumnKind, Table
from tenu.datamap.findings import finding, nearest
from tenu.datamap.layout import Layout
from tenu.datamap.model import TableMap
from tenu.errors import Finding
from tenu.plans.anonymising import leading
from tenu.plans.task import Anonymise, CrowdTask, PersonTask, RecordTask, Task
from tenu.terms import Severity

BLOCKER, MAJOR, MINOR = Severity.BLOCKER, Severity.MAJOR, Severity.MINOR
DATES = (ColumnKind.DAY, ColumnKind.INSTANT, ColumnKind.ZONED_INSTANT)
NUMBERS = (ColumnKind.INTEGER, ColumnKind.NUMBER)
LEAST_K = 2


def unfit(layouts: Mapping[str, Layout], tasks: Iterable[Task]) -> Iterator[Finding]:
    """Yield everything that would keep rows that end in anonymity from being anonymous."""
    seen = set()
    for task in tasks:
        if isinstance(task, CrowdTask):
            continue
        effects = task.effects if isinstance(task, PersonTask) else (task.effect,)
        for effect in effects:
            if isinstance(effect, Anonymise) and (task.system, effect.table) not in seen:
                seen.add((task.system, effect.table))
                yield from _of_table(layouts[task.system], effect, task)


def _of_table(layout: Layout, effect: Anonymise, task: PersonTask | RecordTask) -> Iterator[Finding]:
    declared, live = layout.system.tables[effect.table], layout.catalog.table(effect.table)
    if live is None:
        return
    yield from _methods(effect.table, declared, live, by_person=isinstance(task, PersonTask))
    yield from _counted(effect, declared, live)
    yield from _identifying(layout, effect, declared)
    yield from _links(layout, effect, declared, live)
    yield from _keys(effect, declared, live)


def _methods(name: str, declared: TableMap, live: Table, *, by_person: bool) -> Iterator[Finding]:
    for column_name, said in declared.columns.items():
        column, ladder = live.column(column_name), methods(said.anonymised_to)
        if column is None:
            continue
        why = next((w for m in ladder if (w := _cannot_hold(live, column, m))), None) or _ladder(ladder)
        if why is None and not by_person and any(isinstance(m, Shift) for m in ladder):
            why = (
                "des dates ne se décalent ensemble que personne par personne",
                "dates are only moved together person by person",
            )
        if why is not None:
            yield finding(
                "D-ANON-04", BLOCKER, said.at.get("anonymised_to", said.place),
                (f"« {name}.{column_name} » ({column.type_name}) ne peut pas être gardée ainsi : {why[0]}",
                 f"'{name}.{column_name}' ({column.type_name}) cannot be kept so: {why[1]}"),
                ("choisissez une méthode de son type, ou aucune : elle est alors vidée",
                 "choose a method of its type, or none: it is then emptied"), ("C-RET-08",),
            )  # fmt: skip


def _cannot_hold(live: Table, column: Column, method: Method) -> tuple[str, str] | None:
    """Return why *column* cannot hold what *method* leaves, in French and English; None when it can."""
    if column.generated:
        return "elle est calculée par la base", "the database computes it"
    if any(column.name in key for key in (live.primary_key, *live.unique)) and not isinstance(method, Redraw):
        return "elle refuse deux fois la même valeur", "it refuses the same value twice"
    if any(column.name in check.columns for check in live.checks):
        return "une contrainte CHECK parle d'elle", "a CHECK constraint speaks of it"
    return wrong_kind(column, method)


def wrong_kind(column: Column, method: Method) -> tuple[str, str] | None:
    """Return why *method* does not go with the type of *column*, in French and English; None when it does."""
    match method:
        case Coarsen() | Shift():
            wrong = ("ce n'est pas une date", "it is not a date")
            return None if column.kind in DATES else wrong
        case Band():
            wrong = ("ce n'est pas un nombre", "it is not a number")
            return None if column.kind in NUMBERS else wrong
        case Shorten():
            wrong = ("ce n'est pas un texte", "it is not a text")
            return None if column.kind is ColumnKind.TEXT else wrong
        case Group(into=into, others=others):
            return _cannot_group(column, [coarse for _, coarse in into], others)
        case Redraw():
            return None
    assert_never(method)


def _cannot_group(column: Column, coarse: list[str], others: str | None) -> tuple[str, str] | None:
    if column.kind is not ColumnKind.TEXT:
        return "ce n'est pas un texte", "it is not a text"
    if others is None and not column.nullable:
        return "elle refuse NULL : dites « others »", "it refuses NULL: say 'others'"
    longest = max(len(value) for value in (*coarse, others or ""))
    if column.length is not None and longest > column.length:
        return f"elle ne tient que {column.length} caractères", f"it holds only {column.length} characters"
    return None


def _ladder(ladder: tuple[Method, ...]) -> tuple[str, str] | None:
    """Return why the steps of *ladder* do not go from fine to coarse, each made of whole earlier ones."""
    for fine, coarse in pairwise(ladder):
        match fine, coarse:
            case Coarsen(unit=one), Coarsen(unit=other) if UNITS.index(one) < UNITS.index(other):
                continue
            case Band(width=one), Band(width=other) if other > one and other % one == 0:
                continue
            case Shorten(characters=one), Shorten(characters=other) if other < one:
                continue
            case Group(), Group(into=into) if {v for _, v in fine.into} <= {v for v, _ in into}:
                continue
            case _:
                return (
                    "chaque palier doit réunir des paliers plus fins",
                    "each step must join finer ones whole",
                )
    return None


def _counted(effect: Anonymise, declared: TableMap, live: Table) -> Iterator[Finding]:
    """Check what is counted: that something is, on columns that are there and kept, and every kept one."""
    name, asked = effect.table, declared.anonymity
    if asked is None:
        yield finding(
            "D-ANON-01", MAJOR, declared.place,
            (f"les lignes de « {name} » seront dites anonymes sans que rien ne le mesure",
             f"the rows of '{name}' will be called anonymous and nothing measures it"),
            ("ajoutez « anonymity: {k: 5, quasi_identifiers: […]} »", "add 'anonymity: {k: 5, quasi_identifiers: […]}'"),
            ("C-OPS-03", "C-RET-08"),
        )  # fmt: skip
        return
    if asked.k < LEAST_K:
        yield finding(
            "D-ANON-03", BLOCKER, asked.at.get("k", asked.place),
            (f"« {name} » : avec k = {asked.k}, une ligne peut être seule de sa sorte",
             f"'{name}': with k = {asked.k} a row may be the only one of its kind"),
            ("demandez au moins 2 ; 5 à 10 est d'usage", "ask for 2 at least; 5 to 10 is usual"), ("C-RET-08",),
        )  # fmt: skip
    if not live.primary_key:
        yield finding(
            "D-ANON-09", BLOCKER, asked.place,
            (f"« {name} » n'a pas de clé primaire : ses lignes trop seules ne peuvent être retirées",
             f"'{name}' has no primary key: its rows too few of a kind cannot be taken out"),
            ("donnez-lui une clé", "give it a key"), ("C-RET-08",),
        )  # fmt: skip
    kept = {clearing.column: clearing.keep for clearing in effect.clearings}
    yield from _named(name, asked, kept, live)
    yield from _uncounted(name, asked, kept, declared)


def _named(name: str, asked: Anonymity, kept: Mapping[str, Method | None], live: Table) -> Iterator[Finding]:
    for key, columns in (("quasi_identifiers", asked.quasi_identifiers), ("sensitive", asked.sensitive)):
        for column in columns:
            gone = column in kept and kept[column] is None
            moved = isinstance(kept.get(column), Shift | Redraw)
            if live.column(column) is None or gone or moved:
                what = ("n'existe pas", "does not exist")
                what = ("est vidée", "is emptied") if gone else what
                what = ("change au hasard", "changes at random") if moved else what
                yield finding(
                    "D-ANON-02", BLOCKER, asked.at.get(key, asked.place),
                    (f"« {name}.{column} » est à compter ({key}) et {what[0]}",
                     f"'{name}.{column}' is to be counted ({key}) and {what[1]}"),
                    nearest(column, (c.name for c in live.columns if kept.get(c.name, Coarsen(unit="year")))),
                    ("C-RET-08",),
                )  # fmt: skip


def _uncounted(
    name: str, asked: Anonymity, kept: Mapping[str, Method | None], declared: TableMap
) -> Iterator[Finding]:
    counted = {*asked.quasi_identifiers, *asked.sensitive}
    for column, method in kept.items():
        if method is not None and column not in counted and not isinstance(method, Shift | Redraw):
            yield finding(
                "D-ANON-05", BLOCKER, declared.columns[column].place,
                (f"« {name}.{column} » reste en partie, et rien ne dit ce qu'on peut en savoir",
                 f"'{name}.{column}' is kept in part, and nothing says what may be known of it"),
                ("mettez-la dans « quasi_identifiers », ou dans « sensitive »", "put it in 'quasi_identifiers', or in 'sensitive'"),
                ("C-RET-08",),
            )  # fmt: skip


def _identifying(layout: Layout, effect: Anonymise, declared: TableMap) -> Iterator[Finding]:
    """Check that nothing that designates people stays: identifiers other systems hold too, whole or in part."""
    emptied = {c.column for c in effect.clearings if c.empties or isinstance(c.keep, Redraw)}
    for column in layout.system.designating(effect.table):
        if column not in emptied:
            said = declared.columns.get(column, declared)
            yield finding(
                "D-ANON-06", BLOCKER, said.place,
                (f"« {effect.table}.{column} » désigne une personne, ailleurs aussi, et resterait dans une ligne anonyme",
                 f"'{effect.table}.{column}' designates a person, elsewhere too, and would stay in an anonymous row"),
                ("décrivez-la sous « columns » sans « anonymised_to » : elle est alors vidée",
                 "describe it under 'columns' without 'anonymised_to': it is then emptied"), ("C-RET-08",),
            )  # fmt: skip


def _links(layout: Layout, effect: Anonymise, declared: TableMap, live: Table) -> Iterator[Finding]:
    cut = {c.column for c in effect.clearings}
    for reference in leading(layout, effect.table):
        if not cut & set(reference.columns) or live.refuses_null(reference.cut or reference.columns):
            names = ", ".join(reference.columns)
            yield finding(
                "D-ANON-07", BLOCKER, declared.place,
                (f"« {effect.table}({names}) » mène toujours à « {reference.parent} » : des lignes liées se recoupent",
                 f"'{effect.table}({names})' still leads to '{reference.parent}': rows tied together tell on one another"),
                ("rendez ce lien facultatif, ou faites finir cette table par « erase »",
                 "make this link nullable, or let this table end in 'erase'"), ("C-RET-08",),
            )  # fmt: skip


def _keys(effect: Anonymise, declared: TableMap, live: Table) -> Iterator[Finding]:
    """Say when rows keep their key: whoever wrote it down, in a log or another system, finds them again."""
    if live.primary_key and not any(isinstance(c.keep, Redraw) for c in effect.clearings):
        names = ", ".join(live.primary_key)
        yield finding(
            "D-ANON-08", MINOR, declared.place,
            (f"« {effect.table} » garde sa clé ({names}) : qui l'a notée ailleurs y retrouve la ligne",
             f"'{effect.table}' keeps its key ({names}): whoever wrote it down elsewhere finds the row by it"),
            ("une clé BIGINT ou UUID sans rien qui la tienne est tirée à nouveau", "a BIGINT or UUID key nothing holds on to is drawn anew"),
            ("C-RET-08",),
        )  # fmt: skip
