"""``tenu plan``: what must change on a given day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits, progress


@click.command(name="plan")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Civil day to plan for. Today by default.")
@click.option("--system", "systems", multiple=True, help="Only these systems' tasks; the others are still asked.")
@click.option("--sql", is_flag=True, help="Show exactly the statements each chunk would run.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as its file would hold it.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Keep the plan in a file.")
@click.pass_obj
@exits
def command(
    context: Context, as_of: datetime | None, systems: tuple[str, ...], sql: bool, as_json: bool, output: Path | None
) -> int:
    """Compute what the policy asks to change, inside the databases, and print it as a diff. Reads only."""
    from tenu.operations.plan import keep, only, plan, statements, today  # noqa: PLC0415
    from tenu.plans.render import render  # noqa: PLC0415

    with context.ports() as ports, progress("plan") as bar:
        day = as_of.date() if as_of else today(ports)
        made = only(plan(ports, day, progress=bar), systems)
        if output:
            keep(ports, made)
            output.write_text(made.to_json(), encoding="utf-8")
        if sql:
            for statement in statements(ports, day, systems):
                click.echo(statement + ";\n")
            return FINDINGS if not made.is_empty else FINE
    if as_json:
        click.echo(made.to_json(), nl=False)
    else:
        show = console()
        styles = {"-": "red", "~": "yellow", "=": "green", "": ""}
        for line in render(made, context.language):
            show.print(f"    {line.sign} {line.text}" if line.sign else line.text, style=styles[line.sign], markup=False)
        if output:
            show.print(f"tenu apply {output}", markup=False)
    return FINE if made.is_empty else FINDINGS
