"""What every act on the register of holds does: find the hold in the state it needs, say who decides, write it down.

Source: policy C-PUR-12; state machines SM-4, SM-6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.holds import SAID, Hold, HoldState
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json, is_name
from tenu.operations.register import holds
from tenu.ports import Ports
from tenu.terms import Text

PROPOSERS = ("dpo", "counsel", "archivist", "dba")
"""The roles that may ask for a hold."""


class HoldError(RefusedError):
    """A hold is not in the state this act needs, or its scope says nothing, or too much."""


def known(ports: Ports, name: str) -> Hold:
    """Return one hold.

    Raises:
        HoldError: There is no such hold.
    """
    hold = holds(ports).get(name)
    if hold is None:
        raise HoldError(
            Text(fr=f"aucun gel « {name} »", en=f"no hold '{name}'"),
            fix=Text(fr="tenu hold list en donne la liste", en="tenu hold list lists them"),
        )
    return hold


def expected(ports: Ports, name: str, day: date, *states: HoldState) -> Hold:
    """Return one hold, which *day* finds in one of *states*.

    Raises:
        HoldError: There is no such hold, or it is in another state.
    """
    hold = known(ports, name)
    state = hold.state_on(day)
    if state not in states:
        fr, en = (", ".join(SAID[wanted].in_(language) for wanted in states) for language in ("fr", "en"))
        raise HoldError(
            Text(fr=f"le gel {name} est {SAID[state].fr}", en=f"hold {name} is {SAID[state].en}"),
            fix=Text(fr=f"cet acte attend un gel {fr}", en=f"this act wants a hold that is {en}"),
        )
    return hold


def refuse_unnamed(owner: str, text: str) -> None:
    """Refuse a hold that cites nothing, or whose *owner* is no role.

    Raises:
        HoldError: It is one.
    """
    if not text.strip():
        raise HoldError(
            Text(fr="un gel cite un texte ou un dossier", en="a hold cites a text of law or a case"),
            fix=Text(
                fr="donnez --text, par exemple « C. civ. 2224 »", en="give --text, for example 'C. civ. 2224'"
            ),
        )
    if not is_name(owner):
        raise HoldError(
            Text(
                fr="un gel a un responsable : un rôle, pas un nom",
                en="a hold has an owner: a role, not a name",
            ),
            fix=Text(fr="par exemple dpo, counsel, finance", en="for example dpo, counsel, finance"),
        )


def signed(ports: Ports, name: str, role: str, day: date) -> dict[str, Json]:
    """Return what every event of the register says: which hold, when, under which role, by whom."""
    return {"hold": name, "on": day.isoformat(), "role": role, "actor": ports.actor.digest}


def digest(words: str) -> str:
    """Return what the journal keeps of words."""
    return hashlib.sha256(words.encode()).hexdigest()


def say(ports: Ports, kind: EventKind, body: Mapping[str, Json]) -> None:
    """Write one event of the register, sealed at once."""
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)
