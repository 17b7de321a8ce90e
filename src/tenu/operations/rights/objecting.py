"""Objection to prospecting and withdrawal of consent: at once, on receipt, before anybody asks who writes.

The suppression list first, even for an address nobody knows; then every column that says « no », in every system that
answers. A system that does not is named, and done when asked again.

Source: GDPR 7(3), 21(2)-(3); SM-1 (RECEIVED), SM-3; policy C-RGT-05, C-LGB-03, C-WDR-01, C-WDR-02; INV-02, INV-03.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from tenu.datamap.layout import Layout, lay_out
from tenu.errors import UnreachableError
from tenu.journal.cases import AT_ONCE, Case
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, as_name
from tenu.letters.outcome import RightDone
from tenu.operations.plan import today
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.finding import file_of
from tenu.operations.rights.outcomes import keep_done
from tenu.operations.rights.requests import Intake
from tenu.operations.rights.searching import (
    NothingSoughtError,
    Search,
    Sought,
    reading,
    search_in,
)
from tenu.plans.opposing import opposing, silent
from tenu.plans.selection import all_of, matching
from tenu.plans.suppression import CHANNELS, Address, addresses
from tenu.policy.rights import Right
from tenu.ports import Fate, Key, Node, Ports, Session, Unit
from tenu.terms import Channel, IdentifierKind, Text

UNIT = Unit(fate=Fate.END, chunk=0)
BATCH = 5_000
STOPPED = {
    Channel.EMAIL: Text(fr="la prospection par e-mail", en="marketing by e-mail"),
    Channel.POST: Text(fr="la prospection par courrier", en="marketing by post"),
    Channel.PHONE: Text(fr="la prospection par téléphone", en="marketing by telephone"),
    Channel.SMS: Text(fr="la prospection par SMS", en="marketing by text message"),
}
"""What stops, by channel, as a letter says it."""


@dataclass(slots=True, kw_only=True)
class Stopped:
    """What stopping did. *listed*: addresses new on the suppression list. *tables*: rows written, by ``system.table``.

    *silent*: systems that did not answer; *is_complete* is false while there are some.
    """

    listed: int = 0
    tables: Counter[str] = field(default_factory=Counter)
    silent: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """Return whether every system was told."""
        return not self.silent


def receive(
    ports: Ports,
    rights: Sequence[Right],
    sought: Sought,
    *,
    channel: Intake,
    received_on: date | None = None,
    address: str = "",
    message: str = "",
    stop: Sequence[Channel] = CHANNELS,
    number: str = "",
) -> Case:
    """Open a request as ``requests.receive`` does; when it objects or withdraws, stop prospecting in the same call.

    Args:
        ports: What may be touched.
        rights: What is asked.
        sought: What the person says of themselves.
        channel: How it came.
        received_on: Civil day it reached any channel; today by default.
        address: Where the answer goes.
        message: What they wrote.
        stop: The channels to stop; none when the objection is not about prospecting.
        number: As for ``requests.receive``.
    """
    at_once = tuple(stop) if {str(right) for right in rights} & set(AT_ONCE) else ()
    case = verbs.receive(
        ports,
        rights,
        sought,
        channel=channel,
        received_on=received_on,
        address=address,
        message=message,
        stop=at_once,
        number=number,
    )
    return stop_prospecting(ports, case.id) if at_once else case


def waiting(ports: Ports) -> list[Case]:
    """Return the requests whose prospecting should have stopped and did not, everywhere."""
    return [case for case in verbs.requests(ports).values() if case.waits_to_stop]


def stop_prospecting(ports: Ports, number: str) -> Case:
    """Stop prospecting the person of *number* on the channels they object to; done again, it changes nothing more.

    Raises:
        UnknownRequestError: There is no such request.
        BusyError: A table is held by somebody else for too long; what is done stays done, ask again.
    """
    case = verbs.request(ports, number)
    if not case.waits_to_stop:
        return case
    channels = tuple(Channel(one) for one in case.stop)
    done = _stop(ports, case, Sought(values=file_of(ports, case.id).sought), channels)
    body: dict[str, Json] = {
        "complete": done.is_complete,
        "stop": list(case.stop),
        "listed": done.listed,
        "systems": [name for name in ports.databases if name not in done.silent],
        "silent": sorted(done.silent),
        "tables": {as_name(table): rows for table, rows in done.tables.items()},
    }
    if done.is_complete:
        for right in (right for right in AT_ONCE if right in case.rights):
            stopped = tuple(STOPPED[channel] for channel in channels)
            keep_done(ports, case.id, RightDone(right=Right(right), done_on=today(ports), stopped=stopped))
    return verbs.record(ports, case.id, EventKind.REQUEST_SUPPRESSED, body)


def uphold(ports: Ports) -> Stopped:
    """Write « no » again for whoever is on the suppression list and was imported, or imported again, since.

    Raises:
        BusyError: A table is held by somebody else for too long; ask again.
    """
    done = Stopped()
    if ports.suppressions.is_empty():
        return done
    for name, database in ports.databases.items():
        try:
            layout = lay_out(database.system, database.catalog())
            with database.session() as session:
                back = list(_back(ports, layout, session))
        except UnreachableError:
            done.silent.add(name)
            continue
        for root, channels, keys in back:
            _write(ports, layout, root, {tuple(channels): keys}, done)
    body: dict[str, Json] = {
        "tables": {as_name(table): rows for table, rows in done.tables.items()},
        "silent": sorted(done.silent),
    }
    ports.journal.append(Event(kind=EventKind.OBJECTIONS_UPHELD, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)
    return done


# ── stopping ──


def _stop(ports: Ports, case: Case, sought: Sought, channels: Sequence[Channel]) -> Stopped:
    done = Stopped()
    # What they say of themselves first: whatever happens next, nobody may write to it any more.
    done.listed = _listed(ports, case, [sought.values], channels)
    with reading(ports) as asked:
        done.silent |= set(asked.silent)
        try:
            found = search_in(ports, asked, sought)
        except NothingSoughtError:
            return done
        layouts = dict(asked.layouts)
    theirs = dict(_theirs(found, sought, channels))
    for mine in set(theirs.values()):
        rows = [found.known[node].values for node, reached in theirs.items() if reached == mine]
        done.listed += _listed(ports, case, rows, mine)
    places: dict[tuple[str, str], dict[tuple[Channel, ...], list[Key]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for (place, key), reached in theirs.items():
        places[place][reached].append(key)
    for (system, root), by_channels in sorted(places.items()):
        try:
            _write(ports, layouts[system], root, by_channels, done)
        except UnreachableError:
            done.silent.add(system)
    return done


def _listed(
    ports: Ports,
    case: Case,
    rows: Iterable[Mapping[IdentifierKind, tuple[str, ...]]],
    channels: Collection[Channel],
) -> int:
    found = {one for values in rows for one in addresses(values, channels)}
    return ports.suppressions.add(found, since=case.received_on, request=case.id)


def _theirs(
    found: Search, sought: Sought, channels: Sequence[Channel]
) -> Iterator[tuple[Node, tuple[Channel, ...]]]:
    """Yield the rows to write on, each with the channels: all of them for a row that is theirs.

    A row that only shares their mailbox or their number, whoever's it is, is not solicited there any more.
    """
    sure = {node for person in found.people for node in person.rows}
    here = set(addresses(sought.values, channels))
    for node, row in found.known.items():
        shared = {one.channel for one in set(addresses(row.values, channels)) & here}
        if node in sure:
            yield node, tuple(channels)
        elif shared:
            yield node, tuple(sorted(shared))


def _write(
    ports: Ports,
    layout: Layout,
    root: str,
    by_channels: Mapping[tuple[Channel, ...], Sequence[Key]],
    done: Stopped,
) -> None:
    """Write « no » on rows of *root*, by channels, in one transaction; their person asks for it, restricted or not."""
    system, day = layout.system.system, today(ports)
    effects = {channels: list(opposing(layout, root, channels, day)) for channels in by_channels}
    if not any(effects.values()):
        return
    rows: Counter[str] = Counter()
    with ports.databases[system].session(writing=True) as session, session.transaction(restricted=True):
        for channels, keys in by_channels.items():
            chosen = session.new_list(root)
            session.fill(chosen, ((key, UNIT, None) for key in sorted(keys, key=str)))
            for effect in effects[channels]:
                rows[f"{system}.{effect.table}"] += session.perform(effect, chosen, UNIT)
            session.drop_list(chosen)
    done.tables += rows


# ── upholding ──


def _back(
    ports: Ports, layout: Layout, session: Session
) -> Iterator[tuple[str, tuple[Channel, ...], list[Key]]]:
    """Yield, by people table and channel, whoever may be solicited although their address is on the list."""
    day = today(ports)
    for estate in layout.estates:
        people = layout.system.people[estate.root]
        for channel in CHANNELS if people.opposition else ():
            asked = silent(layout, estate.root, (channel,), day)
            rows = session.select_people(estate.root, people, all_of([matching(estate.where), asked]))
            while some := list(islice(rows, BATCH)):
                mine: dict[Address, list[Key]] = defaultdict(list)
                for row in some:
                    for address in addresses(row.values, (channel,)):
                        mine[address].append(row.key)
                listed = ports.suppressions.among(mine.keys())
                keys = sorted({key for address in listed for key in mine[address]}, key=str)
                if keys:
                    yield estate.root, (channel,), keys
