"""A connection that writes down the SQL it is given instead of running it: what ``tenu plan --sql`` shows.

The verbs are the same code that runs for real, so what is shown is what would run.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

import sqlalchemy as sa


class Recorder:
    """Stands for a connection of *dialect*; ``statements`` is what it was asked to run, in order."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self.dialect = dialect
        self.statements: list[str] = []

    def execute(self, statement: Any, _parameters: Any = None, **_options: Any) -> Nothing:
        """Write *statement* down with its values in place, or with placeholders where a value has no spelling."""
        try:
            said = statement.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})
        except (sa.exc.CompileError, NotImplementedError):
            said = statement.compile(dialect=self.dialect)
        self.statements.append(str(said).strip())
        return Nothing()

    def exec_driver_sql(self, statement: str, *_parameters: Any) -> Nothing:
        """Write *statement* down."""
        self.statements.append(statement)
        return Nothing()

    def commit(self) -> None:
        """Do nothing: nothing was done."""

    def rollback(self) -> None:
        """Do nothing: nothing was done."""


class Nothing:
    """The result of a statement that did not run: no row."""

    rowcount = 0

    def __iter__(self) -> Iterator[Any]:
        """Yield no row."""
        return iter(())

    def __enter__(self) -> Nothing:
        """Return the empty result."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close nothing."""

    def all(self) -> list[Any]:
        """Return no row."""
        return []

    def scalar_one(self) -> int:
        """Return zero."""
        return 0

    def scalar(self) -> int:
        """Return zero: where a batch would end is not known before it is read."""
        return 0
