"""``tenu apply``: do exactly one plan."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits, progress


@click.command(name="apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
@exits
def command(context: Context, file: Path, as_json: bool) -> int:
    """Do exactly the plan in FILE. Interrupted, run it again: it goes on where it was."""
    from tenu.operations.apply import apply  # noqa: PLC0415
    from tenu.operations.past import changed_nothing, done_before  # noqa: PLC0415
    from tenu.plans.plan import read_plan  # noqa: PLC0415
    from tenu.plans.run import run_lines, run_plain  # noqa: PLC0415

    plan = read_plan(file.read_text(encoding="utf-8", errors="replace"))
    with context.ports() as ports, progress("apply") as bar:
        before = done_before(ports, plan)
        run = apply(ports, plan, progress=bar)
    again = changed_nothing(run, before)
    if as_json:
        click.echo(json.dumps(run_plain(run), indent=1, ensure_ascii=False))
    else:
        for line in run_lines(run, context.language, again=again):
            console().print(line, markup=False)
    return FINE if run.is_complete else FINDINGS
