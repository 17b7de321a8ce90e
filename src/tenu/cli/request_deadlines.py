"""``tenu request deadlines``: what is due, loud when it is late, and the same as a calendar."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits
from tenu.cli.fulfil_answer import JSON

if TYPE_CHECKING:
    from datetime import date

    from tenu.letters.deadlines import Deadline
    from tenu.terms import Language


@click.command()
@click.option(
    "--ics",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write them to FILE as a calendar (iCalendar), in place of the former one.",
)
@JSON
@click.pass_obj
@exits
def deadlines(context: Context, ics: Path | None, as_json: bool) -> int:
    """Every open request by its two clocks, the nearest first. Exit status 1 when one is near or late."""
    from tenu.adapters.answer_folder import replace_file  # noqa: PLC0415
    from tenu.letters.deadlines import calendar  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.operations.rights.deadlines import deadlines as verb  # noqa: PLC0415

    with context.ports() as ports:
        day, at, due = today(ports), ports.clock.now(), verb(ports)
    if ics:
        replace_file(ics, calendar(due, at=at, on=day, language=context.language))
    if as_json:
        click.echo(json.dumps([_plain(one, day) for one in due], indent=1))
    else:
        show = console()
        for one in due:
            show.print(_line(one, day, context.language), style=_style(one, day), markup=False)
    return FINDINGS if any(one.is_overdue(day) or one.is_near(day) for one in due) else FINE


def _line(due: Deadline, on: date, language: Language) -> str:
    from tenu.plans.reason import day_text  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    left, promised = due.days_left(on), day_text(due.promised_by, language)
    if left < 0:
        when = Text(fr=f"EN RETARD DE {-left} JOUR(S)", en=f"LATE BY {-left} DAY(S)")
    else:
        when = Text(fr=f"dans {left} jour(s)", en=f"in {left} day(s)")
    text = f"{due.number}  {promised}  {when.in_(language)}"
    if due.tolled_by != due.promised_by:
        tolled = day_text(due.tolled_by, language)
        counted = Text(
            fr=f"  ({tolled} en comptant la question posée)", en=f"  ({tolled} counting the question)"
        )
        text += counted.in_(language)
    return text


def _style(due: Deadline, on: date) -> str:
    return "bold red" if due.is_overdue(on) else "yellow" if due.is_near(on) else ""


def _plain(due: Deadline, on: date) -> dict[str, object]:
    return {
        "request": due.number,
        "promised_by": due.promised_by.isoformat(),
        "tolled_by": due.tolled_by.isoformat(),
        "days_left": due.days_left(on),
        "overdue": due.is_overdue(on),
        "remind_on": [day.isoformat() for day in due.remind_on],
    }
