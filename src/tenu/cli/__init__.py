"""The command line: parse, call one operation, print. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import click

from tenu.cli.context import INTERRUPTED, Context, language_of, stop
from tenu.terms import Language

COMMANDS = {
    "demo": "A sample company: check, plan, apply, attest, and where to look.",
    "init": "Start a workspace.",
    "discover": "Write a data map from a live database.",
    "check": "What the law, the policy and the live schemas say.",
    "plan": "What must change today. Reads only.",
    "review": "A rehearsal of a plan, to read before it is approved.",
    "approve": "A human's word on a plan.",
    "apply": "Do exactly that plan.",
    "run": "What every run is at; pause, resume or abort one.",
    "replay": "Erase again, on a database restored from a backup.",
    "certificate": "What one run erased, what remains where, and until when.",
    "hold": "Legal holds and restrictions: ask, decide, review, release.",
    "attest": "The clause table, live.",
    "request": "What people ask: received, searched, decided by a human, answered.",
    "archive": "What is archived, who is in it, and opening a file for a motive.",
    "pseudonymise": "Rows for analytics under pseudonyms, and who stands behind one.",
    "journal": "Verify the record of what was done, prove one event, export it all.",
    "explain": "One clause, rule, reading or error, with its source.",
}
"""Every command and its help, so that ``tenu --help`` imports none of them."""

FEW_COLLECTIONS = (50_000, 20, 20)
"""How often Python looks for cycles: a command makes objects that live to its end, and looking cost a tenth of its CPU."""


class _LazyGroup(click.Group):
    """Commands live in the module of their name and are imported when called; nothing they raise is ever traced."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and exit; what the person typed wrong is said in their language."""
        gc.set_threshold(*FEW_COLLECTIONS)
        try:
            status = super().main(*args, **{**extra, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            from tenu.cli.usage import usage_lines  # noqa: PLC0415

            click.echo("\n".join(usage_lines(error, _spoken(error))), err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(INTERRUPTED)
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run one command; say why it stopped when it did."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            ctx.exit(stop(error, _language(ctx)))

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the commands in the order they are used."""
        return [name for name in COMMANDS if importlib.util.find_spec(f"tenu.cli.{name}")]

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return the command called *name*, imported now."""
        if name not in self.list_commands(_ctx):
            return None
        found = importlib.import_module(f"tenu.cli.{name}").command
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


def _language(ctx: click.Context) -> Language:
    return ctx.obj.language if isinstance(ctx.obj, Context) else language_of(None, os.environ)


def _spoken(error: click.ClickException) -> Language:
    """Return the language to say *error* in: what the environment says when ``--lang`` itself was not understood."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    chosen = ctx.find_root().params.get("lang") if ctx else None
    return language_of(chosen or os.environ.get("TENU_LANG"), os.environ)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="TENU_WORKSPACE",
    help="Folder of policy.yaml and systems/. Here by default.",
)
@click.option(
    "--lang", type=click.Choice(["fr", "en"]), envvar="TENU_LANG", help="Language of what is shown."
)
@click.version_option(package_name="tenu")
@click.pass_context
def main(ctx: click.Context, workspace: Path, lang: str | None) -> None:
    """Make every sentence of a privacy policy happen in real databases, and show whether it is true today.

    Exit status: 0 nothing to say, 1 findings or work to do, 2 cannot run.
    """
    ctx.obj = Context(workspace=workspace, language=language_of(lang, os.environ))
