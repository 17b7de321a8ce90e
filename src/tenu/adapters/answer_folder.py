"""The files of an answer on disk: a folder that appears whole or not at all, readable by its owner alone."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tenu.errors import RefusedError
from tenu.letters.access import package_digest
from tenu.letters.page import File
from tenu.terms import Text


def write_answer(folder: Path, files: Iterable[File]) -> None:
    """Write *files* to *folder*.

    Raises:
        RefusedError: *folder* exists: an answer is never mixed with another person's.
    """
    if folder.exists():
        raise RefusedError(
            Text(fr=f"{folder} existe déjà", en=f"{folder} already exists"),
            fix=Text(fr="donnez un nouveau dossier", en="give a new folder"),
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    whole = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    for file in files:
        path = whole / file.name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(file.content)
    whole.rename(folder)


def write_file(path: Path, content: bytes) -> str:
    """Write one file, whole or not at all, readable by its owner alone; return its SHA-256 in hexadecimal.

    Raises:
        RefusedError: *path* exists: a letter is never written over another.
    """
    if path.exists():
        raise RefusedError(
            Text(fr=f"{path} existe déjà", en=f"{path} already exists"),
            fix=Text(fr="donnez un nouveau fichier", en="give a new file"),
        )
    replace_file(path, content)
    return hashlib.sha256(content).hexdigest()


def replace_file(path: Path, content: bytes) -> None:
    """Write one file, whole or not at all, readable by its owner alone, in place of the one that was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    Path(name).replace(path)


def digest_of_answer(path: Path) -> str:
    """Return the SHA-256, in hexadecimal, of a file, or of every file of a folder as ``package_digest`` counts it."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return package_digest(files_of_answer(path))


def files_of_answer(folder: Path) -> tuple[File, ...]:
    """Return every file of the folder of an answer."""
    return tuple(
        File(name=str(inside.relative_to(folder)), content=inside.read_bytes())
        for inside in sorted(folder.rglob("*"))
        if inside.is_file()
    )
