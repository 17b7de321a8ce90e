"""``tenu request fulfil portability``: the files a person takes away."""

from __future__ import annotations

from pathlib import Path

import click

from tenu.cli.context import Context, exits
from tenu.cli.fulfil_answer import JSON, MASKS, OUTPUT, masks_of, written


@click.command()
@click.argument("number")
@OUTPUT
@MASKS
@JSON
@click.pass_obj
@exits
def portability(context: Context, number: str, output: Path, masks: tuple[str, ...], as_json: bool) -> int:
    """Write what the person may take away in a new folder: data.json and its schema, one CSV per table, a page."""
    from tenu.operations.rights.portability import portability as verb  # noqa: PLC0415

    hidden = masks_of(masks)
    with context.ports() as ports:
        return written(output, verb(ports, number, masks=hidden, language=context.language), as_json=as_json)
