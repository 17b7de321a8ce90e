"""``tenu apply``: do exactly one plan."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits, progress

if TYPE_CHECKING:
    from tenu.operations.sampling import Sample
    from tenu.plans.run import Taken

HUNDRED = 100


class _SampleType(click.ParamType):  # type: ignore[type-arg]
    """``20`` people, or ``1%``."""

    name = "N|N%"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Sample:
        """Return what the person typed as a sample."""
        from tenu.operations.sampling import Sample  # noqa: PLC0415

        found = re.fullmatch(r"([1-9][0-9]{0,8})\s*(%?)", str(value))
        if found is None or (found[2] and int(found[1]) > HUNDRED):
            self.fail(f"{value!r}: 20, or 1%", param, ctx)
        return Sample(percent=int(found[1])) if found[2] else Sample(people=int(found[1]))


@click.command(name="apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--sample",
    type=_SampleType(),
    help="Only the first N people of each task (or N%), then stop; FILE.sample.csv lists every row changed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
@exits
def command(context: Context, file: Path, sample: Sample | None, as_json: bool) -> int:
    """Do exactly the plan in FILE. Interrupted, run it again: it goes on where it was."""
    from tenu.operations.apply import apply  # noqa: PLC0415
    from tenu.operations.past import changed_nothing, done_before  # noqa: PLC0415
    from tenu.plans.plan import read_plan  # noqa: PLC0415
    from tenu.plans.run import run_lines, run_plain  # noqa: PLC0415

    plan = read_plan(file.read_text(encoding="utf-8", errors="replace"))
    with context.ports() as ports, progress("apply") as bar:
        before = done_before(ports, plan)
        run = apply(ports, plan, progress=bar, waits=context.waits(), sample=sample)
    again = changed_nothing(run, before)
    listed = _listed(file, run.taken) if sample else None
    if as_json:
        click.echo(json.dumps(run_plain(run), indent=1, ensure_ascii=False))
    else:
        for line in run_lines(run, context.language, again=again):
            console().print(line, markup=False)
        if listed:
            console().print(f"-> {listed}", markup=False)
    return FINE if run.is_complete else FINDINGS


def _listed(file: Path, taken: tuple[Taken, ...]) -> Path:
    """Write which rows a sample changed beside the plan, readable by their owner alone: a key may identify somebody."""
    path = file.with_name(file.name + ".sample.csv")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", newline="") as written:
        rows = csv.writer(written)
        if written.tell() == 0:
            rows.writerow(["system", "table", "verb", "key"])
        rows.writerows([one.system, one.table, one.verb, *one.key] for one in taken)
    return path
