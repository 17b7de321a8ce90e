"""``tenu hold``: legal holds and restrictions, asked for, decided, reviewed, released."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits
from tenu.cli.enforce import enforce
from tenu.cli.hold_extract import extract, open_
from tenu.cli.hold_text import hold_line, hold_plain
from tenu.cli.restriction import lift, noticed, use

if TYPE_CHECKING:
    from tenu.operations.doubts import Row
    from tenu.operations.holds import Released

GROUNDS = (
    "claim",
    "authority",
    "audit",
    "accuracy_contested",
    "unlawful_not_erased",
    "needed_for_claims",
    "objection_pending",
)
REFUSED = ("no_ground", "too_wide")
RELEASED = (
    "limitation_passed",
    "final_decision",
    "request_served",
    "lifted_after_notice",
    "processing_stopped",
    "person_asks",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
_WORDS = click.option("--words", default="", help="Why, in words; the journal keeps their digest only.")


@click.group(name="hold")
def command() -> None:
    """Keep what a dispute, an authority or the person needs: nothing held is deleted, whatever runs."""


for more in (use, lift, noticed, enforce, extract, open_):
    command.add_command(more)


@command.command()
@click.option("--ground", type=click.Choice(GROUNDS), required=True, help="Why; the last four restrict.")
@click.option("--owner", required=True, help="The role that answers for it: counsel, dpo, finance…")
@click.option("--text", required=True, help="Text of law or reference of the case; sealed in the vault.")
@click.option("--words", default="", help="Why, in words; sealed in the vault.")
@click.option("--email", help="E-mail of the person, in any spelling.")
@click.option("--reference", help="Customer reference.")
@click.option("--phone", help="Telephone, in any spelling.")
@click.option("--name", help="Full name; with --postcode.")
@click.option("--postcode", help="Postcode; with --name.")
@click.option("--row", "rows", multiple=True, help="A row that is the person's: system.table:key,key.")
@click.option(
    "--in", "within", multiple=True, help="Only this system, or system.table; everywhere by default."
)
@_JSON
@click.pass_obj
@exits
def propose(
    context: Context,
    /,
    ground: str,
    owner: str,
    text: str,
    words: str,
    rows: tuple[str, ...],
    within: tuple[str, ...],
    as_json: bool,
    **identifiers: str | None,
) -> int:
    """Ask for a hold. Nothing is blocked until somebody approves it."""
    from tenu.journal.holds import HoldGround  # noqa: PLC0415
    from tenu.operations import holds as operations  # noqa: PLC0415
    from tenu.operations.covering import written  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.terms import IdentifierKind  # noqa: PLC0415

    kinds = {"reference": "customer_reference"}
    asked = operations.Proposal(
        ground=HoldGround(ground),
        owner=owner,
        text=text,
        words=words,
        identifiers={IdentifierKind(kinds.get(k, k)): v for k, v in identifiers.items() if v},
        rows=tuple(_row(said) for said in rows),
        within=within,
    )
    with context.ports() as ports:
        hold, covered = operations.propose(ports, asked)
        hold_line(context, hold, today(ports), as_json)
    if not as_json:
        for node in sorted(covered.perhaps, key=str):
            row = written(node)
            _say(
                context,
                f"  peut-être aussi, non couverte : --row {row}",
                f"  perhaps too, not covered: --row {row}",
            )
        _say(context, "  rien n'est encore bloqué", "  nothing is blocked yet")
        again = context.again("hold", "approve", hold.id)
        _say(context, f"-> {again}", f"-> {again}")
    return FINE


@command.command()
@click.argument("hold")
@_JSON
@click.pass_obj
@exits
def approve(context: Context, hold: str, as_json: bool) -> int:
    """Put HOLD in force: from the end of this command on, nothing of its people is deleted."""
    from tenu.operations import holds as operations  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415

    with context.ports() as ports:
        approved, _ = operations.approve(ports, hold)
        hold_line(context, approved, today(ports), as_json)
    return FINE


@command.command()
@click.argument("hold")
@click.option("--reason", type=click.Choice(REFUSED), required=True, help="Why not.")
@_WORDS
@_JSON
@click.pass_obj
@exits
def refuse(context: Context, hold: str, reason: str, words: str, as_json: bool) -> int:
    """Refuse HOLD, and forget whom it was about."""
    from tenu.journal.holds import HoldEnd  # noqa: PLC0415
    from tenu.operations import holds as operations  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415

    with context.ports() as ports:
        hold_line(context, operations.refuse(ports, hold, HoldEnd(reason), words), today(ports), as_json)
    return FINE


@command.command()
@click.argument("hold")
@_JSON
@click.pass_obj
@exits
def review(context: Context, hold: str, as_json: bool) -> int:
    """Say that the ground of HOLD still stands: the next review is six months away."""
    from tenu.operations import holds as operations  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415

    with context.ports() as ports:
        hold_line(context, operations.review(ports, hold), today(ports), as_json)
    return FINE


@command.command()
@click.argument("hold")
@click.option("--reason", type=click.Choice(RELEASED), required=True, help="Why it ends.")
@_WORDS
@_JSON
@click.pass_obj
@exits
def release(context: Context, hold: str, reason: str, words: str, as_json: bool) -> int:
    """Release HOLD, and list what today's plan takes of what it kept."""
    from tenu.journal.holds import HoldEnd  # noqa: PLC0415
    from tenu.operations import holds as operations  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415

    with context.ports() as ports:
        released = operations.release(ports, hold, HoldEnd(reason), words)
        day = today(ports)
    if as_json:
        click.echo(
            json.dumps({**hold_plain(released.hold, day), **_freed(released)}, indent=1, ensure_ascii=False)
        )
        return FINE
    hold_line(context, released.hold, day, as_json)
    if released.freed is None:
        _say(
            context,
            "  le plan du jour n'a pas pu être fait : tenu plan dit pourquoi",
            "  today's plan could not be made: tenu plan says why",
        )
    for freed in released.freed or ():
        place = f"{freed.task.system}.{freed.task.table}"
        rules = " + ".join(freed.task.rules)
        _say(
            context,
            f"  - {place} : {freed.people} fiche(s), {rules}",
            f"  - {place}: {freed.people} record(s), {rules}",
        )
    if released.hold.manifest:
        _say(
            context,
            "  la copie scellée et sa clé sont détruites",
            "  the sealed copy and its key are destroyed",
        )
    if released.archived:
        _say(
            context,
            f"  - archive : {released.archived} dossier(s) finiront à leur dernier jour",
            f"  - archive: {released.archived} package(s) end on their last day",
        )
    _say(
        context,
        f"-> {context.again('plan', '-o', 'plan.json')}",
        f"-> {context.again('plan', '-o', 'plan.json')}",
    )
    return FINE


@command.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also those refused and released.")
@_JSON
@click.pass_obj
@exits
def list_(context: Context, everything: bool, as_json: bool) -> int:
    """List the register: what is asked for, in force, or late. Exit status 1 when somebody is late."""
    from tenu.operations.plan import today  # noqa: PLC0415
    from tenu.operations.register import holds  # noqa: PLC0415

    with context.ports() as ports:
        day = today(ports)
        found = [h for h in holds(ports).values() if everything or h.ended_on is None]
    if as_json:
        click.echo(json.dumps([hold_plain(hold, day) for hold in found], indent=1, ensure_ascii=False))
    else:
        for hold in found:
            hold_line(context, hold, day, as_json)
        if not found:
            _say(context, "Aucun gel.", "No hold.")
    return FINDINGS if any(hold.late_on(day) for hold in found) else FINE


@command.command()
@click.argument("hold")
@_JSON
@click.pass_obj
@exits
def show(context: Context, hold: str, as_json: bool) -> int:
    """Show HOLD: its state, its case, and how many rows of people it covers, by table."""
    from tenu.operations import holds as operations  # noqa: PLC0415
    from tenu.operations.plan import today  # noqa: PLC0415

    with context.ports() as ports:
        found, subject, rows = operations.show(ports, hold)
        day = today(ports)
    case = {"text": subject.text, "words": subject.words} if subject else {}
    if as_json:
        click.echo(json.dumps({**hold_plain(found, day), **case, "rows": rows}, indent=1, ensure_ascii=False))
        return FINE
    hold_line(context, found, day, as_json)
    for said in case.values():
        if said:
            _say(context, f"  {said}", f"  {said}")
    for table, count in sorted(rows.items()):
        _say(context, f"  {table} : {count}", f"  {table}: {count}")
    return FINE


def _row(said: str) -> Row:
    """Return the row written as ``system.table:key,key``."""
    from tenu.operations.doubts import Row  # noqa: PLC0415

    place, _, key = said.partition(":")
    system, _, table = place.partition(".")
    if not (system and table and key):
        raise click.BadParameter(f"{said!r}: system.table:key", param_hint="--row")
    return Row(system=system, table=table, key=tuple(key.split(",")))


def _freed(released: Released) -> dict[str, Any]:
    tasks = (
        None
        if released.freed is None
        else [
            {"system": f.task.system, "table": f.task.table, "rules": list(f.task.rules), "people": f.people}
            for f in released.freed
        ]
    )
    return {"freed": tasks, "archived": released.archived}


def _say(context: Context, fr: str, en: str) -> None:
    console().print(fr if context.language == "fr" else en, markup=False)
