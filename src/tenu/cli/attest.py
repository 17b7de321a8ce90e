"""``tenu attest``: the clause table, live."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits, progress

if TYPE_CHECKING:
    from tenu.operations.attest import ClauseTruth

STYLES = {"kept": "green", "broken": "red", "unknown": "yellow", "attested": "cyan"}
MARKS = {"kept": "✔", "broken": "✘", "unknown": "?", "attested": "✎"}


@click.group(name="attest", invoke_without_command=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Civil day to judge. Today by default.")
@click.option("--status", type=click.Choice(list(STYLES)), multiple=True, help="Only clauses with this status.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@click.pass_context
def command(ctx: click.Context, as_of: datetime | None, status: tuple[str, ...], as_json: bool) -> None:
    """Show, clause by clause, whether the policy is true today. Every store is asked now."""
    if ctx.invoked_subcommand is None:
        _table(ctx.obj, as_of, status, as_json)


@exits
def _table(context: Context, as_of: datetime | None, status: tuple[str, ...], as_json: bool) -> int:
    from tenu.operations.attest import attest, counts  # noqa: PLC0415

    with context.ports() as ports, progress("attest") as bar:
        table = attest(ports, as_of.date() if as_of else None, progress=bar)
    shown = [line for line in table if not status or line.promise in status]
    if as_json:
        said = {"clauses": [line.plain(context.language) for line in shown], "counts": counts(table)}
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
    else:
        show_table(shown, context)
        summary = ", ".join(f"{number} {word}" for word, number in counts(table).items())
        console().print(summary, markup=False)
    return FINDINGS if any(line.promise == "broken" for line in table) else FINE


def show_table(lines: list[ClauseTruth], context: Context) -> None:
    """Print *lines* as a table: clause, promise, law, and what says so."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from tenu.operations.attest import STATUS_WORDS  # noqa: PLC0415

    french = context.language == "fr"
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Clause", "Promesse" if french else "Promise", "Droit" if french else "Law", ""):
        table.add_column(heading, no_wrap=bool(heading))
    for line in lines:
        cells = [
            Text(f"{MARKS[status]} {STATUS_WORDS[status].in_(context.language)}", style=STYLES[status])
            for status in (line.promise, line.law)
        ]
        said = Text(line.title.in_(context.language)).append(f" · {line.evidence.in_(context.language)}", style="dim")
        table.add_row(line.id, *cells, said)
    console().print(table)


@command.command()
@click.argument("clause")
@click.option("--role", required=True, help="Who gives their word: a role, never a name (dpo, finance…).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day the word is good for.")
@click.option("--evidence", help="SHA-256 of the document that was looked at.")
@click.pass_obj
@exits
def sign(context: Context, clause: str, role: str, until: datetime, evidence: str | None) -> int:
    """Give a person's word on CLAUSE, dated and expiring, where nothing can be computed."""
    from tenu.operations.attest import sign as give  # noqa: PLC0415

    with context.ports() as ports:
        give(ports, clause, role, until.date(), evidence)
    return FINE
