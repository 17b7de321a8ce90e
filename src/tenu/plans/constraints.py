"""Whether the live schema lets a plan do what it says: every clearing is one the column accepts, before any write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tenu.datamap.catalog import Column, ColumnKind, Table
from tenu.datamap.findings import finding
from tenu.datamap.layout import Layout
from tenu.errors import Finding
from tenu.plans.selection import Clearing
from tenu.plans.task import Clear, PersonTask, Task
from tenu.terms import Severity


def unclearable(layouts: Mapping[str, Layout], tasks: Iterable[Task]) -> Iterator[Finding]:
    """Yield every column a task must empty in a row that stays, and that refuses what it would become."""
    seen = set()
    for task in tasks:
        for effect in task.effects if isinstance(task, PersonTask) else ():
            if not isinstance(effect, Clear):
                continue
            for clearing in effect.clearings:
                place = (task.system, effect.table, clearing.column)
                if place not in seen:
                    seen.add(place)
                    yield from _refused(layouts[task.system], effect.table, clearing)


def _refused(layout: Layout, name: str, clearing: Clearing) -> Iterator[Finding]:
    table = layout.catalog.table(name)
    column = table.column(clearing.column) if table else None
    declared = layout.system.tables[name].columns[clearing.column]
    if table is None or column is None:
        return
    why = _why(table, column, clearing)
    if why is not None:
        yield finding(
            "D-NULL-01", Severity.BLOCKER, declared.place,
            (f"« {name}.{column.name} » ne peut pas être vidée : {why[0]}", f"'{name}.{column.name}' cannot be emptied: {why[1]}"),
            ("dites ce qu'elle devient : « cleared_to: … » ({key} y vaut la clé de la ligne)",
             "say what it becomes: 'cleared_to: …' ({key} there is the row's own key)"), ("C-RET-07",),
        )  # fmt: skip


def _why(table: Table, column: Column, clearing: Clearing) -> tuple[str, str] | None:
    value = clearing.to
    if column.generated:
        return "elle est calculée par la base", "the database computes it"
    if value is None:
        return None if column.nullable else ("elle refuse NULL", "it refuses NULL")
    if isinstance(value, str) and column.kind is not ColumnKind.TEXT:
        return f"elle refuse NULL et n'est pas du texte ({column.type_name})", f"it refuses NULL and is not text ({column.type_name})"
    if isinstance(value, str) and column.length is not None and len(value) > column.length:
        return f"elle ne tient que {column.length} caractères", f"it holds only {column.length} characters"
    if (column.name,) in table.unique and not (isinstance(value, str) and "{key}" in value):
        return "elle refuse deux fois la même valeur", "it refuses the same value twice"
    return None
