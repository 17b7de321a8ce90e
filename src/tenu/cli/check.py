"""``tenu check``: what the law, the policy and the live schemas say."""

from __future__ import annotations

import json
from collections import Counter

import click

from tenu.cli.context import CANNOT_RUN, FINDINGS, FINE, Context, console, exits, show_findings


@click.command(name="check")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--severity", type=click.Choice(["blocker", "major", "minor", "note"]), help="This bad, or worse.")
@click.pass_obj
@exits
def command(context: Context, as_json: bool, severity: str | None) -> int:
    """Compare the policy with the law, and the data maps with the live schemas. Every finding at once."""
    from tenu.operations.check import check, record  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.terms import Severity  # noqa: PLC0415

    with context.ports() as ports:
        checked = check(ports, today(ports))
        record(ports, checked)
    order = list(Severity)
    worst = order[: order.index(Severity(severity)) + 1] if severity else order
    findings = tuple(found for found in checked.findings if found.severity in worst)
    if as_json:
        click.echo(json.dumps([found.plain() for found in findings], indent=1, ensure_ascii=False))
    else:
        show_findings(findings, context.language)
        counts = Counter(found.severity for found in findings)
        said = ", ".join(f"{counts[s]} {s}" for s in order if counts[s]) or "0"
        console().print(_end(context.language, said, len(checked.systems), checked.waiting), markup=False)
    if checked.unreachable:
        return CANNOT_RUN
    return FINDINGS if findings else FINE


def _end(language: str, said: str, systems: int, waiting: int) -> str:
    if language == "fr":
        return f"{said}. {systems} systèmes comparés. {waiting} règles de droit attendent de pouvoir être jugées."
    return f"{said}. {systems} systems compared. {waiting} rules of law wait to be judged."
