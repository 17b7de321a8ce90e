"""``tenu hold enforce``: make the databases themselves refuse to change rows of restricted people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenu.datamap.enforcement import Enforcement


@click.command()
@click.option("--system", "systems", multiple=True, help="Only this one, as often as needed; all by default.")
@click.option("--sql", is_flag=True, help="Show the statements, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_obj
@exits
def enforce(context: Context, systems: tuple[str, ...], sql: bool, as_json: bool) -> int:
    """Make each database refuse by itself what its data map asks it to; exit status 1 when something is left to do."""
    from tenu.operations import enforcing  # noqa: PLC0415

    with context.ports() as ports:
        verb = enforcing.standing if sql else enforcing.enforce
        found = verb(ports, systems)
        engines = {name: ports.databases[name].catalog().engine for name in found}
    if as_json:
        click.echo(json.dumps(_plain(found), indent=1, ensure_ascii=False))
    elif sql:
        for name, said in found.items():
            for line in _script(name, engines[name], said):
                click.echo(line)
    else:
        for name, said in found.items():
            _tell(context, name, said)
    return FINDINGS if any(said.wrong for said in found.values()) else FINE


def _plain(found: Mapping[str, Enforcement]) -> list[dict[str, Any]]:
    return [
        {
            "system": name,
            "tables": list(said.tables),
            "beyond": {table: {"fr": why.fr, "en": why.en} for table, why in said.beyond.items()},
            "pieces": [
                {"table": s.piece.table, "name": s.piece.name, "state": s.state.value, "sql": list(s.sql)}
                for s in said.pieces
            ],
        }
        for name, said in found.items()
    ]


def _script(name: str, engine: str, said: Enforcement) -> Iterator[str]:
    """Yield the statements as the engine's own client takes them."""
    end = "//" if engine == "mariadb" else ";"
    if said.wrong and engine == "mariadb":
        yield f"DELIMITER {end}"
    for seen in said.wrong:
        yield f"-- {name}.{seen.piece.table}: {seen.piece.name}, {seen.state}"
        for statement in seen.sql:
            yield f"{statement}{end}"
    if said.wrong and engine == "mariadb":
        yield "DELIMITER ;"


def _tell(context: Context, name: str, said: Enforcement) -> None:
    from tenu.datamap.enforcement import SAID  # noqa: PLC0415

    french = context.language == "fr"
    tables = ", ".join(said.tables)
    nothing = (
        "rien à protéger, sa carte ne le demande pas"
        if french
        else "nothing to protect, its data map does not ask"
    )
    console().print(f"{name}: {tables or nothing}", markup=False)
    for table, why in said.beyond.items():
        console().print(f"  ! {table}: {why.in_(context.language)}", markup=False)
    for seen in said.wrong:
        console().print(f"  ! {seen.piece.name}: {SAID[seen.state].in_(context.language)}", markup=False)
