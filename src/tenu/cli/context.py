"""What every command knows: the workspace, the language, and how to end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Literal, ParamSpec

import click

if TYPE_CHECKING:
    from rich.console import Console

    from tenu.errors import Finding, TenuError
    from tenu.ports import Ports

P = ParamSpec("P")
FINE, FINDINGS, CANNOT_RUN = 0, 1, 2


def language_of(chosen: str | None, environment: Mapping[str, str]) -> Literal["fr", "en"]:
    """Return the language to speak: the one chosen, else English where the locale is, else French."""
    if chosen in ("fr", "en"):
        return "fr" if chosen == "fr" else "en"
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "en" if locale.lower().startswith("en") else "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the options before the command say."""

    workspace: Path
    language: Literal["fr", "en"]

    def ports(self) -> AbstractContextManager[Ports]:
        """Open everything the workspace names."""
        from tenu.wiring import open_ports  # noqa: PLC0415 - only commands that touch databases pay for them

        return open_ports(self.workspace)


def exits(function: Callable[P, int]) -> Callable[P, None]:
    """Make *function* a command's end: it returns the exit status, and its errors are told, never traced."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from tenu.errors import TenuError  # noqa: PLC0415

        try:
            status = function(*args, **kwargs)
        except TenuError as error:
            tell(error)
            status = CANNOT_RUN
        sys.exit(status)

    return run


def tell(error: TenuError) -> None:
    """Say *error* on the error output: what, where, and what to do next."""
    from tenu.errors import FindingsError  # noqa: PLC0415

    context: Context = click.get_current_context().obj
    click.echo(error.message.in_(context.language), err=True)
    for finding in error.findings if isinstance(error, FindingsError) else ():
        click.echo("\n" + finding.render(context.language), err=True)
    if error.fix:
        click.echo(f"-> {error.fix.in_(context.language)}", err=True)


def console() -> Console:
    """Return the console people read: colours and bars on a terminal, plain lines elsewhere."""
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar on a terminal, on the error output so that what is printed stays clean; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _doing, _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(doing: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title} {doing}", completed=done, total=total)

        yield show


def show_findings(findings: tuple[Finding, ...], language: Literal["fr", "en"]) -> None:
    """Print *findings*, worst first, each with its place and its way out."""
    colours = {"blocker": "red", "major": "yellow", "minor": "cyan", "note": "white"}
    for finding in findings:
        first, *rest = finding.render(language).split("\n")
        click.secho(first, fg=colours[finding.severity], bold=finding.severity == "blocker")
        click.echo("\n".join(rest) + "\n")
