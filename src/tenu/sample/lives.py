"""Deliberate cases of customers: contracts, open orders, disputes, invoices, and what outlives them."""

from __future__ import annotations

from datetime import timedelta

from tenu.sample.answers import SHELL_COLUMNS, Fate
from tenu.sample.calendar import add_years
from tenu.sample.rows import Key
from tenu.sample.scene import Author, Scene
from tenu.terms import Text

ORDER = ("year", "order_number")


def running_contract(scene: Scene) -> Text:
    """Write a customer nobody has heard of for nine years, whose contract still runs."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=10), reference=someone.reference)
    response = someone.response(contact, "click", scene.at(years=9))
    someone.customer(scene.ago(years=10))
    contract = someone.contract(scene.ago(years=10), None)
    mandate = someone.mandate(scene.ago(years=10), scene.ago(years=2), None)
    invoice = someone.invoice(scene.ago(years=9), None, someone.who.iban)
    scene.expect(someone, "contact", contact, Fate.CLEARED, columns=("interests",))
    scene.expect(someone, "response", response, Fate.ERASED)
    scene.expect(someone, "customer", someone.reference, Fate.UNCHANGED)
    scene.expect(someone, "contract", contract, Fate.UNCHANGED)
    scene.expect(someone, "mandate", mandate, Fate.UNCHANGED)
    scene.expect(someone, "invoice", invoice, Fate.UNCHANGED)
    scene.expect(someone, "payment", someone.number * 100 + 1, Fate.UNCHANGED)
    return Text(
        fr="Contrat en cours depuis dix ans : seule la prospection s'éteint",
        en="Contract running for ten years: only prospecting ends",
    )


def open_order(scene: Scene) -> Text:
    """Write a customer whose order has been open for seven years."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=8), reference=someone.reference)
    someone.customer(scene.ago(years=8))
    order = someone.order(scene.at(years=7), None)
    scene.expect(someone, "contact", contact, Fate.CLEARED, columns=("interests",))
    scene.expect(someone, "customer", someone.reference, Fate.UNCHANGED)
    scene.expect(someone, "orders", order, Fate.UNCHANGED)
    return Text(
        fr="Commande ouverte depuis sept ans : l'horloge ne tourne pas",
        en="Order open for seven years: the clock does not run",
    )


def cancelled_order(scene: Scene) -> Text:
    """Write a customer whose only order was cancelled: it was a purchase, and it holds nothing."""
    someone = scene.someone()
    someone.customer(scene.ago(years=8))
    order = someone.order(scene.at(years=6), None)
    someone.change("orders", order, scene.at(years=6), status="cancelled")
    until = add_years(scene.ago(years=6), 10)
    scene.expect(someone, "customer", someone.reference, Fate.ARCHIVED, until=until)
    scene.expect(someone, "orders", order, Fate.ARCHIVED, until=until)
    return Text(
        fr="Commande annulée : un achat, mais rien qui retienne",
        en="Cancelled order: a purchase, and nothing that holds",
    )


def open_dispute(scene: Scene) -> Text:
    """Write a person long due in every system, with an open dispute."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=9), reference=someone.reference)
    dispute = someone.dispute(contact, scene.ago(years=7), None)
    someone.customer(scene.ago(years=9))
    order = someone.order(scene.at(years=8), scene.at(years=8))
    invoice = someone.invoice(scene.ago(years=8), order, someone.who.iban)
    account = someone.account(scene.at(years=9), customer_reference=someone.reference)
    sign_in = someone.sign_in(account, scene.at(years=8))
    subscriber = someone.subscriber(scene.at(years=9))
    held: dict[str, Key | int | str] = {
        "contact": contact,
        "dispute": dispute,
        "customer": someone.reference,
        "orders": order,
    }
    held |= {"invoice": invoice, "payment": someone.number * 100 + 1, "account": account}
    held |= {"sign_in": sign_in, "subscriber": subscriber}
    for table, key in held.items():
        scene.expect(someone, table, key, Fate.HELD)
    return Text(fr="Litige ouvert : rien ne bouge, nulle part", en="Open dispute: nothing changes, anywhere")


def closed_dispute(scene: Scene) -> Text:
    """Write a contact whose dispute was closed and who is due."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=9))
    dispute = someone.dispute(contact, scene.ago(years=8), scene.ago(years=1))
    scene.expect(someone, "contact", contact, Fate.ERASED)
    scene.expect(someone, "dispute", dispute, Fate.ERASED)
    return Text(fr="Litige clos : il ne retient plus rien", en="Closed dispute: it holds nothing any more")


def mixed_invoices(scene: Scene) -> Text:
    """Write a customer who is due, with an invoice past its legal period and another still inside."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=13), reference=someone.reference)
    response = someone.response(contact, "click", scene.at(years=12))
    subscriber = someone.subscriber(scene.at(years=12))
    someone.customer(scene.ago(years=13))
    first = someone.order(scene.at(years=12), scene.at(years=12))
    last = someone.order(scene.at(years=6, days=5), scene.at(years=6))
    old = someone.invoice(scene.ago(years=12), first)
    recent = someone.invoice(scene.ago(years=6), last, someone.who.iban)
    until = add_years(scene.ago(years=6), 10)
    paid = someone.number * 100
    for table, key in (("contact", contact), ("orders", first), ("orders", last), ("invoice", old)):
        scene.expect(someone, table, key, Fate.ARCHIVED, until=until)
    scene.expect(someone, "payment", paid + 1, Fate.ARCHIVED, until=until)
    scene.expect(someone, "invoice", recent, Fate.KEPT_FOR_LAW, columns=ORDER)
    scene.expect(someone, "payment", paid + 2, Fate.KEPT_FOR_LAW, columns=("iban",))
    scene.expect(someone, "customer", someone.reference, Fate.SHELL, until=until, columns=SHELL_COLUMNS)
    scene.expect(someone, "response", response, Fate.ERASED)
    scene.expect(someone, "subscriber", subscriber, Fate.ERASED)
    return Text(
        fr="Factures d'âges mêlés : l'une part, l'autre reste avec la coquille de son client",
        en="Invoices of mixed age: one goes, the other stays with the shell of its customer",
    )


def archive_already_over(scene: Scene) -> Text:
    """Write a customer kept active so long by a sign-in that the archive has no time left (TV-50)."""
    someone = scene.someone()
    someone.customer(scene.ago(years=13))
    contract = someone.contract(scene.ago(years=13), scene.ago(years=12))
    account = someone.account(scene.at(years=12), customer_reference=someone.reference)
    sign_in = someone.sign_in(account, scene.at(years=5, days=20))
    scene.expect(someone, "customer", someone.reference, Fate.ERASED)
    scene.expect(someone, "contract", contract, Fate.ERASED)
    scene.expect(someone, "account", account, Fate.ERASED)
    scene.expect(someone, "sign_in", sign_in, Fate.ERASED)
    return Text(
        fr="Limite d'archive déjà passée : effacement sans archive",
        en="Archive limit already passed: erased without an archive",
    )


def sign_in_prolongs(scene: Scene) -> Text:
    """Write a customer of seven years ago who signed in two years ago."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=8), reference=someone.reference)
    someone.customer(scene.ago(years=8))
    order = someone.order(scene.at(years=7, days=3), scene.at(years=7))
    account = someone.account(scene.at(years=7), customer_reference=someone.reference)
    sign_in = someone.sign_in(account, scene.at(years=2))
    scene.expect(someone, "contact", contact, Fate.CLEARED, columns=("interests",))
    scene.expect(someone, "customer", someone.reference, Fate.UNCHANGED)
    scene.expect(someone, "orders", order, Fate.UNCHANGED)
    scene.expect(someone, "account", account, Fate.UNCHANGED)
    scene.expect(someone, "sign_in", sign_in, Fate.ERASED)
    return Text(
        fr="Une connexion prolonge : le client reste, la trace de connexion part",
        en="A sign-in prolongs: the customer stays, its log goes",
    )


def guest_in_capitals(scene: Scene) -> Text:
    """Write an account long unused, whose owner bought as a guest under the e-mail in capitals."""
    someone = scene.someone()
    account = someone.account(scene.at(years=8))
    order = someone.web_order(None, scene.at(years=1), scene.at(years=1), someone.who.email.upper())
    scene.expect(someone, "account", account, Fate.UNCHANGED)
    scene.expect(someone, "web_order", order, Fate.UNCHANGED)
    return Text(
        fr="Achat en invité sous l'e-mail du compte, en capitales : le compte reste",
        en="Bought as a guest under the account's e-mail, in capitals: the account stays",
    )


def without_email(scene: Scene) -> Text:
    """Write a customer known by reference and post only, who is due."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=8), reference=someone.reference, email=None)
    someone.customer(scene.ago(years=8), email=None)
    order = someone.order(scene.at(years=7, days=3), scene.at(years=7))
    until = add_years(scene.ago(years=7), 10)
    scene.expect(someone, "contact", contact, Fate.ARCHIVED, until=until)
    scene.expect(someone, "customer", someone.reference, Fate.ARCHIVED, until=until)
    scene.expect(someone, "orders", order, Fate.ARCHIVED, until=until)
    return Text(fr="Client sans e-mail, à archiver", en="Customer without e-mail, to archive")


def soft_deleted(scene: Scene) -> Text:
    """Write an account its owner closed seven years ago: hidden by the shop, and still there."""
    someone = scene.someone()
    account = someone.account(scene.at(years=9), deleted_at=scene.at(years=7))
    basket = someone.basket(account, scene.at(years=8))
    scene.expect(someone, "account", account, Fate.ERASED)
    scene.expect(someone, "basket", basket, Fate.ANONYMISED, columns=("account_id", "updated_at"))
    return Text(fr="Compte supprimé en apparence seulement", en="Account deleted in appearance only")


def complaint_outlives_orders(scene: Scene) -> Text:
    """Write a customer whose orders are due while a recent complaint keeps the relation."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=9), reference=someone.reference, interests=None)
    someone.exchange(contact, "complaint", scene.at(years=2))
    someone.customer(scene.ago(years=9))
    order = someone.order(scene.at(years=7, days=3), scene.at(years=7))
    invoice = someone.invoice(scene.ago(years=7), order)
    until = add_years(scene.ago(years=7), 10)
    scene.expect(someone, "contact", contact, Fate.UNCHANGED)
    scene.expect(someone, "customer", someone.reference, Fate.UNCHANGED)
    scene.expect(someone, "orders", order, Fate.ARCHIVED, until=until)
    scene.expect(someone, "invoice", invoice, Fate.KEPT_FOR_LAW, columns=ORDER)
    return Text(
        fr="Réclamation récente : les commandes partent, la relation reste",
        en="Recent complaint: the orders go, the relation stays",
    )


def engraved_for_another(scene: Scene) -> Text:
    """Write an order engraved with the name of somebody else, who is due."""
    due = scene.someone()
    buyer = scene.someone()
    gone = due.contact(scene.at(years=6))
    buyer.customer(scene.ago(years=2))
    placed_at = scene.at(years=2)
    order = buyer.order(placed_at, placed_at + timedelta(days=4), due.who.full_name)
    scene.expect(due, "contact", gone, Fate.ERASED)
    scene.expect(buyer, "order_line", (*order, 1), Fate.UNCHANGED)
    return Text(
        fr="Gravure au nom d'un autre : laissée, mais à signaler",
        en="Engraved with somebody else's name: left, but to be listed",
    )


CASES: tuple[Author, ...] = (
    running_contract,
    open_order,
    cancelled_order,
    open_dispute,
    closed_dispute,
    mixed_invoices,
    archive_already_over,
    sign_in_prolongs,
    guest_in_capitals,
    without_email,
    soft_deleted,
    complaint_outlives_orders,
    engraved_for_another,
)
