"""``tenu request fulfil objection`` and ``tenu request uphold``: stopping what should have stopped, and keeping it so."""

from __future__ import annotations

import json

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits
from tenu.cli.fulfil_answer import JSON, refused


@click.command()
@click.argument("numbers", nargs=-1, metavar="NUMBER…")
@click.option("--all", "everybody", is_flag=True, help="Every objection and withdrawal that waits.")
@click.option(
    "--use", default="", help="What has stopped, as the answer says it; for another use than prospecting."
)
@JSON
@click.pass_obj
@exits
def objection(context: Context, numbers: tuple[str, ...], everybody: bool, use: str, as_json: bool) -> int:
    """Stop prospecting whoever objected or withdrew, where that was cut; say that another use objected to has stopped.

    Exit status 1 while a system is silent.
    """
    from tenu.cli.request_text import case_plain, list_lines  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.operations.rights.balancing import fulfil  # noqa: PLC0415
    from tenu.operations.rights.objecting import waiting  # noqa: PLC0415

    if bool(numbers) == everybody:
        raise refused(
            "donnez les numéros des demandes, ou --all", "give the numbers of the requests, or --all"
        )
    with context.ports() as ports:
        wanted = [case.id for case in waiting(ports)] if everybody else list(numbers)
        done, day = [fulfil(ports, number, use) for number in wanted], today(ports)
    if as_json:
        click.echo(json.dumps([case_plain(case, day) for case in done], indent=1, ensure_ascii=False))
    else:
        for line in list_lines(done, day, context.language):
            console().print(line.text, style=line.style, markup=False, soft_wrap=True)
    return FINDINGS if any(case.waits_to_stop for case in done) else FINE


@click.command()
@JSON
@click.pass_obj
@exits
def uphold(context: Context, as_json: bool) -> int:
    """Write « no » again for whoever is on the suppression list and came back in an import. Every night."""
    from tenu.operations.rights.objecting import uphold as verb  # noqa: PLC0415

    with context.ports() as ports:
        done = verb(ports)
    if as_json:
        said = {"tables": dict(done.tables), "silent": sorted(done.silent)}
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
    else:
        rows, french = done.tables.total(), context.language == "fr"
        console().print(f"{rows} lignes remises à « non »" if french else f"{rows} rows set to 'no' again")
        for name in sorted(done.silent):
            silent = f"! {name} n'a pas répondu" if french else f"! {name} did not answer"
            console().print(silent, style="red", markup=False)
    return FINE if done.is_complete else FINDINGS
