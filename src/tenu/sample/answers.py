"""The right answer for every row, person by person in plain Python, knowing nothing of tenu's engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from tenu.sample.calendar import add_months, civil
from tenu.sample.clocks import Clocks, Rule, clocks
from tenu.sample.rows import PARENT, SYSTEM_OF, Key, Row, Value

LOG_MONTHS = 12
BANK_MONTHS = 13
STATISTICS_MONTHS = 25
ORDERS = ("orders", "web_order")
ACCOUNTING_YEARS = 10
SHELL_COLUMNS = ("name", "last_name", "first_name", "email", "phone", "address", "postcode", "city")

COLLECTED: Mapping[str, str] = MappingProxyType(
    {
        "contact": "created_at",
        "customer": "created_on",
        "supplier": "created_on",
        "account": "created_at",
        "web_order": "placed_at",
        "subscriber": "collected_at",
    }
)
"""Root table to the column of its collection."""

_BOTH = (Rule.CONTRACT, Rule.RELATION)
RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "contact": (Rule.PROSPECTING, *_BOTH),
        "note": (Rule.RELATION,),
        "exchange": (Rule.RELATION,),
        "contact_history": (Rule.RELATION,),
        "dispute": (Rule.RELATION,),
        "response": (Rule.PROSPECTING,),
        "customer": _BOTH,
        "contract": (Rule.CONTRACT,),
        "orders": (Rule.CONTRACT,),
        "order_line": (Rule.CONTRACT,),
        "invoice": (Rule.CONTRACT,),
        "payment": (Rule.CONTRACT,),
        "supplier": (Rule.CONTRACT,),
        "supply_order": (Rule.CONTRACT,),
        "account": _BOTH,
        "web_order": _BOTH,
        "web_order_line": _BOTH,
        "basket": (Rule.CONTRACT,),
        "basket_item": (Rule.CONTRACT,),
        "subscriber": (Rule.PROSPECTING,),
        "event": (Rule.PROSPECTING,),
    }
)
"""Table to the rules that must all have ended before its rows go. Logs and bank details have their own."""

NEVER_ARCHIVED = frozenset({"response", "subscriber", "event", "sign_in", "mandate"})


class Fate(StrEnum):
    """What a retention run leaves of a row."""

    UNCHANGED = "unchanged"
    ERASED = "erased"
    ARCHIVED = "archived"
    CLEARED = "cleared"
    ANONYMISED = "anonymised"
    SHELL = "shell"
    KEPT_FOR_LAW = "kept_for_law"
    HELD = "held"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The fate of one row.

    *columns* are those emptied where the row stays: NULL, or '' where NULL is refused. *until* is the day
    the sealed copy ends: of a row ARCHIVED, and of a SHELL whose former content was sealed.
    """

    person: int
    table: str
    key: Key
    fate: Fate
    until: date | None = None
    columns: tuple[str, ...] = ()

    @property
    def system(self) -> str:
        """The system that holds the row."""
        return SYSTEM_OF[self.table]


def answer(
    person: int,
    rows: Sequence[Row],
    as_of: date,
    *,
    other: Sequence[Row] | None = None,
    since: date | None = None,
) -> tuple[Answer, ...]:
    """Return the fate on *as_of* of every row of one person.

    Args:
        person: Number of the person.
        rows: All rows that speak of the person, in every system.
        as_of: Civil day of the run, Europe/Paris.
        other: The rows of somebody the person could be taken for, when nothing tells them apart.
        since: Day of the first run ever; *as_of* itself by default. What went in between is gone for good.
    """
    case = _Case(person, rows, as_of, since)
    if case.clocks.held:
        return tuple(replace(found, fate=Fate.HELD, until=None, columns=()) for found in case.plain())
    found = tuple(map(case.answer, rows))
    if other is None:
        return found
    double = _Case(0, other, as_of)
    return tuple(_left_alone(each, row, double) for each, row in zip(found, rows, strict=True))


def _left_alone(found: Answer, row: Row, double: _Case) -> Answer:
    """Return *found* untouched while somebody the person could be taken for is still there for the same rules."""
    rules = (Rule.PROSPECTING,) if found.columns == ("interests",) else RULES.get(found.table, ())
    if found.fate in (Fate.UNCHANGED, Fate.ANONYMISED) or not _stays(double, rules):
        return found
    return replace(found, fate=Fate.AMBIGUOUS, until=None, columns=_certain(row, double))


def _certain(row: Row, double: _Case) -> tuple[str, ...]:
    """Return what is emptied of a contact all the same: its interests, once nobody is a prospect any more."""
    over = (
        row.table == "contact"
        and row.values["interests"] is not None
        and not _stays(double, (Rule.PROSPECTING,))
    )
    return ("interests",) if over else ()


def _stays(case: _Case, rules: Sequence[Rule]) -> bool:
    return any(not case.gone(row, rules) for row in case.rows if case.root(row) is row)


def answer_asked(person: int, rows: Sequence[Row], as_of: date) -> tuple[Answer, ...]:
    """Return the fate of every row of one person once an erasure they asked for on *as_of* is carried out (C-RGT-10).

    Args:
        person: Number of the person.
        rows: All their rows, in every system, whatever their role.
        as_of: Civil day it is carried out, Europe/Paris.
    """
    case = _Asked(person, rows, as_of)
    if case.clocks.held:
        return tuple(replace(found, fate=Fate.HELD) for found in case.plain())
    return tuple(map(case.answer, rows))


class _Case:
    """One person on one day: their rows by key, their clocks, and what follows for each row."""

    def __init__(self, person: int, rows: Sequence[Row], as_of: date, since: date | None = None) -> None:
        self.person = person
        self.since = since or as_of
        self.rows = rows
        self.as_of = as_of
        self.clocks: Clocks = clocks(rows)
        self._by_key = {(row.table, row.key): row for row in rows}

    def plain(self) -> tuple[Answer, ...]:
        """Return every row unchanged."""
        return tuple(self._say(row, Fate.UNCHANGED) for row in self.rows)

    def root(self, row: Row) -> Row:
        """Return the row that says who *row* is about; a row nobody owns is its own root."""
        table, columns = PARENT.get(row.table, ("", ()))
        key = tuple(row.values[column] for column in columns)
        parent = self._by_key.get((table, key))
        return self.root(parent) if parent else row

    def gone(self, row: Row, rules: Sequence[Rule]) -> bool:
        """Tell whether every one of *rules* has ended for *row*."""
        root = self.root(row)
        if root.table not in COLLECTED:
            return False
        if root.table == "web_order":
            rules = (Rule.CONTRACT,)
        ends = [self.clocks.ends_on(rule, _day(root.values[COLLECTED[root.table]])) for rule in rules]
        return all(end is not None and end <= self.as_of for end in ends)

    def answer(self, row: Row) -> Answer:  # noqa: PLR0911 - one line per kind of row is the clearest table
        """Return the fate of *row* when nobody is held and nobody is mistaken for another."""
        match row.table:
            case "sign_in":
                return self._log(row)
            case "basket":
                return self._basket(row)
            case "basket_item":
                return self._basket_item(row)
            case "mandate":
                return self._mandate(row)
            case "contact":
                return self._contact(row)
            case "customer":
                return self._customer(row)
            case "invoice" | "payment":
                return self._accounting(row)
            case _:
                return (
                    self._leave(row) if self.gone(row, RULES[row.table]) else self._say(row, Fate.UNCHANGED)
                )

    def _log(self, row: Row) -> Answer:
        over = add_months(_day(row.values["at"]), LOG_MONTHS) <= self.as_of
        return self._say(row, Fate.ERASED if over else Fate.UNCHANGED)

    def _basket(self, row: Row) -> Answer:
        """After 25 months a basket serves statistics only: nobody's, dated by its month (A-25)."""
        if row.values["account_id"] is None:
            over = add_months(_day(row.values["updated_at"]), STATISTICS_MONTHS) <= self.as_of
            return self._say(
                row, Fate.ANONYMISED if over else Fate.UNCHANGED, columns=("updated_at",) if over else ()
            )
        if self._is_statistic(row, RULES["account"]):
            return self._say(row, Fate.ANONYMISED, columns=("account_id", "updated_at"))
        return self._say(row, Fate.ERASED if self.gone(row, RULES["account"]) else Fate.UNCHANGED)

    def _basket_item(self, row: Row) -> Answer:
        basket = self._by_key["basket", (row.values["basket_id"],)]
        if self._is_statistic(basket, RULES["basket_item"]) or not self.gone(row, RULES["basket_item"]):
            return self._say(row, Fate.UNCHANGED)
        return self._leave(row)

    def _is_statistic(self, basket: Row, rules: Sequence[Rule]) -> bool:
        """Tell whether the basket was nobody's any more before *rules* ended for its person."""
        since = add_months(_day(basket.values["updated_at"]), STATISTICS_MONTHS)
        root = self.root(basket)
        if since > self.as_of or root is basket:
            return False
        ends = [self.clocks.ends_on(rule, _day(root.values[COLLECTED[root.table]])) for rule in rules]
        return not self.gone(basket, rules) or since <= max(end for end in ends if end)

    def _mandate(self, row: Row) -> Answer:
        return self._say(
            row, Fate.ERASED if self._bank_over(_day(row.values["signed_on"])) else Fate.UNCHANGED
        )

    def _bank_over(self, born_on: date) -> bool:
        """Tell whether, on a day since *born_on* a run took place, no debit could be made or disputed any more.

        That is 13 months after the last debit, while nothing runs (A-16). A later debit brings nothing back.
        """
        debits = list(self._debits())
        moments = {self.since, *(add_months(day, BANK_MONTHS) for day in debits), *self._reliefs()}
        return any(
            all(add_months(day, BANK_MONTHS) <= moment for day in debits if day <= moment)
            and not any(_binds(row, moment) for row in self.rows)
            for moment in moments
            if max(self.since, born_on) <= moment <= self.as_of
        )

    def _reliefs(self) -> Iterator[date]:
        """Yield the days something that ran came to its end."""
        for row in self.rows:
            for column in {"contract": ("ends_on",), **dict.fromkeys(ORDERS, ("delivered_at",))}.get(
                row.table, ()
            ):
                if row.values[column] is not None:
                    yield _day(row.values[column])

    def _debits(self) -> Iterator[date]:
        columns = {
            "mandate": ("signed_on", "last_debit_on"),
            "payment": ("paid_on",),
            "customer": ("created_on",),
        }
        for row in self.rows:
            for column in columns.get(row.table, ()):
                if row.values[column] is not None:
                    yield _day(row.values[column])

    def _contact(self, row: Row) -> Answer:
        if self.gone(row, RULES["contact"]):
            return self._leave(row)
        prospecting_ended = self.gone(row, (Rule.PROSPECTING,))
        return self._clear(row, ("interests",) if prospecting_ended else ())

    def _customer(self, row: Row) -> Answer:
        if not self.gone(row, RULES["customer"]):
            return self._say(row, Fate.UNCHANGED)
        invoices = (other for other in self.rows if other.table == "invoice" and self.root(other) is row)
        if not any(map(self._lawful, invoices)):
            return self._leave(row)
        emptied = tuple(column for column in SHELL_COLUMNS if row.values[column] is not None)
        return replace(self._leave(row), fate=Fate.SHELL, columns=emptied)

    def _accounting(self, row: Row) -> Answer:
        invoice = self._by_key.get(("invoice", (row.values.get("invoice_number"),)), row)
        lost = self._lost_order(row) if row is invoice else self._lost_iban(row)
        if not self.gone(row, RULES[row.table]):
            return self._clear(row, lost)
        if self._lawful(invoice):
            return replace(self._clear(row, lost), fate=Fate.KEPT_FOR_LAW)
        return self._leave(row)

    def _lawful(self, invoice: Row) -> bool:
        """Tell whether accounting law still keeps *invoice*. Source: C. com. L123-22."""
        return self.as_of <= date(_day(invoice.values["issued_on"]).year + ACCOUNTING_YEARS, 12, 31)

    def _lost_order(self, invoice: Row) -> tuple[str, ...]:
        """Return the columns that speak of the order, once the order goes."""
        return ("year", "order_number") if self.gone(invoice, RULES["orders"]) else ()

    def _lost_iban(self, payment: Row) -> tuple[str, ...]:
        if payment.values["iban"] is None:
            return ()
        return ("iban",) if self._bank_over(_day(payment.values["paid_on"])) else ()

    def _leave(self, row: Row) -> Answer:
        """Return the way out of a row whose rules have all ended: the archive while it has a future."""
        until = None if row.table in NEVER_ARCHIVED else self.clocks.archived_until
        if until is None or until <= self.as_of:
            return self._say(row, Fate.ERASED)
        return self._say(row, Fate.ARCHIVED, until=until)

    def _clear(self, row: Row, columns: tuple[str, ...]) -> Answer:
        """Return the row with *columns* emptied, those already empty left out."""
        filled = tuple(column for column in columns if row.values[column] is not None)
        return self._say(row, Fate.CLEARED if filled else Fate.UNCHANGED, columns=filled)

    def _say(
        self, row: Row, fate: Fate, *, until: date | None = None, columns: tuple[str, ...] = ()
    ) -> Answer:
        return Answer(
            person=self.person, table=row.table, key=row.key, fate=fate, until=until, columns=columns
        )


class _Asked(_Case):
    """One person who asks: dates and acts no longer count; a contract under way, accounting law and evidence still do."""

    def gone(self, row: Row, rules: Sequence[Rule]) -> bool:
        """Tell whether nothing under way needs *row*: prospecting never does."""
        if self.root(row).table not in COLLECTED:
            return False
        if row.table == "customer" and self.clocks.mandate_running:
            return False
        return not self.clocks.suspended or set(rules) == {Rule.PROSPECTING}

    def _log(self, row: Row) -> Answer:
        return self._say(row, Fate.ERASED if self.gone(row, RULES["account"]) else Fate.UNCHANGED)

    def _is_statistic(self, _basket: Row, _rules: Sequence[Rule]) -> bool:
        return False

    def _basket(self, row: Row) -> Answer:
        mine = row.values["account_id"] is not None and self.gone(row, RULES["account"])
        return self._say(row, Fate.ERASED if mine else Fate.UNCHANGED)

    def _bank_over(self, _born_on: date) -> bool:
        return not (self.clocks.suspended or self.clocks.mandate_running)


def _binds(row: Row, on: date) -> bool:
    """Tell whether *row* was a contract, an order or a mandate still running on the day *on*."""
    values = row.values
    if row.table in ("contract", "mandate"):
        ended_on = values.get("ends_on")
        return values["status"] == "running" or (
            ended_on is not None and _day(ended_on) > on >= _day(values["signed_on"])
        )
    if row.table in ORDERS and values["status"] != "cancelled" and _day(values["placed_at"]) <= on:
        return values["delivered_at"] is None or _day(values["delivered_at"]) > on
    return False


def _day(value: Value) -> date:
    if not isinstance(value, date | datetime):
        raise TypeError(f"not a date: {value!r}")
    return civil(value)
