"""After writing, read again: what a trigger or a rule of the database kept, or wrote again, is never told as gone."""

from __future__ import annotations

from dataclasses import replace

from tenu.datamap.catalog import Catalog
from tenu.operations.choosing import Choice
from tenu.plans.selection import ALWAYS
from tenu.plans.task import Change, Cut, Erase
from tenu.ports import KeptError, Session, Unit
from tenu.terms import Text


def kept_back(table: str) -> KeptError:
    """Return the refusal to report rows of *table* as gone when the database did not let them go."""
    return KeptError(
        Text(
            fr=f"un déclencheur ou une règle garde, ou réécrit, des lignes de « {table} » : rien n'a été changé",
            en=f"a trigger or a rule keeps, or writes again, rows of '{table}': nothing was changed",
        ),
        fix=Text(
            fr="demandez à qui administre la base que le compte de tenu y échappe, puis relancez « tenu apply »",
            en="ask the database's administrator to spare tenu's account from it, then run 'tenu apply' again",
        ),
    )


class LookingBack:
    """Looks again at one chunk, in databases whose triggers or rules may undo what a statement did; free elsewhere."""

    def __init__(self, session: Session, choice: Choice, unit: Unit, catalog: Catalog) -> None:
        self._session, self._choice, self._unit = session, choice, unit
        tables = {e.table for e in choice.task.effects}
        self._guarded = {t.name for t in catalog.tables if t.name in tables and (t.on_delete or t.on_update)}
        seen = [e for e in choice.task.effects if isinstance(e, Erase) and _seen_again(e)]
        self._left = {effect: self._all(effect) for effect in (seen if self._guarded else ())}

    def changed(self, effect: Change, rows: int) -> None:
        """Look again at the rows *effect* has just changed, *rows* of them.

        Raises:
            KeptError: Some are still as they were.
        """
        if isinstance(effect, Cut) or (isinstance(effect, Erase) and effect.shared):
            return
        if effect.table in self._guarded and self._count(effect):
            raise kept_back(effect.table)
        if isinstance(effect, Erase) and effect in self._left:
            self._left[effect] -= rows

    def insist(self) -> None:
        """Look again at everything, once every effect is done.

        Raises:
            KeptError: Rows that had gone are there again.
        """
        for effect, rows in self._left.items():
            if self._all(effect) > rows:
                raise kept_back(effect.table)

    def _all(self, effect: Erase) -> int:
        return self._count(replace(effect, where=ALWAYS))

    def _count(self, effect: Change) -> int:
        return self._session.count(effect, self._choice.chosen, self._unit)


def _seen_again(effect: Erase) -> bool:
    """Return whether rows of *effect* could be found again, their person gone: the list holds what they point at."""
    return not effect.shared and len(effect.path) < 2
