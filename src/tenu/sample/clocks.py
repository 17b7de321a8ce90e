"""When each clock of a person stands still, restarts and ends: the policy's table, person by person.

Its three rows: prospecting (C-RET-13 to 15), contract (C-RET-17 to 19), relation (C-RET-21, 22).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import chain

from tenu.sample.calendar import add_years, civil
from tenu.sample.rows import Row

ACTIVE_YEARS = 5
ARCHIVE_YEARS = 10


class Rule(StrEnum):
    """The rules of the policy's table, and what an act must be to restart them."""

    PROSPECTING = "prospecting"
    CONTRACT = "contract"
    RELATION = "relation"


PURCHASE = frozenset(Rule)
SERVICE = frozenset({Rule.CONTRACT, Rule.RELATION})
CLICK = frozenset({Rule.PROSPECTING})
SPEECH = frozenset({Rule.PROSPECTING, Rule.RELATION})
COMPLAINT = frozenset({Rule.RELATION})
EXCHANGES = {
    "reply": SPEECH,
    "form": SPEECH,
    "incoming_call": SPEECH,
    "quote_request": SPEECH,
    "event_attendance": SPEECH,
    "complaint": COMPLAINT,
}


@dataclass(frozen=True, slots=True)
class Act:
    """Something that restarts the clocks of *rules* on *day*; *served* when it buys or performs."""

    day: date
    rules: frozenset[Rule]
    what: str
    served: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The clocks of one person; *suspended* says what stops those of contract and relation, if anything."""

    last: dict[Rule, Act]
    served: date | None
    suspended: str | None
    contract_running: bool
    mandate_running: bool
    held: bool

    def ends_on(self, rule: Rule, collected_on: date) -> date | None:
        """Return the day *rule* ends for a root collected that day, None while its clock stands still."""
        if self.suspended and rule is not Rule.PROSPECTING:
            return None
        act = self.last.get(rule)
        return add_years(max(act.day, collected_on) if act else collected_on, ACTIVE_YEARS)

    @property
    def archived_until(self) -> date | None:
        """Ten years after the last purchase or end of performance; None when there was none (A-29, A)."""
        return add_years(self.served, ARCHIVE_YEARS) if self.served else None


def clocks(rows: Sequence[Row]) -> Clocks:
    """Return the clocks of the person these rows speak of."""
    acts = [act for row in rows for act in _acts(row)]
    last: dict[Rule, Act] = {}
    for act in sorted(acts, key=lambda act: act.day):
        last |= dict.fromkeys(act.rules, act)
    running = [row.table for row in rows if row.values.get("status") == "running"]
    return Clocks(
        last=last,
        served=max((act.day for act in acts if act.served), default=None),
        suspended=next(chain.from_iterable(map(_suspends, rows)), None),
        contract_running="contract" in running,
        mandate_running="mandate" in running,
        held=any(row.table == "dispute" and row.values["closed_on"] is None for row in rows),
    )


def _suspends(row: Row) -> Iterator[str]:
    match row.table, row.values.get("status"):
        case "contract", "running":
            yield "a contract runs"
        case (("orders" | "web_order"), "open"):
            yield "an order is open"
        case "supply_order", _ if row.values["received_on"] is None:
            yield "a supply order is open"


def _acts(row: Row) -> Iterator[Act]:
    values = row.values
    match row.table:
        case "exchange" if values["kind"] in EXCHANGES:
            yield _act(values["at"], EXCHANGES[str(values["kind"])], str(values["kind"]).replace("_", " "))
        case "response" | "event" if values["kind"] == "click":
            yield _act(values["at"], CLICK, "click")
        case "orders" | "web_order":
            yield _act(values["placed_at"], PURCHASE, "purchase", served=True)
            if values["delivered_at"]:
                yield _act(values["delivered_at"], SERVICE, "delivery", served=True)
        case "supply_order":
            yield _act(values["placed_on"], PURCHASE, "supply order", served=True)
            if values["received_on"]:
                yield _act(values["received_on"], SERVICE, "reception", served=True)
        case "contract" if values["status"] == "ended":
            yield _act(values["ends_on"], SERVICE, "end of contract", served=True)
        case "sign_in":
            yield _act(values["at"], SERVICE, "sign-in")
        case "account" if values["last_sign_in_at"]:
            yield _act(values["last_sign_in_at"], SERVICE, "sign-in")


def _act(at: object, rules: frozenset[Rule], what: str, *, served: bool = False) -> Act:
    if not isinstance(at, date | datetime):
        raise TypeError(f"{what} without a date: {at!r}")
    return Act(civil(at), rules, what, served)
