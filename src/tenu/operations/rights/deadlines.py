"""What is due, and when to think of it. Reads only.

Source: GDPR 12(3); policy C-RGT-22; reading A-21.
"""

from __future__ import annotations

from tenu.journal.cases import OPEN
from tenu.letters.deadlines import Deadline
from tenu.operations.rights.requests import requests
from tenu.periods.deadlines import alerts
from tenu.ports import Ports


def deadlines(ports: Ports) -> list[Deadline]:
    """Return the deadline of every open request, the nearest first."""
    days = ports.workspace.settings.requests.remind_days
    found = [
        Deadline(
            number=case.id,
            promised_by=case.due.promised_by,
            tolled_by=case.due.tolled_by,
            remind_on=alerts(case.due.followed, days),
        )
        for case in requests(ports).values()
        if case.state in OPEN
    ]
    return sorted(found, key=lambda deadline: (deadline.followed, deadline.number))
