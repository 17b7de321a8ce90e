"""What happens to ordinary people after the day of the sample, for simulations of many years.

Nobody comes back after one of their clocks ended: each act restarts all that govern the person's rows, and
comes less than four years after the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from tenu.sample.calendar import midday
from tenu.sample.dossier import Dossier
from tenu.sample.rows import Key

LONGEST_GAP = 4 * 365
CHANCE_OF_ANOTHER = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Where a history is taken up again: the day all its clocks last restarted, the rows to hang acts on.

    *unfinished* are the rows whose end is still to come: contract, mandate, order, dispute.
    """

    day: date | None
    contact: int | None = None
    account: int | None = None
    supplier: int | None = None
    customer: bool = False
    guest: bool = False
    unfinished: tuple[tuple[str, Key], ...] = ()


def go_on(dossier: Dossier, thread: Thread, rng: Random, until: date) -> None:
    """Write acts after the sample's day, months or years apart, until the person or *until* ends them."""
    _finish(dossier, thread, rng, until)
    day = thread.day
    while day is not None and rng.random() < CHANCE_OF_ANOTHER:
        day = _next_day(day, dossier.as_of, rng)
        if day is None or day + timedelta(days=60) > until:
            return
        _act(dossier, thread, midday(day) + timedelta(minutes=rng.randint(0, 300)), rng)


def _finish(dossier: Dossier, thread: Thread, rng: Random, until: date) -> None:
    """End together what is unfinished, within six years; what would end after *until* goes on."""
    day = dossier.as_of + timedelta(days=rng.randint(1, 2200))
    if day > until:
        return
    for table, key in thread.unfinished:
        match table:
            case "contract":
                dossier.change(table, key, day, ends_on=day, status="ended")
            case "mandate":
                dossier.change(table, key, day, status="revoked")
            case "orders":
                dossier.change(table, key, day, delivered_at=midday(day), status="delivered")
            case "dispute":
                dossier.change(table, key, day, closed_on=day)


def _next_day(day: date, as_of: date, rng: Random) -> date | None:
    earliest = max(day + timedelta(days=40), as_of + timedelta(days=1))
    latest = day + timedelta(days=LONGEST_GAP)
    if earliest > latest:
        return None
    return earliest + timedelta(days=rng.randint(0, (latest - earliest).days))


def _act(dossier: Dossier, thread: Thread, at: datetime, rng: Random) -> None:
    soon = at + timedelta(days=rng.randint(1, 30))
    if thread.customer:
        order = dossier.order(at, soon)
        dossier.invoice(soon.date(), order)
    if thread.account is not None:
        dossier.sign_in(thread.account, at)
        dossier.web_order(thread.account, at, soon)
    if thread.contact is not None:
        dossier.exchange(thread.contact, "form", at)
    if thread.guest:
        dossier.web_order(None, at, soon, dossier.who.email)
    if thread.supplier is not None:
        dossier.supply_order(thread.supplier, at.date(), soon.date())
