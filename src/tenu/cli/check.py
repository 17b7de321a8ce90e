"""``tenu check``: what the law, the policy and the live schemas say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tenu.cli.context import CANNOT_RUN, FINDINGS, FINE, Context, console, exits, progress, show_findings

if TYPE_CHECKING:
    from tenu.errors import Finding
    from tenu.operations.check import Checked
    from tenu.terms import Severity

ROWS = 2_000
FRENCH = {"blocker": "bloquant", "major": "majeur", "minor": "mineur", "note": "note"}


@click.command(name="check")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--severity", type=click.Choice(["blocker", "major", "minor", "note"]), help="This bad, or worse."
)
@click.option(
    "--values", is_flag=True, help="Look at what columns not called personal hold, in a sample of rows."
)
@click.option(
    "--rows", type=click.IntRange(1), help=f"The same, in that many rows of each table; {ROWS} by default."
)
@click.option("--all", "whole", is_flag=True, help="The same, in every row.")
@click.pass_obj
@exits
def command(
    context: Context, as_json: bool, severity: str | None, values: bool, rows: int | None, whole: bool
) -> int:
    """Compare the policy with the law, and the data maps with the live schemas. Every finding at once."""
    from tenu.operations.check import Values, check, record  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.terms import Severity  # noqa: PLC0415

    with context.ports() as ports, progress("check") as show:
        most = None if whole else rows or ROWS
        looking = Values(most=most, progress=show) if values or rows or whole else None
        checked = check(ports, today(ports), looking)
        record(ports, checked)
    order = list(Severity)
    worst = order[: order.index(Severity(severity)) + 1] if severity else order
    findings = tuple(found for found in checked.findings if found.severity in worst)
    if as_json:
        click.echo(json.dumps([found.plain() for found in findings], indent=1, ensure_ascii=False))
    else:
        show_findings(findings, context.language)
        console().print(_end(context, findings, checked), markup=False)
    if checked.unreachable:
        return CANNOT_RUN
    return FINDINGS if findings else FINE


def _end(context: Context, findings: Sequence[Finding], checked: Checked) -> str:
    from tenu.terms import Severity  # noqa: PLC0415

    counts = Counter(found.severity for found in findings)
    said = ", ".join(_counted(counts[s], s, context.language) for s in Severity if counts[s])
    compared, waiting = len(checked.systems) - len(checked.unreachable), checked.waiting
    if context.language == "fr":
        asked = f"{compared} systèmes comparés sur {len(checked.systems)}"
        return (
            f"{said or 'Aucun constat'}. {asked}. {waiting} règles de droit attendent de pouvoir être jugées."
        )
    asked = f"{compared} of {len(checked.systems)} systems compared"
    return f"{said or 'No finding'}. {asked}. {waiting} rules of law wait to be judged."


def _counted(count: int, severity: Severity, language: str) -> str:
    if language == "fr":
        return f"{count} {FRENCH[severity.value]}{'s' if count > 1 else ''}"
    return f"{count} {severity}{'s' if count > 1 and severity.value in ('blocker', 'note') else ''}"
