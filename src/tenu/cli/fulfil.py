"""``tenu request fulfil``: do what was decided of one right. One command per right."""

from __future__ import annotations

from pathlib import Path

import click

from tenu.cli.context import Context, exits
from tenu.cli.fulfil_answer import JSON, MASKS, OUTPUT, masks_of, refused, written
from tenu.cli.fulfil_erasure import erasure
from tenu.cli.fulfil_objection import objection
from tenu.cli.fulfil_portability import portability
from tenu.cli.fulfil_rectification import rectification
from tenu.cli.fulfil_restriction import restriction


@click.group()
def fulfil() -> None:
    """Do what was decided of one right."""


for right in (erasure, objection, portability, rectification, restriction):
    fulfil.add_command(right)


@fulfil.command()
@click.argument("number")
@OUTPUT
@click.option("--recipient", "recipients", multiple=True, help="Who received data of this person, by name.")
@click.option("--no-recipient", is_flag=True, help="Nobody outside the company did.")
@MASKS
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
    from tenu.operations.rights.access import access as verb  # noqa: PLC0415

    if bool(recipients) == no_recipient:
        raise refused(
            "nommez qui a reçu des données : --recipient NOM, ou dites que personne n'en a reçu : --no-recipient",
            "name who received data: --recipient NAME, or say nobody did: --no-recipient",
        )
    hidden = masks_of(masks)
    with context.ports() as ports:
        package = verb(ports, number, recipients=recipients, masks=hidden, language=context.language)
        return written(output, package, as_json=as_json)
