"""A feed as it is read: which rows, which columns, and what is left of each; and what is wrong with it.

Source: GDPR 4(5), 5(1)(b), 18; policy C-OPS-03, C-PUR-14.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tenu.datamap.anonymity import Kept, Shift, methods
from tenu.datamap.feeds import Feed
from tenu.datamap.findings import finding, nearest
from tenu.datamap.identity import normalise
from tenu.datamap.layout import Layout
from tenu.errors import Finding
from tenu.plans.fitness import wrong_kind
from tenu.plans.selection import Clearing, Selection, all_of, linked, negate
from tenu.plans.signs import held, ways_to
from tenu.policy.model import Policy
from tenu.terms import IdentifierKind, Severity

DIGITS = 32
"""Hexadecimal digits of a pseudonym: 128 bits, which no two people share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a feed reads: *selection*, *columns* in order, *clearings* of those that leave in part."""

    selection: Selection
    columns: tuple[str, ...]
    clearings: tuple[Clearing, ...]


def reading(layout: Layout, feed: Feed, as_of: date) -> Reading:
    """Return how *feed* is read; people on hold or restricted anywhere, and what hangs from them, stay out."""
    left_out = [
        negate(linked(owned.path, held(layout, estate, as_of)))
        for estate in layout.estates
        for owned in ways_to(estate, feed.table)
    ]
    kept = {name: said for name, said in feed.columns.items() if isinstance(said, Kept)}
    return Reading(
        selection=Selection(table=feed.table, where=all_of(left_out)),
        columns=(*feed.pseudonyms, *feed.columns),
        clearings=tuple(
            Clearing(column=name, to=None, keep=methods((said,))[0]) for name, said in kept.items()
        ),
    )


class Pseudonyms:
    """The pseudonyms of one feed: the same value has the same one here, and another in any other feed.

    Args:
        key: 32 bytes, kept apart from the feed; without it nobody goes back.
        system: System of the feed.
        feed: Its name.
    """

    def __init__(self, key: bytes, system: str, feed: str) -> None:
        self._key = hmac.digest(key, f"{system}.{feed}".encode(), "sha256")

    def of(self, kind: IdentifierKind | None, value: object) -> str | None:
        """Return the pseudonym of *value*, however it is spelled when it identifies people by *kind*; None for none."""
        if value is None:
            return None
        said = normalise(kind, str(value)) if kind else str(value)
        message = f"{kind or ''}\0{said}".encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:DIGITS]


def kinds(layout: Layout, feed: Feed) -> dict[str, IdentifierKind | None]:
    """Return what each pseudonymised column of *feed* identifies people by, None for a key."""
    found = layout.system.designating(feed.table)
    return {name: found.get(name) for name in feed.pseudonyms}


def feed_findings(layout: Layout, policy: Policy) -> Iterator[Finding]:
    """Yield everything that keeps the feeds of *layout* from leaving as they should."""
    for feed in layout.system.feeds:
        yield from _names(layout, feed, policy)
        yield from _methods(layout, feed)
        yield from _in_clear(layout, feed)


def _names(layout: Layout, feed: Feed, policy: Policy) -> Iterator[Finding]:
    table = layout.catalog.table(feed.table)
    known = {purpose.id for purpose in policy.purposes}
    columns = [c.name for c in table.columns] if table else []
    wrong = [("purpose", feed.purpose, known)] if feed.purpose not in known else []
    if table is None or feed.table not in layout.system.tables:
        wrong.append(("table", feed.table, set(layout.system.tables)))
    else:
        names = (*feed.pseudonyms, *feed.columns)
        wrong += [("columns", name, set(columns)) for name in names if name not in columns]
    for key, name, names_known in wrong:
        yield finding(
            "D-FEED-01", Severity.BLOCKER, feed.at.get(key, feed.place),
            (f"l'extrait « {feed.feed} » nomme ce qui n'existe pas : « {name} »", f"the feed '{feed.feed}' names what does not exist: '{name}'"),
            nearest(name, names_known), ("C-OPS-03",),
        )  # fmt: skip


def _methods(layout: Layout, feed: Feed) -> Iterator[Finding]:
    table = layout.catalog.table(feed.table)
    for name, said in feed.columns.items():
        column = table.column(name) if table else None
        if isinstance(said, Kept) and column is not None:
            method = methods((said,))[0]
            if isinstance(method, Shift) or wrong_kind(column, method):
                yield finding(
                    "D-FEED-02", Severity.BLOCKER, said.place,
                    (f"« {feed.table}.{name} » ({column.type_name}) ne peut pas partir ainsi", f"'{feed.table}.{name}' ({column.type_name}) cannot leave so"),
                    ("choisissez une méthode de son type ; « shift » ne sert qu'à anonymiser",
                     "choose a method of its type; 'shift' only serves to anonymise"), ("C-OPS-03",),
                )  # fmt: skip


def _in_clear(layout: Layout, feed: Feed) -> Iterator[Finding]:
    """Yield every identifier, and every key people are followed by, that would leave as it is or in part."""
    designating = set(layout.system.designating(feed.table))
    table = layout.catalog.table(feed.table)
    designating |= set(table.primary_key if table else ())
    designating |= {name for r in layout.references if r.child == feed.table for name in r.columns}
    for name in feed.columns:
        if name in designating:
            yield finding(
                "D-FEED-03", Severity.BLOCKER, feed.at.get("columns", feed.place),
                (f"« {feed.table}.{name} » désigne une ligne ou une personne et partirait en clair", f"'{feed.table}.{name}' designates a row or a person and would leave in clear"),
                ("mettez-la sous « pseudonyms », ou laissez-la", "put it under 'pseudonyms', or leave it out"), ("C-OPS-03",),
            )  # fmt: skip
