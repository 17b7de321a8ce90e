"""Deliberate cases of time: the day before, on, after; Paris midnight; 29 February; close of a year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tenu.sample.answers import Fate
from tenu.sample.calendar import add_years
from tenu.sample.scene import Author, Scene
from tenu.terms import Text

DAYS = {
    -1: Text(fr="échu la veille", en="due the day before"),
    0: Text(fr="échu le jour même", en="due that very day"),
    1: Text(fr="échu le lendemain", en="due the day after"),
}


def prospect(shift: int) -> Author:
    """Return the case of a subscriber whose last click ends *shift* days from the day of the sample."""

    def author(scene: Scene) -> Text:
        someone, at = scene.someone(), datetime.combine(scene.term() + timedelta(days=shift), time(10))
        subscriber = someone.subscriber(scene.at(years=8))
        event = someone.event(subscriber, "click", at)
        someone.event(subscriber, "open", scene.at(days=20))
        fate = Fate.UNCHANGED if shift > 0 else Fate.ERASED
        scene.expect(someone, "subscriber", subscriber, fate)
        scene.expect(someone, "event", event, fate)
        return _dated(shift, Text(fr="Prospect qui a cliqué", en="Prospect who clicked"))

    return author


def guest(shift: int) -> Author:
    """Return the case of a guest whose delivery ends *shift* days from the day of the sample."""

    def author(scene: Scene) -> Text:
        someone, at = scene.someone(), datetime.combine(scene.term() + timedelta(days=shift), time(10))
        order = someone.web_order(None, at - timedelta(days=4), at, someone.who.email)
        if shift > 0:
            scene.expect(someone, "web_order", order, Fate.UNCHANGED)
        else:
            scene.expect(someone, "web_order", order, Fate.ARCHIVED, until=add_years(at.date(), 10))
        return _dated(shift, Text(fr="Invité livré", en="Guest delivered"))

    return author


def relation(shift: int) -> Author:
    """Return the case of a contact whose complaint ends *shift* days from the day of the sample."""

    def author(scene: Scene) -> Text:
        someone, at = scene.someone(), datetime.combine(scene.term() + timedelta(days=shift), time(10))
        contact = someone.contact(scene.at(years=9), interests=None)
        exchange = someone.exchange(contact, "complaint", at)
        fate = Fate.UNCHANGED if shift > 0 else Fate.ERASED
        scene.expect(someone, "contact", contact, fate)
        scene.expect(someone, "exchange", exchange, fate)
        return _dated(shift, Text(fr="Réclamation", en="Complaint"))

    return author


def log(shift: int) -> Author:
    """Return the case of a sign-in twelve months old, give or take *shift* days, of a busy account."""

    def author(scene: Scene) -> Text:
        someone, day = scene.someone(), scene.term(12) + timedelta(days=shift)
        account = someone.account(scene.at(years=3))
        sign_in = someone.sign_in(account, datetime.combine(day, time(10)))
        scene.expect(someone, "sign_in", sign_in, Fate.UNCHANGED if shift > 0 else Fate.ERASED)
        scene.expect(someone, "account", account, Fate.UNCHANGED)
        return _dated(shift, Text(fr="Connexion de douze mois", en="Sign-in of twelve months"))

    return author


def bank(shift: int) -> Author:
    """Return the case of a last debit thirteen months old, give or take *shift* days."""

    def author(scene: Scene) -> Text:
        someone, day = scene.someone(), scene.term(13) + timedelta(days=shift)
        someone.customer(scene.ago(years=3))
        invoice = someone.invoice(day - timedelta(days=10), None, someone.who.iban)
        mandate = someone.mandate(scene.ago(years=3), day, scene.ago(days=30))
        payment = someone.number * 100 + 1
        over = shift <= 0
        scene.expect(someone, "mandate", mandate, Fate.ERASED if over else Fate.UNCHANGED)
        cleared = ("iban",) if over else ()
        fate = Fate.CLEARED if over else Fate.UNCHANGED
        scene.expect(someone, "payment", payment, fate, columns=cleared)
        scene.expect(someone, "invoice", invoice, Fate.UNCHANGED)
        return _dated(shift, Text(fr="Prélèvement de treize mois", en="Debit of thirteen months"))

    return author


def midnight(month: int, day: int, hour: int, due: tuple[int, int]) -> Author:
    """Return the case of a click at *hour*:30 UTC, whose term comes on *due* (month, day) of this year."""

    def author(scene: Scene) -> Text:
        someone, year = scene.someone(), scene.as_of.year
        subscriber = someone.subscriber(datetime(year - 9, 3, 2, 9))
        event = someone.event(subscriber, "click", datetime(year - 5, month, day, hour, 30))
        fate = Fate.ERASED if date(year, *due) <= scene.as_of else Fate.UNCHANGED
        scene.expect(someone, "subscriber", subscriber, fate)
        scene.expect(someone, "event", event, fate)
        when = f"{hour}:30 UTC, {day:02d}/{month:02d}"
        return Text(fr=f"Clic près de minuit à Paris : {when}", en=f"Click near midnight in Paris: {when}")

    return author


def leap(past: bool) -> Author:
    """Return the case of a form filled in on a 29 February whose clamped term has come, or has not."""

    def author(scene: Scene) -> Text:
        someone, as_of = scene.someone(), scene.as_of
        days = (date(year, 2, 29) for year in range(as_of.year, as_of.year - 13, -1) if year % 4 == 0)
        seen = (day for day in days if day < as_of)
        day = next(day for day in seen if (date(day.year + 5, 2, 28) <= as_of) is past)
        contact = someone.contact(datetime.combine(day - timedelta(days=500), time(10)), interests=None)
        form = someone.exchange(contact, "form", datetime.combine(day, time(10)))
        fate = Fate.ERASED if past else Fate.UNCHANGED
        scene.expect(someone, "contact", contact, fate)
        scene.expect(someone, "exchange", form, fate)
        over = ("échu", "over") if past else ("à venir", "to come")
        return Text(fr=f"Acte d'un 29 février, {over[0]}", en=f"Act of a 29 February, {over[1]}")

    return author


def new_year(scene: Scene) -> Text:
    """Write two invoices a day apart, on either side of the close of a fiscal year."""
    someone, year = scene.someone(), scene.as_of.year
    someone.customer(date(year - 12, 1, 5))
    free = someone.invoice(date(year - 11, 12, 31), None)
    kept = someone.invoice(date(year - 10, 1, 1), None)
    scene.expect(someone, "invoice", free, Fate.ERASED)
    scene.expect(someone, "invoice", kept, Fate.KEPT_FOR_LAW)
    columns = ("name", "last_name", "first_name", "email", "phone", "address", "postcode", "city")
    scene.expect(someone, "customer", someone.reference, Fate.SHELL, columns=columns)
    return Text(
        fr="Factures du 31 décembre et du 1er janvier : dix ans après la clôture de l'exercice",
        en="Invoices of 31 December and 1 January: ten years after the close of the fiscal year",
    )


CASES: tuple[Author, ...] = (
    *(each(shift) for each in (prospect, guest, relation, log, bank) for shift in DAYS),
    midnight(1, 15, 22, (1, 15)),
    midnight(1, 15, 23, (1, 16)),
    midnight(6, 30, 21, (6, 30)),
    midnight(6, 30, 22, (7, 1)),
    midnight(6, 30, 23, (7, 1)),
    leap(past=True),
    leap(past=False),
    new_year,
)


def _dated(shift: int, who: Text) -> Text:
    when = DAYS[shift]
    return Text(fr=f"{who.fr}, {when.fr}", en=f"{who.en}, {when.en}")
