"""The command line: parse, call one operation, print. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import click

from tenu.cli.context import Context, language_of

COMMANDS = {
    "demo": "A sample company: check, plan, apply, attest, and where to look.",
    "init": "Start a workspace.",
    "discover": "Write a data map from a live database.",
    "check": "What the law, the policy and the live schemas say.",
    "plan": "What must change today. Reads only.",
    "apply": "Do exactly that plan.",
    "attest": "The clause table, live.",
    "journal": "Verify the record of what was done, prove one event, export it all.",
    "explain": "One clause, rule, reading or error, with its source.",
}
"""Every command and its help, so that ``tenu --help`` imports none of them."""


class _LazyGroup(click.Group):
    """Commands live in the module of their name and are imported when called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the commands in the order they are used."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return the command called *name*, imported now."""
        if name not in COMMANDS:
            return None
        found = importlib.import_module(f"tenu.cli.{name}").command
        return found if isinstance(found, click.Command) else None

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="TENU_WORKSPACE",
    help="Folder of policy.yaml and systems/. Here by default.",
)
@click.option("--lang", type=click.Choice(["fr", "en"]), envvar="TENU_LANG", help="Language of what is shown.")
@click.version_option(package_name="tenu")
@click.pass_context
def main(ctx: click.Context, workspace: Path, lang: str | None) -> None:
    """Make every sentence of a privacy policy happen in real databases, and show whether it is true today.

    Exit status: 0 nothing to say, 1 findings or work to do, 2 cannot run.
    """
    ctx.obj = Context(workspace=workspace, language=language_of(lang, os.environ))
