"""Deadlines: the two clocks, reminders, a calendar without anybody's name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from tenu.adapters.settings import read_settings
from tenu.errors import FindingsError
from tenu.letters.deadlines import Deadline, calendar

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
DUE = date(2026, 12, 1)
ONE = Deadline(
    number="R-7K2MPQ9X", promised_by=DUE, tolled_by=DUE, remind_on=(date(2026, 11, 21), date(2026, 11, 26))
)
ASKED = Deadline(number="R-22222222", promised_by=DUE, tolled_by=date(2026, 12, 9), remind_on=())


def test_a_calendar_has_one_day_per_clock_and_rings_before_the_earlier() -> None:
    """Two clocks make two whole days; alarms are at nine, on the days asked, of the day that counts."""
    read = Calendar.from_ical(calendar([ONE, ASKED], at=AT, on=AT.date(), language="fr"))
    said = {
        str(event["UID"]): (event.decoded("DTSTART"), [a.decoded("TRIGGER") for a in event.walk("VALARM")])
        for event in read.walk("VEVENT")
    }
    rings = [timedelta(days=-10, hours=9), timedelta(days=-5, hours=9)]
    assert said == {
        "R-7K2MPQ9X.promised@tenu": (DUE, rings),
        "R-22222222.promised@tenu": (DUE, []),
        "R-22222222.tolled@tenu": (date(2026, 12, 9), []),
    }


@pytest.mark.parametrize(
    ("on", "near", "overdue"),
    [
        (date(2026, 11, 20), False, False),
        (date(2026, 11, 21), True, False),
        (DUE, True, False),
        (date(2026, 12, 2), False, True),
    ],
)
def test_a_deadline_is_near_then_late(on: date, near: bool, overdue: bool) -> None:
    """From the first reminder on it is near, on its very day still, and late the next one: its calendar says so."""
    late = b"EN RETARD" in calendar([ONE], at=AT, on=on, language="fr")
    assert (ONE.is_near(on), ONE.is_overdue(on), late) == (near, overdue, overdue)


def test_settings_of_letters_are_refused_by_name(tmp_path: Path) -> None:
    """A password, a server in the clear elsewhere, a number of the wrong kind: each is a finding of its own."""
    (tmp_path / "tenu.toml").write_text(
        '[requests]\nremind_days = ["x"]\nlink_days = 0\n'
        '[smtp]\nhost = "mail.example"\nsecurity = "none"\npassword = "x"\n'
        '[imap]\nhost = "mail.example"\nsecurity = "maybe"\nmove_to = "INBOX"\n',
        encoding="utf-8",
    )
    with pytest.raises(FindingsError) as refused:
        read_settings(tmp_path)
    said = " | ".join(finding.message.en for finding in refused.value.findings)
    wanted = ["requests.remind_days", "requests.link_days", "smtp.password", "in the clear", "sender", "imap.security", "move_to"]  # fmt: skip
    assert [word for word in wanted if word not in said] == []
