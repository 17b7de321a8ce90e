"""The keys of the archive in two files, or two variables: what seals, for every run, and what opens, for the archivist.

``keys/archive-sealing.key`` holds the key of the index and the public half: whoever has it can seal and look up, never
open. ``keys/archive.key`` holds the secrets that open, the present one first; the account of the nightly run need not
be able to read it. ``TENU_ARCHIVE_SEALING_KEY`` and ``TENU_ARCHIVE_KEY`` say the same from the environment.

Source: GDPR 32; policy C-RET-05.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenu.errors import RefusedError
from tenu.plans.archive import key_name
from tenu.ports import KeyLostError
from tenu.terms import Text

SEALING, OPENING = "archive-sealing.key", "archive.key"
SEALING_VARIABLE, OPENING_VARIABLE = "TENU_ARCHIVE_SEALING_KEY", "TENU_ARCHIVE_KEY"
NONCE = 12
_SECRET = re.compile(r"[0-9a-f]{64}")
_SEALING = re.compile(r"([0-9a-f]{64}):([0-9a-f]{64})")


class FileKeyStore:
    """The keys in *folder*, or in *environment* where it names them."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._sealing, self._opening = folder / SEALING, folder / OPENING
        self._environment = environment

    def begin(self) -> None:
        """Make the first key, unless there is one already; two runs that begin at once end with the same."""
        if not self._has_opening() and not self._has_sealing():
            _create(self._opening, secrets.token_hex(32))
        if not self._has_sealing() and OPENING_VARIABLE not in self._environment:
            _replace(self._sealing, self._derived())

    def index_key(self) -> bytes:
        """Return the key of the hashes people are found by; it outlives every rotation.

        Raises:
            KeyLostError: There is no key, or this account may not read it.
        """
        return self._halves()[0]

    def sealing_key(self) -> bytes:
        """Return the public half of the present key."""
        return self._halves()[1]

    def held(self) -> tuple[str, ...]:
        """Return the names of the keys that can open here, the present one first; none without the secrets."""
        try:
            return tuple(key_name(_public(secret)) for secret in self._secrets())
        except KeyLostError:
            return ()

    def agree(self, key: str, public: bytes) -> bytes:
        """Return what the private half of *key* and the other side's *public* agree on (X25519).

        Raises:
            KeyLostError: The secret of *key* is not here, or this account may not read it.
        """
        for secret in self._secrets():
            if key_name(_public(secret)) == key:
                return _private(secret).exchange(X25519PublicKey.from_public_bytes(public))
        raise _lost(self._opening, key)

    def unwrap_former(self, wrapped: bytes, about: bytes) -> bytes:
        """Return a key of the first format, which the secret itself wrapped.

        Raises:
            KeyLostError: No secret here wrapped it.
        """
        for secret in self._secrets():
            with suppress(InvalidTag):
                return AESGCM(secret).decrypt(wrapped[:NONCE], wrapped[NONCE:], about)
        raise _lost(self._opening, "")

    def renew(self) -> str:
        """Make a new present key, the others kept until they are retired; return its name.

        While a rotation is under way (a second secret is here), return the present key.

        Raises:
            RefusedError: The secrets come from the environment, which only who set it can change.
        """
        present, here = self._secrets(), not self._from_outside()
        if len(present) == 1:
            if not here:
                raise _from_environment()
            present = (bytes.fromhex(secrets.token_hex(32)), *present)
            _replace(self._opening, "\n".join(secret.hex() for secret in present))
        if here:
            _replace(self._sealing, f"{self.index_key().hex()}:{_public(present[0]).hex()}")
        return key_name(_public(present[0]))

    def retire(self, key: str) -> None:
        """Forget the secret of *key*: nothing needs it any more. Secrets of the environment are left to who set them."""
        if OPENING_VARIABLE not in self._environment:
            kept = [secret for secret in self._secrets() if key_name(_public(secret)) != key]
            _replace(self._opening, "\n".join(secret.hex() for secret in kept))

    def _halves(self) -> tuple[bytes, bytes]:
        found = _SEALING.fullmatch(self._sealing_text())
        if found is None:
            where = SEALING_VARIABLE if SEALING_VARIABLE in self._environment else self._sealing
            raise _wrong(str(where))
        return bytes.fromhex(found[1]), bytes.fromhex(found[2])

    def _sealing_text(self) -> str:
        if SEALING_VARIABLE in self._environment:
            return self._environment[SEALING_VARIABLE]
        if self._sealing.exists():
            return _read(self._sealing)
        return self._derived()

    def _derived(self) -> str:
        """Return what seals, as the secrets say it: the index is that of the first secret there ever was."""
        present = self._secrets()
        index = HKDF(hashes.SHA256(), 32, salt=None, info=b"tenu archive index").derive(present[-1])
        return f"{index.hex()}:{_public(present[0]).hex()}"

    def _secrets(self) -> tuple[bytes, ...]:
        if OPENING_VARIABLE in self._environment:
            where, text = OPENING_VARIABLE, self._environment[OPENING_VARIABLE].replace(",", "\n")
        elif self._opening.exists():
            where, text = str(self._opening), _read(self._opening)
        else:
            raise _lost(self._opening, "")
        lines = text.split()
        if not lines or not all(_SECRET.fullmatch(line) for line in lines):
            raise _wrong(where)
        return tuple(bytes.fromhex(line) for line in lines)

    def _from_outside(self) -> bool:
        return bool({OPENING_VARIABLE, SEALING_VARIABLE} & self._environment.keys())

    def _has_opening(self) -> bool:
        return OPENING_VARIABLE in self._environment or self._opening.exists()

    def _has_sealing(self) -> bool:
        return SEALING_VARIABLE in self._environment or self._sealing.exists()


def _private(secret: bytes) -> X25519PrivateKey:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"tenu archive opening").derive(secret)
    return X25519PrivateKey.from_private_bytes(derived)


def _public(secret: bytes) -> bytes:
    return _private(secret).public_key().public_bytes_raw()


def _read(path: Path) -> str:
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
    except PermissionError:
        raise _unreadable(path) from None
    except UnicodeDecodeError:
        raise _wrong(str(path)) from None
    if mode & 0o077:
        raise RefusedError(
            Text(fr=f"{path} est lisible par d'autres", en=f"{path} can be read by others"),
            fix=Text(fr=f"chmod 600 {path}", en=f"chmod 600 {path}"),
        )
    return text


def _create(path: Path, text: str) -> None:
    """Write *text* to *path*, whole or not at all, unless somebody else just did."""
    written = _written(path, text)
    try:
        with suppress(FileExistsError):
            os.link(written, path)
    finally:
        os.unlink(written)


def _replace(path: Path, text: str) -> None:
    """Write *text* to *path* in one step: a power cut leaves the former text or the new one."""
    os.replace(_written(path, text), path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _written(path: Path, text: str) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _lost(path: Path, key: str) -> KeyLostError:
    which = f" {key[:8]}" if key else ""
    return KeyLostError(
        Text(
            fr=f"la clé{which} qui ouvre l'archive n'est pas ici ({path}, {OPENING_VARIABLE})",
            en=f"the key{which} that opens the archive is not here ({path}, {OPENING_VARIABLE})",
        ),
        fix=Text(
            fr="rendez le fichier à sa place depuis sa sauvegarde ; une clé perdue ne se refait pas, et ce qu'elle scelle ne s'ouvre plus",
            en="put the file back from its backup; a lost key cannot be made again, and what it sealed no longer opens",
        ),
    )


def _unreadable(path: Path) -> KeyLostError:
    return KeyLostError(
        Text(fr=f"ce compte ne peut pas lire {path}", en=f"this account cannot read {path}"),
        fix=Text(
            fr="lancez la commande sous le compte de l'archiviste, qui détient la clé",
            en="run the command under the archivist's account, which holds the key",
        ),
    )


def _wrong(where: str) -> KeyLostError:
    return KeyLostError(
        Text(fr=f"{where} ne contient pas une clé d'archive", en=f"{where} does not hold an archive key"),
        fix=Text(
            fr="rendez-lui sa valeur d'origine, depuis sa sauvegarde",
            en="give it back its original value, from its backup",
        ),
    )


def _from_environment() -> RefusedError:
    return RefusedError(
        Text(
            fr="les clés viennent de l'environnement : tenu ne peut pas y écrire la nouvelle",
            en="the keys come from the environment: tenu cannot write the new one there",
        ),
        fix=Text(
            fr=f"mettez-y {OPENING_VARIABLE}=NOUVELLE,ANCIENNE et {SEALING_VARIABLE} (docs/how-to/open-the-archive.md), puis relancez",
            en=f"set {OPENING_VARIABLE}=NEW,FORMER and {SEALING_VARIABLE} there (docs/how-to/open-the-archive.md), then run again",
        ),
    )
