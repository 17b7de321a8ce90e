"""Send one letter of one request, in a process of its own that a test may kill: ``FOLDER NUMBER KIND INSTANT``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from tenu.letters.facts import LetterKind
from tenu.operations.rights.sending import send
from tenu.testing import FixedClock
from tenu.wiring import open_ports

folder, number, kind, instant = sys.argv[1:]
with open_ports(Path(folder), clock=FixedClock(datetime.fromisoformat(instant))) as ports:
    send(ports, number, LetterKind(kind))
