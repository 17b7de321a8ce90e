"""What a run tells the ledger, and when: whom a chunk is about before anything goes, the outcome after, who is held.

Source: GDPR 17, 18; CEF 2025 on backups; policy C-RET-07, C-PUR-12.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tenu.datamap.layout import Layout
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.periods.civil import civil_day
from tenu.plans.erasures import Act, Head, Person, Portion, altered
from tenu.plans.selection import Listed
from tenu.plans.task import PersonTask
from tenu.ports import Fate, Found, Ports, Session, Unit

BACKUPS_KEPT_DAYS = 35
"""How long backups are taken to be kept where nobody said. Source: T-39."""
ROWS, LEDGER = "rows", "ledger"
"""What says somebody is held: rows of the company's database, or the ledger alone since a restore."""


def portion_of(system: str, task: str, run: str, unit: Unit) -> Portion:
    """Return the ledger's name for what a receipt is about."""
    return Portion(system=system, task=task, run=run, fate=int(unit.fate), chunk=unit.chunk)


def unit_of(portion: Portion) -> Unit:
    """Return the unit of *portion*."""
    return Unit(fate=Fate(portion.fate), chunk=portion.chunk)


def people_of(task: PersonTask, found: Iterable[Found]) -> Iterator[Person]:
    """Yield whom a chunk of *task* is about; nobody when the ledger itself named them, at their own date."""
    if not task.again:
        yield from people_at(task.system, task.root, found)


def people_at(system: str, root: str, found: Iterable[Found]) -> Iterator[Person]:
    """Yield *found*, rows of one people table, as the ledger takes them."""
    place = f"{system}.{root}"
    return (Person(place=place, key=one.key, identity=one.identity) for one in found)


def settle_pending(ports: Ports, session: Session, system: str) -> None:
    """Write the outcome of everything intended in *system* and cut since: what has a receipt was done.

    Call it inside ``transaction``: whoever intended something has its turn, or is gone.
    """
    receipts: dict[str, set[tuple[str, Unit]]] = {}
    for portion in ports.ledger.pending(system):
        if portion.run not in receipts:
            receipts[portion.run] = {(n.task, n.unit) for n in session.noted(portion.run)}
        done = (portion.task, unit_of(portion)) in receipts[portion.run]
        ports.ledger.settle(ports.clock.now(), portion, done=done)


def remember_held(ports: Ports, layouts: Mapping[str, Layout], sessions: Mapping[str, Session]) -> None:
    """Write who is held today in each people table, so that a restore finds them held."""
    for name, layout in layouts.items():
        known = {e.portion.task for e in ports.ledger.held(name) if e.portion.run == ROWS and e.people}
        for root, people in layout.system.people.items():
            if not any(estate.root == root for estate in layout.estates):
                continue
            held = list(sessions[name].select_people(root, people, Listed(name="held")))
            if held or root in known:
                write_held(ports, name, root, ROWS, people_at(name, root, held))


def write_held(ports: Ports, system: str, root: str, said_by: str, people: Iterable[Person]) -> None:
    """Write that *people*, and nobody else, are held in *root* for what *said_by* says."""
    portion = Portion(system=system, task=root, run=said_by, fate=0, chunk=0)
    ports.ledger.write(ports.clock.now(), Act.HELD, portion, people)


def anchor(ports: Ports, run: str) -> None:
    """Write in the journal how far the ledger goes, so that cutting it is seen."""
    head = ports.ledger.head()
    body: dict[str, Json] = {"run": run, "entries": head.number, "head": head.digest}
    ports.journal.append(Event(kind=EventKind.LEDGER_ANCHORED, at=ports.clock.now(), body=body))


def refuse_altered(ports: Ports) -> None:
    """Refuse to go on with a ledger that is not what the journal says of it.

    Raises:
        TamperedError: It was cut, replaced or lost.
    """
    if ports.ledger.contradicts(anchors(ports)):
        raise altered()


def anchors(ports: Ports) -> list[Head]:
    """Return how far the ledger went each time the journal was told."""
    events = ports.journal.events(kind=EventKind.LEDGER_ANCHORED)
    return [Head(number=int(str(e.body["entries"])), digest=str(e.body["head"])) for e in events]


def forget_old(ports: Ports, as_of: date) -> None:
    """Forget what no backup can bring back any more: whole epochs older than the oldest backup of any system."""
    kept = max((backups_kept(ports, name) for name in ports.databases), default=BACKUPS_KEPT_DAYS)
    for closed in ports.ledger.forget(as_of - timedelta(days=kept)):
        body: dict[str, Json] = {"epoch": closed.epoch, "entries": closed.entries, "head": closed.head.digest}
        ports.journal.append(Event(kind=EventKind.LEDGER_FORGOTTEN, at=ports.clock.now(), body=body))


def backups_kept(ports: Ports, system: str) -> int:
    """Return how many days the backups of *system* are kept, as its data map says or else as is assumed."""
    said = ports.databases[system].system.backups_kept_days
    return BACKUPS_KEPT_DAYS if said is None else said


def day_in(ports: Ports, at: datetime) -> date:
    """Return the civil day of the controller at an instant."""
    return civil_day(at, ZoneInfo(ports.workspace.policy.time_zone))
