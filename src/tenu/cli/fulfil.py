"""``tenu request fulfil``: do what was decided of one right. One command per right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINE, Context, console, exits

if TYPE_CHECKING:
    from tenu.errors import TenuError

JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.group()
def fulfil() -> None:
    """Do what was decided of one right."""


@fulfil.command()
@click.argument("number")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder."
)
@click.option("--recipient", "recipients", multiple=True, help="Who received data of this person, by name.")
@click.option("--no-recipient", is_flag=True, help="Nobody outside the company did.")
@click.option("--mask", "masks", multiple=True, help="SYSTEM.TABLE.COLUMN=WHY: it speaks of somebody else.")
@JSON
@click.pass_obj
@exits
def access(
    context: Context,
    number: str,
    output: Path,
    recipients: tuple[str, ...],
    no_recipient: bool,
    masks: tuple[str, ...],
    as_json: bool,
) -> int:
    """Write the answer to an access request in a new folder: a page to read, the data, what was searched."""
    from tenu.adapters.answer_folder import write_answer  # noqa: PLC0415
    from tenu.operations.rights.access import access as verb  # noqa: PLC0415

    if bool(recipients) == no_recipient:
        raise refused(
            "nommez qui a reçu des données : --recipient NOM, ou dites que personne n'en a reçu : --no-recipient",
            "name who received data: --recipient NAME, or say nobody did: --no-recipient",
        )
    hidden = [_mask(said) for said in masks]
    with context.ports() as ports:
        package = verb(ports, number, recipients=recipients, masks=hidden, language=context.language)
        write_answer(output, package.files)
    if as_json:
        said = {"folder": str(output), "files": [f.name for f in package.files], "digest": package.digest}
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
    else:
        for file in package.files:
            console().print(str(output / file.name), markup=False)
    return FINE


def _mask(said: str) -> Any:
    from tenu.letters.access import Mask  # noqa: PLC0415

    column, _, why = said.partition("=")
    parts = column.split(".")
    if len(parts) != 3 or not why:
        raise refused("écrivez --mask SYSTÈME.TABLE.COLONNE=POURQUOI", "write --mask SYSTEM.TABLE.COLUMN=WHY")
    return Mask(system=parts[0], table=parts[1], column=parts[2], why=why)


def refused(fr: str, en: str) -> TenuError:
    """Return the refusal of a command that says too little or too much."""
    from tenu.errors import RefusedError  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    return RefusedError(Text(fr=fr, en=en))
