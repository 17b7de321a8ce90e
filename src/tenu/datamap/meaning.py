"""A data map against the policy: purposes, categories, rules and legal periods it names exist and fit together."""

from __future__ import annotations

from collections.abc import Iterator

from tenu.datamap.catalog import ColumnKind
from tenu.datamap.findings import finding, nearest
from tenu.datamap.layout import Layout
from tenu.datamap.model import LegalKeep, System, TableMap
from tenu.errors import Finding
from tenu.policy.model import Policy
from tenu.policy.retention import Scope
from tenu.terms import Severity

BLOCKER, MAJOR, MINOR = Severity.BLOCKER, Severity.MAJOR, Severity.MINOR


def meanings(system: System, policy: Policy) -> Iterator[Finding]:
    """Yield every word of *system* the policy does not know."""
    for name, table in system.tables.items():
        yield from _purposes(name, table, policy)
        yield from _categories(name, table, policy)
        yield from _limits(name, table, system, policy)
    yield from _kinds(system, policy)


def _purposes(name: str, table: TableMap, policy: Policy) -> Iterator[Finding]:
    known = {purpose.id for purpose in policy.purposes}
    said = [(purpose, table.at.get("purposes", table.place)) for purpose in table.purposes]
    for column in table.columns.values():
        said += [(purpose, column.at.get("purposes", column.place)) for purpose in column.purposes or ()]
    for purpose, place in said:
        if purpose not in known:
            yield finding(
                "D-PUR-01", BLOCKER, place,
                (f"« {name} » sert une finalité que la politique ne connaît pas : « {purpose} »",
                 f"'{name}' serves a purpose the policy does not know: '{purpose}'"),
                nearest(purpose, known), ("C-PUR-01",),
            )  # fmt: skip
    rules = {policy.purpose(p).retention for p in table.purposes if p in known}
    records = [r.id for r in policy.retention.rules if r.each is Scope.RECORD and r.id in rules]
    if records and table.record_limit is None:
        yield finding(
            "D-RULE-01", BLOCKER, table.place,
            (f"« {name} » suit une règle qui court ligne par ligne ({records[0]}) et ne dit pas de quelle date",
             f"'{name}' lives by a rule that runs record by record ({records[0]}) and does not say from which date"),
            (f"ajoutez record_limit: {{rule: {records[0]}, dated_by: …}}", f"add record_limit: {{rule: {records[0]}, dated_by: …}}"),
        )  # fmt: skip


def _categories(name: str, table: TableMap, policy: Policy) -> Iterator[Finding]:
    known = {category.id for category in policy.categories}
    told = {category.id for category in policy.categories if category.origin is not None}
    parts = (
        (".".join(filter(None, (column, path))), part)
        for column, whole in table.columns.items()
        for path, part in whole.parts.items()
    )
    for column, declared in parts:
        if declared.category not in known:
            yield finding(
                "D-CAT-01", BLOCKER, declared.at.get("category", declared.place),
                (f"« {name}.{column} » : catégorie inconnue de la politique, « {declared.category} »",
                 f"'{name}.{column}': category unknown to the policy, '{declared.category}'"),
                nearest(declared.category or "", known), ("C-CAT-06",),
            )  # fmt: skip
        elif declared.origin is None and declared.category not in told:
            yield finding(
                "D-ORI-01", MINOR, declared.at.get("category", declared.place),
                (f"« {name}.{column} » : rien ne dit si la personne l'a fournie ; elle est remise comme telle à qui la demande",
                 f"'{name}.{column}': nothing says whether the person gave it; it is handed over as if they had"),
                (f"donnez « origin » à la catégorie « {declared.category} » dans policy.yaml, ou à cette colonne",
                 f"give 'origin' to the category '{declared.category}' in policy.yaml, or to this column"), ("C-RGT-03",),
            )  # fmt: skip


def _limits(name: str, table: TableMap, system: System, policy: Policy) -> Iterator[Finding]:
    records = {rule.id for rule in policy.retention.rules if rule.each is Scope.RECORD}
    if table.record_limit and table.record_limit.rule not in records:
        yield finding(
            "D-RULE-02", BLOCKER, table.record_limit.at.get("rule", table.record_limit.place),
            (f"« {table.record_limit.rule} » n'est pas une règle qui court ligne par ligne",
             f"'{table.record_limit.rule}' is not a rule that runs record by record"),
            nearest(table.record_limit.rule, records),
        )  # fmt: skip
    for keep in table.kept_by_law:
        yield from _legal(name, keep, system, policy)
    yield from _conflicts(name, table)


def _legal(name: str, keep: LegalKeep, system: System, policy: Policy) -> Iterator[Finding]:
    periods = {period.id: period for period in policy.retention.legal_periods}
    if keep.period and keep.period not in periods:
        yield finding(
            "D-LEG-01", BLOCKER, keep.at.get("period", keep.place),
            (f"« {name} » : durée légale inconnue, « {keep.period} »", f"'{name}': unknown legal period, '{keep.period}'"),
            nearest(keep.period, periods), ("C-RET-10",),
        )  # fmt: skip
    elif keep.period:
        yield from _threshold(name, keep, periods[keep.period].at_least)
    for word in (keep.follows, keep.through):
        if word and word not in system.tables:
            yield finding(
                "D-LEG-02", BLOCKER, keep.at.get("follows" if word == keep.follows else "through", keep.place),
                (f"« {name} » suit une table qui n'est pas décrite, « {word} »",
                 f"'{name}' follows a table that is not described, '{word}'"),
                nearest(word, system.tables),
            )  # fmt: skip


def _threshold(name: str, keep: LegalKeep, least: int | None) -> Iterator[Finding]:
    if least is not None and keep.amount is None:
        yield finding(
            "D-LEG-06", MAJOR, keep.at.get("period", keep.place),
            (f"« {name} » : « {keep.period} » ne vaut qu'à partir de {least} euros, et toutes les lignes seraient gardées",
             f"'{name}': '{keep.period}' only holds from {least} euros on, and every row would be kept"),
            ("nommez la colonne du montant : « amount: … »", "name the column of the amount: 'amount: …'"), ("C-RET-10",),
        )  # fmt: skip
    if least is None and keep.amount is not None:
        yield finding(
            "D-LEG-06", MAJOR, keep.at.get("amount", keep.place),
            (f"« {name} » : « {keep.period} » n'a pas de seuil, le montant ne compte pas",
             f"'{name}': '{keep.period}' has no threshold, the amount does not count"),
            ("retirez « amount », ou donnez « at_least » à la durée dans policy.yaml",
             "take 'amount' away, or give the period its 'at_least' in policy.yaml"), ("C-RET-10",),
        )  # fmt: skip


def _conflicts(name: str, table: TableMap) -> Iterator[Finding]:
    """Yield each period said twice of the same rows, from two different days: the longest wins only between periods."""
    for number, keep in enumerate(table.kept_by_law):
        for other in table.kept_by_law[:number]:
            same = keep.period is not None and (keep.period, keep.when) == (other.period, other.when)
            if same and (keep.dated_by, keep.through) != (other.dated_by, other.through):
                yield finding(
                    "D-LEG-04", BLOCKER, keep.at.get("dated_by", keep.place),
                    (f"« {name} » compte « {keep.period} » de deux jours différents pour les mêmes lignes",
                     f"'{name}' counts '{keep.period}' from two different days for the same rows"),
                    ("gardez-en un, ou listez les colonnes : « dated_by: [a, b] » (la dernière remplie compte)",
                     "keep one, or list the columns: 'dated_by: [a, b]' (the latest filled one counts)"), ("C-RET-11",),
                )  # fmt: skip


def followed(layout: Layout) -> Iterator[Finding]:
    """Yield every table kept with, or by a date of, another one it has no link to; or that follows itself."""
    for name, table in layout.system.tables.items():
        if layout.catalog.table(name) is None:
            continue
        for keep in table.kept_by_law:
            word = keep.follows or keep.through
            linked = any(r.child == name and r.parent == word for r in layout.references)
            if word and (not linked or _goes_round(layout.system, (name,))):
                yield finding(
                    "D-LEG-03", BLOCKER, keep.at.get("follows" if keep.follows else "through", keep.place),
                    (f"« {name} » suit « {word} » sans lien vers elle, ou en rond",
                     f"'{name}' follows '{word}' without a link to it, or in a ring"),
                    (f"déclarez le lien sous « links » : {name}.colonne -> {word}.clé",
                     f"declare the link under 'links': {name}.column -> {word}.key"), ("C-RET-10",),
                )  # fmt: skip
        yield from _amounts(layout, name, table)


def _amounts(layout: Layout, name: str, table: TableMap) -> Iterator[Finding]:
    live = layout.catalog.table(name)
    for keep in table.kept_by_law:
        column = live.column(keep.amount) if live and keep.amount else None
        if column is not None and column.kind not in (ColumnKind.INTEGER, ColumnKind.NUMBER):
            yield finding(
                "D-LEG-05", BLOCKER, keep.at.get("amount", keep.place),
                (f"« {name}.{column.name} » ({column.type_name}) n'est pas un nombre : aucun seuil ne s'y compare",
                 f"'{name}.{column.name}' ({column.type_name}) is not a number: no threshold compares with it"),
                ("nommez une colonne de nombres", "name a column of numbers"), ("C-RET-10",),
            )  # fmt: skip


def _goes_round(system: System, seen: tuple[str, ...]) -> bool:
    table = system.tables.get(seen[-1])
    nexts = [keep.follows for keep in (table.kept_by_law if table else ()) if keep.follows]
    return any(name in seen or _goes_round(system, (*seen, name)) for name in nexts)


def _kinds(system: System, policy: Policy) -> Iterator[Finding]:
    rules = policy.retention.rules
    kinds = {kind for rule in rules for kind in rule.active.restarted_by}
    states = {state for rule in rules for state in rule.active.suspended_while}
    for act in system.acts:
        if act.kind not in kinds:
            yield finding(
                "D-ACT-01", MINOR, act.at.get("kind", act.place),
                (f"aucune règle de la politique n'écoute l'acte « {act.kind} »", f"no rule of the policy listens to the act '{act.kind}'"),
                nearest(act.kind, kinds), ("C-RET-14",),
            )  # fmt: skip
    for state in system.states:
        if state.state not in states:
            yield finding(
                "D-ACT-02", MINOR, state.at.get("state", state.place),
                (f"aucune règle de la politique n'écoute l'état « {state.state} »", f"no rule of the policy listens to the state '{state.state}'"),
                nearest(state.state, states),
            )  # fmt: skip
