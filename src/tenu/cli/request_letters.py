"""``tenu request letter`` and ``address``: what is written to the person, from what the journal and the file of the request say."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tenu.cli.context import FINE, Context, console, exits
from tenu.cli.fulfil_answer import JSON, refused
from tenu.letters.facts import LetterKind, Proof

PROOFS = click.option(
    "--proof",
    "proofs",
    multiple=True,
    type=click.Choice([str(proof) for proof in Proof]),
    help="What the person may give to be known, with « identity ».",
)


@click.command()
@click.argument("number")
@click.argument("kind", type=click.Choice([str(kind) for kind in LetterKind]))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="A new file: .pdf, .html or .txt.",
)
@PROOFS
@JSON
@click.pass_obj
@exits
def letter(
    context: Context, number: str, kind: str, output: Path, proofs: tuple[str, ...], as_json: bool
) -> int:
    """Write one letter about a request to a new file; nothing is sent."""
    from tenu.adapters.answer_folder import write_file  # noqa: PLC0415
    from tenu.operations.rights.writing import letter as verb  # noqa: PLC0415

    if output.suffix not in (".pdf", ".html", ".txt"):
        raise refused("donnez un fichier .pdf, .html ou .txt", "give a .pdf, .html or .txt file")
    with context.ports() as ports:
        made = verb(
            ports, number, LetterKind(kind), language=context.language, proofs=[Proof(p) for p in proofs]
        )
    content = {".pdf": lambda: made.pdf, ".html": made.html.encode, ".txt": made.text.encode}[output.suffix]()
    digest = write_file(output, content)
    if as_json:
        said = {"file": str(output), "subject": made.subject, "digest": digest}
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
    else:
        console().print(str(output), markup=False)
    return FINE


@click.command()
@click.argument("number")
@click.argument("lines", nargs=-1, required=True)
@click.pass_obj
@exits
def address(context: Context, number: str, lines: tuple[str, ...]) -> int:
    """Say where letters go: the LINES of an address, or one e-mail. It stays sealed in the file of the request."""
    from tenu.operations.rights.sending import readdress  # noqa: PLC0415

    with context.ports() as ports:
        readdress(ports, number, lines)
    return FINE
