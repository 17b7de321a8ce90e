"""``tenu pseudonymise``: a feed for analytics, and back."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from tenu.cli.context import FINDINGS, FINE, Context, exits

if TYPE_CHECKING:
    from tenu.ports import Ports

Take = Callable[[dict[str, Any]], None]


@click.command(name="pseudonymise")
@click.argument("feed", metavar="SYSTEM.FEED")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file, for its owner alone.",
)
@click.option("--format", "shape", type=click.Choice(["csv", "jsonl"]), default="csv", help="CSV by default.")
@click.option("--who", metavar="PSEUDONYM", help="Say instead what stands behind a pseudonym.")
@click.option("--motive", metavar="NAME", help="Why, for the journal; with --who.")
@click.pass_obj
@exits
def command(
    context: Context, feed: str, output: Path | None, shape: str, who: str | None, motive: str | None
) -> int:
    """Write the rows of a feed of the data map, identifiers replaced by pseudonyms only the key leads back from.

    People on hold are left out. Exit status 1 when nobody stands behind a pseudonym.
    """
    if (who is None) != (motive is None):
        raise click.UsageError("--who and --motive go together")
    with context.ports() as ports:
        if who is not None and motive is not None:
            return _who(ports, feed, who, motive)
        return _write(ports, context, feed, output, shape)


def _write(ports: Ports, context: Context, feed: str, output: Path | None, shape: str) -> int:
    from tenu.operations.pseudonymise import columns_of, pseudonymise  # noqa: PLC0415

    columns = columns_of(ports, feed)
    with _to(output) as stream:
        rows = pseudonymise(ports, feed, _writer(stream, columns, shape))
    said = f"{rows} lignes" if context.language == "fr" else f"{rows} rows"
    click.echo(f"{said} -> {output or '-'}", err=True)
    return FINE


def _who(ports: Ports, feed: str, pseudonym: str, motive: str) -> int:
    from tenu.operations.pseudonymise import reidentify  # noqa: PLC0415

    found = reidentify(ports, feed, pseudonym, motive)
    if found is None:
        return FINDINGS
    click.echo(f"{found.system}.{found.table}.{found.column}: {found.value}")
    return FINE


@contextmanager
def _to(output: Path | None) -> Iterator[TextIO]:
    """Yield where to write: a file that appears whole or not at all, or the standard output."""
    if output is None:
        yield sys.stdout
        return
    part = output.with_name(f".{output.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _writer(stream: TextIO, columns: tuple[str, ...], shape: str) -> Take:
    if shape == "jsonl":
        return lambda row: print(json.dumps(row, ensure_ascii=False, default=_plain), file=stream)
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    return writer.writerow


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
