"""Whether the live schema lets a plan do what it says: every clearing is one the column accepts, before any write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tenu.datamap.catalog import Column, Table
from tenu.datamap.conditions import satisfies
from tenu.datamap.findings import finding
from tenu.datamap.layout import Layout
from tenu.datamap.model import Conditioned
from tenu.datamap.ways import Owned
from tenu.errors import Finding
from tenu.plans.clearing import clearings
from tenu.plans.mixing import part_columns
from tenu.plans.selection import Clearing
from tenu.plans.task import Anonymise, Clear, CrowdTask, Erase, PersonTask, Task
from tenu.terms import Severity


def unclearable(layouts: Mapping[str, Layout], tasks: Iterable[Task]) -> Iterator[Finding]:
    """Yield every column a task must empty in a row that stays, and that refuses it, or that nobody can empty there."""
    seen = set()
    for task in tasks:
        if isinstance(task, CrowdTask):
            continue
        for effect in task.effects if isinstance(task, PersonTask) else (task.effect,):
            if not isinstance(effect, Clear | Anonymise):
                continue
            for clearing in effect.clearings:
                place = (task.system, effect.table, clearing.column)
                if place not in seen and clearing.keep is None:  # what is kept is for ``fitness`` to judge
                    seen.add(place)
                    yield from _refused(layouts[task.system], effect.table, clearing)
        if isinstance(task, PersonTask):
            yield from _left_readable(layouts[task.system], task)


def _left_readable(layout: Layout, task: PersonTask) -> Iterator[Finding]:
    """Yield every personal column that would stay readable in a row something else holds back."""
    cleared = {effect.table: effect for effect in task.effects if isinstance(effect, Clear)}
    for effect in task.effects:
        if isinstance(effect, Erase) and effect.table in cleared:
            emptied = {clearing.column for clearing in cleared[effect.table].clearings}
            yield from _readable(layout, effect.table, emptied)


def _readable(layout: Layout, name: str, emptied: set[str]) -> Iterator[Finding]:
    described = layout.system.tables[name]
    others = {name for name, column in described.columns.items() if column.of is not None}
    for column in sorted(clearable(layout, name) - others - emptied):
        yield finding(
            "D-NULL-02", Severity.MINOR, described.columns[column].place,
            (f"« {name}.{column} » resterait lisible dans une ligne que celle d'une autre personne retient",
             f"'{name}.{column}' would stay readable in a row that somebody else's row holds back"),
            ("dites ce qu'elle devient alors : « cleared_to: … »", "say what it becomes then: 'cleared_to: …'"), ("C-RET-07",),
        )  # fmt: skip


def breaks(layout: Layout, table: str, says: str) -> Finding:
    """Return the finding that rows of *table*, once emptied, would not meet the condition *says* of their database."""
    return finding(
        "D-CHK-01", Severity.BLOCKER, layout.system.tables[table].place if table in layout.system.tables else layout.system.place,
        (f"des lignes de « {table} » vidées enfreindraient la contrainte {says}",
         f"emptied rows of '{table}' would break the constraint {says}"),
        ("dites ce que ces colonnes deviennent : « cleared_to: … », ou assouplissez la contrainte",
         "say what these columns become: 'cleared_to: …', or loosen the constraint"), ("C-RET-07",),
    )  # fmt: skip


def clearable(layout: Layout, table: str) -> set[str]:
    """Return the personal columns of *table* that no key and no link needs."""
    live = layout.catalog.table(table)
    linking = {c for r in layout.references if not r.loose for c in r.columns if r.child == table}
    linking |= {c for r in layout.references_to(table) if not r.like.kind for c in r.parent_columns}
    return set(layout.system.tables[table].columns) - linking - set(live.primary_key if live else ())


def _refused(layout: Layout, name: str, clearing: Clearing) -> Iterator[Finding]:
    table = layout.catalog.table(name)
    column = table.column(clearing.column) if table else None
    described = layout.system.tables[name]
    declared = described.columns.get(clearing.column, described)
    if table is None or column is None:
        return
    why = refusal(table, column, clearing)
    if why is not None:
        yield finding(
            "D-NULL-01", Severity.BLOCKER, declared.place,
            (f"« {name}.{column.name} » ne peut pas être vidée : {why[0]}", f"'{name}.{column.name}' cannot be emptied: {why[1]}"),
            ("dites ce qu'elle devient : « cleared_to: … » ({key} y vaut la clé de la ligne)",
             "say what it becomes: 'cleared_to: …' ({key} there is the row's own key)"), ("C-RET-07",),
        )  # fmt: skip


def emptied(layout: Layout, owned: Owned, rare: bool) -> tuple[Clearing, ...]:
    """Return what becomes of the personal columns of a row that stays; another person's part of it stays as it is.

    Two kinds stay as they are, and ``unclearable`` tells them: those that would bring the row back to life, and, where
    a row stays for a *rare* reason, those that accept nothing else: no run is stopped for them.
    """
    table = owned.table
    wanted = clearable(layout, table)
    found = clearings(layout, table, tuple(n for n in part_columns(layout, table, owned.part) if n in wanted))
    safe = tuple(c for c in found if not revives(layout, table, c))
    live = layout.catalog.table(table)
    if live is None or not rare:
        return safe
    return tuple(c for c in safe if (column := live.column(c.column)) and refusal(live, column, c) is None)


def revives(layout: Layout, table: str, clearing: Clearing) -> bool:
    """Return whether a row emptied so would say that its person is a client again, on hold, or kept by law for ever."""
    system = layout.system
    own = [keep for keep in system.tables[table].kept_by_law if keep.through is None]
    through = [k for t in system.tables.values() for k in t.kept_by_law if k.through == table]
    if any(clearing.column in (*keep.dated_by, keep.amount) for keep in own):
        return True
    if any(clearing.column in keep.dated_by for keep in through):
        return True
    rows: tuple[Conditioned, ...] = () if clearing.inside else (*system.states, *system.holds)
    for row in rows:
        said = row.when if row.table == table else {}
        if clearing.column in said and satisfies(clearing.to, said[clearing.column]):
            return True
    return False


def refusal(table: Table, column: Column, clearing: Clearing) -> tuple[str, str] | None:
    """Return why *column* refuses what *clearing* leaves in it, in French and English; None when it accepts."""
    value = clearing.to
    if column.generated:
        return "elle est calculée par la base", "the database computes it"
    if clearing.inside:
        return None
    if value is None:
        kind = column.type_name
        return None if column.nullable else (f"elle refuse NULL ({kind})", f"it refuses NULL ({kind})")
    if isinstance(value, str):
        return _refused_text(table, column, value)
    if any(column.name in columns for columns in table.unique):
        return "elle refuse deux fois la même valeur", "it refuses the same value twice"
    return None


def _refused_text(table: Table, column: Column, value: str) -> tuple[str, str] | None:
    own_key = "{key}" in value
    if own_key and not table.primary_key:
        return "la table n'a pas de clé primaire pour {key}", "the table has no primary key for {key}"
    if column.length is not None and _width(table, value) > column.length:
        return f"elle ne tient que {column.length} caractères", f"it holds only {column.length} characters"
    if not own_key and any(column.name in columns for columns in table.unique):
        return "elle refuse deux fois la même valeur", "it refuses the same value twice"
    return None


def _width(table: Table, value: str) -> int:
    """Return how long *value* may become, its ``{key}`` at its widest."""
    keys = [table.column(name) for name in table.primary_key] if "{key}" in value else []
    widest = (k.length or (19 if "BIG" in k.type_name.upper() else 10) for k in keys if k is not None)
    return len(value.replace("{key}", "")) + sum(widest) + max(0, len(keys) - 1)
