"""``tenu hold extract``, ``tenu hold open``: files copied out for an incident, so that the rest goes on time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINE, Context, console, exits
from tenu.cli.hold_text import hold_line, hold_plain

if TYPE_CHECKING:
    from tenu.operations.extracting import Copy

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("files")
@click.option("--ground", type=click.Choice(["claim", "authority", "audit"]), required=True, help="Why.")
@click.option("--owner", required=True, help="The role that answers for it: counsel, dpo, security…")
@click.option("--text", required=True, help="Text of law or reference of the case; sealed with the copy.")
@click.option("--words", default="", help="Why, in words; sealed with the copy.")
@click.option("--since", type=_DAY, required=True, help="First day of the files.")
@click.option("--until", type=_DAY, required=True, help="Last day of the files, included.")
@click.option(
    "--where", "names", multiple=True, help="What a name of the path says: camera=entrance, hour=1[4-6]."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_obj
@exits
def extract(
    context: Context,
    /,
    files: str,
    ground: str,
    owner: str,
    text: str,
    words: str,
    since: datetime,
    until: datetime,
    names: tuple[str, ...],
    as_json: bool,
) -> int:
    """Ask for FILES (store.files) of some days to be copied into a sealed folder. Nothing is, until somebody approves it."""
    from tenu.journal.holds import HoldGround  # noqa: PLC0415
    from tenu.operations.extracting import Demand, ask  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.plans.extract import Extract  # noqa: PLC0415
    from tenu.plans.render import bytes_text, files_text  # noqa: PLC0415

    store, _, kind = files.partition(".")
    wanted = Extract(
        store=store, files=kind, since=since.date(), until=until.date(), names=dict(map(_pair, names))
    )
    demand = Demand(ground=HoldGround(ground), owner=owner, text=text, words=words, extract=wanted)
    with context.ports() as ports:
        hold, number, weight = ask(ports, demand)
        day = today(ports)
    if as_json:
        found = {"found": {"files": number, "bytes": weight}}
        click.echo(json.dumps({**hold_plain(hold, day), **found}, indent=1, ensure_ascii=False))
        return FINE
    hold_line(context, hold, day, as_json)
    language = context.language
    count = f"{files_text(number, language)} ({bytes_text(weight, language)})"
    again = context.again("hold", "approve", hold.id)
    said = f"  {count} ; rien n'est encore copié" if language == "fr" else f"  {count}; nothing is copied yet"
    console().print(said, markup=False)
    console().print(f"-> {again}", markup=False)
    return FINE


@click.command(name="open")
@click.argument("hold")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="A folder that is not there yet.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_obj
@exits
def open_(context: Context, hold: str, folder: Path, as_json: bool) -> int:
    """Take the files of HOLD out of their sealed folder, each verified, into a folder only you may read. It is journaled."""
    from tenu.operations.extracting import open_extract  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415

    if folder.exists():
        raise click.BadParameter(f"{folder}: a folder that is not there yet", param_hint="--to")
    with context.ports() as ports:
        opened, manifest, copies = open_extract(ports, hold)
        _write(folder, manifest, copies)
        hold_line(context, opened, today(ports), as_json)
    if not as_json:
        console().print(f"-> {folder}", markup=False)
    return FINE


def _pair(said: str) -> tuple[str, str]:
    name, _, like = said.partition("=")
    if not name or not like:
        raise click.BadParameter(f"{said!r}: camera=entrance", param_hint="--where")
    return name, like


def _write(folder: Path, manifest: bytes, copies: Iterable[Copy]) -> None:
    """Write what was opened below *folder*, made for it; nothing that is there is written over."""
    folder.mkdir(mode=0o700, parents=True)
    _put(folder / "manifest.json", [manifest])
    for copy in copies:
        path = folder / "files" / copy.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put(path, copy.bytes)


def _put(path: Path, pieces: Iterable[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
