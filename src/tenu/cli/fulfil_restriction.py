"""``tenu request fulfil restriction`` and ``tenu request contest``: nothing of the person changes nor serves until told otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINE, Context, console, exits
from tenu.cli.fulfil_answer import JSON

if TYPE_CHECKING:
    from tenu.operations.rights.restriction import RestrictionFacts
    from tenu.ports import Ports

GROUNDS = ("accuracy", "unlawful", "claims", "objection")


@click.command()
@click.argument("number")
@click.option("--ground", type=click.Choice(GROUNDS), required=True, help="Which case of GDPR 18(1).")
@click.option("--words", default="", help="Why, in words; sealed in the vault.")
@JSON
@click.pass_obj
@exits
def restriction(context: Context, number: str, ground: str, words: str, as_json: bool) -> int:
    """Restrict the person's data in every system and in the archive, until they are told of its end."""
    from tenu.operations.rights.restriction import Ground, restrict  # noqa: PLC0415

    with context.ports() as ports:
        facts = restrict(ports, number, Ground(ground), words)
        free = _unprotected(ports)
    return _shown(context, number, facts, free, as_json)


@click.command()
@click.argument("number")
@click.option(
    "--ground", type=click.Choice(["accuracy", "objection"]), required=True, help="What they contest."
)
@click.option("--words", required=True, help="What cannot be settled at once, and why; sealed in the vault.")
@JSON
@click.pass_obj
@exits
def contest(context: Context, number: str, ground: str, words: str, as_json: bool) -> int:
    """Say that the person contests what you must check first: their data are restricted at once."""
    from tenu.operations.rights.restriction import Ground  # noqa: PLC0415
    from tenu.operations.rights.restriction import contest as verb  # noqa: PLC0415

    with context.ports() as ports:
        facts = verb(ports, number, Ground(ground), words)
        free = _unprotected(ports)
    return _shown(context, number, facts, free, as_json)


def _unprotected(ports: Ports) -> str:
    """Return the systems whose database does not refuse changes by itself, separated by commas."""
    return ", ".join(s.system for s in ports.workspace.systems if not s.enforce_restrictions)


def _shown(context: Context, number: str, facts: RestrictionFacts, free: str, as_json: bool) -> int:
    if as_json:
        said = {
            "request": number.upper(),
            "hold": facts.hold.id,
            "ground": facts.hold.ground.value,
            "holdings": [
                {"where": h.where.in_(context.language), "rows": h.rows} for h in facts.done.holdings
            ],
            "recipients": [recipient.id for recipient in facts.recipients],
        }
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
        return FINE
    show, fr = console(), context.language == "fr"
    show.print(f"{facts.hold.id}  {'en vigueur' if fr else 'in force'}", markup=False)
    for held in facts.done.holdings:
        rows = "" if held.rows is None else f"  {held.rows} {'ligne(s)' if fr else 'row(s)'}"
        show.print(f"  # {held.where.in_(context.language)}{rows}", markup=False)
    if facts.recipients:
        names = ", ".join(recipient.label.in_(context.language) for recipient in facts.recipients)
        told = (
            f"-> prévenez ceux qui ont reçu ces données (article 19) : {names}"
            if fr
            else f"-> tell those who received these data (article 19): {names}"
        )
        show.print(told, markup=False)
    reading = (
        "! vos autres logiciels peuvent encore lire ces lignes : ils regardent d'abord les tables tenu_hold_…"
        if fr
        else "! your other software can still read these rows: it has to look at the tables tenu_hold_… first"
    )
    changing = f", et les changer dans : {free}" if fr else f", and change them in: {free}"
    show.print(reading + (changing if free else ""), style="yellow", markup=False)
    again = context.again("request", "letter", number.upper(), "restricted", "-o", "restricted.pdf")
    show.print(f"-> {again}", markup=False)
    return FINE
