"""``tenu certificate``: what one run erased, what remains where, and until when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenu.cli.context import FINDINGS, FINE, Context, console, exits

if TYPE_CHECKING:
    from tenu.errors import RefusedError
    from tenu.journal.checkpoint import Verifier


@click.command(name="certificate")
@click.argument("run", required=False)
@click.option(
    "--verify",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check a certificate, offline.",
)
@click.option(
    "--key", "keys", multiple=True, help="Public key to trust, as often as needed; the workspace's own else."
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file, as JSON."
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, with its receipt.")
@click.pass_obj
@exits
def command(
    context: Context,
    run: str | None,
    verify: Path | None,
    keys: tuple[str, ...],
    output: Path | None,
    as_json: bool,
) -> int:
    """State what RUN erased: rows, search for remnants, disks and backups; or check one somebody was handed.

    RUN is the digest of its plan, or the first digits of it.
    """
    from tenu.letters.certificate import certificate_lines  # noqa: PLC0415
    from tenu.operations.certificate import certify  # noqa: PLC0415

    if verify is not None:
        return _verify(context, verify, keys)
    if run is None:
        raise _which()
    with context.ports() as ports:
        made = certify(ports, run)
    if output:
        output.write_text(made.to_json(), encoding="utf-8")
    if as_json:
        click.echo(made.to_json(), nl=False)
    else:
        for line in certificate_lines(made, context.language):
            console().print(line, markup=False)
    return FINE


def _which() -> RefusedError:
    from tenu.errors import RefusedError  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    return RefusedError(
        Text(fr="quelle exécution ?", en="which run?"),
        fix=Text(
            fr="tenu certificate EMPREINTE, ou --verify FICHIER",
            en="tenu certificate DIGEST, or --verify FILE",
        ),
    )


def _verify(context: Context, file: Path, keys: tuple[str, ...]) -> int:
    from tenu.cli.context import tell  # noqa: PLC0415
    from tenu.errors import TamperedError  # noqa: PLC0415
    from tenu.journal.checkpoint import Verifier  # noqa: PLC0415
    from tenu.letters.certificate import read_certificate  # noqa: PLC0415

    try:
        trusted = [Verifier.parse(key) for key in keys] or _own(context)
        read_certificate(file.read_text(encoding="utf-8", errors="replace")).verify(trusted)
    except TamperedError as error:
        tell(error, context.language)
        return FINDINGS
    click.echo("ce certificat se vérifie" if context.language == "fr" else "this certificate verifies")
    return FINE


def _own(context: Context) -> list[Verifier]:
    """Return the public key of the workspace; no store is opened."""
    from tenu.adapters.signing_key import load_key  # noqa: PLC0415
    from tenu.adapters.workspace import KEYS  # noqa: PLC0415

    return [load_key(context.workspace / KEYS / "journal.key").verifier]
