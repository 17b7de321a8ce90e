"""What every command knows: the workspace, the language, and how to end."""

from __future__ import annotations

import errno
import os
import shlex
import sys
import textwrap
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
    from tenu.operations.pacer import Wait
    from tenu.ports import Ports

P = ParamSpec("P")
FINE, FINDINGS, CANNOT_RUN, INTERRUPTED = 0, 1, 2, 130
AGAIN = (
    "rien n'est à moitié fait : relancez la même commande, elle reprend",
    "nothing is half done: run the same command again, it goes on",
)
_IN_FRENCH = {
    errno.ENOENT: "introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "opération interdite",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EROFS: "système de fichiers en lecture seule",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EISDIR: "c'est un dossier",
    errno.EEXIST: "existe déjà",
}


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

    def waits(self) -> Callable[[Wait], None]:
        """Return what says on the error output why a run waits, each time the reason changes; rests are not told."""
        last = ""

        def tell_wait(wait: Wait) -> None:
            nonlocal last
            if wait.reason not in (last, "rest"):
                click.echo(f"… {wait.said.in_(self.language)}", err=True)
            last = wait.reason

        return tell_wait

    def again(self, *words: str) -> str:
        """Return the command line that runs *words* in the same workspace."""
        where = [] if self.workspace == Path() else ["-w", str(self.workspace)]
        return shlex.join(["tenu", *where, *words])


def exits(function: Callable[P, int]) -> Callable[P, None]:
    """Make *function* a command's end: what it returns is the exit status."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        sys.exit(function(*args, **kwargs))

    return run


def stop(error: BaseException, language: Literal["fr", "en"]) -> int:
    """Say on the error output why a command stopped, never as a trace, and return its exit status.

    ``TENU_DEBUG=1`` shows the trace of what nobody foresaw, for whoever mends it.
    """
    from tenu.errors import TenuError  # noqa: PLC0415

    if isinstance(error, KeyboardInterrupt):
        return _say(INTERRUPTED, language, "Interrompu.", "Interrupted.", *AGAIN)
    if isinstance(error, TenuError):
        tell(error, language)
        return CANNOT_RUN
    if isinstance(error, OSError) and error.filename is not None:
        what = f"{error.filename}: {error.strerror}"
        fr = f"{error.filename} : {_IN_FRENCH.get(error.errno or 0, error.strerror)}"
        return _say(
            CANNOT_RUN,
            language,
            fr,
            what,
            "vérifiez le chemin et les droits",
            "check the path and the rights",
        )
    if os.environ.get("TENU_DEBUG"):
        import traceback  # noqa: PLC0415

        traceback.print_exception(error)
    name = type(error).__name__
    fr, en = f"erreur imprévue de tenu ({name})", f"unforeseen error of tenu ({name})"
    return _say(
        CANNOT_RUN, language, fr, en, "TENU_DEBUG=1 en montre la trace", "TENU_DEBUG=1 shows its trace"
    )


def _say(status: int, language: Literal["fr", "en"], fr: str, en: str, fix_fr: str, fix_en: str) -> int:
    click.echo(fr if language == "fr" else en, err=True)
    click.echo(f"-> {fix_fr if language == 'fr' else fix_en}", err=True)
    return status


def tell(error: TenuError, language: Literal["fr", "en"]) -> None:
    """Say *error* on the error output: what, where, and what to do next."""
    from tenu.errors import FindingsError, kinds, together  # noqa: PLC0415

    click.echo(error.message.in_(language), err=True)
    for alike in kinds(error.findings) if isinstance(error, FindingsError) else ():
        click.echo("\n" + together(alike, language), err=True)
    if error.fix:
        click.echo(f"-> {error.fix.in_(language)}", err=True)


def console() -> Console:
    """Return the console people read: colours and bars on a terminal, plain lines elsewhere."""
    from rich.console import Console  # noqa: PLC0415

    show = Console(highlight=False, emoji=False)
    show.soft_wrap = not show.is_terminal
    return show


def wrapped(show: Console, text: str, hang: int) -> str:
    """Return *text* cut to the width of a terminal, its next lines *hang* columns in; whole elsewhere."""
    if not show.is_terminal or len(text) <= show.width:
        return text
    lines = textwrap.wrap(
        text, show.width, subsequent_indent=" " * hang, break_long_words=False, break_on_hyphens=False
    )
    indent = text[: len(text) - len(text.lstrip())]
    return "\n".join([indent + lines[0].lstrip(), *lines[1:]])


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar on a terminal, on the error output so that what is printed stays clean; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _doing, _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, rate="")

        def show(doing: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title} {doing}", completed=done, total=total)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:.0f}/s" if speed else "")

        yield show


def show_findings(findings: tuple[Finding, ...], language: Literal["fr", "en"]) -> None:
    """Print *findings*, worst first, each with its place; those of one kind together, with their way out."""
    from tenu.errors import kinds, together  # noqa: PLC0415

    colours = {"blocker": "bold red", "major": "yellow", "minor": "cyan", "note": ""}
    show = console()
    for alike in kinds(findings):
        first, *rest = together(alike, language).split("\n")
        show.print(first, style=colours[alike[0].severity], markup=False, soft_wrap=True)
        show.print("\n".join(rest) + "\n", markup=False, soft_wrap=True)
