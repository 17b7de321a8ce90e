"""What happens to a restriction in force: a use the law allows, its end decided, the person told, and then the end itself.

Nothing ends behind the person's back: the end is decided with its day and its reasons, told at least five days before, and only
then comes, by itself with the next run.

Source: GDPR 18(2), 18(3); state machine SM-4; policy C-RGT-15; law 5.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tenu.journal.holds import BLOCKING, NOTICE, Exemption, Hold, HoldGround, HoldKind, Lift
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.letters.outcome import Restricted, read_done
from tenu.operations.acting import entitled
from tenu.operations.plan import today
from tenu.operations.register import holds
from tenu.operations.registering import HoldError, digest, expected, known, say, signed
from tenu.operations.upholding import let_through
from tenu.periods.civil import civil_day
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Text

DECIDERS = ("dpo", "counsel")
LONGEST_USE = 24 * 60
"""Minutes a use may let changes through at most: longer than that, it is no longer an exception."""
CASES: Mapping[HoldGround, Text] = MappingProxyType(
    {
        HoldGround.ACCURACY_CONTESTED: Text(
            fr="vous contestez leur exactitude", en="you contest that they are accurate"
        ),
        HoldGround.UNLAWFUL_NOT_ERASED: Text(
            fr="nous n'avions pas le droit de les utiliser et vous préférez qu'elles ne soient pas effacées",
            en="we had no right to use them and you prefer that they are not erased",
        ),
        HoldGround.NEEDED_FOR_CLAIMS: Text(
            fr="vous en avez besoin pour faire valoir ou défendre vos droits en justice",
            en="you need them to make or defend a legal claim",
        ),
        HoldGround.OBJECTION_PENDING: Text(
            fr="vous vous êtes opposé à leur usage et nous examinons vos raisons",
            en="you objected to their use and we are weighing your reasons",
        ),
    }
)
"""The cases of GDPR 18(1) as their person reads them, after « parce que »."""


def use(ports: Ports, name: str, exemption: Exemption, words: str, *, minutes: int = 0) -> Hold:
    """Write down that a human allows one use of restricted data, under one of the four cases of GDPR 18(2), and why.

    The restriction stays in force. *words* are kept with the file of the request it comes from, their digest in the journal.
    A use that must change rows is given *minutes*, ``LONGEST_USE`` at most: the databases that enforce restrictions let
    any application change those of this one until then, by their own clocks, and refuse again by themselves. It is journaled first.

    Raises:
        NotEntitledError: The person asking is neither DPO nor counsel.
        HoldError: It is no restriction in force, nothing says why, or it would last too long.
        BusyError: A database is being changed; ask again.
        UnreachableError: A database does not answer.
    """
    role = entitled(ports, "hold:use", *DECIDERS)
    day = today(ports)
    hold = _in_force(ports, name, day)
    _refuse_silence(words)
    _refuse_too_long(minutes)
    _note(ports, hold, words)
    body: dict[str, Json] = {**signed(ports, name, role, day), "exception": exemption, "text": digest(words)}
    say(ports, EventKind.HOLD_USED, body | ({"minutes": minutes} if minutes else {}))
    if minutes:
        let_through(ports, name, minutes * 60)
    return hold


def decide_lift(ports: Ports, name: str, words: str, *, on: date | None = None) -> Hold:
    """Decide that a restriction ends *on* a day, five days away by default, because of *words*, which its person will read.

    Nothing ends yet: the person is told first (``notice_lift``). Decided again, the new day and words take the place of the former.

    Raises:
        NotEntitledError: The person asking is neither DPO nor counsel.
        HoldError: It is no restriction in force, nothing says why, or the day leaves no time to tell the person.
    """
    role = entitled(ports, "hold:lift", *DECIDERS)
    day = today(ports)
    hold, lifts_on = _in_force(ports, name, day), on or day + NOTICE
    _refuse_silence(words)
    _refuse_too_soon(day, lifts_on)
    _note(ports, hold, words)
    _tell(ports, hold, lifts_on, words)
    body = {**signed(ports, name, role, day), "lifts_on": lifts_on.isoformat(), "text": digest(words)}
    say(ports, EventKind.HOLD_LIFT_DECIDED, body)
    return known(ports, name)


def notice_lift(ports: Ports, name: str, *, on: date | None = None) -> Hold:
    """Say that the notice reached its person *on* a day, today by default: the restriction now ends on its day, by itself.

    For a notice that went another way than by e-mail: a letter tenu sends says so itself (``follow_notice``).

    Raises:
        NotEntitledError: The person asking is neither DPO nor counsel.
        HoldError: No end was decided, or less than five days would be left to the person: decide it again.
    """
    role = entitled(ports, "hold:noticed", *DECIDERS)
    day = today(ports)
    hold, told_on = _in_force(ports, name, day), on or day
    lift = hold.lift
    if lift is None:
        raise HoldError(
            Text(fr=f"rien n'est décidé sur la fin de {name}", en=f"nothing is decided on the end of {name}"),
            fix=Text(fr=f"tenu hold lift {name} --words POURQUOI", en=f"tenu hold lift {name} --words WHY"),
        )
    _refuse_outside(lift, told_on, day)
    _refuse_too_soon(told_on, lift.lifts_on)
    say(ports, EventKind.HOLD_LIFT_NOTICED, signed(ports, name, role, told_on))
    return known(ports, name)


def refuse_late_notice(ports: Ports, number: str) -> None:
    """Refuse to send today a notice that would leave the person of the request *number* less than five days.

    Raises:
        HoldError: That is so: decide the end again first.
    """
    lift = lift_of(ports, number)
    if lift is not None:
        _refuse_too_soon(today(ports), lift.lifts_on)


def follow_notice(ports: Ports, number: str, left_at: datetime) -> None:
    """Write down that the letter telling the end of the restriction of *number* left at *left_at*, UTC; once.

    An end decided since is not the one the letter told. The role written down is that of who decided it.
    """
    on = civil_day(left_at, ZoneInfo(ports.workspace.policy.time_zone))
    for hold in holds(ports).values():
        lift = hold.lift
        if hold.request != number or lift is None or hold.ended_on is not None or lift.noticed_on is not None:
            continue
        if _lift_decided_at(ports, hold.id) <= left_at and on + NOTICE <= lift.lifts_on:
            say(ports, EventKind.HOLD_LIFT_NOTICED, signed(ports, hold.id, lift.role, on))


def _lift_decided_at(ports: Ports, name: str) -> datetime:
    decided = ports.journal.events(kind=EventKind.HOLD_LIFT_DECIDED)
    return max(event.at for event in decided if event.body["hold"] == name)


def lift_of(ports: Ports, number: str) -> Lift | None:
    """Return the end decided last of a restriction that comes from the request *number*, None when none was."""
    mine = (hold.lift for hold in holds(ports).values() if hold.request == number and hold.lift)
    return max(mine, key=lambda lift: lift.decided_on, default=None)


# ── pieces ──


def _in_force(ports: Ports, name: str, day: date) -> Hold:
    hold = expected(ports, name, day, *BLOCKING)
    if hold.kind is not HoldKind.RESTRICTION:
        raise HoldError(
            Text(
                fr=f"{name} n'est pas une limitation, c'est un gel",
                en=f"{name} is no restriction but a legal hold",
            ),
            fix=Text(fr=f"tenu hold release {name}", en=f"tenu hold release {name}"),
        )
    return hold


def _refuse_silence(words: str) -> None:
    if not words.strip():
        raise HoldError(
            Text(fr="rien ne dit pourquoi", en="nothing says why"),
            fix=Text(fr="--words POURQUOI", en="--words WHY"),
        )


def _refuse_too_long(minutes: int) -> None:
    if not 0 <= minutes <= LONGEST_USE:
        raise HoldError(
            Text(
                fr=f"un usage dure {LONGEST_USE} minutes au plus",
                en=f"a use lasts {LONGEST_USE} minutes at most",
            ),
            fix=Text(
                fr="donnez le temps de la seule opération, et recommencez s'il le faut",
                en="give the time of that operation alone, and again if needed",
            ),
        )


def _refuse_too_soon(told_on: date, lifts_on: date) -> None:
    if lifts_on < told_on + NOTICE:
        raise HoldError(
            Text(
                fr=f"prévenue le {told_on.isoformat()}, la personne n'aurait pas {NOTICE.days} jours avant le {lifts_on.isoformat()}",
                en=f"told on {told_on.isoformat()}, the person would not have {NOTICE.days} days before {lifts_on.isoformat()}",
            ),
            fix=Text(
                fr="décidez de nouveau la fin, plus tard : tenu hold lift … --on DATE",
                en="decide the end again, later: tenu hold lift … --on DATE",
            ),
        )


def _refuse_outside(lift: Lift, told_on: date, day: date) -> None:
    if not lift.decided_on <= told_on <= day:
        raise HoldError(
            Text(
                fr="l'avis suit la décision, et ne part pas demain",
                en="the notice follows the decision, and does not leave tomorrow",
            ),
            fix=Text(fr="relisez la date", en="read the date again"),
        )


def _note(ports: Ports, hold: Hold, words: str) -> None:
    file = ports.cases.file(hold.request) if hold.request else None
    if file is not None:
        ports.cases.keep(replace(file, notes=(*file.notes, words)))


def _tell(ports: Ports, hold: Hold, lifts_on: date, words: str) -> None:
    """Give the letter of the end its day and its reasons, while the request it comes from has a file."""
    file = ports.cases.file(hold.request) if hold.request else None
    said = file.done.get(str(Right.RESTRICTION)) if file else None
    if file is None or said is None or hold.approved_on is None:
        return
    told = Restricted(case=CASES[hold.ground], since=hold.approved_on, lifts_on=lifts_on, why=words)
    done = replace(read_done(said), restricted=told)
    ports.cases.keep(replace(file, done={**file.done, str(done.right): done.plain()}))
