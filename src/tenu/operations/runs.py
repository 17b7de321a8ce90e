"""``tenu run``: what every run is at, as the journal tells it, and a human's word to pause, release or abort one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.operations.acting import entitled
from tenu.operations.settling import settle_everywhere
from tenu.ports import Ports
from tenu.terms import Text

State = Literal["open", "paused", "stopped", "aborted", "finished"]
ROLES = ("dba", "dpo")
"""Who may hold a run back or end it."""
_STATES: dict[EventKind, State] = {
    EventKind.RUN_INTENT: "open",
    EventKind.RUN_RESUMED: "open",
    EventKind.RUN_PAUSED: "paused",
    EventKind.RUN_RELEASED: "open",
    EventKind.RUN_STOPPED: "stopped",
    EventKind.RUN_ABORTED: "aborted",
    EventKind.RUN_FINISHED: "finished",
}
_WORDS = (EventKind.RUN_PAUSED, EventKind.RUN_RELEASED, EventKind.RUN_ABORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """One run: where it is, and what it has done. *reason*: why it stopped. *people*, *rows*: planned; *done*: people."""

    run: str
    state: State
    begun_at: datetime
    since: datetime
    people: int
    rows: int
    done: int = 0
    reason: str = ""


_SAID: dict[str, Text] = {
    "open": Text(fr="en cours, ou coupée", en="under way, or cut"),
    "paused": Text(fr="suspendue", en="paused"),
    "stopped": Text(fr="arrêtée", en="stopped"),
    "aborted": Text(fr="abandonnée", en="aborted"),
    "finished": Text(fr="terminée", en="finished"),
    "window": Text(fr="fenêtre fermée", en="window closed"),
    "duration": Text(fr="durée atteinte", en="duration reached"),
    "sample": Text(fr="échantillon", en="sample"),
}


def said(one: RunState) -> Text:
    """Return what *one* is at, in words."""
    state, why = _SAID[one.state], _SAID.get(one.reason)
    if one.state != "stopped" or why is None:
        return state
    return Text(fr=f"{state.fr} ({why.fr})", en=f"{state.en} ({why.en})")


class RunChoiceError(RefusedError):
    """The run somebody speaks of is not known, not the only one, or in no state for that."""


def runs(ports: Ports) -> tuple[RunState, ...]:
    """Return every run the journal knows, oldest first."""
    found: dict[str, RunState] = {}
    for event in ports.journal.events(kind=tuple(_STATES)):
        _tell(found, event)
    for event in ports.journal.events(kind=EventKind.CHUNK_DONE):
        name = str(event.body["run"])
        if name in found:
            known = found[name]
            found[name] = replace(known, done=known.done + int(str(event.body.get("subjects", 0))))
    return tuple(found.values())


def pause(ports: Ports, prefix: str | None) -> str:
    """Ask a run to wait between two chunks until it is released; return its name."""
    return _say(ports, EventKind.RUN_PAUSED, prefix, among=("open",))


def release(ports: Ports, prefix: str | None) -> str:
    """Let a paused run go on; return its name."""
    return _say(ports, EventKind.RUN_RELEASED, prefix, among=("paused",))


def abort(ports: Ports, prefix: str | None) -> str:
    """End a run for good after its present chunk, and settle what a cut one left; return its name.

    What is done stays done, and noted. Its plan is refused from now on.
    """
    name = _say(ports, EventKind.RUN_ABORTED, prefix, among=("open", "paused", "stopped"))
    settle_everywhere(ports, name)
    ports.journal.seal(ports.signer)
    return name


def word_on(ports: Ports, run: str, *, since: int = 0, before: State = "open") -> State:
    """Return what humans last said of *run*: paused, aborted (which nobody takes back), or open.

    Args:
        ports: The journal.
        run: The run's name.
        since: Index of the journal from which to read.
        before: What they had said before that.
    """
    said = before
    for event in ports.journal.events(since, _WORDS):
        if event.body["run"] == run and said != "aborted":
            said = _STATES[event.kind]
    return said


def _tell(found: dict[str, RunState], event: Event) -> None:
    """Take one event of a run into *found*; what ended by a human's word stays so."""
    name, state = str(event.body["run"]), _STATES[event.kind]
    known = found.get(name)
    if known is None:
        people, rows = (int(str(event.body.get(key, 0))) for key in ("subjects", "rows"))
        found[name] = RunState(
            run=name, state=state, begun_at=event.at, since=event.at, people=people, rows=rows
        )
    elif known.state not in ("aborted", "finished") and not (known.state == "paused" and state == "stopped"):
        reason = str(event.body.get("reason", ""))
        found[name] = replace(known, state=state, since=event.at, reason=reason)


def _say(ports: Ports, kind: EventKind, prefix: str | None, *, among: tuple[State, ...]) -> str:
    role = entitled(ports, str(kind), *ROLES)
    name = _chosen(runs(ports), prefix, among)
    body = {"run": name, "actor": ports.actor.digest, "role": role}
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))
    return name


def _chosen(known: tuple[RunState, ...], prefix: str | None, among: tuple[State, ...]) -> str:
    """Return the one run *prefix* begins, of those in a state of *among*; the only one there is without a prefix."""
    fit = [one.run for one in known if one.state in among and one.run.startswith(prefix or "")]
    if len(fit) == 1:
        return fit[0]
    count = len(fit)
    raise RunChoiceError(
        Text(
            fr=f"{count} exécutions répondent à cela ({', '.join(among)})",
            en=f"{count} runs answer to that ({', '.join(among)})",
        ),
        fix=Text(
            fr="donnez le début de l'empreinte d'une seule : tenu run list",
            en="give the beginning of the digest of one: tenu run list",
        ),
    )
