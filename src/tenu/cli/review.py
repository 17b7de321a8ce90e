"""``tenu review``: a rehearsal of a plan, to read before it is approved."""

from __future__ import annotations

from pathlib import Path

import click

from tenu.cli.context import FINDINGS, FINE, Context, exits

PAGES = (".html", ".htm")


@click.command(name="review")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it there: a page when the name ends in .html, else Markdown.",
)
@click.option(
    "--months",
    type=click.IntRange(0, 60),
    default=6,
    show_default=True,
    help="How many months to look ahead.",
)
@click.pass_obj
@exits
def command(context: Context, file: Path, output: Path | None, months: int) -> int:
    """Rehearse the plan in FILE: how much of what, why, what stays, what it costs, what comes next. Reads only."""
    from tenu.operations.review import review  # noqa: PLC0415
    from tenu.plans.plan import read_plan  # noqa: PLC0415
    from tenu.plans.review_page import page  # noqa: PLC0415
    from tenu.plans.review_text import markdown  # noqa: PLC0415

    plan = read_plan(file.read_text(encoding="utf-8", errors="replace"))
    with context.ports() as ports:
        rehearsed = review(ports, plan, months=months)
    if output is None:
        click.echo(markdown(rehearsed, context.language))
    else:
        written = page if output.suffix.lower() in PAGES else markdown
        output.write_text(written(rehearsed, context.language), encoding="utf-8")
        click.echo(f"-> {output}")
    return FINDINGS if rehearsed.missing else FINE
