"""The journal in tenu's own database, on SQLite or PostgreSQL.

Entries are only ever inserted. Writers insert into ``journal_entry`` and know nothing of the tree. ``seal``,
one at a time, says which entries are in the tree and where (``journal_span``), keeps their hashes
(``journal_tile``) and a signed checkpoint, in one transaction: a crash leaves all of it or nothing.

Entries are in the tree in the order of their ids. On PostgreSQL a transaction may commit a smaller id later
than another a greater one, so ``seal`` first waits until no writer is under way. Writers that come meanwhile
wait as long, then seal and writers go on side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, tee
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, insert, select, text

from tenu.adapters.case_summaries import summarised
from tenu.adapters.databases.failures import translate
from tenu.adapters.journal_tables import CHECKPOINT, ENTRY, RARE, SPAN, TILE
from tenu.adapters.own_database import open_database, writing
from tenu.errors import TamperedError
from tenu.journal import tree, verification
from tenu.journal.bodies_request import REQUESTS
from tenu.journal.cases import Case, cases
from tenu.journal.checkpoint import Checkpoint, Signer, Verifier, read_checkpoint
from tenu.journal.events import Event, event_about, leaf, request_of
from tenu.journal.kinds import EventKind, Kinds, among
from tenu.journal.port import Entry
from tenu.journal.sealing import VERIFY_FIRST, signed_frontier
from tenu.journal.tiles import Frontier, ReadTile, Tile, nodes_of
from tenu.terms import Text

_PAGE = 8192
_NO_SPAN = (0, 1 << 63, 1 << 63)
"""Stands after the last span: covers no entry, and no entry comes after it."""

# Straight to the driver: with a compiled statement, SQLAlchemy's own work per row costs more than the row.
_APPEND = {
    "sqlite": "INSERT INTO journal_entry (kind, request, leaf) VALUES (?, ?, ?)",
    "postgresql": "INSERT INTO journal_entry (kind, request, leaf) VALUES (%s, %s, %s)",
}


class JournalStore:
    """A ``Journal`` in the database at *url*, created there when it is not yet. Safe for threads and
    processes.

    Raises:
        RefusedError: *url* is neither SQLite nor PostgreSQL.
        UnreachableError: The database does not answer.
    """

    def __init__(self, url: str) -> None:
        self._reads: Engine = open_database(url)
        translate(self._reads, "journal")
        self._writes = writing(self._reads)

    def close(self) -> None:
        """Close every connection; the journal can still be used, and opens them again."""
        self._reads.dispose()

    def append(self, *events: Event) -> None:
        """Write *events* durably, all or none, to be sealed later."""
        if not events:
            return
        rows = [(str(event.kind), request_of(event), leaf(event)) for event in events]
        with self._writes.begin() as connection:
            connection.exec_driver_sql(_APPEND[connection.dialect.name], rows)

    def seal(self, signer: Signer, earlier: Sequence[Verifier] = ()) -> Checkpoint:
        """Seal what is waiting and return the checkpoint that covers it."""
        horizon = self._horizon()
        with self._writes.begin() as connection:
            _be_the_only_sealer(connection)
            note = _latest_note(connection)
            frontier = signed_frontier(note, _tiles_of(connection), signer, earlier)
            spans = list(_grow(connection, frontier, horizon))
            if note is not None and not spans:
                return read_checkpoint(note)
            _keep_spans(connection, spans)
            checkpoint = signer.sign(size=frontier.size, root=frontier.root())
            connection.execute(insert(CHECKPOINT), {"size": checkpoint.size, "note": checkpoint.note})
        return checkpoint

    def _horizon(self) -> int | None:
        """Return an id below which every entry is committed or never will be; None on SQLite, which needs
        none.
        """
        if self._reads.dialect.name != "postgresql":
            return None
        with self._writes.begin() as connection:
            # Granted once every writer under way has ended; given back at once.
            connection.execute(text("LOCK TABLE journal_entry IN SHARE MODE"))
            return connection.execute(select(func.max(ENTRY.c.id))).scalar() or 0

    def events(self, start: int = 0, kind: Kinds = None, request: str | None = None) -> Iterator[Event]:
        """Yield the events from index *start*, in order, those not sealed yet at the end."""
        for page, _ in self._pages(start, kind, request, placed=False):
            yield from (event_about(row.leaf, request) for row in page)

    def entries(self, start: int = 0, kind: Kinds = None, request: str | None = None) -> Iterator[Entry]:
        """Yield the entries from index *start*, in order, those not sealed yet at the end."""
        for page, spans in self._pages(start, kind, request, placed=True):
            for row, index in zip(page, _indexes(spans, (row.id for row in page)), strict=True):
                yield Entry(index=index, event=event_about(row.leaf, request), leaf=row.leaf)

    def _pages(
        self, start: int, kind: Kinds, request: str | None, *, placed: bool
    ) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:
        """Yield rows from index *start*, page by page, and the spans over each when their places are asked for (*placed*).

        Pages are read as they are asked for, each in its own short transaction.
        """
        after = self._before(start) if start else 0
        while True:
            with self._reads.connect() as connection:
                page = connection.execute(_page(after, kind, request)).all()
                spans = _spans_over(connection, page) if page and placed else ()
            if page:
                yield page, spans
            if len(page) < _PAGE:
                return
            after = page[-1].id

    def case(self, number: str) -> Case | None:
        """Return where one request is, folded from its own events."""
        return cases(self.events(kind=REQUESTS.keys(), request=number)).get(number)

    def cases(self) -> dict[str, Case]:
        """Return where every request is, from the summary; whatever it does not know yet is folded and added to it."""
        return summarised(self._reads)

    def _before(self, start: int) -> int:
        """Return the id after which the entries from index *start* on are, whichever are sealed."""
        query = select(SPAN).where(SPAN.c.first_index <= start).order_by(SPAN.c.first_index.desc()).limit(1)
        with self._reads.connect() as connection:
            span = connection.execute(query).one_or_none()
        return 0 if span is None else span.first_id + min(start - span.first_index, span.length) - 1

    @property
    def size(self) -> int:
        """Number of sealed events."""
        with self._reads.connect() as connection:
            return _size(connection)

    @property
    def waiting(self) -> int:
        """Number of events written and not sealed yet."""
        with self._reads.connect() as connection:
            return _waiting(connection)

    def checkpoint(self) -> Checkpoint | None:
        """Return the latest checkpoint, its signature not verified; None when never sealed."""
        with self._reads.connect() as connection:
            note = _latest_note(connection)
        return None if note is None else read_checkpoint(note)

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the hashes proving that the leaf at *index* is in the tree of *size*."""
        with self._reads.connect() as connection:
            within = _within(connection, size)
            return tree.inclusion_proof(nodes_of(_tiles_of(connection)), index, within)

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the hashes proving that the tree of *new* only added to the tree of *old*."""
        with self._reads.connect() as connection:
            return tree.consistency_proof(nodes_of(_tiles_of(connection)), old, _within(connection, new))

    def verify(self, keys: Sequence[Verifier], known: Checkpoint | None = None) -> verification.Verification:
        """Recompute everything, in one pass over one state of the database, and say what does not hold."""
        with self._reads.connect() as connection:
            streaming = connection.execution_options(yield_per=_PAGE)
            notes = streaming.execute(select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size)).scalars()
            return verification.verify(_sealed(streaming), _tiles_of(connection), notes, keys, known)


def _be_the_only_sealer(connection: Connection) -> None:
    """Wait for the seal under way, if any. SQLite's write lock is already held; PostgreSQL needs a lock of
    its own.

    It must be the first statement: the state a PostgreSQL transaction sees is fixed after it, not before.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE journal_checkpoint IN SHARE ROW EXCLUSIVE MODE"))


def _grow(connection: Connection, frontier: Frontier, horizon: int | None) -> Iterator[tuple[int, int, int]]:
    """Hash every waiting leaf into *frontier*, page by page, keep the tiles that changed, and yield the new
    spans.
    """
    after = _last_sealed(connection, frontier.size)
    while True:
        query = select(ENTRY.c.id, ENTRY.c.leaf).where(ENTRY.c.id > after).order_by(ENTRY.c.id).limit(_PAGE)
        page = connection.execute(query if horizon is None else query.where(ENTRY.c.id <= horizon)).all()
        if not page:
            return
        yield from _runs(frontier.size, [entry for entry, _ in page])
        _keep_tiles(connection, frontier.extend(tree.leaf_hashes(written for _, written in page)))
        after, _ = page[-1]


def _runs(begin: int, ids: list[int]) -> Iterator[tuple[int, int, int]]:
    """Yield (first index, first id, length) of each run of consecutive *ids*, the first at index *begin*."""
    start = 0
    gaps = (place for place, (one, other) in enumerate(pairwise(ids), 1) if other != one + 1)
    for end in (*gaps, len(ids)):
        yield begin + start, ids[start], end - start
        start = end


def _keep_spans(connection: Connection, spans: Sequence[tuple[int, int, int]]) -> None:
    if spans:
        rows = [dict(zip(("first_index", "first_id", "length"), span, strict=True)) for span in spans]
        connection.execute(insert(SPAN), rows)


def _keep_tiles(connection: Connection, tiles: Sequence[Tile]) -> None:
    kept = text(
        "INSERT INTO journal_tile (level, tile_index, hashes) VALUES (:level, :tile_index, :hashes)"
        " ON CONFLICT (level, tile_index) DO UPDATE SET hashes = excluded.hashes"
    )
    rows = [{"level": tile.level, "tile_index": tile.index, "hashes": tile.hashes} for tile in tiles]
    connection.execute(kept, rows)


def _page(after: int, kind: Kinds, request: str | None) -> Select[tuple[int, bytes]]:
    query = select(ENTRY.c.id, ENTRY.c.leaf).where(ENTRY.c.id > after).order_by(ENTRY.c.id).limit(_PAGE)
    wanted = among(kind)
    if request is not None:
        # A request has few entries: its own index, whichever kinds are asked.
        query = query.where(ENTRY.c.request == request)
        return query if wanted is None else query.where(ENTRY.c.kind.in_(sorted(wanted)))
    if wanted is None:
        return query
    # SQLite uses a partial index only when the query repeats its condition.
    rare = [RARE] if str(EventKind.CHUNK_DONE) not in wanted else []
    return query.where(ENTRY.c.kind.in_(sorted(wanted)), *rare)


def _sealed(connection: Connection) -> Iterator[verification.Row]:
    """Yield every entry that a span covers, or should: one among them that none covers has index -1."""
    last = _last_span(connection)
    if last is None:
        return
    spans = connection.execute(select(SPAN).order_by(SPAN.c.first_id))
    rows = connection.execute(
        select(ENTRY).where(ENTRY.c.id < last.first_id + last.length).order_by(ENTRY.c.id)
    )
    ids, contents = tee(rows)
    for row, index in zip(contents, _indexes(spans, (row[0] for row in ids)), strict=True):
        yield (-1 if index is None else index), row.kind, row.request, row.leaf


def _indexes(spans: Iterable[Any], ids: Iterable[int]) -> Iterator[int | None]:
    """Yield the index of each of *ids*, both in order; None for one that no span covers."""
    coming = iter(spans)
    first_index, first_id, length = next(coming, _NO_SPAN)
    for entry in ids:
        while entry >= first_id + length:
            first_index, first_id, length = next(coming, _NO_SPAN)
        yield first_index + entry - first_id if entry >= first_id else None


def _spans_over(connection: Connection, page: Sequence[Any]) -> Sequence[Any]:
    """Return the spans that cover the entries of *page*, in order."""
    first = select(func.coalesce(func.max(SPAN.c.first_id), 0)).where(SPAN.c.first_id <= page[0].id)
    covering = SPAN.c.first_id.between(first.scalar_subquery(), page[-1].id)
    return connection.execute(select(SPAN).where(covering).order_by(SPAN.c.first_id)).all()


def _last_span(connection: Connection) -> Any:
    return connection.execute(select(SPAN).order_by(SPAN.c.first_index.desc()).limit(1)).one_or_none()


def _last_sealed(connection: Connection, size: int) -> int:
    """Return the id of the last entry of the tree of *size*.

    Raises:
        TamperedError: The spans do not say that the tree has this size.
    """
    span = _last_span(connection)
    if (0 if span is None else span.first_index + span.length) != size:
        raise TamperedError(
            Text(
                fr="le rang des événements ne correspond plus au dernier point de contrôle signé",
                en="the places of the events no longer match the latest signed checkpoint",
            ),
            fix=VERIFY_FIRST,
        )
    return 0 if span is None else int(span.first_id + span.length - 1)


def _tiles_of(connection: Connection) -> ReadTile:
    def read(level: int, index: int) -> bytes:
        query = select(TILE.c.hashes).where(TILE.c.level == level, TILE.c.tile_index == index)
        return connection.execute(query).scalar() or b""

    return read


def _latest_note(connection: Connection) -> str | None:
    return connection.execute(select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1)).scalar()


def _size(connection: Connection) -> int:
    last = _last_span(connection)
    return 0 if last is None else int(last.first_index + last.length)


def _waiting(connection: Connection) -> int:
    last = _last_span(connection)
    beyond = 0 if last is None else last.first_id + last.length
    return connection.execute(
        select(func.count()).select_from(ENTRY).where(ENTRY.c.id >= beyond)
    ).scalar_one()


def _within(connection: Connection, size: int | None) -> int:
    whole = _size(connection)
    if size is not None and size > whole:
        raise IndexError(f"no tree of {size} in a journal of {whole}")
    return whole if size is None else size
