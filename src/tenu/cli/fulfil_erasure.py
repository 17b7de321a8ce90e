"""``tenu request propose`` and ``tenu request fulfil erasure``: what an erasure would do, then doing it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits, progress
from tenu.cli.fulfil_answer import JSON, refused

if TYPE_CHECKING:
    from tenu.operations.rights.erasure import Erasures
    from tenu.ports import Ports


@click.command()
@click.argument("number")
@JSON
@click.pass_obj
@exits
def propose(context: Context, number: str, as_json: bool) -> int:
    """Show, holding by holding, what an erasure would erase today, and what stays, why and until when."""
    from tenu.cli.erasure_text import facts_lines  # noqa: PLC0415
    from tenu.operations.rights.erasure import propose as verb  # noqa: PLC0415

    with context.ports() as ports:
        facts = verb(ports, number)
        labels = {system.system: system.label for system in ports.workspace.systems}
    if as_json:
        click.echo(json.dumps(facts.plain(), indent=1, ensure_ascii=False))
    else:
        for line in facts_lines(facts, labels, context.language):
            console().print(line.text, style=line.style, markup=False, soft_wrap=True)
    return FINE


@click.command()
@click.argument("numbers", nargs=-1, metavar="NUMBER…")
@click.option("--all", "everybody", is_flag=True, help="Every erasure that was decided, and confirmed.")
@JSON
@click.pass_obj
@exits
def erasure(context: Context, numbers: tuple[str, ...], everybody: bool, as_json: bool) -> int:
    """Erase whoever asked, as was decided, in one plan. Exit status 1 while something is left to do or to look at."""
    from tenu.operations.rights.erasure import erase  # noqa: PLC0415

    if bool(numbers) == everybody:
        raise refused(
            "donnez les numéros des demandes, ou --all", "give the numbers of the requests, or --all"
        )
    with context.ports() as ports, progress("erasure") as bar:
        done = erase(ports, None if everybody else numbers, language=context.language, progress=bar)
        _show(context, ports, done, as_json)
    return FINE if done.is_complete else FINDINGS


def _show(context: Context, ports: Ports, done: Erasures, as_json: bool) -> None:
    from tenu.cli.erasure_text import facts_lines  # noqa: PLC0415

    if as_json:
        said: dict[str, Any] = {
            "done": [facts.plain() for facts in done.done],
            "left": {number: why.in_(context.language) for number, why in done.left.items()},
            "runs": [run.plan for run in done.runs],
        }
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
        return
    labels = {system.system: system.label for system in ports.workspace.systems}
    for facts in done.done:
        for line in facts_lines(facts, labels, context.language):
            console().print(line.text, style=line.style, markup=False, soft_wrap=True)
    for number, why in done.left.items():
        console().print(f"{number} : {why.in_(context.language)}", style="red", markup=False, soft_wrap=True)
    if not done.done and not done.left:
        nothing = ("aucun effacement n'attend", "no erasure is waiting")
        console().print(nothing[context.language != "fr"], markup=False)
