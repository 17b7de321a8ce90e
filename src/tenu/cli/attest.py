"""``tenu attest``: the clause table, live."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tenu.cli.context import CANNOT_RUN, FINDINGS, FINE, Context, console, exits, progress

if TYPE_CHECKING:
    from rich.console import Console

    from tenu.operations.attest import Attestation, ClauseTruth

STYLES = {"kept": "green", "broken": "red", "unknown": "yellow", "attested": "cyan"}
MARKS = {"kept": "✔", "broken": "✘", "unknown": "?", "attested": "✎"}


@click.group(name="attest", invoke_without_command=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Civil day to judge. Today by default.")
@click.option(
    "--status", type=click.Choice(list(STYLES)), multiple=True, help="Only clauses with this status."
)
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@click.pass_context
def command(ctx: click.Context, as_of: datetime | None, status: tuple[str, ...], as_json: bool) -> None:
    """Show, clause by clause, whether the policy is true today. Every store is asked now."""
    if ctx.invoked_subcommand is None:
        _table(ctx.obj, as_of, status, as_json)


@exits
def _table(context: Context, as_of: datetime | None, status: tuple[str, ...], as_json: bool) -> int:
    from tenu.operations.attest import attest  # noqa: PLC0415

    with context.ports() as ports, progress("attest") as bar:
        seen = attest(ports, as_of.date() if as_of else None, progress=bar)
    shown = [line for line in seen.clauses if not status or line.promise in status]
    if as_json:
        click.echo(json.dumps(_plain(seen, shown, context), indent=1, ensure_ascii=False))
    else:
        show_table(shown, context)
        console().print(seen.summary(context.language), markup=False)
    if seen.unreachable:
        names = ", ".join(seen.unreachable)
        click.echo(
            f"systèmes muets : {names}" if context.language == "fr" else f"silent systems: {names}", err=True
        )
        return CANNOT_RUN
    return FINDINGS if any(line.promise == "broken" for line in seen.clauses) else FINE


def _plain(seen: Attestation, shown: Sequence[ClauseTruth], context: Context) -> dict[str, object]:
    return {
        "as_of": seen.as_of.isoformat(),
        "clauses": [line.plain(context.language) for line in shown],
        "counts": seen.counts(),
        "unreachable": list(seen.unreachable),
    }


def show_table(lines: Sequence[ClauseTruth], context: Context) -> None:
    """Print *lines*: clause, promise, law, and what says so; columns on a terminal, one line per clause elsewhere."""
    show = console()
    if show.is_terminal:
        _show_columns(show, lines, context)
        return
    for line in lines:
        show.print(
            "  ".join([f"{line.id:<9}", *_statuses(line, context), _said(line, context)]), markup=False
        )


def _show_columns(show: Console, lines: Sequence[ClauseTruth], context: Context) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    french = context.language == "fr"
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Clause", "Promesse" if french else "Promise", "Droit" if french else "Law", ""):
        table.add_column(heading, no_wrap=bool(heading))
    for line in lines:
        promise, law = _statuses(line, context)
        said = Text(line.title.in_(context.language)).append(
            f" · {line.evidence.in_(context.language)}", style="dim"
        )
        table.add_row(
            line.id, Text(promise, style=STYLES[line.promise]), Text(law, style=STYLES[line.law]), said
        )
    show.print(table)


def _statuses(line: ClauseTruth, context: Context) -> list[str]:
    from tenu.operations.attest import STATUS_WORDS  # noqa: PLC0415

    width = max(len(word.in_(context.language)) for word in STATUS_WORDS.values())
    return [f"{MARKS[s]} {STATUS_WORDS[s].in_(context.language):<{width}}" for s in (line.promise, line.law)]


def _said(line: ClauseTruth, context: Context) -> str:
    return f"{line.title.in_(context.language)} · {line.evidence.in_(context.language)}"


@command.command()
@click.argument("clause")
@click.option("--role", required=True, help="Who gives their word: a role, never a name (dpo, finance…).")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day the word is good for."
)
@click.option("--evidence", help="SHA-256 of the document that was looked at.")
@click.pass_obj
@exits
def sign(context: Context, clause: str, role: str, until: datetime, evidence: str | None) -> int:
    """Give a person's word on CLAUSE, dated and expiring, where nothing can be computed."""
    from tenu.operations.attest import sign as give  # noqa: PLC0415
    from tenu.plans.reason import day_text  # noqa: PLC0415

    with context.ports() as ports:
        give(ports, clause, role, until.date(), evidence)
    day = day_text(until.date(), context.language)
    said = f"{clause} : attestée par {role} jusqu'au {day}"
    click.echo(said if context.language == "fr" else f"{clause}: attested by {role} until {day}")
    return FINE
