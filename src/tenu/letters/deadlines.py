"""The days requests are due, as a list and as a calendar that anybody may subscribe to: numbers and days, nobody's name.

Source: GDPR 12(3); policy C-RGT-22; reading A-21 (two clocks); RFC 5545 (iCalendar).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from tenu.terms import Language, Text

MORNING = timedelta(hours=9)
"""When a calendar rings on the day of a reminder: nobody reads one at midnight."""
_WHAT = {
    "promised": Text(fr="dernier jour pour répondre", en="last day to answer"),
    "tolled": Text(
        fr="dernier jour, en comptant la question posée", en="last day, counting the question asked"
    ),
}
_LATE = Text(fr="EN RETARD", en="LATE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The two last days to answer one open request, and the days to call the earlier of them to mind."""

    number: str
    promised_by: date
    tolled_by: date
    remind_on: tuple[date, ...]

    @property
    def followed(self) -> date:
        """Return the day lateness is counted from, the earlier of the two."""
        return min(self.promised_by, self.tolled_by)

    def days_left(self, on: date) -> int:
        """Return the days from *on* to the day followed; negative once it has passed."""
        return (self.followed - on).days

    def is_overdue(self, on: date) -> bool:
        """Return whether the day followed has passed."""
        return self.days_left(on) < 0

    def is_near(self, on: date) -> bool:
        """Return whether the first reminder has come, and the day has not passed."""
        return not self.is_overdue(on) and any(day <= on for day in self.remind_on)


def calendar(deadlines: Iterable[Deadline], *, at: datetime, on: date, language: Language) -> bytes:
    """Return an iCalendar feed of *deadlines*: one whole day per clock, with its reminders.

    Args:
        deadlines: What is due.
        at: UTC instant the feed is made.
        on: The controller's civil day: what has passed says so.
        language: Of the words beside the numbers.
    """
    feed = Calendar()
    feed.add("prodid", "-//tenu//tenu request deadlines//FR")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    for deadline in deadlines:
        for event in _events(deadline, at, on, language):
            feed.add_component(event)
    return bytes(feed.to_ical())


def _events(deadline: Deadline, at: datetime, on: date, language: Language) -> Iterator[Event]:
    clocks = {"promised": deadline.promised_by, "tolled": deadline.tolled_by}
    for clock, day in clocks.items():
        if clock == "tolled" and day == deadline.promised_by:
            continue
        late = f"{_LATE.in_(language)} " if day < on else ""
        summary = f"{late}{deadline.number}, {_WHAT[clock].in_(language)}"
        event = Event()
        event.add("uid", f"{deadline.number}.{clock}@tenu")
        event.add("dtstamp", at)
        event.add("dtstart", day)
        event.add("summary", summary)
        event.add("transp", "TRANSPARENT")
        if day == deadline.followed:
            for alarm in _alarms(deadline, summary):
                event.add_component(alarm)
        yield event


def _alarms(deadline: Deadline, summary: str) -> Iterator[Alarm]:
    for day in deadline.remind_on:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", day - deadline.followed + MORNING)
        yield alarm
