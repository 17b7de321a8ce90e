"""Recipients to tell of a rectification, an erasure, a restriction or an objection, as the journal tells them: by number, never by
name.

Source: GDPR 19, 21(3); time rule T-11; policy C-RCP-05, C-RGT-06.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from tenu.journal.cases import AT_ONCE
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.periods.holidays import add_working_days

STOP_IN = 1
"""Working days to tell a recipient that somebody is no longer to be solicited. Source: policy C-RGT-06."""
STOPPED_IN = 5
"""Working days they have to say that it is done. Source: policy C-RGT-06."""


class NoticeState(StrEnum):
    """Where the notice to one recipient is."""

    NAMED = "named"
    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"
    IMPOSSIBLE = "impossible"


_S, _E = NoticeState, EventKind
PATHS: Mapping[tuple[NoticeState, EventKind], NoticeState] = MappingProxyType(
    {
        (_S.NAMED, _E.NOTICE_TOLD): _S.TOLD,
        (_S.TOLD, _E.NOTICE_REMINDED): _S.TOLD,
        (_S.TOLD, _E.NOTICE_ACKNOWLEDGED): _S.ACKNOWLEDGED,
        (_S.NAMED, _E.NOTICE_IMPOSSIBLE): _S.IMPOSSIBLE,
        (_S.TOLD, _E.NOTICE_IMPOSSIBLE): _S.IMPOSSIBLE,
    }
)
"""From a state, an event, to a state; any other event changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one recipient is to be told of one right of one request.

    *recipient*: their class in the policy. *told_by*: last day to tell them. *reminded_on*: each day they were reminded.
    *code*: why telling them is impossible or out of proportion.
    """

    id: str
    request: str
    right: str
    recipient: str
    told_by: date
    state: NoticeState = NoticeState.NAMED
    told_on: date | None = None
    reminded_on: tuple[date, ...] = ()
    acknowledged_on: date | None = None
    code: str | None = None

    @property
    def is_open(self) -> bool:
        """Return whether somebody still has something to do or to say."""
        return self.state in (NoticeState.NAMED, NoticeState.TOLD)

    def is_due(self, on: date, within: int) -> bool:
        """Return whether it is late to be told, or silent for more than *within* days since the last word to them."""
        if self.state is NoticeState.NAMED:
            return on > self.told_by
        last = max((day for day in (self.told_on, *self.reminded_on) if day), default=None)
        return self.state is NoticeState.TOLD and last is not None and on > reply_by(self.right, last, within)


def reply_by(right: str, told_on: date, within: int) -> date:
    """Return the last day a recipient told on *told_on* has to answer: *within* days, fewer when somebody is to be left alone."""
    return add_working_days(told_on, STOPPED_IN) if right in AT_ONCE else told_on + timedelta(days=within)


def notices(events: Iterable[Event]) -> dict[str, Notice]:
    """Return every notice *events* tell of, by number, in the order they were named; other events are ignored."""
    found: dict[str, Notice] = {}
    for event in events:
        if event.kind is EventKind.NOTICE_NAMED:
            notice = _named(event)
            found.setdefault(notice.id, notice)
        elif str(event.body.get("notice")) in found:
            number = str(event.body["notice"])
            found[number] = step(found[number], event)
    return found


def step(notice: Notice, event: Event) -> Notice:
    """Return *notice* after *event*; one that has no path from where it is changes nothing."""
    path = PATHS.get((notice.state, event.kind))
    if path is None:
        return notice
    after, day = replace(notice, state=path), date.fromisoformat(str(event.body["on"]))
    match event.kind:
        case EventKind.NOTICE_TOLD:
            return replace(after, told_on=day)
        case EventKind.NOTICE_REMINDED:
            return replace(after, reminded_on=(*notice.reminded_on, day))
        case EventKind.NOTICE_ACKNOWLEDGED:
            return replace(after, acknowledged_on=day)
        case _:
            return replace(after, code=str(event.body["code"]))


def _named(event: Event) -> Notice:
    said = event.body
    return Notice(
        id=str(said["notice"]),
        request=str(said["request"]),
        right=str(said["right"]),
        recipient=str(said["recipient"]),
        told_by=date.fromisoformat(str(said["told_by"])),
    )
