"""``tenu explain CODE``: print what a clause, rule, ambiguity, duty, duration or finding code stands for."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from tenu.operations.explain import Explanation, UnknownCodeError, explain
from tenu.terms import Language, Text

CANNOT_RUN = 2
WIDTH = 80


@click.command(name="explain")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, in both languages.")
@click.pass_context
def command(context: click.Context, code: str, as_json: bool) -> None:
    """Tell what CODE stands for, with its source and what to do: C-RET-13, L-RT-01, A-29, T-12, P-REF-02."""
    language: Language = getattr(context.obj, "language", "fr")
    try:
        explanation = explain(code)
    except UnknownCodeError as error:
        _refuse(error, language)
        context.exit(CANNOT_RUN)
    if as_json:
        click.echo(json.dumps(asdict(explanation), ensure_ascii=False, indent=2))
    else:
        _print(explanation, language)


def _print(explanation: Explanation, language: Language) -> None:
    from rich.console import Console  # noqa: PLC0415 - a terminal library only when something is printed
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text as Styled  # noqa: PLC0415

    console = Console(width=min(WIDTH, Console().width), highlight=False)
    console.print(
        Styled.assemble((explanation.code, "bold cyan"), "  ", (explanation.title.in_(language), "bold"))
    )
    console.print(Styled(explanation.kind.in_(language), style="dim"))
    console.print()
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column()
    for section in explanation.sections:
        grid.add_row(section.heading.in_(language), Styled(section.body.in_(language)))
    console.print(grid)
    if explanation.related:
        see = Text(fr="Voir aussi", en="See also").in_(language)
        console.print(
            Styled(f"\n{see} : " if language == "fr" else f"\n{see}: ") + ", ".join(explanation.related)
        )


def _refuse(error: UnknownCodeError, language: Language) -> None:
    click.echo(error.message.in_(language), err=True)
    if error.fix is not None:
        click.echo(f"  -> {error.fix.in_(language)}", err=True)
