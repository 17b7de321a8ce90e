"""The rows of one person while they are being written: keys, defaults, and what is not known yet.

Instants are UTC without zone. What happens after *now* becomes a change instead of a value, so that a
simulation can let it happen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tenu.sample.calendar import closing, midday
from tenu.sample.identity import Identity, articles, identity, spelled
from tenu.sample.mailings import sent_before
from tenu.sample.rows import KEY_OF, PARENT, Change, Key, Person, Row, Value

KEYS_PER_PERSON = 100
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
OrderKey = tuple[int, int]


class Dossier:
    """Writes the rows of person *number*; every key is ``number * 100 + n``, so no two people share one."""

    def __init__(self, number: int, rng: Random, as_of: date, who: Identity | None = None) -> None:
        self.number = number
        self.rng = rng
        self.as_of = as_of
        self.now = closing(as_of)
        self.who = who or identity(number, rng)
        self.reference = f"C{number:06d}"
        self._rows: list[tuple[str, dict[str, Value], datetime]] = []
        self._changes: list[Change] = []
        self._used: Counter[str] = Counter()
        self._signed_in: dict[int, datetime] = {}
        self._born: dict[tuple[str, Key], datetime] = {}

    def person(self, kind: str, *, shared: frozenset[str] = frozenset(), doubt: int | None = None) -> Person:
        """Return the person whose rows were written."""
        rows = tuple(Row(*written) for written in self._rows)
        changes = tuple(self._changes)
        return Person(id=self.number, kind=kind, rows=rows, changes=changes, shared=shared, doubt=doubt)

    def write(self, table: str, born: date | datetime, values: Mapping[str, Value]) -> None:
        """Write one row of *table*, born that day or at that instant, and never before its parent."""
        written = dict(values)
        above, columns = PARENT.get(table, ("", ()))
        instant = self._since(above, tuple(written[column] for column in columns), born)
        self._rows.append((table, written, instant))
        self._born[table, tuple(written[column] for column in KEY_OF[table])] = instant

    def change(self, table: str, key: Key, at: date | datetime, **values: Value) -> None:
        """Let the row *key* of *table* take *values* at *at*: already true by now, or still to come."""
        instant = self._since(table, key, at)
        if instant > self.now:
            self._changes += [Change(table, key, column, value, instant) for column, value in values.items()]
            return
        row = next(r for t, r, _ in self._rows if t == table and tuple(r[c] for c in KEY_OF[t]) == key)
        row.update(values)

    # crm

    def contact(self, at: datetime, **values: Value) -> int:
        """Write a contact: by default without reference, under the person's own name and e-mail."""
        who, key = self.who, self._next("contact")
        columns: dict[str, Value] = {
            "id": key,
            "reference": None,
            "civility": who.civility,
            "last_name": who.last_name,
            "first_name": who.first_name,
            "email": who.email,
            "email_2": None,
            "phone": spelled(who.phone, key // KEYS_PER_PERSON),
            "address": who.address,
            "postcode": who.postcode,
            "city": who.city,
            "interests": "poignées, agencement de cuisine",
            "segment": "particulier",
            "created_at": at,
            "source": "salon",
            "status": "actif",
        }
        self.write("contact", at, columns | values)
        return key

    def note(self, contact: int, at: datetime, text: str) -> int:
        """Write what an employee noted about a contact."""
        key = self._next("note")
        self.write("note", at, {"id": key, "contact_id": contact, "written_at": at, "text": text})
        return key

    def exchange(self, contact: int, kind: str, at: datetime) -> int:
        """Write one contact, from the person or from the company."""
        key = self._next("exchange")
        self.write("exchange", at, {"id": key, "contact_id": contact, "kind": kind, "at": at})
        return key

    def response(self, contact: int, kind: str, at: datetime) -> Key:
        """Write what became of the mailing sent before *at*: delivered, opened or clicked."""
        mailing, seq = sent_before(at)[0], self._next("response") % KEYS_PER_PERSON
        keys: dict[str, Value] = {"mailing_id": mailing, "contact_id": contact, "seq": seq}
        self.write("response", at, keys | {"kind": kind, "at": at})
        return (mailing, contact, seq)

    def dispute(self, contact: int, opened_on: date, closed_on: date | None) -> int:
        """Write a dispute, open while it has no closing day."""
        key, subject = self._next("dispute"), "Livraison contestée"
        values: dict[str, Value] = {"id": key, "contact_id": contact, "subject": subject}
        self.write("dispute", opened_on, values | {"opened_on": opened_on, "closed_on": None})
        if closed_on:
            self.change("dispute", (key,), closed_on, closed_on=closed_on)
        return key

    def history(self, contact: int, at: datetime) -> int:
        """Write the audit copy of a former e-mail and telephone."""
        key, who = self._next("contact_history"), self.who
        old: dict[str, Value] = {"old_email": who.email_2, "old_phone": spelled(who.old_phone, key)}
        self.write("contact_history", at, old | {"id": key, "contact_id": contact, "changed_at": at})
        return key

    # erp

    def customer(self, created_on: date, **values: Value) -> str:
        """Write the customer of this dossier's reference, by default an individual."""
        who = self.who
        columns: dict[str, Value] = {
            "number": self.reference,
            "name": who.full_name,
            "last_name": who.last_name,
            "first_name": who.first_name,
            "email": who.email,
            "phone": spelled(who.phone, self.number + 1),
            "address": who.address,
            "postcode": who.postcode,
            "city": who.city,
            "created_on": created_on,
        }
        self.write("customer", created_on, columns | values)
        return self.reference

    def contract(self, signed_on: date, ends_on: date | None) -> int:
        """Write a contract of the customer, running until *ends_on*."""
        key = self._next("contract")
        keys: dict[str, Value] = {"id": key, "customer_number": self.reference, "signed_on": signed_on}
        self.write(
            "contract", signed_on, keys | {"starts_on": signed_on, "ends_on": None, "status": "running"}
        )
        if ends_on:
            self.change("contract", (key,), ends_on, ends_on=ends_on, status="ended")
        return key

    def order(
        self, placed_at: datetime, delivered_at: datetime | None, engraving: str | None = None
    ) -> OrderKey:
        """Write an order of the customer with its lines, open until *delivered_at*."""
        year, number = placed_at.year, self._next("orders")
        lines = [(line, *self.rng.choice(articles()), self.rng.randint(1, 24)) for line in self._lines()]
        amount = sum((price * count for _, _, price, _, count in lines), Decimal(0))
        keys: dict[str, Value] = {"year": year, "number": number, "customer_number": self.reference}
        dates: dict[str, Value] = {"placed_at": placed_at, "delivered_at": None, "status": "open"}
        self.write("orders", placed_at, keys | dates | {"amount": amount})
        for line, code, price, label, count in lines:
            key: dict[str, Value] = {"year": year, "number": number, "line": line}
            article: dict[str, Value] = {"article": code, "label": label, "quantity": count, "price": price}
            self.write(
                "order_line", placed_at, key | article | {"engraving": engraving if line == 1 else None}
            )
        if delivered_at:
            self.change("orders", (year, number), delivered_at, delivered_at=delivered_at, status="delivered")
        return (year, number)

    def invoice(self, issued_on: date, order: OrderKey | None, iban: str | None = None) -> str:
        """Write an invoice and its payment ten days later, by direct debit when an *iban* is given."""
        number = f"F{issued_on.year}-{self._next('invoice'):08d}"
        year, order_number = order or (None, None)
        total = Decimal(self.rng.randint(900, 90_000)) / 100
        billed: dict[str, Value] = {"billed_to": self.who.full_name, "billed_address": self.who.postal}
        keys: dict[str, Value] = {"number": number, "customer_number": self.reference}
        link: dict[str, Value] = {"year": year, "order_number": order_number, "issued_on": issued_on}
        self.write("invoice", issued_on, keys | link | billed | {"total": total})
        self.payment(number, issued_on + timedelta(days=10), total, iban)
        return number

    def payment(self, invoice: str, paid_on: date, amount: Decimal, iban: str | None) -> int:
        """Write the payment of an invoice."""
        key, method = self._next("payment"), "debit" if iban else "card"
        keys: dict[str, Value] = {"id": key, "invoice_number": invoice, "paid_on": paid_on, "amount": amount}
        self.write("payment", paid_on, keys | {"method": method, "iban": iban})
        return key

    def mandate(self, signed_on: date, last_debit_on: date | None, revoked_on: date | None) -> int:
        """Write a direct debit mandate of the customer, running until *revoked_on*."""
        key = self._next("mandate")
        bank: dict[str, Value] = {"iban": self.who.iban, "bic": "ZZHLFR2PXXX", "signed_on": signed_on}
        keys: dict[str, Value] = {
            "id": key,
            "customer_number": self.reference,
            "last_debit_on": last_debit_on,
        }
        self.write("mandate", signed_on, keys | bank | {"status": "running"})
        if revoked_on:
            self.change("mandate", (key,), revoked_on, status="revoked")
        return key

    def supplier(self, created_on: date, **values: Value) -> int:
        """Write a supplier, whose contact is the person."""
        who, key = self.who, self._next("supplier")
        columns: dict[str, Value] = {
            "id": key,
            "company": f"{who.company} Fournitures",
            "contact_name": who.full_name,
            "email": who.email,
            "phone": spelled(who.phone, self.number),
            "created_on": created_on,
        }
        self.write("supplier", created_on, columns | values)
        return key

    def supply_order(self, supplier: int, placed_on: date, received_on: date | None) -> int:
        """Write an order to a supplier, open until *received_on*."""
        key, amount = self._next("supply_order"), Decimal(self.rng.randint(5_000, 900_000)) / 100
        values: dict[str, Value] = {"id": key, "supplier_id": supplier, "placed_on": placed_on}
        self.write("supply_order", placed_on, values | {"received_on": None, "amount": amount})
        if received_on:
            self.change("supply_order", (key,), received_on, received_on=received_on)
        return key

    # shop

    def account(self, at: datetime, **values: Value) -> int:
        """Write an account of the shop, by default without customer reference and never signed in to."""
        who, key = self.who, self._next("account")
        columns: dict[str, Value] = {
            "id": key,
            "email": who.email,
            "customer_reference": None,
            "last_name": who.last_name,
            "first_name": who.first_name,
            "phone": spelled(who.phone, key // KEYS_PER_PERSON + 2),
            "password_hash": f"$argon2id$v=19$m=19456,t=2,p=1${self.rng.getrandbits(128):032x}",
            "created_at": at,
            "last_sign_in_at": None,
            "deleted_at": None,
        }
        self.write("account", at, columns | values)
        return key

    def sign_in(self, account: int, at: datetime) -> int:
        """Write a sign-in; the account's last one only moves forward."""
        key, ip = self._next("sign_in"), f"203.0.113.{self.rng.randint(1, 254)}"
        values: dict[str, Value] = {"id": key, "account_id": account, "at": at}
        self.write("sign_in", at, values | {"ip": ip, "user_agent": AGENT})
        if at > self._signed_in.get(account, datetime.min):
            self._signed_in[account] = at
            self.change("account", (account,), at, last_sign_in_at=at)
        return key

    def basket(self, account: int | None, at: datetime) -> int:
        """Write a basket left with its items."""
        key = self._next("basket")
        self.write("basket", at, {"id": key, "account_id": account, "updated_at": at})
        for line, code, count in self._items():
            item: dict[str, Value] = {"basket_id": key, "line": line, "article": code, "quantity": count}
            self.write("basket_item", at, item)
        return key

    def web_order(
        self,
        account: int | None,
        placed_at: datetime,
        delivered_at: datetime | None,
        guest: str | None = None,
    ) -> int:
        """Write an order of the shop, of an account or of a *guest*, open until *delivered_at*."""
        key, amount = self._next("web_order"), Decimal(self.rng.randint(900, 60_000)) / 100
        keys: dict[str, Value] = {"id": key, "account_id": account, "guest_email": guest}
        ship_to = f"{self.who.full_name}, {self.who.postal}"
        dates: dict[str, Value] = {"placed_at": placed_at, "delivered_at": None, "ship_to": ship_to}
        self.write("web_order", placed_at, keys | dates | {"amount": amount, "status": "open"})
        for line, code, count in self._items():
            item: dict[str, Value] = {"web_order_id": key, "line": line, "article": code, "quantity": count}
            self.write("web_order_line", placed_at, item)
        if delivered_at:
            self.change("web_order", (key,), delivered_at, delivered_at=delivered_at, status="delivered")
        return key

    # mail

    def subscriber(self, at: datetime, **values: Value) -> int:
        """Write a subscriber of the mailing tool."""
        key, who = self._next("subscriber"), self.who
        columns: dict[str, Value] = {"id": key, "email": who.email, "first_name": who.first_name}
        columns |= {"list": "lettre", "collected_at": at, "status": "subscribed"}
        self.write("subscriber", at, columns | values)
        return key

    def event(self, subscriber: int, kind: str, at: datetime) -> int:
        """Write what became of the campaign sent before *at*."""
        key, campaign = self._next("event"), sent_before(at)[0]
        ip = None if kind == "delivered" else f"198.51.100.{self.rng.randint(1, 254)}"
        values: dict[str, Value] = {"id": key, "subscriber_id": subscriber, "campaign": campaign}
        self.write("event", at, values | {"kind": kind, "at": at, "ip": ip})
        return key

    def _since(self, table: str, key: Key, at: date | datetime) -> datetime:
        """Return the instant *at*, or the birth of the row *key* of *table* when that is later."""
        instant = at if isinstance(at, datetime) else midday(at)
        return max(instant, self._born.get((table, key), instant))

    def _next(self, table: str) -> int:
        self._used[table] += 1
        return self.number * KEYS_PER_PERSON + self._used[table]

    def _lines(self) -> range:
        return range(1, self.rng.randint(1, 3) + 1)

    def _items(self) -> list[tuple[int, str, int]]:
        return [(line, self.rng.choice(articles())[0], self.rng.randint(1, 12)) for line in self._lines()]
