"""``tenu plan``: what must change on a given day."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenu.cli.context import CANNOT_RUN, FINDINGS, FINE, Context, console, exits, progress, wrapped

if TYPE_CHECKING:
    from tenu.plans.plan import Plan
    from tenu.ports import Ports

STYLES = {"-": "red", "~": "yellow", "=": "green", "!": "bold red", "": ""}


@click.command(name="plan")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Civil day to plan for. Today by default.")
@click.option(
    "--system", "systems", multiple=True, help="Only these systems' tasks; the others are still asked."
)
@click.option("--sql", is_flag=True, help="Show exactly the statements each chunk would run.")
@click.option("--doubts", is_flag=True, help="List the rows a human must tell apart, by their keys.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as its file would hold it.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Keep the plan in a file."
)
@click.pass_obj
@exits
def command(
    context: Context,
    as_of: datetime | None,
    systems: tuple[str, ...],
    sql: bool,
    doubts: bool,
    as_json: bool,
    output: Path | None,
) -> int:
    """Compute what the policy asks to change, inside the databases, and print it as a diff. Reads only."""
    from tenu.operations.approving import waits_for  # noqa: PLC0415
    from tenu.operations.bounding import over  # noqa: PLC0415
    from tenu.operations.plan import keep, only, plan, statements, today  # noqa: PLC0415

    _refuse_both(sql=sql, other=doubts or as_json)
    with context.ports() as ports, progress("plan") as bar:
        day = as_of.date() if as_of else today(ports)
        if doubts:
            return _doubts(context, ports, day, systems, as_json)
        made = only(plan(ports, day, progress=bar), systems)
        if output:
            keep(ports, made)
            output.write_text(made.to_json(), encoding="utf-8")
        refused = any(excess.kind != "share" for excess in over(ports, made))
        waiting = waits_for(ports, made).missing(()) > 0
        if sql:
            for statement in statements(ports, day, systems):
                click.echo(statement + ";\n")
    if as_json:
        click.echo(made.to_json(), nl=False)
    elif not sql:
        _show(context, made, output, waiting=waiting)
    if refused:
        return CANNOT_RUN
    return FINE if made.is_empty else FINDINGS


def _refuse_both(*, sql: bool, other: bool) -> None:
    from tenu.errors import RefusedError  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    if sql and other:
        raise RefusedError(
            Text(
                fr="--sql ne va ni avec --json ni avec --doubts",
                en="--sql goes neither with --json nor with --doubts",
            ),
            fix=Text(fr="donnez l'une des trois", en="give one of the three"),
        )


def _show(context: Context, made: Plan, output: Path | None, *, waiting: bool) -> None:
    from tenu.plans.render import render  # noqa: PLC0415

    show = console()
    for line in render(made, context.language):
        show.print(wrapped(show, line.text, line.hang), style=STYLES[line.sign], markup=False)
    if output:
        show.print(f"-> {context.again('review' if waiting else 'apply', str(output))}", markup=False)


def _doubts(context: Context, ports: Ports, day: date, systems: tuple[str, ...], as_json: bool) -> int:
    from tenu.operations.doubts import doubts  # noqa: PLC0415

    found = doubts(ports, day, systems)
    if as_json:
        click.echo(json.dumps([doubt.plain() for doubt in found], indent=1, ensure_ascii=False))
    else:
        show = console()
        for doubt in found:
            for line in doubt.lines(context.language):
                show.print(wrapped(show, line, 4), markup=False)
        if not found:
            show.print(
                "Personne à départager." if context.language == "fr" else "Nobody to tell apart.",
                markup=False,
            )
    return FINDINGS if found else FINE
