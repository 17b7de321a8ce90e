"""Copies of files a legal hold needs, sealed, one folder per hold in the workspace; the key of each is kept elsewhere.

A file is cut in frames of a mebibyte, each sealed by AES-256-GCM under the folder's own random key. The nonce says which
file and which frame, and what is authenticated says whether it is the last: a frame that is changed, moved, missing or added
does not open. File 0 is the manifest. Nothing outside the frames says what they are.

Source: GDPR 32(1)(a); policy C-SEC-01, C-PUR-12.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.errors import StoreError, TamperedError
from tenu.plans.extract import Kept, Piece
from tenu.terms import Text

FRAME = 1 << 20
_TAG = 16
_NAME = re.compile(r"[A-Za-z0-9-]+")


class CaseFolders:
    """The sealed folders in *root*."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, name: str, key: bytes, about: Mapping[str, Any], pieces: Iterable[Piece]) -> Kept:
        """Copy *pieces* into the folder *name*, in place of what it held; it is whole and on the disk, or not there.

        Args:
            name: Of the hold.
            key: 32 bytes nothing else was sealed under.
            about: What the manifest says besides the files.
            pieces: Opened one by one.

        Raises:
            StoreError: It cannot be written.
            UnreachableError: A file cannot be read.
        """
        self.destroy(name)
        partial = self._folder(name, ".partial")
        cipher, said = AESGCM(key), list[dict[str, Any]]()
        try:
            self._root.mkdir(mode=0o700, exist_ok=True)
            partial.mkdir(mode=0o700)
            for number, piece in enumerate(pieces, start=1):
                with piece.open() as opened:
                    size, digest = _seal(partial / _file(number), cipher, name, number, opened)
                said.append(
                    {"path": piece.path, "day": piece.day.isoformat(), "bytes": size, "sha256": digest}
                )
            manifest = json.dumps({**about, "files": said}, indent=1).encode()
            _write(partial / _file(0), _frames(cipher, name, 0, iter([manifest])))
            _settle(partial)
            partial.rename(self._folder(name))
            _settle(self._root)
        except OSError:
            raise _full() from None
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        total = sum(one["bytes"] for one in said)
        return Kept(files=len(said), bytes=total, manifest=hashlib.sha256(manifest).hexdigest())

    def manifest(self, name: str, key: bytes) -> bytes:
        """Return the manifest of the folder *name*.

        Raises:
            TamperedError: It is not there, was changed, or sealed under another key.
        """
        return b"".join(self.take(name, key, 0))

    def take(self, name: str, key: bytes, number: int) -> Iterator[bytes]:
        """Yield the file numbered *number* of the manifest of *name*, from 1, piece by piece, each verified.

        Raises:
            TamperedError: It is not there, was changed or cut, or sealed under another key.
        """
        cipher = AESGCM(key)
        try:
            with (self._folder(name) / _file(number)).open("rb") as sealed:
                frame, ahead = 0, sealed.read(FRAME + _TAG)
                while True:
                    this, ahead = ahead, sealed.read(FRAME + _TAG)
                    yield cipher.decrypt(_nonce(number, frame), this, _about(name, last=not ahead))
                    if not ahead:
                        return
                    frame += 1
        except (OSError, InvalidTag):
            raise TamperedError(
                Text(
                    fr=f"le dossier scellé du gel {name} manque, ou a été modifié",
                    en=f"the sealed folder of hold {name} is missing, or was changed",
                ),
                fix=Text(
                    fr="reprenez-le d'une sauvegarde du dossier « extracts » de l'espace de travail",
                    en="take it back from a backup of the workspace's folder 'extracts'",
                ),
            ) from None

    def known(self) -> list[str]:
        """Return the names of the folders that are whole."""
        found = (path.name for path in self._root.glob("*") if path.is_dir())
        return sorted(name for name in found if _NAME.fullmatch(name))

    def destroy(self, name: str) -> None:
        """Remove the folder *name*, half-made or whole; its key is destroyed by whoever keeps it."""
        for folder in (self._folder(name), self._folder(name, ".partial")):
            with suppress(FileNotFoundError):
                shutil.rmtree(folder)

    def _folder(self, name: str, end: str = "") -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("a hold's name is letters, digits and hyphens")
        return self._root / f"{name}{end}"


def _seal(path: Path, cipher: AESGCM, name: str, number: int, opened: BinaryIO) -> tuple[int, str]:
    """Seal *opened* as the file *number*; return how many bytes it has and their SHA-256."""
    digest, size = hashlib.sha256(), 0

    def read() -> Iterator[bytes]:
        nonlocal size
        while piece := opened.read(FRAME):
            digest.update(piece)
            size += len(piece)
            yield piece

    _write(path, _frames(cipher, name, number, read()))
    return size, digest.hexdigest()


def _frames(cipher: AESGCM, name: str, number: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield *pieces* sealed in whole frames; an empty file is one empty frame."""
    waiting, frame = b"", 0
    for piece in pieces:
        waiting += piece
        while len(waiting) > FRAME:
            yield cipher.encrypt(_nonce(number, frame), waiting[:FRAME], _about(name, last=False))
            waiting, frame = waiting[FRAME:], frame + 1
    yield cipher.encrypt(_nonce(number, frame), waiting, _about(name, last=True))


def _write(path: Path, frames: Iterator[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for frame in frames:
            file.write(frame)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _nonce(number: int, frame: int) -> bytes:
    return number.to_bytes(4) + frame.to_bytes(8)


def _about(name: str, *, last: bool) -> bytes:
    return f"tenu case folder 1\n{name}\n{'last' if last else 'more'}".encode()


def _file(number: int) -> str:
    return f"{number:06}.sealed"


def _full() -> StoreError:
    return StoreError(
        Text(fr="la copie scellée n'a pas pu être écrite", en="the sealed copy could not be written"),
        fix=Text(
            fr="faites de la place là où est l'espace de travail, puis approuvez de nouveau",
            en="make room where the workspace is, then approve again",
        ),
    )
