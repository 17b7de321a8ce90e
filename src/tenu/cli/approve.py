"""``tenu approve``: a human's word on a plan."""

from __future__ import annotations

from pathlib import Path

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits


@click.command(name="approve")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--role", help="The role you approve under. By default the first you hold of those that may.")
@click.option(
    "--over-share", is_flag=True, help="Say that you saw that it touches an unusual share of a table."
)
@click.pass_obj
@exits
def command(context: Context, file: Path, role: str | None, over_share: bool) -> int:
    """Approve the plan in FILE, once read. The journal keeps who did by digest, and under which role."""
    from tenu.operations.approving import approve  # noqa: PLC0415
    from tenu.plans.plan import read_plan  # noqa: PLC0415

    plan = read_plan(file.read_text(encoding="utf-8", errors="replace"))
    with context.ports() as ports:
        missing = approve(ports, plan, role=role, over_share=over_share)
        name = ports.actor.name
    said = {
        "fr": f"Plan {plan.digest[:12]} approuvé par le compte « {name} ».",
        "en": f"Plan {plan.digest[:12]} approved by the account '{name}'.",
    }
    waits = {
        "fr": f"Il attend encore la parole de {missing} personne(s).",
        "en": f"It still waits for the word of {missing} person(s).",
    }
    show = console()
    show.print(said[context.language], markup=False)
    if missing:
        show.print(waits[context.language], markup=False)
    else:
        show.print(f"-> {context.again('apply', str(file))}", markup=False)
    return FINDINGS if missing else FINE
