"""``tenu request fulfil rectification``: what a correction does everywhere, shown before it is done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits
from tenu.cli.fulfil_answer import JSON, refused

if TYPE_CHECKING:
    from tenu.plans.rectification import Wanted, Where


@click.command()
@click.argument("number")
@click.option(
    "--set",
    "wanted",
    multiple=True,
    help="SYSTEM.TABLE.COLUMN=VALUE, or SYSTEM.TABLE.COLUMN:KEY=VALUE for one row.",
)
@click.option(
    "--leave", "left", multiple=True, help="SYSTEM.TABLE.COLUMN=WHY: it holds a former value, and keeps it."
)
@click.option(
    "--complete",
    "completed",
    multiple=True,
    help="SYSTEM.TABLE=WORDS, or SYSTEM.TABLE.COLUMN=WORDS: kept with the data.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--again", is_flag=True, help="Forget what an interrupted attempt had still to do.")
@JSON
@click.pass_obj
@exits
def rectification(
    context: Context,
    number: str,
    wanted: tuple[str, ...],
    left: tuple[str, ...],
    completed: tuple[str, ...],
    dry_run: bool,
    again: bool,
    as_json: bool,
) -> int:
    """Correct and complete the person's data everywhere at once. Without --set it goes on where it was cut."""
    from tenu.cli.rectification_text import done_lines, done_plain, draft_lines, draft_plain  # noqa: PLC0415
    from tenu.operations.rights.rectification import Completion, preview, rectify  # noqa: PLC0415

    asked = [_wanted(said) for said in wanted]
    leaving = {_where(place): why for place, why in map(_parted, left)}
    with context.ports() as ports:
        if dry_run:
            made, frozen = preview(ports, number, asked, leaving)
            _shown(
                draft_plain(made, frozen) if as_json else draft_lines(made, context.language, frozen=frozen)
            )
            return FINE if made.is_ready else FINDINGS
        words = [Completion(about=about, words=said) for about, said in map(_parted, completed)]
        facts = rectify(ports, number, asked, leaving, words, again=again, language=context.language)
    _shown(done_plain(facts) if as_json else done_lines(facts, context.language))
    return FINE


def _wanted(said: str) -> Wanted:
    from tenu.plans.rectification import Wanted  # noqa: PLC0415

    place, value = _parted(said, empty=True)
    column, _, key = place.partition(":")
    return Wanted(where=_where(column), value=value, key=tuple(key.split(",")) if key else None)


def _where(said: str) -> Where:
    from tenu.plans.rectification import Where  # noqa: PLC0415

    parts = said.split(".", 2)
    if len(parts) != 3:
        raise refused(f"« {said} » : écrivez SYSTÈME.TABLE.COLONNE", f"'{said}': write SYSTEM.TABLE.COLUMN")
    return Where(system=parts[0], table=parts[1], column=parts[2])


def _parted(said: str, *, empty: bool = False) -> tuple[str, str]:
    place, sign, value = said.partition("=")
    if not sign or not (value or empty):
        raise refused(
            f"« {place} » : écrivez ce qui suit le signe =", f"'{place}': write what follows the sign ="
        )
    return place, value


def _shown(said: Any) -> None:
    if isinstance(said, dict):
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
        return
    show = console()
    for line in said:
        show.print(line.text, style=line.style, markup=False)
