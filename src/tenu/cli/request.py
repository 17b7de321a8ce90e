"""``tenu request``: what people ask, from its arrival to its answer. A human decides; tenu searches and keeps the clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits
from tenu.cli.fulfil import fulfil
from tenu.cli.fulfil_answer import JSON, refused
from tenu.cli.fulfil_erasure import propose
from tenu.cli.fulfil_objection import uphold
from tenu.cli.fulfil_restriction import contest
from tenu.cli.request_deadlines import deadlines
from tenu.cli.request_delivery import outbox, package, send
from tenu.cli.request_inbox import inbox
from tenu.cli.request_letters import address, letter
from tenu.cli.request_notice import notice
from tenu.journal.cases import Outcome
from tenu.operations.rights.requests import Extension, Intake, Method
from tenu.policy.rights import Right
from tenu.terms import Channel

if TYPE_CHECKING:
    from tenu.cli.request_text import Line
    from tenu.journal.cases import Case
    from tenu.ports import Ports

DAY = click.DateTime(["%Y-%m-%d"])
RIGHTS = [str(right) for right in Right if right is not Right.COMPLAINT]


@click.group(name="request")
def command() -> None:
    """What people ask: received, searched, decided by a human, answered within the month."""


for more in (
    fulfil,
    propose,
    uphold,
    contest,
    letter,
    address,
    deadlines,
    send,
    outbox,
    package,
    notice,
    inbox,
):
    command.add_command(more)


@command.command()
@click.argument("rights", nargs=-1, required=True, type=click.Choice(RIGHTS))
@click.option("--email", multiple=True, help="An e-mail they give.")
@click.option("--reference", "customer_reference", multiple=True, help="A customer reference.")
@click.option("--phone", multiple=True, help="A telephone number.")
@click.option("--name", multiple=True, help="A name, or a part of it.")
@click.option("--postcode", multiple=True, help="A postcode.")
@click.option(
    "--channel",
    type=click.Choice([str(c) for c in Intake]),
    required=True,
    help="How it reached the company.",
)
@click.option("--received-on", type=DAY, help="Day it reached any channel of the company. Today by default.")
@click.option("--answer-to", default="", help="Where the answer goes.")
@click.option(
    "--message",
    type=click.File("r", encoding="utf-8"),
    help="File with what they wrote; kept sealed, never in the journal.",
)
@click.option(
    "--stop",
    multiple=True,
    type=click.Choice([str(c) for c in Channel]),
    help="Channel prospecting stops on, for an objection or a withdrawal. All by default.",
)
@click.option("--not-prospecting", is_flag=True, help="The objection is to another use: a human balances.")
@JSON
@click.pass_obj
@exits
def new(
    context: Context,
    rights: tuple[str, ...],
    channel: str,
    received_on: datetime | None,
    answer_to: str,
    message: Any,
    stop: tuple[str, ...],
    not_prospecting: bool,
    as_json: bool,
    email: tuple[str, ...],
    customer_reference: tuple[str, ...],
    phone: tuple[str, ...],
    name: tuple[str, ...],
    postcode: tuple[str, ...],
) -> int:
    """Open a request that asks for RIGHTS, dated the day it arrived; an objection or a withdrawal takes effect at once."""
    from tenu.operations.rights.objecting import receive  # noqa: PLC0415
    from tenu.operations.rights.searching import Sought  # noqa: PLC0415
    from tenu.terms import IdentifierKind  # noqa: PLC0415

    said = {
        IdentifierKind.EMAIL: email,
        IdentifierKind.CUSTOMER_REFERENCE: customer_reference,
        IdentifierKind.PHONE: phone,
        IdentifierKind.NAME: name,
        IdentifierKind.POSTCODE: postcode,
    }
    sought = Sought(values={kind: values for kind, values in said.items() if values})
    with context.ports() as ports:
        case = receive(
            ports,
            [Right(right) for right in rights],
            sought,
            channel=Intake(channel),
            received_on=received_on.date() if received_on else None,
            address=answer_to,
            message=message.read() if message else "",
            stop=() if not_prospecting else [Channel(one) for one in stop] or tuple(Channel),
        )
    _show(context, case, as_json)
    return FINDINGS if case.waits_to_stop else FINE


@command.command(name="list")
@click.option("--late", "only_late", is_flag=True, help="Only those whose day has passed.")
@JSON
@click.pass_obj
@exits
def list_(context: Context, only_late: bool, as_json: bool) -> int:
    """Every request, and by when it must be answered. Exit status 1 when one is late, or did not take effect."""
    from tenu.cli.request_text import case_plain, list_lines  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.operations.rights.requests import requests  # noqa: PLC0415

    with context.ports() as ports:
        day, known = today(ports), requests(ports).values()
    shown = [case for case in known if case.is_overdue(day) or not only_late]
    if as_json:
        click.echo(json.dumps([case_plain(case, day) for case in shown], indent=1, ensure_ascii=False))
    else:
        _print(list_lines(shown, day, context.language))
    return FINDINGS if any(case.is_overdue(day) or case.waits_to_stop for case in known) else FINE


@command.command()
@click.argument("number")
@JSON
@click.pass_obj
@exits
def show(context: Context, number: str, as_json: bool) -> int:
    """One request: where it is, its two clocks, what was decided."""
    from tenu.operations.rights.requests import request  # noqa: PLC0415

    with context.ports() as ports:
        case = request(ports, number)
    return _show(context, case, as_json)


@command.command()
@click.argument("number")
@JSON
@click.pass_obj
@exits
def acknowledge(context: Context, number: str, as_json: bool) -> int:
    """Say that the person was told their request arrived."""
    from tenu.operations.rights.requests import acknowledge as verb  # noqa: PLC0415

    return _moved(context, as_json, lambda ports: verb(ports, number))


@command.command()
@click.argument("number")
@click.option("--by", "method", type=click.Choice([str(m) for m in Method]), help="What identified them.")
@click.option(
    "--doubt", help="Why a human doubts who asks: what is missing is asked for, the clock is noted."
)
@JSON
@click.pass_obj
@exits
def verify(context: Context, number: str, method: str | None, doubt: str | None, as_json: bool) -> int:
    """Say what identified the person (--by), or that a human has a reasonable doubt and asked (--doubt)."""
    from tenu.operations.rights.requests import ask_identity, identify  # noqa: PLC0415

    if (method is None) == (doubt is None):
        raise refused("donnez --by ou --doubt, l'un des deux", "give --by or --doubt, one of the two")
    if method is not None:
        return _moved(context, as_json, lambda ports: identify(ports, number, Method(method)))
    return _moved(context, as_json, lambda ports: ask_identity(ports, number, doubt or ""))


@command.command()
@click.argument("number")
@click.option("--theirs", multiple=True, help="Fingerprint of a doubtful row that is the person's.")
@click.option("--not-theirs", multiple=True, help="Fingerprint of a doubtful row that is somebody else's.")
@JSON
@click.pass_obj
@exits
def search(
    context: Context, number: str, theirs: tuple[str, ...], not_theirs: tuple[str, ...], as_json: bool
) -> int:
    """Search every system for the person. Exit status 1 while a system is silent or a human must tell rows apart."""
    from tenu.cli.request_text import found_lines, found_plain, restricted_line  # noqa: PLC0415
    from tenu.operations.rights.balancing import look_up  # noqa: PLC0415
    from tenu.operations.rights.finding import fingerprint, settle  # noqa: PLC0415

    with context.ports() as ports:
        if theirs or not_theirs:
            settle(ports, number, theirs=theirs, not_theirs=not_theirs)
        found, held = look_up(ports, number)
        names = {node: fingerprint(ports, node) for node in (*found.rows, *found.doubtful)}
    if as_json:
        said = {**found_plain(found, names), "restriction": held.id if held else None}
        click.echo(json.dumps(said, indent=1, ensure_ascii=False, default=str))
    else:
        _print(found_lines(found, names, context.language))
        if held:
            _print([restricted_line(held, number.upper(), context.language)])
    return FINE if found.is_complete else FINDINGS


@command.command()
@click.argument("number")
@click.option("--reason", type=click.Choice([str(r) for r in Extension]), required=True, help="Why.")
@click.option("--note", required=True, help="The reasons told to the person, in words.")
@JSON
@click.pass_obj
@exits
def extend(context: Context, number: str, reason: str, note: str, as_json: bool) -> int:
    """Take two more months, the person having been told today, within the first one."""
    from tenu.operations.rights.requests import extend as verb  # noqa: PLC0415

    return _moved(context, as_json, lambda ports: verb(ports, number, Extension(reason), note))


@command.command()
@click.argument("number")
@click.argument("right", type=click.Choice(RIGHTS))
@click.argument("outcome", type=click.Choice([str(o) for o in Outcome]))
@click.option("--code", "codes", multiple=True, help="A reason code, for what is not granted.")
@click.option("--note", default="", help="The reasons in words, for what is not granted.")
@click.option("--until", type=DAY, help="Last day what is not granted stays so.")
@JSON
@click.pass_obj
@exits
def decide(
    context: Context,
    number: str,
    right: str,
    outcome: str,
    codes: tuple[str, ...],
    note: str,
    until: datetime | None,
    as_json: bool,
) -> int:
    """Record what you decide of one right. tenu decides nothing against a person."""
    from tenu.operations.rights.balancing import end_with_decision  # noqa: PLC0415
    from tenu.operations.rights.erasure import decide as erasure  # noqa: PLC0415
    from tenu.operations.rights.requests import decide as other  # noqa: PLC0415

    verb = erasure if Right(right) is Right.ERASURE else partial(other, right=Right(right))
    said: dict[str, Any] = {"codes": codes, "note": note, "until": until.date() if until else None}

    def decided(ports: Ports) -> Case:
        return end_with_decision(ports, verb(ports, number, outcome=Outcome(outcome), **said))

    return _moved(context, as_json, decided)


@command.command()
@click.argument("number")
@click.argument("right", type=click.Choice(RIGHTS))
@click.option("--send-back", is_flag=True, help="It is not right: it must be decided again.")
@click.option("--note", default="", help="Why, in words; kept sealed.")
@JSON
@click.pass_obj
@exits
def confirm(context: Context, number: str, right: str, send_back: bool, note: str, as_json: bool) -> int:
    """Confirm what somebody else decided: an erasure, and any refusal, waits for a second person."""
    from tenu.operations.rights.balancing import end_with_decision  # noqa: PLC0415
    from tenu.operations.rights.requests import confirm as verb  # noqa: PLC0415

    def confirmed(ports: Ports) -> Case:
        return end_with_decision(ports, verb(ports, number, Right(right), agrees=not send_back, note=note))

    return _moved(context, as_json, confirmed)


@command.command()
@click.argument("number")
@click.option("--delivery", type=click.Choice(["email", "post", "link", "hand"]), required=True, help="How.")
@click.option("--on", type=DAY, help="Day it left. Today by default.")
@click.option(
    "--letter",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="What left: a file, or the folder.",
)
@JSON
@click.pass_obj
@exits
def answer(
    context: Context, number: str, delivery: str, on: datetime | None, letter: Path, as_json: bool
) -> int:
    """Record that the answer left, with the digest of what left."""
    from tenu.adapters.answer_folder import digest_of_answer  # noqa: PLC0415
    from tenu.operations.rights.requests import answered  # noqa: PLC0415

    digest, day = digest_of_answer(letter), on.date() if on else None
    return _moved(
        context, as_json, lambda ports: answered(ports, number, delivery=delivery, letter=digest, on=day)
    )


@command.command()
@click.argument("number")
@click.option(
    "--reason", type=click.Choice(["not_identified", "withdrawn", "not_a_right"]), required=True, help="Why."
)
@click.option("--note", required=True, help="What the person was told, in words.")
@JSON
@click.pass_obj
@exits
def close(context: Context, number: str, reason: str, note: str, as_json: bool) -> int:
    """Close a request that cannot be answered on the merits; the person was told, with their remedies."""
    from tenu.operations.rights.requests import close as verb  # noqa: PLC0415

    return _moved(context, as_json, lambda ports: verb(ports, number, reason, note))


def _moved(context: Context, as_json: bool, verb: Callable[[Any], Case]) -> int:
    with context.ports() as ports:
        case = verb(ports)
    return _show(context, case, as_json)


def _show(context: Context, case: Case, as_json: bool) -> int:
    from tenu.cli.request_notice import notice_lines  # noqa: PLC0415
    from tenu.cli.request_text import case_lines, case_plain  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.operations.rights.notices import notices  # noqa: PLC0415

    with context.ports() as ports:
        day, within = today(ports), ports.workspace.settings.requests.notice_days
        waiting = [one for one in notices(ports, case.id) if one.is_open]
    if as_json:
        said = {**case_plain(case, day), "unacknowledged": [one.id for one in waiting]}
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
    else:
        _print(
            [*case_lines(case, day, context.language), *notice_lines(waiting, day, within, context.language)]
        )
    return FINE


def _print(lines: list[Line]) -> None:
    show = console()
    for line in lines:
        show.print(line.text, style=line.style, markup=False)
