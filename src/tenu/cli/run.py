"""``tenu run``: what every run is at; pause, resume or abort one from another terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINE, Context, console, exits

if TYPE_CHECKING:
    from tenu.operations.runs import RunState
    from tenu.ports import Ports
    from tenu.terms import Language

SHOWN = 12
"""Digits of a digest that tell runs apart on a screen."""


@click.group(name="run")
def command() -> None:
    """Say what every run is at; pause, resume or abort one from another terminal."""


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
@click.pass_obj
@exits
def list_command(context: Context, as_json: bool) -> int:
    """List the runs the journal knows, oldest first."""
    from tenu.operations.runs import runs  # noqa: PLC0415

    with context.ports() as ports:
        known = runs(ports)
    if as_json:
        click.echo(json.dumps([run_plain(one) for one in known], indent=1, ensure_ascii=False))
        return FINE
    for one in known:
        console().print(_line(one, context.language), markup=False)
    return FINE


@command.command(name="pause")
@click.argument("run", required=False)
@click.pass_obj
@exits
def pause_command(context: Context, run: str | None) -> int:
    """Make a run wait after its present chunk, until it is resumed. RUN: the beginning of its digest."""
    from tenu.operations.runs import pause  # noqa: PLC0415

    return _do(context, pause, run, "suspendue après le lot en cours", "paused after its present chunk")


@command.command(name="resume")
@click.argument("run", required=False)
@click.pass_obj
@exits
def resume_command(context: Context, run: str | None) -> int:
    """Let a paused run go on. Where nobody waits for it any more, apply its plan again."""
    from tenu.operations.runs import release  # noqa: PLC0415

    return _do(context, release, run, "peut reprendre", "may go on")


@command.command(name="abort")
@click.argument("run", required=False)
@click.pass_obj
@exits
def abort_command(context: Context, run: str | None) -> int:
    """End a run for good after its present chunk. What is done stays done; its plan is refused from now on."""
    from tenu.operations.runs import abort  # noqa: PLC0415

    return _do(context, abort, run, "abandonnée", "aborted")


def run_plain(one: RunState) -> dict[str, object]:
    """Return one run as the documented JSON of ``tenu run list --json``."""
    return {
        "run": one.run,
        "state": one.state,
        "reason": one.reason or None,
        "begun_at": one.begun_at.isoformat(),
        "since": one.since.isoformat(),
        "people": {"planned": one.people, "done": one.done},
        "rows": one.rows,
    }


def _do(context: Context, act: Callable[[Ports, str | None], str], run: str | None, fr: str, en: str) -> int:
    with context.ports() as ports:
        name = act(ports, run)[:SHOWN]
    console().print(
        f"{name} : {fr}" if context.language == "fr" else f"{name}: {en}", markup=False, soft_wrap=True
    )
    return FINE


def _line(one: RunState, language: Language) -> str:
    from tenu.operations.runs import said  # noqa: PLC0415
    from tenu.plans.render import number  # noqa: PLC0415

    done, people = number(one.done, language), number(one.people, language)
    begun = one.begun_at.strftime("%Y-%m-%d %H:%M UTC")
    of = f"{done} fiches sur {people}" if language == "fr" else f"{done} of {people} records"
    return f"{one.run[:SHOWN]}  {begun}  {said(one).in_(language):<32}  {of}"
