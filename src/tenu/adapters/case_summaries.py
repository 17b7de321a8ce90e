"""Where every request is, without reading the whole journal again: a cache beside it, never the authority.

A summary counts only while it was made, by the code of today, of every entry there is about its request: entries are only ever
inserted, so their number and the greatest id say so, whatever the order in which transactions commit. Any other is made again
from the entries and kept; lost, it is made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine, Select, and_, func, select, text

from tenu.adapters.journal_tables import ABOUT, ENTRY, SUMMARY
from tenu.adapters.own_database import writing
from tenu.journal.bodies_request import REQUESTS
from tenu.journal.cases import Case, cases
from tenu.journal.events import event_about
from tenu.journal.kinds import EventKind

_FEW = 400
"""How many requests are read together."""
_KEEP = text(
    "INSERT INTO request_summary (request, arrived, entries, last, form, told)"
    " VALUES (:request, :arrived, :entries, :last, :form, :told) ON CONFLICT (request) DO UPDATE SET"
    " arrived = excluded.arrived, entries = excluded.entries, last = excluded.last, form = excluded.form, told = excluded.told"
)


class _Summary(NamedTuple):
    """One request as folded. *arrived*: id of the entry that opened it; *entries*, *last*: as in ``SUMMARY``."""

    arrived: int
    entries: int
    last: int
    case: Case


def summarised(engine: Engine) -> dict[str, Case]:
    """Return every request of the journal in *engine*, by number, in the order they arrived.

    Raises:
        TamperedError: An entry is stored under a request it is not about, or is not of a known form.
    """
    with engine.connect() as connection:
        rows = connection.execute(_known(_form())).all()
    found, stale = list[tuple[int, Case]](), list[str]()
    for row in rows:
        case = _read(row.told)
        if case is None:
            stale.append(row.request)
        else:
            found.append((row.arrived, case))
    for start in range(0, len(stale), _FEW):
        fresh = list(_folded(engine, sorted(stale)[start : start + _FEW]))
        _keep(engine, fresh)
        found += [(one.arrived, one.case) for one in fresh]
    return {case.id: case for _, case in sorted(found, key=lambda one: one[0])}


def _known(form: str) -> Select[Any]:
    """Return the query for every request there is an entry about, with its summary where that is up to date."""
    entries = (
        select(ENTRY.c.request, func.count().label("entries"), func.max(ENTRY.c.id).label("last"))
        .where(ABOUT)
        .group_by(ENTRY.c.request)
        .subquery()
    )
    current = and_(
        SUMMARY.c.request == entries.c.request,
        SUMMARY.c.entries == entries.c.entries,
        SUMMARY.c.last == entries.c.last,
        SUMMARY.c.form == form,
    )
    joined = entries.outerjoin(SUMMARY, current)
    return select(entries.c.request, SUMMARY.c.arrived, SUMMARY.c.told).select_from(joined)


def _folded(engine: Engine, requests: Sequence[str]) -> Iterator[_Summary]:
    """Yield the requests of *requests* that were opened, folded from their entries."""
    about = select(ENTRY).where(ENTRY.c.request.in_(requests)).order_by(ENTRY.c.request, ENTRY.c.id)
    with engine.connect() as connection:
        rows = connection.execute(about).all()
    for request, group in groupby(rows, key=lambda row: str(row.request)):
        entries = list(group)
        told = [row for row in entries if row.kind in REQUESTS]
        case = cases(event_about(row.leaf, request) for row in told).get(request)
        if case is not None:
            arrived = next(row.id for row in told if row.kind == EventKind.REQUEST_RECEIVED)
            yield _Summary(arrived, len(entries), entries[-1].id, case)


def _keep(engine: Engine, fresh: Sequence[_Summary]) -> None:
    form = _form()
    rows = [
        {
            "request": one.case.id,
            "arrived": one.arrived,
            "entries": one.entries,
            "last": one.last,
            "form": form,
            "told": _shape().dump_json(one.case).decode(),
        }
        for one in fresh
    ]
    if not rows:
        return
    writes = writing(engine)
    if engine.dialect.name == "postgresql":
        # Of two who keep the same summary, the second replaces it: under one state of the database it would be refused.
        writes = writes.execution_options(isolation_level="READ COMMITTED")
    with writes.begin() as connection:
        connection.execute(_KEEP, rows)


def _read(told: str | None) -> Case | None:
    """Return the case a summary holds, None when there is none or it does not read."""
    try:
        return None if told is None else _shape().validate_json(told)
    except ValidationError:
        return None


@cache
def _shape() -> TypeAdapter[Case]:
    return TypeAdapter(Case)


@cache
def _form() -> str:
    """Return the digest of the code that folds: what other code folded is folded again."""
    return sha256(files("tenu.journal").joinpath("cases.py").read_bytes()).hexdigest()[:16]
