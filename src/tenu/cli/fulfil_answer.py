"""What the commands of ``tenu request fulfil`` share: their options, and writing the folder of an answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINE, console

if TYPE_CHECKING:
    from tenu.errors import TenuError
    from tenu.operations.rights.access import Package

JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
OUTPUT = click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder."
)
MASKS = click.option(
    "--mask", "masks", multiple=True, help="SYSTEM.TABLE.COLUMN=WHY: it speaks of somebody else."
)


def written(output: Path, package: Package, *, as_json: bool) -> int:
    """Write the files of an answer in the new folder *output*, and say which; return the exit status."""
    from tenu.adapters.answer_folder import write_answer  # noqa: PLC0415

    write_answer(output, package.files)
    if as_json:
        said = {"folder": str(output), "files": [f.name for f in package.files], "digest": package.digest}
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
    else:
        for file in package.files:
            console().print(str(output / file.name), markup=False)
    return FINE


def masks_of(said: Iterable[str]) -> list[Any]:
    """Return the masks written as ``SYSTEM.TABLE.COLUMN=WHY``."""
    from tenu.letters.tables import Mask  # noqa: PLC0415

    masks = []
    for one in said:
        column, _, why = one.partition("=")
        parts = column.split(".", 2)
        if len(parts) != 3 or not why:
            raise refused(
                "écrivez --mask SYSTÈME.TABLE.COLONNE=POURQUOI", "write --mask SYSTEM.TABLE.COLUMN=WHY"
            )
        masks.append(Mask(system=parts[0], table=parts[1], column=parts[2], why=why))
    return masks


def refused(fr: str, en: str) -> TenuError:
    """Return the refusal of a command that says too little or too much."""
    from tenu.errors import RefusedError  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    return RefusedError(Text(fr=fr, en=en))
