"""``tenu request send``, ``outbox`` and ``package``: letters that leave once, and packages that never leave by e-mail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits
from tenu.cli.fulfil_answer import JSON, refused
from tenu.cli.request_letters import PROOFS
from tenu.letters.facts import LetterKind, Proof

if TYPE_CHECKING:
    from tenu.journal.outbox import Sending
    from tenu.terms import Language


@click.command()
@click.argument("number")
@click.argument("kind", type=click.Choice([str(kind) for kind in LetterKind]))
@click.option(
    "--to-address-on-file", "on_file", is_flag=True, help="To the e-mail in the file, and no other."
)
@PROOFS
@JSON
@click.pass_obj
@exits
def send(
    context: Context, number: str, kind: str, on_file: bool, proofs: tuple[str, ...], as_json: bool
) -> int:
    """Send one letter by e-mail, once: a letter that left, or may have left, is never sent again."""
    from tenu.operations.rights.sending import send as verb  # noqa: PLC0415

    if not on_file:
        raise refused(
            "une lettre ne part qu'à l'adresse du dossier : dites-le, --to-address-on-file",
            "a letter only goes to the address on file: say so, --to-address-on-file",
        )
    with context.ports() as ports:
        _, sending, now = verb(
            ports, number, LetterKind(kind), language=context.language, proofs=[Proof(p) for p in proofs]
        )
    return _told(context, sending, as_json, now=now)


@click.group()
def outbox() -> None:
    """Letters sent by e-mail, and those nobody knows left."""


@outbox.command(name="list")
@JSON
@click.pass_obj
@exits
def list_(context: Context, as_json: bool) -> int:
    """Every letter sent by e-mail. Exit status 1 while one may or may not have left."""
    from tenu.journal.outbox import SendingState  # noqa: PLC0415
    from tenu.operations.rights.outbox import outbox as verb  # noqa: PLC0415

    with context.ports() as ports:
        sendings = list(verb(ports).values())
    if as_json:
        click.echo(json.dumps([_plain(sending) for sending in sendings], indent=1))
    else:
        for sending in sendings:
            _print(sending, context.language)
    return FINDINGS if any(s.state is SendingState.UNKNOWN for s in sendings) else FINE


@outbox.command()
@click.argument("number")
@click.argument("letter")
@click.argument("outcome", type=click.Choice(["sent", "not_sent"]))
@JSON
@click.pass_obj
@exits
def settle(context: Context, number: str, letter: str, outcome: str, as_json: bool) -> int:
    """Say whether a letter whose sending has no known end left, once you made sure at the sending server."""
    from tenu.operations.rights.sending import settle as verb  # noqa: PLC0415

    with context.ports() as ports:
        _, sending = verb(ports, number, letter, sent=outcome == "sent")
    return _told(context, sending, as_json)


@click.command()
@click.argument("number")
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder tenu request fulfil wrote.",
)
@JSON
@click.pass_obj
@exits
def package(context: Context, number: str, folder: Path, as_json: bool) -> int:
    """Keep a package for the person to fetch, and print the token that opens it, once; it is not shown again."""
    from tenu.adapters.answer_folder import files_of_answer  # noqa: PLC0415
    from tenu.operations.rights.delivering import offer  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    with context.ports() as ports:
        link = offer(ports, number, files_of_answer(folder))
    until = link.until.isoformat()
    if as_json:
        said = {"request": link.request, "token": link.token, "package": link.package, "until": until}
        click.echo(json.dumps(said, indent=1))
    else:
        words = Text(
            fr=f"ouvre le dossier de {link.request} une fois, jusqu'au {until}, et n'est gardé nulle part :",
            en=f"opens the package of {link.request} once, until {until}, and is kept nowhere:",
        )
        click.echo(words.in_(context.language), err=True)
        click.echo(link.token)
    return FINE


def _told(context: Context, sending: Sending, as_json: bool, *, now: bool = False) -> int:
    if as_json:
        click.echo(json.dumps({**_plain(sending), "now": now}, indent=1))
    else:
        _print(sending, context.language)
    return FINE


def _print(sending: Sending, language: Language) -> None:
    from tenu.journal.outbox import SendingState  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    said = {
        SendingState.SENT: (Text(fr="partie", en="sent"), "green"),
        SendingState.NOT_SENT: (Text(fr="pas partie", en="not sent"), ""),
        SendingState.UNKNOWN: (Text(fr="ISSUE INCONNUE", en="OUTCOME UNKNOWN"), "bold red"),
    }
    words, style = said[sending.state]
    began = sending.at.isoformat(timespec="minutes")
    line = (
        f"{sending.request}  {sending.letter}  {words.in_(language)}  {began}  Message-ID {sending.message}"
    )
    console().print(line, style=style, markup=False)


def _plain(sending: Sending) -> dict[str, object]:
    return {
        "request": sending.request,
        "letter": sending.letter,
        "state": str(sending.state),
        "at": sending.at.isoformat(),
        "digest": sending.digest,
        "message": sending.message,
    }
