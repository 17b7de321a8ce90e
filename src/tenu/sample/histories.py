"""Ordinary people over twelve years: prospects, customers, professionals, web buyers, guests, suppliers.

Each person is a pure function of the seed, of their number and of the day of the sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from tenu.sample.dossier import Dossier
from tenu.sample.identity import unaccented
from tenu.sample.later import Thread, go_on
from tenu.sample.rows import Key, Person

YEAR = 365
FIVE_YEARS = 5 * YEAR + 2
TEN_YEARS = 10 * YEAR + 3
HISTORY = 12 * YEAR
SPOKEN = ("form", "reply", "incoming_call", "quote_request", "event_attendance")
SOURCES = ("salon", "site", "parrainage", "catalogue")
INTERESTS = ("poignées", "charnières, coulisses", "cuisine", "agencement de magasin", "dressing, placards")
NOTES = ("Rappeler après les congés.", "Préfère le laiton.", "Chantier prévu au printemps.", "Devis envoyé.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days a person is busy with the company: from *start* to *last*, in a sample seen on *as_of*."""

    start: date
    last: date
    as_of: date

    def days(self, rng: Random, count: int) -> list[date]:
        """Return *count* days in order, the last of them *last*."""
        length = (self.last - self.start).days
        early = sorted(rng.randint(0, length) for _ in range(count - 1))
        return [self.start + timedelta(days=day) for day in early] + [self.last]

    def silence(self, rng: Random, count: int) -> list[date]:
        """Return up to *count* days after *last*: what the company sends and nobody answers."""
        length = (self.as_of - self.last).days
        return sorted(self.last + timedelta(days=rng.randint(1, length)) for _ in range(count * (length > 1)))


def ordinary(number: int, seed: int, as_of: date, until: date) -> Person:
    """Return the ordinary person *number*, with what happens to them after *as_of* up to *until*."""
    rng = Random(f"{seed}:{number}")  # noqa: S311 - repeatable fiction, not a secret
    dossier = Dossier(number, rng, as_of)
    kind = rng.choices(tuple(KINDS), WEIGHTS)[0]
    thread = KINDS[kind](dossier, _span(kind, rng, as_of))
    go_on(dossier, thread, Random(f"{seed}:{number}:later"), until)  # noqa: S311 - same
    return dossier.person(kind)


def newcomer(number: int, seed: int, as_of: date, until: date) -> Person:
    """Return a person the company meets between *as_of* and *until*."""
    rng = Random(f"{seed}:{number}")  # noqa: S311 - repeatable fiction, not a secret
    dossier = Dossier(number, rng, as_of)
    met_on = as_of + timedelta(days=rng.randint(1, (until - as_of).days))
    kind = rng.choice(("prospect", "web customer", "guest"))
    thread = KINDS[kind](dossier, Span(start=met_on, last=met_on, as_of=met_on))
    go_on(dossier, thread, rng, until)
    return dossier.person(kind)


def _moment(rng: Random, day: date) -> datetime:
    """Return an instant of *day* in UTC without zone; one in twenty falls around Paris midnight."""
    if rng.random() < 0.05:
        return datetime.combine(day, time(rng.choice((22, 23)), 30))
    return datetime.combine(day, time(rng.randint(6, 18), rng.randint(0, 59), rng.randint(0, 59)))


def _typed(rng: Random, email: str) -> str:
    """Return *email* as its owner typed it: one in ten in capitals, one in ten with a space after it."""
    return rng.choices((email, email.title(), f"{email} "), (8, 1, 1))[0]


def _span(kind: str, rng: Random, as_of: date) -> Span:
    """Draw how long ago the person was last seen: active, to archive, to erase."""
    prospect = kind == "prospect"
    active, archive, erase = (0.5, 0.0, 0.5) if prospect else (0.42, 0.48, 0.1)
    bounds = {
        (3, FIVE_YEARS - 30): active,
        (FIVE_YEARS + 30, TEN_YEARS - 200): archive,
        (FIVE_YEARS + 30 if prospect else TEN_YEARS + 30, HISTORY - 200): erase,
    }
    low, high = rng.choices(tuple(bounds), tuple(bounds.values()))[0]
    back = rng.randint(low, high)
    last = as_of - timedelta(days=back)
    start = last - timedelta(days=rng.randint(30, min(6 * YEAR, HISTORY - back)))
    return Span(start=start, last=last, as_of=as_of)


def _prospect(dossier: Dossier, span: Span) -> Thread:
    rng = dossier.rng
    if rng.random() < 0.25:
        _letter(dossier, span)
        return Thread(day=span.last)
    contact = _met(dossier, span)
    spoken_on = [span.start]
    if span.last > span.start:
        *spoken_on, clicked_on = [span.start, *span.days(rng, rng.randint(1, 4))]
        for day in spoken_on[1:]:
            dossier.exchange(contact, rng.choice(SPOKEN), _moment(rng, day))
        dossier.response(contact, "click", _moment(rng, clicked_on))
    if rng.random() < 0.5:
        _letter(dossier, span)
    return Thread(day=spoken_on[-1], contact=contact)


def _customer(dossier: Dossier, span: Span) -> Thread:
    contact = _met(dossier, span, reference=dossier.reference)
    dossier.customer(span.start)
    _buy(dossier, span, iban=None)
    if dossier.rng.random() < 0.5:
        _shop(dossier, span, reference=dossier.reference)
    return _twist(dossier, span, contact)


def _professional(dossier: Dossier, span: Span) -> Thread:
    rng, who = dossier.rng, dossier.who
    contact = _met(dossier, span, reference=dossier.reference, segment="professionnel")
    dossier.customer(span.start, name=who.company)
    _buy(dossier, span, iban=who.iban)
    if rng.random() < 0.1:
        return _under_contract(dossier, span, contact)
    if rng.random() < 0.6:
        dossier.contract(span.start, span.last)
        dossier.mandate(span.start, span.last, span.last)
    return _twist(dossier, span, contact)


def _under_contract(dossier: Dossier, span: Span, contact: int) -> Thread:
    contract = dossier.contract(span.start, None)
    mandate = dossier.mandate(span.start, span.last, None)
    unfinished: tuple[tuple[str, Key], ...] = (("contract", (contract,)), ("mandate", (mandate,)))
    return Thread(day=span.last, contact=contact, customer=True, unfinished=unfinished)


def _web(dossier: Dossier, span: Span) -> Thread:
    rng = dossier.rng
    account = _shop(dossier, span, reference=None)
    for day in span.days(rng, rng.randint(1, 3)):
        placed_at = _moment(rng, day)
        dossier.web_order(account, placed_at, placed_at + timedelta(days=rng.randint(1, 9)))
    if rng.random() < 0.6:
        _letter(dossier, span)
    return Thread(day=span.last, account=account)


def _guest(dossier: Dossier, span: Span) -> Thread:
    rng, email = dossier.rng, dossier.who.email
    for day in span.days(rng, rng.randint(1, 2)):
        placed_at = _moment(rng, day)
        dossier.web_order(None, placed_at, placed_at + timedelta(days=3), _typed(rng, email))
    if rng.random() < 0.3:
        _letter(dossier, span)
    return Thread(day=span.last, guest=True)


def _supplier(dossier: Dossier, span: Span) -> Thread:
    rng = dossier.rng
    supplier = dossier.supplier(span.start)
    for day in span.days(rng, rng.randint(2, 8)):
        dossier.supply_order(supplier, day, day + timedelta(days=2))
    return Thread(day=span.last, supplier=supplier)


KINDS: dict[str, Callable[[Dossier, Span], Thread]] = {
    "prospect": _prospect,
    "customer": _customer,
    "professional": _professional,
    "web customer": _web,
    "guest": _guest,
    "supplier": _supplier,
}
WEIGHTS = (32, 33, 12, 13, 6, 4)


def _met(dossier: Dossier, span: Span, *, reference: str | None = None, segment: str = "particulier") -> int:
    """Write the contact, what was sent to them and noted; nothing restarts a clock after *last*."""
    rng = dossier.rng
    contact = dossier.contact(
        _moment(rng, span.start),
        reference=reference,
        segment=segment,
        source=rng.choice(SOURCES),
        interests=rng.choice(INTERESTS),
        email_2=dossier.who.email_2 if rng.random() < 0.1 else None,
    )
    for day in span.silence(rng, rng.randint(1, 6)):
        dossier.response(contact, rng.choice(("delivered", "open")), _moment(rng, day))
    for day in span.silence(rng, rng.randint(0, 2)):
        dossier.exchange(contact, "outgoing_call", _moment(rng, day))
    if rng.random() < 0.4:
        dossier.note(contact, _moment(rng, span.start), rng.choice(NOTES))
    if rng.random() < 0.15:
        dossier.history(contact, _moment(rng, span.last))
    return contact


def _letter(dossier: Dossier, span: Span) -> int:
    rng = dossier.rng
    subscriber = dossier.subscriber(_moment(rng, span.start), email=_typed(rng, dossier.who.email))
    for day in span.days(rng, rng.randint(1, 3)):
        dossier.event(subscriber, "click", _moment(rng, day))
    silence = [_moment(rng, day) for day in span.silence(rng, rng.randint(2, 6))]
    for at in silence:
        dossier.event(subscriber, rng.choice(("delivered", "open")), at)
    if silence and rng.random() < 0.2:
        dossier.event(subscriber, "unsubscribe", silence[-1])
        dossier.change("subscriber", (subscriber,), silence[-1], status="unsubscribed")
    return subscriber


def _buy(dossier: Dossier, span: Span, *, iban: str | None) -> None:
    rng = dossier.rng
    for day in span.days(rng, rng.randint(1, 3)):
        placed_at = _moment(rng, day)
        delivered_at = placed_at + timedelta(days=rng.randint(1, 20))
        engraving = dossier.who.full_name if rng.random() < 0.1 else None
        order = dossier.order(placed_at, delivered_at, engraving)
        dossier.invoice(delivered_at.date(), order, iban)


def _shop(dossier: Dossier, span: Span, *, reference: str | None) -> int:
    rng = dossier.rng
    who = dossier.who
    names = {"last_name": unaccented(who.last_name).upper()} if rng.random() < 0.15 else {}
    email = _typed(rng, who.email)
    account = dossier.account(_moment(rng, span.start), customer_reference=reference, email=email, **names)
    for day in span.days(rng, rng.randint(1, 4)):
        dossier.sign_in(account, _moment(rng, day))
    if rng.random() < 0.5:
        dossier.basket(account, _moment(rng, span.last))
    return account


def _twist(dossier: Dossier, span: Span, contact: int) -> Thread:
    """Make three customers in ten less simple, by something that came after their last purchase."""
    rng = dossier.rng
    if rng.random() > 0.3 or (span.as_of - span.last).days < YEAR:
        return Thread(day=span.last, contact=contact, customer=True)
    recent = span.as_of - timedelta(days=rng.randint(10, YEAR))
    unfinished: tuple[tuple[str, Key], ...] = ()
    match rng.choice(("click", "complaint", "open order", "dispute", "subscriber")):
        case "click":
            dossier.response(contact, "click", _moment(rng, recent))
        case "complaint":
            dossier.exchange(contact, "complaint", _moment(rng, recent))
        case "open order":
            unfinished = (("orders", dossier.order(_moment(rng, span.last), None)),)
        case "dispute":
            unfinished = (("dispute", (dossier.dispute(contact, recent, None),)),)
        case "subscriber":
            dossier.event(dossier.subscriber(_moment(rng, recent)), "click", _moment(rng, recent))
    return Thread(day=None, unfinished=unfinished)
