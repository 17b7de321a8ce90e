"""``tenu request notice``: recipients told of a rectification, an erasure, a restriction or an objection, until they say it is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits
from tenu.cli.fulfil_answer import JSON, refused
from tenu.cli.request_text import RIGHTS, Line
from tenu.terms import Language, Text

if TYPE_CHECKING:
    from datetime import date

    from tenu.journal.notices import Notice

DAY = click.DateTime(["%Y-%m-%d"])
REMINDER = click.option("--reminder", is_flag=True, help="A reminder of one that left.")
ON = click.option("--on", type=DAY, help="The day. Today by default.")
TOLD = ["rectification", "erasure", "restriction", "objection", "withdrawal"]
STATES = {
    "named": Text(fr="à prévenir avant le", en="to be told by"),
    "told": Text(fr="prévenu le", en="told on"),
    "acknowledged": Text(fr="l'a fait, dit-il, le", en="said it was done on"),
    "impossible": Text(fr="ne sera pas prévenu", en="will not be told"),
}


@click.group()
def notice() -> None:
    """Recipients of data corrected, erased or restricted, or of who objects: told, reminded, until they say it is done."""


@notice.command(name="list")
@click.argument("number", required=False)
@JSON
@click.pass_obj
@exits
def list_(context: Context, number: str | None, as_json: bool) -> int:
    """The notices of a request, or of all. Exit status 1 when somebody is late to be told or to answer."""
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.operations.rights.notices import notices, unnamed  # noqa: PLC0415

    with context.ports() as ports:
        day, within = today(ports), ports.workspace.settings.requests.notice_days
        found = notices(ports, number)
        missing = unnamed(ports, number) if number else {}
    if as_json:
        click.echo(json.dumps([notice_plain(one, day, within) for one in found], indent=1))
    else:
        _print(notice_lines(found, day, within, context.language))
        for right, each in missing.items():
            for kind in each:
                fr = f"? {RIGHTS[right].fr} : nul n'est nommé de « {kind.label.fr} » ({kind.id})"
                en = f"? {RIGHTS[right].en}: nobody was named of '{kind.label.en}' ({kind.id})"
                console().print(Text(fr=fr, en=en).in_(context.language), markup=False)
    return FINDINGS if any(one.is_due(day, within) for one in found) else FINE


@notice.command()
@click.argument("number")
@click.argument("right", type=click.Choice(TOLD))
@click.argument("recipient")
@click.option("--name", required=True, help="Who they are: the first line of the address.")
@click.option(
    "--address", "lines", multiple=True, required=True, help="A line of their address, or one e-mail."
)
@click.option("--note", default="", help="What the letter adds, the right values for instance.")
@JSON
@click.pass_obj
@exits
def add(
    context: Context,
    number: str,
    right: str,
    recipient: str,
    name: str,
    lines: tuple[str, ...],
    note: str,
    as_json: bool,
) -> int:
    """Name a recipient, of a class of the policy (RECIPIENT), who received data of which RIGHT was carried out."""
    from tenu.operations.rights.notices import Recipient, name_recipient  # noqa: PLC0415
    from tenu.policy.rights import Right  # noqa: PLC0415

    who = Recipient(recipient=recipient, name=name, address=lines)
    return _moved(context, as_json, lambda p: name_recipient(p, number, Right(right), who, note=note))


@notice.command()
@click.argument("number")
@click.argument("identifier", metavar="NOTICE")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A new file."
)
@REMINDER
@click.pass_obj
@exits
def letter(context: Context, number: str, identifier: str, output: Path, reminder: bool) -> int:
    """Write the letter of a notice to a new file (.pdf, .html or .txt); nothing is sent."""
    from tenu.adapters.answer_folder import write_file  # noqa: PLC0415
    from tenu.operations.rights.notices import notice_letter  # noqa: PLC0415

    if output.suffix not in (".pdf", ".html", ".txt"):
        raise refused("donnez un fichier .pdf, .html ou .txt", "give a .pdf, .html or .txt file")
    with context.ports() as ports:
        made = notice_letter(ports, number, identifier, reminder=reminder, language=context.language)
    content = {".pdf": lambda: made.pdf, ".html": made.html.encode, ".txt": made.text.encode}[output.suffix]()
    write_file(output, content)
    console().print(str(output), markup=False)
    return FINE


@notice.command()
@click.argument("number")
@click.argument("identifier", metavar="NOTICE")
@REMINDER
@JSON
@click.pass_obj
@exits
def send(context: Context, number: str, identifier: str, reminder: bool, as_json: bool) -> int:
    """Send the letter of a notice to the recipient's e-mail, once."""
    from tenu.operations.rights.notices import send_notice  # noqa: PLC0415

    return _moved(
        context,
        as_json,
        lambda p: send_notice(p, number, identifier, reminder=reminder, language=context.language)[0],
    )


@notice.command()
@click.argument("number")
@click.argument("identifier", metavar="NOTICE")
@click.option("--delivery", type=click.Choice(["email", "post", "hand"]), required=True, help="How.")
@click.option(
    "--letter",
    "file",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="The file that left.",
)
@ON
@REMINDER
@JSON
@click.pass_obj
@exits
def told(
    context: Context,
    number: str,
    identifier: str,
    delivery: str,
    file: Path,
    on: datetime | None,
    reminder: bool,
    as_json: bool,
) -> int:
    """Record that a notice left by post, by hand, or from another mailbox."""
    from tenu.adapters.answer_folder import digest_of_answer  # noqa: PLC0415
    from tenu.operations.rights.notices import tell  # noqa: PLC0415

    digest, day = digest_of_answer(file), on.date() if on else None
    return _moved(
        context,
        as_json,
        lambda p: tell(p, number, identifier, delivery=delivery, letter=digest, on=day, reminder=reminder),
    )


@notice.command()
@click.argument("number")
@click.argument("identifier", metavar="NOTICE")
@ON
@JSON
@click.pass_obj
@exits
def acknowledged(context: Context, number: str, identifier: str, on: datetime | None, as_json: bool) -> int:
    """Record that the recipient said it is done."""
    from tenu.operations.rights.notices import acknowledged as verb  # noqa: PLC0415

    day = on.date() if on else None
    return _moved(context, as_json, lambda p: verb(p, number, identifier, on=day))


@notice.command()
@click.argument("number")
@click.argument("identifier", metavar="NOTICE")
@click.option("--code", required=True, help="NOT_POSSIBLE or DISPROPORTIONATE.")
@click.option("--note", required=True, help="Why, in words.")
@JSON
@click.pass_obj
@exits
def impossible(context: Context, number: str, identifier: str, code: str, note: str, as_json: bool) -> int:
    """Record that telling them is impossible or out of proportion: a human's word, with its reason."""
    from tenu.operations.rights.notices import impossible as verb  # noqa: PLC0415

    return _moved(context, as_json, lambda p: verb(p, number, identifier, code, note))


def notice_lines(found: list[Notice], on: date, within: int, language: Language) -> Iterator[Line]:
    """Yield one line per notice: its number, its class, where it is; loud when somebody is late."""
    from tenu.plans.reason import day_text  # noqa: PLC0415

    for one in found:
        day = one.acknowledged_on or one.told_on or one.told_by
        said = STATES[one.state].in_(language)
        where = f"{said} ({one.code})" if one.code else f"{said} {day_text(day, language)}"
        late = ""
        if one.is_due(on, within):
            late = Text(fr="  EN RETARD", en="  LATE").in_(language)
        right = RIGHTS[one.right].in_(language)
        style = "bold red" if late else "" if one.is_open else "green"
        yield Line(text=f"  {one.id}  {one.request}  {right}  {one.recipient}  {where}{late}", style=style)


def notice_plain(one: Notice, on: date, within: int) -> dict[str, object]:
    """Return one notice as the documented JSON of ``tenu request notice list --json``."""
    return {
        "notice": one.id,
        "request": one.request,
        "right": one.right,
        "recipient": one.recipient,
        "state": str(one.state),
        "told_by": one.told_by.isoformat(),
        "told_on": one.told_on.isoformat() if one.told_on else None,
        "reminded_on": [day.isoformat() for day in one.reminded_on],
        "acknowledged_on": one.acknowledged_on.isoformat() if one.acknowledged_on else None,
        "due": one.is_due(on, within),
    }


def _moved(context: Context, as_json: bool, verb: Callable[[Any], Notice]) -> int:
    from tenu.operations.plan import today  # noqa: PLC0415

    with context.ports() as ports:
        one, day, within = verb(ports), today(ports), ports.workspace.settings.requests.notice_days
    if as_json:
        click.echo(json.dumps(notice_plain(one, day, within), indent=1))
    else:
        _print(notice_lines([one], day, within, context.language))
    return FINE


def _print(lines: Iterator[Line]) -> None:
    show = console()
    for line in lines:
        show.print(line.text, style=line.style, markup=False)
