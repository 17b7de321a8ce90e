"""The four databases of Manufacture Hélianthe, as its developers left them.

Nothing here was designed for privacy: the shop declares no foreign key at all, the mailing tool knows
people by e-mail only, the audit table has no link, several columns refuse NULL. Instants (``_at``, ``at``)
are UTC without zone, to the second; days (``_on``) are civil days in Paris. Keys are given by the generator,
never by the engine, so that every engine holds the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
)

CRM = MetaData()
ERP = MetaData()
SHOP = MetaData()
MAIL = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=False)


def _key(name: str) -> Column[int]:
    """Return one integer column of a composite key."""
    return Column(name, Integer, primary_key=True, autoincrement=False)


# ── crm: prospects, contacts, what was said and sent ────────────────────────────────────────────────────────

contact = Table(
    "contact",
    CRM,
    _id(),
    Column("reference", String(10), unique=True),
    Column("civility", String(4)),
    Column("last_name", String(80), nullable=False),
    Column("first_name", String(60)),
    Column("email", String(120), index=True),
    Column("email_2", String(120)),
    Column("phone", String(24)),
    Column("address", String(160)),
    Column("postcode", String(5)),
    Column("city", String(80)),
    Column("interests", String(200)),
    Column("segment", String(20), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("source", String(20), nullable=False),
    Column("status", String(12), nullable=False),
)

note = Table(
    "note",
    CRM,
    _id(),
    Column("contact_id", ForeignKey("contact.id"), nullable=False, index=True),
    Column("written_at", DateTime, nullable=False),
    Column("text", Text, nullable=False),
)

exchange = Table(
    "exchange",
    CRM,
    _id(),
    Column("contact_id", ForeignKey("contact.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("at", DateTime, nullable=False),
)

mailing = Table(
    "mailing",
    CRM,
    _id(),
    Column("title", String(120), nullable=False),
    Column("sent_at", DateTime, nullable=False),
)

response = Table(
    "response",
    CRM,
    Column("mailing_id", ForeignKey("mailing.id"), primary_key=True),
    Column("contact_id", ForeignKey("contact.id"), primary_key=True, index=True),
    Column("seq", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("at", DateTime, nullable=False),
)

dispute = Table(
    "dispute",
    CRM,
    _id(),
    Column("contact_id", ForeignKey("contact.id"), nullable=False, index=True),
    Column("subject", String(160), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
)

contact_history = Table(
    "contact_history",
    CRM,
    _id(),
    Column("contact_id", Integer, nullable=False, index=True),
    Column("changed_at", DateTime, nullable=False),
    Column("old_email", String(120)),
    Column("old_phone", String(24)),
)

# ── erp: customers, contracts, orders, accounting, suppliers ────────────────────────────────────────────────

customer = Table(
    "customer",
    ERP,
    Column("number", String(10), primary_key=True),
    Column("name", String(160), nullable=False),
    Column("last_name", String(80)),
    Column("first_name", String(60)),
    Column("email", String(120), index=True),
    Column("phone", String(24)),
    Column("address", String(160), nullable=False),
    Column("postcode", String(5)),
    Column("city", String(80)),
    Column("created_on", Date, nullable=False),
)

contract = Table(
    "contract",
    ERP,
    _id(),
    Column("customer_number", ForeignKey("customer.number"), nullable=False, index=True),
    Column("signed_on", Date, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("status", String(10), nullable=False),
)

orders = Table(
    "orders",
    ERP,
    _key("year"),
    _key("number"),
    Column("customer_number", ForeignKey("customer.number"), nullable=False, index=True),
    Column("placed_at", DateTime, nullable=False),
    Column("delivered_at", DateTime),
    Column("status", String(10), nullable=False),
    Column("amount", Numeric(10, 2), nullable=False),
)

order_line = Table(
    "order_line",
    ERP,
    _key("year"),
    _key("number"),
    _key("line"),
    Column("article", String(12), nullable=False),
    Column("label", String(120), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price", Numeric(10, 2), nullable=False),
    Column("engraving", String(120)),
    ForeignKeyConstraint(["year", "number"], ["orders.year", "orders.number"]),
)

invoice = Table(
    "invoice",
    ERP,
    Column("number", String(16), primary_key=True),
    Column("customer_number", ForeignKey("customer.number"), nullable=False, index=True),
    Column("year", Integer),
    Column("order_number", Integer),
    Column("issued_on", Date, nullable=False),
    Column("billed_to", String(160), nullable=False),
    Column("billed_address", String(240), nullable=False),
    Column("total", Numeric(10, 2), nullable=False),
    ForeignKeyConstraint(["year", "order_number"], ["orders.year", "orders.number"]),
    Index("ix_invoice_order", "year", "order_number"),
)

payment = Table(
    "payment",
    ERP,
    _id(),
    Column("invoice_number", ForeignKey("invoice.number"), nullable=False, index=True),
    Column("paid_on", Date, nullable=False),
    Column("amount", Numeric(10, 2), nullable=False),
    Column("method", String(12), nullable=False),
    Column("iban", String(34)),
)

mandate = Table(
    "mandate",
    ERP,
    _id(),
    Column("customer_number", ForeignKey("customer.number"), nullable=False, index=True),
    Column("iban", String(34), nullable=False),
    Column("bic", String(11)),
    Column("signed_on", Date, nullable=False),
    Column("last_debit_on", Date),
    Column("status", String(10), nullable=False),
)

supplier = Table(
    "supplier",
    ERP,
    _id(),
    Column("company", String(120), nullable=False),
    Column("contact_name", String(140)),
    Column("email", String(120), index=True),
    Column("phone", String(24)),
    Column("created_on", Date, nullable=False),
)

supply_order = Table(
    "supply_order",
    ERP,
    _id(),
    Column("supplier_id", ForeignKey("supplier.id"), nullable=False, index=True),
    Column("placed_on", Date, nullable=False),
    Column("received_on", Date),
    Column("amount", Numeric(10, 2), nullable=False),
)

# ── shop: the web site; no foreign key was ever declared ────────────────────────────────────────────────────

account = Table(
    "account",
    SHOP,
    _id(),
    Column("email", String(120), nullable=False, index=True),
    Column("customer_reference", String(10), index=True),
    Column("last_name", String(80)),
    Column("first_name", String(60)),
    Column("phone", String(24)),
    Column("password_hash", String(80), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("last_sign_in_at", DateTime),
    Column("deleted_at", DateTime),
)

sign_in = Table(
    "sign_in",
    SHOP,
    _id(),
    Column("account_id", Integer, nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("ip", String(39), nullable=False),
    Column("user_agent", String(120)),
)

basket = Table(
    "basket",
    SHOP,
    _id(),
    Column("account_id", Integer, index=True),
    Column("updated_at", DateTime, nullable=False),
)

basket_item = Table(
    "basket_item",
    SHOP,
    _key("basket_id"),
    _key("line"),
    Column("article", String(12), nullable=False),
    Column("quantity", Integer, nullable=False),
)

web_order = Table(
    "web_order",
    SHOP,
    _id(),
    Column("account_id", Integer, index=True),
    Column("guest_email", String(120), index=True),
    Column("placed_at", DateTime, nullable=False),
    Column("delivered_at", DateTime),
    Column("ship_to", String(240), nullable=False),
    Column("amount", Numeric(10, 2), nullable=False),
    Column("status", String(10), nullable=False),
)

web_order_line = Table(
    "web_order_line",
    SHOP,
    _key("web_order_id"),
    _key("line"),
    Column("article", String(12), nullable=False),
    Column("quantity", Integer, nullable=False),
)

# ── mail: the mailing tool; people are e-mail addresses ─────────────────────────────────────────────────────

campaign = Table(
    "campaign",
    MAIL,
    _id(),
    Column("title", String(120), nullable=False),
    Column("sent_at", DateTime, nullable=False),
)

subscriber = Table(
    "subscriber",
    MAIL,
    _id(),
    Column("email", String(120), nullable=False, index=True),
    Column("first_name", String(60)),
    Column("list", String(20), nullable=False),
    Column("collected_at", DateTime, nullable=False),
    Column("status", String(12), nullable=False),
)

event = Table(
    "event",
    MAIL,
    _id(),
    Column("subscriber_id", Integer, nullable=False, index=True),
    Column("campaign", Integer, nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("ip", String(39)),
)

SYSTEMS: Mapping[str, MetaData] = MappingProxyType({"crm": CRM, "erp": ERP, "shop": SHOP, "mail": MAIL})
"""System name to its tables, in the order the company lists them."""
