"""``tenu replay``: do every erasure again on a database restored from a backup."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits, progress

if TYPE_CHECKING:
    from tenu.errors import RefusedError
    from tenu.plans.plan import Plan
    from tenu.ports import Ports


@click.command(name="replay")
@click.option("--system", help="The restored system.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"]),
    help="Do again everything done since this instant (UTC), whatever the receipts say.",
)
@click.option("--check", is_flag=True, help="Only say whether a system was restored and not replayed.")
@click.option("--release-holds", is_flag=True, help="Let go of whom the ledger alone holds in the system.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the plan in a file, do not do it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
@exits
def command(
    context: Context,
    system: str | None,
    since: datetime | None,
    check: bool,
    release_holds: bool,
    output: Path | None,
    as_json: bool,
) -> int:
    """After a restore: hold again who was on hold, then erase again who was erased since the backup."""
    with context.ports() as ports:
        if check:
            return _check(context, ports, as_json)
        if system is None:
            raise _which()
        if release_holds:
            return _release(context, ports, system)
        return _replay(context, ports, system, since, output, as_json)


def _which() -> RefusedError:
    from tenu.errors import RefusedError  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    return RefusedError(
        Text(fr="quel système ?", en="which system?"),
        fix=Text(fr="tenu replay --system NOM, ou --check", en="tenu replay --system NAME, or --check"),
    )


def _check(context: Context, ports: Ports, as_json: bool) -> int:
    from tenu.operations.replay import health  # noqa: PLC0415
    from tenu.operations.restoring import restored_error  # noqa: PLC0415

    found = health(ports)
    names = sorted(found.restored)
    if as_json:
        click.echo(json.dumps(found.plain(), indent=1, ensure_ascii=False))
    elif names:
        error = restored_error(names)
        click.echo(error.message.in_(context.language))
        click.echo(f"-> {error.fix.in_(context.language)}" if error.fix else "")
    else:
        fr, en = "aucune base n'est revenue en arrière", "no database went back in time"
        click.echo(f"{fr if context.language == 'fr' else en} ({found.entries})")
    return FINDINGS if names else FINE


def _release(context: Context, ports: Ports, system: str) -> int:
    from tenu.operations.replay import release  # noqa: PLC0415

    people = release(ports, system)
    click.echo(
        f"{system} : {people} fiches ne sont plus retenues par le registre"
        if context.language == "fr"
        else f"{system}: {people} records are no longer held by the ledger"
    )
    return FINE


def _replay(
    context: Context, ports: Ports, system: str, since: datetime | None, output: Path | None, as_json: bool
) -> int:
    from tenu.operations.plan import keep  # noqa: PLC0415
    from tenu.operations.replay import replan  # noqa: PLC0415

    with progress("replay") as bar:
        made = replan(ports, system, since.replace(tzinfo=UTC) if since else None, progress=bar)
    if made is None:
        return _nothing(context, system, as_json)
    keep(ports, made)
    if output:
        output.write_text(made.to_json(), encoding="utf-8")
        console().print(f"-> {context.again('apply', str(output))}", markup=False)
        return FINDINGS
    return _apply(context, ports, made, as_json)


def _nothing(context: Context, system: str, as_json: bool) -> int:
    if as_json:
        click.echo("null")
    else:
        fr = f"« {system} » n'est pas revenue en arrière : rien à refaire (sinon, donnez --since)"
        en = f"'{system}' did not go back in time: nothing to do again (otherwise, give --since)"
        click.echo(fr if context.language == "fr" else en)
    return FINE


def _apply(context: Context, ports: Ports, made: Plan, as_json: bool) -> int:
    from tenu.operations.apply import apply  # noqa: PLC0415
    from tenu.plans.run import run_lines, run_plain  # noqa: PLC0415

    with progress("replay") as bar:
        run = apply(ports, made, progress=bar)
    if as_json:
        click.echo(json.dumps(run_plain(run), indent=1, ensure_ascii=False))
    else:
        for line in run_lines(run, context.language):
            console().print(line, markup=False)
        _left(context, made)
    doubtful = sum(task.spared.ambiguous for task in made.tasks)
    return FINE if run.is_complete and not doubtful else FINDINGS


def _left(context: Context, made: Plan) -> None:
    back = sum(task.spared.alive_elsewhere for task in made.tasks)
    doubtful = sum(task.spared.ambiguous for task in made.tasks)
    french = context.language == "fr"
    if back:
        click.echo(
            f"{back} revenues d'elles-mêmes depuis" if french else f"{back} came back of their own accord"
        )
    if doubtful:
        click.echo(
            f"{doubtful} à départager par un humain : laissées en place"
            if french
            else f"{doubtful} for a human to tell apart: left in place"
        )
