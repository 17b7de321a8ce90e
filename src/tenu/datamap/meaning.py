"""A data map against the policy: purposes, categories, rules and legal periods it names exist and fit together."""

from __future__ import annotations

from collections.abc import Iterator

from tenu.datamap.findings import finding, nearest
from tenu.datamap.layout import Layout
from tenu.datamap.model import System, TableMap
from tenu.errors import Finding
from tenu.policy.model import Policy
from tenu.policy.retention import Scope
from tenu.terms import Severity

BLOCKER, MINOR = Severity.BLOCKER, Severity.MINOR


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
    for column, declared in table.columns.items():
        if declared.category not in known:
            yield finding(
                "D-CAT-01", BLOCKER, declared.at.get("category", declared.place),
                (f"« {name}.{column} » : catégorie inconnue de la politique, « {declared.category} »",
                 f"'{name}.{column}': category unknown to the policy, '{declared.category}'"),
                nearest(declared.category, known), ("C-CAT-06",),
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
    keep = table.kept_by_law
    periods = {period.id for period in policy.retention.legal_periods}
    if keep and keep.period and keep.period not in periods:
        yield finding(
            "D-LEG-01", BLOCKER, keep.at.get("period", keep.place),
            (f"« {name} » : durée légale inconnue, « {keep.period} »", f"'{name}': unknown legal period, '{keep.period}'"),
            nearest(keep.period, periods), ("C-RET-10",),
        )  # fmt: skip
    if keep and keep.follows and keep.follows not in system.tables:
        yield finding(
            "D-LEG-02", BLOCKER, keep.at.get("follows", keep.place),
            (f"« {name} » suit une table qui n'est pas décrite, « {keep.follows} »",
             f"'{name}' follows a table that is not described, '{keep.follows}'"),
            nearest(keep.follows, system.tables),
        )  # fmt: skip


def followed(layout: Layout) -> Iterator[Finding]:
    """Yield every table kept as long as another one whose rows it has no link to, or that follows itself."""
    for name, table in layout.system.tables.items():
        keep = table.kept_by_law
        if keep is None or keep.follows is None or layout.catalog.table(name) is None:
            continue
        linked = any(r.child == name and r.parent == keep.follows for r in layout.references)
        if not linked or _goes_round(layout.system, name):
            yield finding(
                "D-LEG-03", BLOCKER, keep.at.get("follows", keep.place),
                (f"« {name} » suit « {keep.follows} » sans lien vers elle, ou en rond",
                 f"'{name}' follows '{keep.follows}' without a link to it, or in a ring"),
                (f"déclarez le lien sous « links » : {name}.colonne -> {keep.follows}.clé",
                 f"declare the link under 'links': {name}.column -> {keep.follows}.key"), ("C-RET-10",),
            )  # fmt: skip


def _goes_round(system: System, name: str) -> bool:
    seen = [name]
    while (table := system.tables.get(seen[-1])) and table.kept_by_law and table.kept_by_law.follows:
        if table.kept_by_law.follows in seen:
            return True
        seen.append(table.kept_by_law.follows)
    return False


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
