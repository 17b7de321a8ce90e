"""``tenu pseudonymise``: rows for analytics, identifiers replaced by pseudonyms; and back, by role, motive and key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tenu.datamap.feeds import Feed
from tenu.datamap.layout import Layout
from tenu.errors import FindingsError, RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name, is_name
from tenu.operations.acting import entitled
from tenu.operations.choosing import Scene, scene
from tenu.operations.plan import today
from tenu.plans.feeds import Pseudonyms, Reading, feed_findings, kinds, reading
from tenu.ports import Ports
from tenu.terms import Text

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """What stands behind a pseudonym: a value of one *column* of *system*.*table*."""

    system: str
    table: str
    column: str
    value: str


def pseudonymise(ports: Ports, name: str, take: Callable[[Row], None]) -> int:
    """Hand every row of the feed *name* to *take*, pseudonymised, and return how many; the journal keeps the number.

    Args:
        ports: What may be read.
        name: ``system.feed``.
        take: Called with each row, columns in the order of the data map.

    Raises:
        NotEntitledError: Whoever asks is neither dpo nor dba.
        RefusedError: There is no such feed.
        FindingsError: It would let something leave in clear, or cannot be read.
        UnreachableError: A system does not answer: nobody can tell who is on hold.

    Source: GDPR 4(5), 18, 32(1)(a); policy C-OPS-03.
    """
    role = entitled(ports, "feed:write", "dpo", "dba")
    with _opened(ports, name) as (opened, layout, feed):
        rows = 0
        for row in _rows(ports, opened, layout, feed):
            take(row)
            rows += 1
    body: dict[str, Json] = {"feed": as_name(name), "role": role, "actor": ports.actor.digest, "rows": rows}
    ports.journal.append(Event(kind=EventKind.FEED_WRITTEN, at=ports.clock.now(), body=body))
    return rows


def reidentify(ports: Ports, name: str, pseudonym: str, motive: str) -> Who | None:
    """Return what stands behind *pseudonym* in the feed *name*; None when nobody does, or they are on hold.

    Nothing remembers which pseudonym is whose: the table is read again with the key.

    Args:
        ports: What may be read.
        name: ``system.feed``.
        pseudonym: As the feed spells it.
        motive: Why, as a technical name for the journal (a case, a request).

    Raises:
        NotEntitledError: Whoever asks is not dpo.
        RefusedError: There is no such feed, or the motive is not a technical name.

    Source: GDPR 4(5), 32(4); policy C-OPS-03.
    """
    role = entitled(ports, "pseudonym:open", "dpo")
    if not is_name(motive):
        raise RefusedError(
            Text(fr="le motif doit être un nom technique", en="the motive must be a technical name"),
            fix=Text(
                fr="écrivez un dossier, sans espace ni nom de personne : dossier-42",
                en="write a case, without spaces or anybody's name: case-42",
            ),
        )
    with _opened(ports, name) as (opened, layout, feed):
        found = _behind(ports, opened, layout, feed, pseudonym.strip().lower())
    body: dict[str, Json] = {
        "feed": as_name(name),
        "role": role,
        "motive": motive,
        "actor": ports.actor.digest,
        "found": found is not None,
    }
    ports.journal.append(Event(kind=EventKind.PSEUDONYM_OPENED, at=ports.clock.now(), body=body))
    return found


def columns_of(ports: Ports, name: str) -> tuple[str, ...]:
    """Return the columns of the feed *name*, in order.

    Raises:
        RefusedError: There is no such feed.
    """
    _, feed = _feed(ports, name)
    return (*feed.pseudonyms, *feed.columns)


@contextmanager
def _opened(ports: Ports, name: str) -> Iterator[tuple[Scene, Layout, Feed]]:
    system, feed = _feed(ports, name)
    with scene(ports, today(ports)) as opened:
        layout = opened.layouts[system]
        wrong = list(feed_findings(layout, ports.workspace.policy))
        if wrong:
            raise FindingsError(tuple(wrong))
        yield opened, layout, feed


def _feed(ports: Ports, name: str) -> tuple[str, Feed]:
    known = {f"{s.system}.{feed.feed}": (s.system, feed) for s in ports.workspace.systems for feed in s.feeds}
    if name in known:
        return known[name]
    names = ", ".join(known) or "-"
    raise RefusedError(
        Text(fr=f"aucun extrait « {name} »", en=f"no feed '{name}'"),
        fix=Text(
            fr=f"extraits décrits sous « feeds » : {names}", en=f"feeds described under 'feeds': {names}"
        ),
    )


def _rows(ports: Ports, opened: Scene, layout: Layout, feed: Feed) -> Iterator[Row]:
    asked, pseudonyms = reading(layout, feed, opened.rules.as_of), _pseudonyms(ports, layout, feed)
    by_kind = kinds(layout, feed)
    for row in _read(opened, layout, asked):
        named = dict(zip(asked.columns, row, strict=True))
        yield {c: pseudonyms.of(by_kind[c], v) if c in by_kind else v for c, v in named.items()}


def _behind(ports: Ports, opened: Scene, layout: Layout, feed: Feed, pseudonym: str) -> Who | None:
    asked, pseudonyms = reading(layout, feed, opened.rules.as_of), _pseudonyms(ports, layout, feed)
    by_kind = kinds(layout, feed)
    for row in _read(opened, layout, asked):
        for column, value in zip(asked.columns, row, strict=True):
            if column in by_kind and pseudonyms.of(by_kind[column], value) == pseudonym:
                return Who(system=layout.system.system, table=feed.table, column=column, value=str(value))
    return None


def _read(opened: Scene, layout: Layout, asked: Reading) -> Iterator[tuple[Any, ...]]:
    return opened.sessions[layout.system.system].stream_rows(asked)


def _pseudonyms(ports: Ports, layout: Layout, feed: Feed) -> Pseudonyms:
    return Pseudonyms(ports.pseudonym_key, layout.system.system, feed.feed)
