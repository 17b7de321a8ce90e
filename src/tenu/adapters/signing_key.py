"""The private key that signs the journal: one line in a file only its owner may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenu.errors import RefusedError, UnreachableError
from tenu.journal.checkpoint import Signer, origin_of
from tenu.terms import Text


def create_key(path: Path, name: str) -> Signer:
    """Write a new key for the log *name* to *path*, readable by its owner alone, and return it.

    The file appears whole or not at all, and an existing one is never replaced: it may be the only key that
    explains past checkpoints.

    Raises:
        RefusedError: *path* exists, or *name* cannot name a log.
    """
    signer = Signer(origin_of(name), Ed25519PrivateKey.generate())
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(signer.secret_text() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        raise _exists(path) from None
    finally:
        os.unlink(temporary)
    return signer


def load_key(path: Path) -> Signer:
    """Return the key written at *path*.

    Raises:
        UnreachableError: There is no file to read at *path*.
        RefusedError: Others than its owner may read it, or it does not hold a key.
    """
    try:
        mode, line = path.stat().st_mode, path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(path) from error
    if mode & 0o077:
        raise RefusedError(
            Text(
                fr=f"la clé {path} est lisible par d'autres que son propriétaire",
                en=f"the key {path} can be read by others than its owner",
            ),
            fix=Text(fr=f"chmod 600 {path}", en=f"chmod 600 {path}"),
        )
    return Signer.parse(line)


def _exists(path: Path) -> RefusedError:
    return RefusedError(
        Text(fr=f"la clé {path} existe déjà", en=f"the key {path} already exists"),
        fix=Text(
            fr="gardez-la, ou donnez un autre chemin ; elle seule explique les anciens points de contrôle",
            en="keep it, or give another path; it alone explains past checkpoints",
        ),
    )


def _unreadable(path: Path) -> UnreachableError:
    return UnreachableError(
        Text(
            fr=f"la clé de signature {path} ne peut pas être lue", en=f"the signing key {path} cannot be read"
        ),
        fix=Text(
            fr="vérifiez le chemin et les droits ; « tenu init » en crée une",
            en="check the path and the rights; 'tenu init' creates one",
        ),
    )
