"""What the retention rules say of one person, in plain Python: what SQL is held to, and what explains one person.

``plans/retention.py`` asks the same of whole tables at once; a property test holds one to the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

from tenu.periods.limits import last_day, shortest_last_day
from tenu.periods.period import Period
from tenu.plans.reason import day_text
from tenu.policy.retention import RetentionRule
from tenu.terms import End, Phase, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something a person did, of a *kind* of the policy's, on a civil day of the controller's time zone.

    A row whose date is empty is no act.
    """

    kind: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything the systems know of one person that a clock may depend on.

    *states*: those the person is in on the day asked about. *collected_on*: civil day in the controller's time zone;
    None when nobody wrote it down. *held*: whether a legal hold is in force that day.
    """

    acts: tuple[Act, ...]
    states: frozenset[str]
    collected_on: date | None
    held: bool


class Ground(StrEnum):
    """What decided."""

    SUSPENDED = "suspended"
    UNDATED = "undated"
    RECENT = "recent"
    EVIDENCE = "evidence"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one rule says of one person on one day.

    *active_until*: last day of the active phase, on which it is already to be executed; None while its clock does not
    run. *archive_until*: last day of the archive; None when there is none, or none left once the active phase ends.
    *held*: nothing is executed, whatever the phase, until the hold is released.
    """

    rule: str
    phase: Phase
    ground: Ground
    last_act: date | None
    active_until: date | None
    archive_until: date | None
    held: bool
    why: Text

    @property
    def due(self) -> bool:
        """Return whether something must happen to the person's active data on the day asked about."""
        return self.phase is not Phase.ACTIVE and not self.held


def decide(rule: RetentionRule, active: Period, history: History, as_of: date) -> Decision:
    """Return the phase *rule* puts a person in on *as_of*.

    Args:
        rule: A rule whose clock runs for each person.
        active: Its active period as enforced (``law.ceilings``).
        history: The person's, whatever the system.
        as_of: Civil day of the run, in the controller's time zone.

    Source: GDPR 5(1)(e); law T-12 to T-15; policy C-RET-13 to C-RET-22; reading A-29.
    """
    last_act = _last(history, rule.active.restarted_by, history.collected_on)
    suspended = history.states & frozenset(rule.active.suspended_while)
    limits = (active,) if rule.active.at_most is None else (active, rule.active.at_most)
    active_until = None if suspended or last_act is None else shortest_last_day(last_act, *limits)
    archive_until = None if active_until is None else _archive_until(rule, history, active_until)
    ground = _ground(bool(suspended), active_until, archive_until, as_of)
    return Decision(
        rule=rule.id,
        phase=_PHASE[ground],
        ground=ground,
        last_act=last_act,
        active_until=active_until,
        archive_until=archive_until,
        held=history.held,
        why=_held(_why(ground, rule, suspended, last_act, active_until, archive_until), history.held),
    )


def longest(decisions: Iterable[Decision]) -> Decision:
    """Return the decision that prevails when the same rows serve several purposes: the one that keeps them longest.

    A rule nothing ever started says nothing, unless none of them was.

    Args:
        decisions: At least one, about one person on one day.

    Raises:
        ValueError: When there is none.

    Source: policy C-RET-01; GDPR 5(1)(e).
    """
    several = tuple(decisions)
    started = tuple(d for d in several if d.ground is not Ground.UNDATED)
    return max(started or several, key=_length)


_PHASE = {
    Ground.SUSPENDED: Phase.ACTIVE,
    Ground.UNDATED: Phase.ACTIVE,
    Ground.RECENT: Phase.ACTIVE,
    Ground.EVIDENCE: Phase.ARCHIVE,
    Ground.OVER: Phase.ENDED,
}
_SHORTEST_FIRST = (Phase.ENDED, Phase.ARCHIVE, Phase.ACTIVE)


def _last(history: History, kinds: Iterable[str], first: date | None = None) -> date | None:
    wanted = frozenset(kinds)
    days = [act.day for act in history.acts if act.kind in wanted]
    return max([*days, *([first] if first is not None else [])], default=None)


def _archive_until(rule: RetentionRule, history: History, active_until: date) -> date | None:
    if rule.archive is None:
        return None
    ended = _last(history, rule.archive.counted_from)
    until = None if ended is None else last_day(ended, rule.archive.lasts)
    return until if until is not None and until > active_until else None


def _ground(suspended: bool, active_until: date | None, archive_until: date | None, as_of: date) -> Ground:
    if suspended:
        return Ground.SUSPENDED
    if active_until is None:
        return Ground.UNDATED
    if as_of < active_until:
        return Ground.RECENT
    return Ground.EVIDENCE if archive_until is not None and as_of < archive_until else Ground.OVER


def _length(decision: Decision) -> tuple[int, date]:
    """Return what orders decisions by how long they keep; a clock that does not run keeps for ever."""
    until = decision.active_until if decision.phase is Phase.ACTIVE else decision.archive_until
    return _SHORTEST_FIRST.index(decision.phase), until or date.max


def _why(
    ground: Ground,
    rule: RetentionRule,
    suspended: frozenset[str],
    last_act: date | None,
    active_until: date | None,
    archive_until: date | None,
) -> Text:
    act, active, archive = (_day(day) for day in (last_act, active_until, archive_until))
    states = ", ".join(sorted(suspended))
    match ground:
        case Ground.SUSPENDED:
            return Text(fr=f"le délai ne court pas ({states})", en=f"the clock does not run ({states})")
        case Ground.UNDATED:
            return Text(
                fr="ni date de collecte ni acte daté : rien ne fait courir le délai",
                en="no collection date and no dated act: nothing starts the clock",
            )
        case Ground.RECENT:
            return Text(
                fr=f"dernier acte le {act.fr} : base active jusqu'au {active.fr}",
                en=f"last act on {act.en}: active until {active.en}",
            )
        case Ground.EVIDENCE:
            return Text(
                fr=f"dernier acte le {act.fr}, base active finie le {active.fr} : archive jusqu'au {archive.fr}",
                en=f"last act on {act.en}, active phase over on {active.en}: archived until {archive.en}",
            )
        case Ground.OVER:
            return Text(
                fr=f"dernier acte le {act.fr}, base active finie le {active.fr} : {_END[rule.end].fr}",
                en=f"last act on {act.en}, active phase over on {active.en}: {_END[rule.end].en}",
            )
    assert_never(ground)


_END = {
    End.ERASE: Text(fr="à effacer", en="to be erased"),
    End.ANONYMISE: Text(fr="à anonymiser", en="to be anonymised"),
}


def _day(day: date | None) -> Text:
    if day is None:
        return Text(fr="", en="")
    return Text(fr=day_text(day, "fr"), en=day_text(day, "en"))


def _held(why: Text, held: bool) -> Text:
    if not held:
        return why
    return Text(
        fr=f"{why.fr} ; rien ne change avant la levée du gel",
        en=f"{why.en}; nothing changes before the hold is released",
    )
