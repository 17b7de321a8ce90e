"""Why a task is due: how long its rule lasts, and the day before which everything dated lies. Pure data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tenu.periods.limits import cut_off
from tenu.periods.period import Period
from tenu.plans.rulebook import DAY, Rulebook
from tenu.policy.retention import RetentionRule, Scope
from tenu.terms import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one rule is due.

    *each*: what the clock runs for. *lasts*: the enforced duration, ISO 8601. *before*: civil day of the controller;
    the person's last act, or the record itself, is older.
    """

    rule: str
    each: Literal["person", "record", "file"]
    lasts: str
    before: date

    def said(self) -> Text:
        """Return the reason as one sentence part."""
        lasts = Period.parse(self.lasts)
        fr, en = lasts.words("fr"), lasts.words("en")
        jour, day = day_text(self.before, "fr"), day_text(self.before, "en")
        if self.each == "person":
            return Text(
                fr=f"{fr} sans acte (dernier acte avant le {jour})",
                en=f"{en} without an act (last act before {day})",
            )
        if self.each == "file":
            return Text(
                fr=f"{fr} après chaque fichier (fichiers d'avant le {jour})",
                en=f"{en} after each file (files from before {day})",
            )
        return Text(
            fr=f"{fr} après chaque ligne (lignes d'avant le {jour})",
            en=f"{en} after each row (rows from before {day})",
        )


def reasons(ids: Iterable[str], rules: Rulebook) -> tuple[Reason, ...]:
    """Return why each rule of *ids* is due on the day of *rules*."""
    by_id = {rule.id: rule for rule in rules.rules}
    return tuple(_reason(by_id[i], rules) for i in ids)


def day_text(day: date, language: Language) -> str:
    """Return *day* as people write it in *language*."""
    return day.strftime("%d/%m/%Y") if language == "fr" else day.isoformat()


def _reason(rule: RetentionRule, rules: Rulebook) -> Reason:
    each: Literal["person", "record"] = "person" if rule.each is Scope.PERSON else "record"
    return Reason(rule=rule.id, each=each, lasts=str(_enforced(rule, rules)), before=rules.live_from(rule))


def _enforced(rule: RetentionRule, rules: Rulebook) -> Period:
    """Return the limit that decides on the day of *rules*, of those that apply together."""
    limits = [rules.active[rule.id], *([rule.active.at_most] if rule.active.at_most else [])]
    return next(limit for limit in limits if cut_off(rules.as_of, limit) + DAY == rules.live_from(rule))
