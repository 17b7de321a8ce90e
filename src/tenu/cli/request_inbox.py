"""``tenu request inbox``: e-mails that came, and the requests a human makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits
from tenu.cli.fulfil_answer import JSON
from tenu.cli.request_text import RIGHTS
from tenu.terms import Language, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenu.journal.mailbox import Message
    from tenu.operations.rights.inbox import Shown

STATES = {
    "new": Text(fr="à lire", en="to read"),
    "attached": Text(fr="à lire dans", en="to read in"),
    "taken": Text(fr="pris dans", en="taken into"),
    "dismissed": Text(fr="sans suite", en="dismissed"),
}


@click.group()
def inbox() -> None:
    """E-mails that came: a human makes requests of them, nothing is done by itself."""


@inbox.command()
@JSON
@click.pass_obj
@exits
def fetch(context: Context, as_json: bool) -> int:
    """Read what is new in the mailbox of [imap] and keep it; nothing in the mailbox changes. Exit status 1 when there is."""
    from tenu.operations.rights.inbox import fetch as verb  # noqa: PLC0415

    with context.ports() as ports:
        new = verb(ports)
    return _list(context, new, as_json)


@inbox.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also those a human has said something of.")
@JSON
@click.pass_obj
@exits
def list_(context: Context, everything: bool, as_json: bool) -> int:
    """The messages that wait for a human. Exit status 1 when there are."""
    from tenu.operations.rights.inbox import messages, waiting  # noqa: PLC0415

    with context.ports() as ports:
        wait = waiting(ports)
        shown = list(messages(ports).values()) if everything else wait
    _list(context, shown, as_json)
    return FINDINGS if wait else FINE


@inbox.command()
@click.argument("message")
@click.option(
    "--eml",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write it, attachments and all, to a new file.",
)
@JSON
@click.pass_obj
@exits
def show(context: Context, message: str, eml: Path | None, as_json: bool) -> int:
    """One message: who wrote, what, which files; what its words propose, and which words."""
    from tenu.adapters.answer_folder import write_file  # noqa: PLC0415
    from tenu.operations.rights.inbox import original  # noqa: PLC0415
    from tenu.operations.rights.inbox import show as verb  # noqa: PLC0415

    with context.ports() as ports:
        shown = verb(ports, message)
        if eml:
            write_file(eml, original(ports, message))
    if as_json:
        click.echo(json.dumps(_shown_plain(shown), indent=1, ensure_ascii=False))
    else:
        _print_shown(shown, context.language)
    return FINE


@inbox.command()
@click.argument("message")
@click.argument("rights", nargs=-1, type=click.Choice(list(RIGHTS)))
@click.option("--request", "into", help="Add it to this open request instead of opening one.")
@click.option("--email", multiple=True, help="Another e-mail they give; the sender's is taken.")
@click.option("--reference", multiple=True, help="A customer reference they give.")
@click.option("--name", multiple=True, help="A name, or a part of it.")
@click.option("--not-prospecting", is_flag=True, help="An objection to something else than prospecting.")
@JSON
@click.pass_obj
@exits
def take(
    context: Context,
    message: str,
    rights: tuple[str, ...],
    into: str | None,
    email: tuple[str, ...],
    reference: tuple[str, ...],
    name: tuple[str, ...],
    not_prospecting: bool,
    as_json: bool,
) -> int:
    """Open a request that asks for RIGHTS from a message, dated the day the mailbox had it."""
    from tenu.cli.request_text import case_lines, case_plain  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.operations.rights.inbox import take as verb  # noqa: PLC0415
    from tenu.plans.suppression import CHANNELS  # noqa: PLC0415
    from tenu.policy.rights import Right  # noqa: PLC0415
    from tenu.terms import IdentifierKind  # noqa: PLC0415

    given = {
        IdentifierKind.EMAIL: email,
        IdentifierKind.CUSTOMER_REFERENCE: reference,
        IdentifierKind.NAME: name,
    }
    said = {kind: values for kind, values in given.items() if values}
    with context.ports() as ports:
        case, day = (
            verb(
                ports,
                message,
                [Right(r) for r in rights],
                said=said,
                into=into,
                stop=() if not_prospecting else CHANNELS,
            ),
            today(ports),
        )
    if as_json:
        click.echo(json.dumps(case_plain(case, day), indent=1, ensure_ascii=False))
    else:
        for line in case_lines(case, day, context.language):
            console().print(line.text, style=line.style, markup=False)
    return FINE


@inbox.command()
@click.argument("message")
@JSON
@click.pass_obj
@exits
def dismiss(context: Context, message: str, as_json: bool) -> int:
    """Say that you read it and that it asks for nothing. It is forgotten a month later."""
    from tenu.operations.rights.inbox import dismiss as verb  # noqa: PLC0415

    with context.ports() as ports:
        said = verb(ports, message)
    _list(context, [said], as_json)
    return FINE


def _list(context: Context, found: Iterable[Message], as_json: bool) -> int:
    shown = list(found)
    if as_json:
        click.echo(json.dumps([_plain(one) for one in shown], indent=1))
    else:
        for one in shown:
            console().print(_line(one, context.language), markup=False)
    return FINDINGS if shown else FINE


def _line(one: Message, language: Language) -> str:
    from tenu.plans.reason import day_text  # noqa: PLC0415

    state = STATES[one.state].in_(language) + (f" {one.request}" if one.request else "")
    rights = ", ".join(RIGHTS[right].in_(language) for right in one.rights)
    maybe = Text(fr=f"  peut-être : {rights}", en=f"  maybe: {rights}").in_(language) if rights else ""
    cut = (
        ""
        if one.whole
        else Text(fr="  (son début seul est gardé)", en="  (only its beginning is kept)").in_(language)
    )
    return f"{one.id}  {day_text(one.received_on, language)}  {state}{maybe}{cut}"


def _print_shown(shown: Shown, language: Language) -> None:
    show, mail = console(), shown.mail
    show.print(_line(shown.message, language), style="bold", markup=False)
    show.print(f"{Text(fr='de', en='from').in_(language)} {mail.sender}", markup=False)
    if shown.about:
        show.print(
            Text(fr=f"répond à {shown.about}", en=f"answers {shown.about}").in_(language), markup=False
        )
    for one in shown.proposals:
        right, words = RIGHTS[one.right].in_(language), ", ".join(f"« {word} »" for word in one.words)
        why = Text(fr=f"peut-être {right} : on y lit {words}", en=f"maybe {right}: it says {words}")
        show.print(why.in_(language), style="yellow", markup=False)
    for file in mail.attachments:
        show.print(f"+ {file.name or '?'} ({file.type}, {file.size})", markup=False)
    if not mail.readable:
        fr = "! illisible : ce qui suit n'en est que le début, lisez l'original (--eml)"
        en = "! cannot be read: what follows is only its beginning, read the original (--eml)"
        show.print(Text(fr=fr, en=en).in_(language), style="bold red", markup=False)
    show.print(f"\n{mail.subject}\n\n{mail.text}", markup=False)


def _plain(one: Message) -> dict[str, object]:
    return {
        "message": one.id,
        "received_on": one.received_on.isoformat(),
        "state": str(one.state),
        "request": one.request,
        "proposed": list(one.rights),
        "whole": one.whole,
    }


def _shown_plain(shown: Shown) -> dict[str, object]:
    mail = shown.mail
    return {
        **_plain(shown.message),
        "about": shown.about,
        "why": {str(one.right): list(one.words) for one in shown.proposals},
        "sender": mail.sender,
        "subject": mail.subject,
        "text": mail.text,
        "attachments": [{"name": f.name, "type": f.type, "size": f.size} for f in mail.attachments],
        "readable": mail.readable,
    }
