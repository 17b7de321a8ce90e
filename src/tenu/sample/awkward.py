"""Deliberate cases of identity: who is who, who is not, and who could be somebody else."""

from __future__ import annotations

from datetime import timedelta

from tenu.sample.answers import Fate
from tenu.sample.calendar import add_years
from tenu.sample.dossier import Dossier
from tenu.sample.identity import plain
from tenu.sample.scene import Author, Scene
from tenu.terms import Text


def two_letter_cases(scene: Scene) -> Text:
    """Write one person entered twice, in two letter cases of one e-mail."""
    someone = scene.someone()
    old = someone.contact(scene.at(years=8), email=someone.who.email.upper())
    new = someone.contact(scene.at(years=3), email=f" {someone.who.email}")
    someone.exchange(new, "form", scene.at(years=1))
    scene.expect(someone, "contact", old, Fate.UNCHANGED)
    scene.expect(someone, "contact", new, Fate.UNCHANGED)
    return Text(
        fr="Un e-mail en deux casses : deux fiches, une personne active",
        en="One e-mail in two letter cases: two contacts, one active person",
    )


def two_emails(scene: Scene) -> Text:
    """Write one person whose second e-mail is the one that clicks."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=8), email_2=someone.who.email_2)
    subscriber = someone.subscriber(scene.at(years=2), email=someone.who.email_2)
    someone.event(subscriber, "click", scene.at(years=1))
    scene.expect(someone, "contact", contact, Fate.UNCHANGED)
    scene.expect(someone, "subscriber", subscriber, Fate.UNCHANGED)
    return Text(fr="Deux e-mails, une personne active", en="Two e-mails, one active person")


def contact_doubted(scene: Scene) -> Text:
    """Write two people behind one mailbox: the contact is due, the account is active."""
    due = scene.someone()
    other = scene.relative(due)
    mailbox = _mailbox(due)
    contact = due.contact(scene.at(years=7), email=mailbox)
    note = due.note(contact, scene.at(years=7), "Souhaite un devis.")
    account = other.account(scene.at(years=4), email=mailbox)
    other.sign_in(account, scene.at(days=40))
    scene.doubt(mailbox, due, other)
    scene.expect(due, "contact", contact, Fate.AMBIGUOUS)
    scene.expect(due, "note", note, Fate.AMBIGUOUS)
    scene.expect(other, "account", account, Fate.UNCHANGED)
    return Text(
        fr="Boîte partagée : la fiche est échue, le compte est actif",
        en="Shared mailbox: the contact is due, the account is active",
    )


def account_doubted(scene: Scene) -> Text:
    """Write two people behind one mailbox: the account is due, the contact is active."""
    due = scene.someone()
    other = scene.relative(due)
    mailbox = _mailbox(due)
    account = due.account(scene.at(years=8), email=mailbox)
    order = due.web_order(account, scene.at(years=7), scene.at(years=7))
    contact = other.contact(scene.at(years=3), email=mailbox, interests=None)
    scene.doubt(mailbox, due, other)
    scene.expect(due, "account", account, Fate.AMBIGUOUS)
    scene.expect(due, "web_order", order, Fate.AMBIGUOUS)
    scene.expect(other, "contact", contact, Fate.UNCHANGED)
    return Text(
        fr="Boîte partagée : le compte est échu, la fiche est active",
        en="Shared mailbox: the account is due, the contact is active",
    )


def both_doubted_active(scene: Scene) -> Text:
    """Write two people behind one mailbox, both active: there is nothing to report yet."""
    one = scene.someone()
    other = scene.relative(one)
    mailbox = _mailbox(one)
    contact = one.contact(scene.at(years=2), email=mailbox, interests=None)
    account = other.account(scene.at(years=2), email=mailbox)
    scene.doubt(mailbox, one, other)
    scene.expect(one, "contact", contact, Fate.UNCHANGED)
    scene.expect(other, "account", account, Fate.UNCHANGED)
    return Text(fr="Boîte partagée par deux personnes actives", en="Mailbox shared by two active people")


def supplier_and_customer(scene: Scene) -> Text:
    """Write a supplier who also buys, under one e-mail: two roles, two clocks."""
    buyer = scene.someone()
    seller = scene.someone(buyer.who)
    buyer.customer(scene.ago(years=6))
    order = buyer.order(scene.at(years=1), scene.at(years=1))
    supplier = seller.supplier(scene.ago(years=9))
    received_on = scene.ago(years=7)
    supply = seller.supply_order(supplier, received_on - timedelta(days=9), received_on)
    scene.share(buyer.who.email, buyer, seller)
    scene.share(buyer.who.phone, buyer, seller)
    until = add_years(received_on, 10)
    scene.expect(seller, "supplier", supplier, Fate.ARCHIVED, until=until)
    scene.expect(seller, "supply_order", supply, Fate.ARCHIVED, until=until)
    scene.expect(buyer, "customer", buyer.reference, Fate.UNCHANGED)
    scene.expect(buyer, "orders", order, Fate.UNCHANGED)
    return Text(
        fr="Fournisseur et client sous un même e-mail : le fournisseur part, le client reste",
        en="Supplier and customer under one e-mail: the supplier goes, the customer stays",
    )


def supplier_waiting(scene: Scene) -> Text:
    """Write a supplier whose last order was never received."""
    someone = scene.someone()
    supplier = someone.supplier(scene.ago(years=9))
    supply = someone.supply_order(supplier, scene.ago(years=7), None)
    scene.expect(someone, "supplier", supplier, Fate.UNCHANGED)
    scene.expect(someone, "supply_order", supply, Fate.UNCHANGED)
    return Text(
        fr="Fournisseur dont une commande n'est jamais arrivée", en="Supplier with an order never received"
    )


def opened_only(scene: Scene) -> Text:
    """Write a prospect who opened every mailing and never clicked."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=6))
    response = someone.response(contact, "open", scene.at(days=50))
    call = someone.exchange(contact, "outgoing_call", scene.at(days=30))
    scene.expect(someone, "contact", contact, Fate.ERASED)
    scene.expect(someone, "response", response, Fate.ERASED)
    scene.expect(someone, "exchange", call, Fate.ERASED)
    return Text(fr="Prospect qui ouvre sans jamais cliquer", en="Prospect who opened and never clicked")


def clicked_once(scene: Scene) -> Text:
    """Write a prospect kept by one click, whose relation is over."""
    someone = scene.someone()
    contact = someone.contact(scene.at(years=7))
    note = someone.note(contact, scene.at(years=7), "Rencontré au salon.")
    response = someone.response(contact, "click", scene.at(years=1))
    scene.expect(someone, "contact", contact, Fate.UNCHANGED)
    scene.expect(someone, "response", response, Fate.UNCHANGED)
    scene.expect(someone, "note", note, Fate.ERASED)
    return Text(
        fr="Prospect retenu par un seul clic : la fiche reste, la note part",
        en="Prospect kept by one click: the contact stays, the note goes",
    )


def two_phones_one_office(scene: Scene) -> Text:
    """Write two professionals behind one switchboard: one is due, the other active."""
    due = scene.someone()
    other = scene.someone()
    line = {"phone": "01 99 00 99 99"}
    gone = due.contact(scene.at(years=6), segment="professionnel", **line)
    kept = other.contact(scene.at(years=1), segment="professionnel", **line)
    scene.share(line["phone"], due, other)
    scene.expect(due, "contact", gone, Fate.ERASED)
    scene.expect(other, "contact", kept, Fate.UNCHANGED)
    return Text(
        fr="Deux professionnels d'un même standard : l'un part, l'autre reste",
        en="Two professionals behind one switchboard: one goes, the other stays",
    )


def quoted_in_a_note(scene: Scene) -> Text:
    """Write a prospect who is due and whose name stands in the note of somebody else."""
    due = scene.someone()
    other = scene.someone()
    gone = due.contact(scene.at(years=6))
    kept = other.contact(scene.at(years=1))
    note = other.note(kept, scene.at(years=1), f"Vient de la part de {due.who.full_name}.")
    scene.expect(due, "contact", gone, Fate.ERASED)
    scene.expect(other, "note", note, Fate.UNCHANGED)
    return Text(
        fr="Nom cité dans la note d'un autre : laissé, mais à signaler",
        en="Name quoted in somebody else's note: left, but to be listed",
    )


def spelled_two_ways(scene: Scene) -> Text:
    """Write one person whose name is typed without accents nor hyphens in the shop."""
    someone = scene.someone()
    accented = {"last_name": "De La Tour-Maubert", "first_name": "Éléonore"}
    contact = someone.contact(scene.at(years=8), interests=None, **accented)
    names = {"last_name": "DE LA TOUR MAUBERT", "first_name": "eleonore"}
    account = someone.account(scene.at(years=6), **names)
    someone.sign_in(account, scene.at(days=90))
    scene.expect(someone, "contact", contact, Fate.UNCHANGED)
    scene.expect(someone, "account", account, Fate.UNCHANGED)
    return Text(
        fr="Accents et traits d'union perdus dans la boutique : une personne active",
        en="Accents and hyphens lost in the shop: one active person",
    )


def namesakes(scene: Scene) -> Text:
    """Write two people of one name in one postcode: one is due, the other active."""
    due = scene.someone()
    other = scene.someone()
    same = {"last_name": "Marchandeau", "first_name": "Noël", "postcode": "51100", "city": "Reims"}
    gone = due.contact(scene.at(years=6), **same)
    kept = other.contact(scene.at(years=1), **same)
    scene.share("Noël Marchandeau 51100", due, other)
    scene.expect(due, "contact", gone, Fate.ERASED)
    scene.expect(other, "contact", kept, Fate.UNCHANGED)
    return Text(
        fr="Homonymes d'un même code postal : l'un part, l'autre reste",
        en="Namesakes in one postcode: one goes, the other stays",
    )


def nobody(scene: Scene) -> Text:
    """Write a basket left by a visitor nobody knows."""
    visitor = scene.someone()
    basket = visitor.basket(None, scene.at(years=7))
    scene.expect(visitor, "basket", basket, Fate.ANONYMISED, columns=("updated_at",))
    return Text(fr="Panier d'un visiteur anonyme", en="Basket of an anonymous visitor")


CASES: tuple[Author, ...] = (
    two_letter_cases,
    two_emails,
    contact_doubted,
    account_doubted,
    both_doubted_active,
    supplier_and_customer,
    supplier_waiting,
    opened_only,
    clicked_once,
    two_phones_one_office,
    quoted_in_a_note,
    spelled_two_ways,
    namesakes,
    nobody,
)


def _mailbox(dossier: Dossier) -> str:
    return f"famille.{plain(dossier.who.last_name)}{dossier.number}@pli-rapide.example"
