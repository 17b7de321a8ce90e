"""``tenu discover``: a first data map of a live database, its doubts marked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from tenu.cli.context import CANNOT_RUN, FINE, Context, exits


@click.command(name="discover")
@click.argument("url")
@click.option("--system", default="system", help="Name of the database in the workspace.")
@click.option("--country", default="FR", help="Country it is in, two letters.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the map to this file."
)
@click.option("--json", "as_json", is_flag=True, help="Print the map and its doubts as JSON.")
@click.pass_obj
@exits
def command(
    _context: Context, url: str, system: str, country: str, output: Path | None, as_json: bool
) -> int:
    """Draw the data map of the database at URL. Reads its catalog and a few values, and shows none of them."""
    from tenu.adapters.databases.catalog import Unknown  # noqa: PLC0415
    from tenu.operations.discover import discover  # noqa: PLC0415

    said = f"${{{system.upper().replace('-', '_')}_URL}}"
    with Unknown(url) as source:
        text = discover(source, system=system, url=said, country=country, on=date.today())
    doubts = [line.removeprefix("# - ") for line in text.splitlines() if line.startswith("# - ")]
    if output is not None:
        if output.exists():
            click.echo(f"{output} exists: choose another name, or move it first", err=True)
            return CANNOT_RUN
        output.write_text(text, encoding="utf-8")
    if as_json:
        click.echo(json.dumps({"map": text, "doubts": doubts}, indent=1, ensure_ascii=False))
    elif output is None:
        click.echo(text)
    return FINE
