"""What is in the columns no data map calls personal, and in documents. Reads a sample, or everything; keeps no value.

Source: policy C-OPS-01, C-COL-02, C-CAT-03, C-CAT-06; GDPR 30.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tenu.datamap.contents import Look, Watched, judged, opaque, partial, watched
from tenu.datamap.forms import HINT
from tenu.datamap.layout import Layout
from tenu.datamap.undeclared import documents, shape_of, undeclared
from tenu.errors import Finding, StoreError
from tenu.ports import Database

Progress = Callable[[str, int, int], None]
DOCUMENTS = 2_000
"""How many documents of each column are looked at for keys nobody declared."""
ANYTHING = "."


def contents(database: Database, layout: Layout, most: int | None, progress: Progress) -> Iterator[Finding]:
    """Yield what the values of every table of a system say against its data map, and what was not read.

    Args:
        database: The system, one session for each table: a refusal of one leaves the others readable.
        layout: Its live catalog beside its data map.
        most: How many rows of each table at most; None reads them all.
        progress: Told each table, how many are done, of how many.
    """
    tables = layout.catalog.tables
    looks, unread = list[Look](), dict[str, str]()
    for done, table in enumerate(tables):
        progress(f"{layout.system.system}.{table.name}", done, len(tables))
        unread.update(dict.fromkeys(opaque(layout, table), "binary"))
        columns = watched(layout, table)
        if not columns:
            continue
        try:
            look = _look(database, table.name, columns, most)
        except StoreError:
            unread[table.name] = "refused"
            continue
        looks.append(look)
        yield from judged(layout, columns, look)
    yield from partial(layout, looks, unread)


def keys(database: Database, layout: Layout) -> Iterator[Finding]:
    """Yield what a sample of the JSON documents of a system says against the paths its data map declares."""
    for table, column in documents(layout):
        shape = shape_of(layout, table, column)
        try:
            with database.session() as session:
                for part in session.sample(table, [column], ANYTHING, DOCUMENTS):
                    for (cell,) in part.texts:
                        shape.look(cell or "null")
        except StoreError:
            continue  # the right that is missing has a finding of its own
        yield from undeclared(layout, table, column, shape)


def _look(database: Database, table: str, columns: Sequence[Watched], most: int | None) -> Look:
    look, names = Look(table=table), [column.column for column in columns]
    with database.session() as session:
        for part in session.sample(table, names, HINT, most):
            look.read(columns, part)
        more = most is not None and bool(session.longer_than((table,), look.rows))
    # What the engine estimates may be older than the rows; that some were not read is known.
    look.of = max(look.rows + 1, database.sizes([table])[table]) if more else look.rows
    return look
