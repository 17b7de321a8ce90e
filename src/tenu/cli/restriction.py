"""``tenu hold use``, ``lift`` and ``noticed``: a restriction in force, from a use the law allows to its end told beforehand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINE, Context, console, exits
from tenu.cli.hold_text import hold_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenu.journal.holds import Hold
    from tenu.ports import Ports

EXEMPTIONS = ("consent", "claims", "rights_of_another", "public_interest")
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("hold")
@click.option("--exemption", type=click.Choice(EXEMPTIONS), required=True, help="Which case of GDPR 18(2).")
@click.option("--words", required=True, help="Which use, and why; kept with the file of the request.")
@click.option(
    "--for", "minutes", type=int, default=0, help="Minutes its rows may change, where a database refuses."
)
@_JSON
@click.pass_obj
@exits
def use(context: Context, hold: str, exemption: str, words: str, minutes: int, as_json: bool) -> int:
    """Write down that you allow one use of what HOLD restricts; it stays restricted."""
    from tenu.journal.holds import Exemption  # noqa: PLC0415
    from tenu.operations.restricting import use as verb  # noqa: PLC0415

    return _said(
        context, as_json, lambda ports: verb(ports, hold, Exemption(exemption), words, minutes=minutes)
    )


@click.command()
@click.argument("hold")
@click.option("--words", required=True, help="Why it ends, as its person will read it.")
@click.option("--on", type=_DAY, help="First day without it; five days from now by default, at least.")
@_JSON
@click.pass_obj
@exits
def lift(context: Context, hold: str, words: str, on: datetime | None, as_json: bool) -> int:
    """Decide that the restriction HOLD ends, and when; its person is to be told first."""
    from tenu.operations.restricting import decide_lift  # noqa: PLC0415

    day = on.date() if on else None
    done: list[Hold] = []

    def verb(ports: Ports) -> Hold:
        done.append(decide_lift(ports, hold, words, on=day))
        return done[0]

    status = _said(context, as_json, verb)
    if not as_json:
        if done[0].request:
            by_mail = context.again("request", "send", done[0].request, "lifting")
            by_post = context.again("request", "letter", done[0].request, "lifting", "-o", "lifting.pdf")
            console().print(f"-> {by_mail}\n-> {by_post}", markup=False)
        console().print(f"-> {context.again('hold', 'noticed', hold)}", markup=False)
    return status


@click.command()
@click.argument("hold")
@click.option("--on", type=_DAY, help="The day the notice reached them; today by default.")
@_JSON
@click.pass_obj
@exits
def noticed(context: Context, hold: str, on: datetime | None, as_json: bool) -> int:
    """Say that the person was told; HOLD now ends by itself on its day, with the next run."""
    from tenu.operations.restricting import notice_lift  # noqa: PLC0415

    day = on.date() if on else None
    return _said(context, as_json, lambda ports: notice_lift(ports, hold, on=day))


def _said(context: Context, as_json: bool, verb: Callable[[Ports], Hold]) -> int:
    from tenu.operations.plan import today  # noqa: PLC0415

    with context.ports() as ports:
        hold_line(context, verb(ports), today(ports), as_json)
    return FINE
