"""``tenu archive``: what is there, who is in it, and opening a file for a motive."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from tenu.cli.archive_told import (
    package_plain,
    print_json,
    shelf_plain,
    show_people,
    summary_lines,
    summary_plain,
    verified_lines,
    verified_plain,
)
from tenu.cli.context import FINDINGS, FINE, Context, exits, progress
from tenu.terms import MOTIVES, IdentifierKind, Motive, Text

if TYPE_CHECKING:
    from tenu.operations.opening import Opened

_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
_OPTIONS = {
    IdentifierKind.EMAIL: "--email",
    IdentifierKind.CUSTOMER_REFERENCE: "--customer",
    IdentifierKind.PHONE: "--phone",
    IdentifierKind.NAME: "--name",
    IdentifierKind.POSTCODE: "--postcode",
}


@click.group(name="archive")
def command() -> None:
    """The restricted archive: what is there, who is in it, and opening a file for a motive."""


def _identifiers(function: Callable[..., Any]) -> Callable[..., Any]:
    for kind, option in reversed(_OPTIONS.items()):
        say = "'-' asks for it, so that it stays out of the shell's history." if option == "--email" else None
        function = click.option(option, kind.value, help=say)(function)
    return function


@command.command()
@_identifiers
@_JSON
@click.pass_obj
@exits
def find(context: Context, /, as_json: bool, **said: str | None) -> int:
    """Find the packages of a person, by any identifier. Shows nothing of what they hold."""
    from tenu.operations.archive import find as look_up  # noqa: PLC0415

    asked = {kind: value for kind in _OPTIONS if (value := said[kind.value]) is not None}
    wanted = {k: click.prompt(_OPTIONS[k][2:], err=True) if v == "-" else v for k, v in asked.items()}
    with context.ports() as ports:
        people = look_up(ports, wanted)
    if as_json:
        found = [[package_plain(package) for package in person] for person in people]
        print_json({"people": found, "ambiguous": len(people) > 1})
    else:
        show_people(people, context)
    return FINE if len(people) == 1 else FINDINGS


@command.command("list")
@_JSON
@click.pass_obj
@exits
def list_(context: Context, as_json: bool) -> int:
    """Count what the archive holds, by month of end, system and ground. Counts only."""
    from tenu.operations.archive import shelves  # noqa: PLC0415

    with context.ports() as ports:
        held = shelves(ports)
    if as_json:
        print_json({"shelves": [shelf_plain(shelf) for shelf in held]})
        return FINE
    packages, rows = Text(fr="dossiers", en="packages"), Text(fr="lignes", en="rows")
    for shelf in held:
        line = f"{shelf.month}  {shelf.system:<8}  {shelf.packages:>7} {packages.in_(context.language)}"
        click.echo(f"{line}  {shelf.rows:>8} {rows.in_(context.language)}  {shelf.ground}")
    return FINE


@command.command()
@click.option("--due", default=30, show_default=True, help="Count what ends within so many days.")
@_JSON
@click.pass_obj
@exits
def show(context: Context, due: int, as_json: bool) -> int:
    """Sum up the archive: how much, until when, what ends soon, which key seals, who else could read it."""
    from tenu.operations.archive import summary  # noqa: PLC0415

    with context.ports() as ports:
        seen = summary(ports, days=due)
    if as_json:
        print_json(summary_plain(seen))
    else:
        click.echo("\n".join(line.in_(context.language) for line in summary_lines(seen)))
    return FINE if seen.is_fine else FINDINGS


@command.command("open")
@click.argument("packages", nargs=-1, required=True)
@click.option("--motive", type=click.Choice([motive.value for motive in Motive]), help="Why.")
@click.option("--reference", help="Of the case it is for. Only its keyed digest is kept.")
@click.option("--minutes", default=15, show_default=True, help="How long the opening lasts.")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Write files in this folder."
)
@click.pass_obj
@exits
def open_(
    context: Context,
    packages: tuple[str, ...],
    motive: str | None,
    reference: str | None,
    minutes: int,
    form: str,
    output: Path | None,
) -> int:
    """Open PACKAGES for a motive. Journaled before anything is shown."""
    from tenu.operations.opening import open_packages  # noqa: PLC0415

    why = Motive(motive) if motive else None
    if form == "csv" and output is None:
        raise click.UsageError("--format csv needs --output")
    with context.ports() as ports:
        opening, contents = open_packages(ports, packages, motive=why, reference=reference, minutes=minutes)
        shut = _deliver(contents, form, output)
    said, until = MOTIVES[opening.motive], f"{opening.until:%H:%M} UTC"
    told = Text(
        fr=f"ouvert jusqu'à {until}, motif : {said.fr} ; au journal : {opening.id}",
        en=f"open until {until}, motive: {said.en}; in the journal: {opening.id}",
    )
    click.echo(told.in_(context.language), err=True)
    for name in shut:
        lost = Text(
            fr=f"{name} ne s'ouvre pas : modifié, ou clé détruite",
            en=f"{name} does not open: changed, or key destroyed",
        )
        click.echo(lost.in_(context.language), err=True)
    return FINDINGS if shut else FINE


@command.command()
@click.argument("packages", nargs=-1, required=True)
@click.option("--reference", help="Of the request that was granted. Only its keyed digest is kept.")
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be undone.")
@_JSON
@click.pass_obj
@exits
def end(context: Context, packages: tuple[str, ...], reference: str | None, yes: bool, as_json: bool) -> int:
    """End PACKAGES now, for an erasure that was granted: their keys first, so that no backup opens them."""
    from tenu.operations.archive import end_packages  # noqa: PLC0415

    ask = Text(
        fr=f"Détruire {len(packages)} dossier(s) pour toujours ?",
        en=f"Destroy {len(packages)} package(s) for ever?",
    )
    if not yes:
        click.confirm(ask.in_(context.language), abort=True, err=True)
    with context.ports() as ports:
        ended = end_packages(ports, packages, reference=reference or "")
    if as_json:
        print_json({"ended": ended})
    else:
        click.echo(Text(fr=f"dossiers finis : {ended}", en=f"packages ended: {ended}").in_(context.language))
    return FINE


@command.command()
@_JSON
@click.pass_obj
@exits
def rotate(context: Context, as_json: bool) -> int:
    """Put every key of the archive under a new archive key. Cut short, run it again: it goes on."""
    from tenu.operations.archive import rotate as change  # noqa: PLC0415

    with context.ports() as ports, progress("rotate") as bar:
        done = change(ports, progress=bar)
    if as_json:
        print_json(
            {
                "key": done.present,
                "retired": list(done.retired),
                "envelopes": done.envelopes,
                "rewrapped": done.rewrapped,
            }
        )
        return FINE
    said = Text(
        fr=f"clé présente : {done.present} ; retirées : {len(done.retired)} ; enveloppes rescellées : {done.envelopes} ; clés reprises : {done.rewrapped}\n"
        "-> sauvegardez keys/archive.key et keys/archive-sealing.key, et donnez cette dernière au compte de la nuit",
        en=f"present key: {done.present}; retired: {len(done.retired)}; envelopes sealed again: {done.envelopes}; keys moved: {done.rewrapped}\n"
        "-> back up keys/archive.key and keys/archive-sealing.key, and give the latter to the nightly account",
    )
    click.echo(said.in_(context.language))
    return FINE


@command.command()
@click.option(
    "--one-in",
    default=1,
    show_default=True,
    type=click.IntRange(min=0),
    help="Open one package in so many; 0 opens none.",
)
@click.option(
    "--mend", is_flag=True, help="Destroy keys without a package; end again what came back from a copy."
)
@_JSON
@click.pass_obj
@exits
def verify(context: Context, one_in: int, mend: bool, as_json: bool) -> int:
    """Go through the whole archive: every package opens, every key has its package, nothing outlives its day."""
    from tenu.operations.archive import verify as go_through  # noqa: PLC0415

    with context.ports() as ports, progress("verify") as bar:
        seen = go_through(ports, one_in=one_in, mend=mend, progress=bar)
    if as_json:
        print_json(verified_plain(seen))
    else:
        click.echo("\n".join(line.in_(context.language) for line in verified_lines(seen)))
    return FINE if seen.is_sound else FINDINGS


# ── what is delivered ──


def _deliver(contents: Any, form: str, output: Path | None) -> list[str]:
    """Print or write each package as it is opened; return those that do not open."""
    shut: list[str] = []
    if output is not None:
        output.mkdir(mode=0o700, parents=True, exist_ok=True)
    for opened in contents:
        if opened.tables is None:
            shut.append(opened.package.subject)
        elif output is None:
            click.echo(json.dumps(_content(opened), ensure_ascii=False))
        elif form == "json":
            with _private(output / f"{opened.package.subject}.json") as file:
                json.dump(_content(opened), file, ensure_ascii=False, indent=1)
        else:
            _write_csv(opened, output)
    return shut


def _write_csv(opened: Opened, folder: Path) -> None:
    for number, (_, part) in enumerate((opened.tables or {}).items(), 1):
        with _private(folder / f"{opened.package.subject}-{number}.csv") as file:
            writer = csv.writer(file)
            writer.writerow(part["columns"])
            writer.writerows(part["rows"])


def _private(path: Path) -> TextIO:
    """Open a new file its owner alone may read; an older one of that name is refused."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")


def _content(opened: Opened) -> dict[str, object]:
    return {**package_plain(opened.package), "tables": opened.tables}
