"""``tenu journal``: verify, prove, export."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, Protocol

import click

from tenu.errors import TamperedError, TenuError
from tenu.journal.checkpoint import Signer, Verifier
from tenu.journal.port import Journal
from tenu.journal.proof import EntryProof
from tenu.journal.verification import Problem, Verification
from tenu.operations import journal as operations
from tenu.terms import Language, Text

P = ParamSpec("P")
FINE, FINDING, CANNOT_RUN = 0, 1, 2


class JournalPorts(Protocol):
    """What these commands touch: the journal, and the public half of the key that signs it."""

    @property
    def journal(self) -> Journal:
        """The journal of the workspace."""

    @property
    def signer(self) -> Signer:
        """The key that signs it."""


class JournalContext(Protocol):
    """What these commands need of the command line's context."""

    @property
    def language(self) -> Language:
        """The language to answer in."""

    def ports(self) -> AbstractContextManager[JournalPorts]:
        """Open the workspace's ports, and close them at the end."""


@click.group(name="journal")
def command() -> None:
    """Verify the record of what was done, prove one event, export it all."""


def _exits(function: Callable[P, int]) -> Callable[P, None]:
    """Run *function* and exit with what it returns: 1 when evidence does not verify, 2 when it cannot run."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        context = click.get_current_context()
        try:
            code = function(*args, **kwargs)
        except TenuError as error:
            _say_error(error, context.obj.language)
            code = FINDING if isinstance(error, TamperedError) else CANNOT_RUN
        context.exit(code)

    return run


@command.command()
@click.option(
    "--known",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint kept elsewhere.",
)
@click.option("--key", "keys", multiple=True, help="A public key to trust, instead of the workspace's.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_obj
@_exits
def verify(context: JournalContext, known: Path | None, keys: tuple[str, ...], as_json: bool) -> int:
    """Recompute the whole journal and compare it with every signed checkpoint."""
    given = tuple(Verifier.parse(key) for key in keys)
    kept = known.read_text(encoding="utf-8") if known else None
    with context.ports() as ports:
        seen = operations.verify(ports.journal, given or (ports.signer.verifier,), kept)
        waiting = ports.journal.waiting
    if as_json:
        _print_json(_verification_json(seen, waiting))
    else:
        click.echo("\n".join(_verification_lines(seen, waiting, context.language)))
    return FINE if seen.holds else FINDING


@command.command()
@click.argument("index", type=click.IntRange(min=0))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the receipt there."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_obj
@_exits
def prove(context: JournalContext, index: int, output: Path | None, as_json: bool) -> int:
    """Give a receipt that event INDEX is in the journal, to be checked offline by anyone."""
    with context.ports() as ports:
        proof = operations.prove(ports.journal, index, (ports.signer.verifier,))
    if output:
        output.write_text(proof.render(), encoding="utf-8")
    if as_json:
        _print_json(_proof_json(proof))
    elif output:
        said = Text(fr=f"reçu de l'événement {index} : {output}", en=f"receipt of event {index}: {output}")
        click.echo(said.in_(context.language))
    else:
        click.echo(proof.render(), nl=False)
    return FINE


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_obj
@_exits
def export(context: JournalContext, folder: Path, as_json: bool) -> int:
    """Write to FOLDER all that somebody needs to verify the journal without tenu."""
    with context.ports() as ports:
        done = operations.export(ports.journal, folder, ports.signer.verifier)
    if as_json:
        root = done.checkpoint.root.hex()
        _print_json({"folder": str(folder), "entries": done.entries, "waiting": done.waiting, "root": root})
        return FINE
    said = Text(
        fr=f"événements exportés dans {folder} : {done.entries} ; encore à sceller : {done.waiting}",
        en=f"events exported to {folder}: {done.entries}; still to be sealed: {done.waiting}",
    )
    click.echo(said.in_(context.language))
    return FINE


def _verification_lines(seen: Verification, waiting: int, language: Language) -> list[str]:
    verified, checkpoints = seen.verified, seen.checkpoints
    counted = Text(
        fr=f"vérifiés : {verified} ; points de contrôle signés : {checkpoints} ; à sceller : {waiting}",
        en=f"verified: {verified}; signed checkpoints: {checkpoints}; still to be sealed: {waiting}",
    )
    holds = Text(fr="le journal se vérifie", en="the journal verifies")
    wrong = Text(fr="le journal NE se vérifie PAS", en="the journal does NOT verify")
    result = holds if seen.holds else wrong
    return [counted.in_(language), *(_problem_line(p, language) for p in seen.problems), result.in_(language)]


def _problem_line(problem: Problem, language: Language) -> str:
    event = Text(fr=f"événement {problem.index} :", en=f"event {problem.index}:").in_(language)
    return f"  {event} {problem.message.in_(language)}"


def _verification_json(seen: Verification, waiting: int) -> dict[str, Any]:
    return {
        "holds": seen.holds,
        "verified": seen.verified,
        "checkpoints": seen.checkpoints,
        "waiting": waiting,
        "root": seen.root.hex(),
        "first_bad": seen.first_bad,
        "problems": [_problem_json(problem) for problem in seen.problems],
    }


def _problem_json(problem: Problem) -> dict[str, Any]:
    return {
        "kind": problem.kind,
        "index": problem.index,
        "message": {"fr": problem.message.fr, "en": problem.message.en},
    }


def _proof_json(proof: EntryProof) -> dict[str, Any]:
    return {"index": proof.index, "event": json.loads(proof.leaf), "proof": proof.render()}


def _say_error(error: TenuError, language: Language) -> None:
    click.echo(error.message.in_(language), err=True)
    if error.fix:
        click.echo(f"  -> {error.fix.in_(language)}", err=True)


def _print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
