"""A checkpoint: the size and root of the journal's tree, signed with Ed25519, as a short text anyone can
verify.

Source: C2SP signed-note and tlog-checkpoint; RFC 8032 for Ed25519.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tenu.errors import RefusedError, TamperedError
from tenu.journal.tree import HASH_SIZE
from tenu.terms import Text

_ED25519 = b"\x01"
_KEY_ID_SIZE = 4
_PRIVATE = "PRIVATE+KEY"
_ORIGIN = re.compile(r"[^\s+]+")
_NOTE = re.compile(r"(?s)(?P<text>.*\n)\n(?P<signatures>(?:— [^\n]+\n)+)")
_BODY = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]*)\n(?P<root>[A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log said of itself: its name (*origin*), *size* and *root*; *note* is the whole signed text."""

    origin: str
    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key, and the *name* of the log it speaks for (a schema-less URL such as
    ``acme.example/tenu``).
    """

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that tell which key a signature line is of."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID_SIZE]

    def __str__(self) -> str:
        """Return the key as one line of text: name, key id, key."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, line: str) -> Verifier:
        """Return the key *line* spells.

        Raises:
            KeyTextError: *line* is not a public key of this format.
        """
        name, key_id, key = _key_parts(line.strip())
        verifier = cls(name, key)
        if verifier.key_id.hex() != key_id:
            raise KeyTextError
        return verifier

    def accepts(self, text: str, signature: bytes) -> bool:
        """Return whether *signature* (64 bytes) is this key's over *text*."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and the *name* of the log it signs for."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """Return the public half."""
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def __str__(self) -> str:
        """Return the log's name: the key itself is only ever written by ``secret_text``."""
        return f"Signer({self.name})"

    __repr__ = __str__

    def secret_text(self) -> str:
        """Return the private key as one line of text, to be kept in a file only its owner reads."""
        key = _base64(_ED25519 + self.private.private_bytes_raw())
        return f"{_PRIVATE}+{self.name}+{self.verifier.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, line: str) -> Signer:
        """Return the private key *line* spells.

        Raises:
            KeyTextError: *line* is not a private key of this format.
        """
        prefix = f"{_PRIVATE}+"
        name, key_id, seed = _key_parts(line.strip().removeprefix(prefix))
        signer = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        if not line.strip().startswith(prefix) or signer.verifier.key_id.hex() != key_id:
            raise KeyTextError
        return signer

    def sign(self, *, size: int, root: bytes) -> Checkpoint:
        """Return the checkpoint of the tree of *size* and *root*, signed."""
        text = f"{self.name}\n{size}\n{_base64(root)}\n"
        signature = _base64(self.verifier.key_id + self.private.sign(text.encode()))
        note = f"{text}\n— {self.name} {signature}\n"
        return Checkpoint(origin=self.name, size=size, root=root, note=note)


class KeyTextError(RefusedError):
    """A line of text is not a signing or verification key of the C2SP note format."""

    def __init__(self) -> None:
        super().__init__(
            Text(fr="ce texte n'est pas une clé de journal", en="this text is not a journal key"),
            fix=Text(
                fr="une clé publique s'écrit nom+8 chiffres hexadécimaux+base64 ; copiez-la entière",
                en="a public key is spelled name+8 hex digits+base64; copy the whole of it",
            ),
        )


def origin_of(name: str) -> str:
    """Return *name* if a log may bear it.

    Raises:
        RefusedError: *name* is empty or holds a space or a plus sign.
    """
    if not _ORIGIN.fullmatch(name):
        raise RefusedError(
            Text(fr=f"« {name} » ne peut pas nommer un journal", en=f"'{name}' cannot name a journal"),
            fix=Text(
                fr="donnez un nom sans espace ni +, comme acme.example/tenu",
                en="give a name without spaces or +, such as acme.example/tenu",
            ),
        )
    return name


def read_checkpoint(note: str) -> Checkpoint:
    """Return what *note* says, its signatures NOT verified.

    Raises:
        TamperedError: *note* is not a checkpoint.
    """
    whole = _NOTE.fullmatch(note)
    body = _BODY.fullmatch(whole["text"]) if whole else None
    if body is None:
        raise TamperedError(
            Text(fr="ce texte n'est pas un point de contrôle", en="this text is not a checkpoint"),
            fix=Text(fr="reprenez l'original, sans rien y changer", en="take the original, unchanged"),
        )
    root = base64.b64decode(body["root"])
    return Checkpoint(origin=body["origin"], size=int(body["size"]), root=root, note=note)


def verify_checkpoint(note: str, keys: Sequence[Verifier]) -> Checkpoint:
    """Return what *note* says, once one of *keys* that speaks for its origin is seen to have signed it.

    Raises:
        TamperedError: *note* is not a checkpoint, bears no signature of *keys*, or a false one.
    """
    checkpoint = read_checkpoint(note)
    text = note[: note.rindex("\n\n") + 1]
    for name, key_id, signature in _signatures(note):
        for key in keys:
            if (key.name, key.key_id) == (name, key_id) and name == checkpoint.origin:
                if key.accepts(text, signature):
                    return checkpoint
                raise _unsigned(checkpoint)
    raise _unsigned(checkpoint)


def _signatures(note: str) -> Iterator[tuple[str, bytes, bytes]]:
    for line in note[note.rindex("\n\n") + 2 :].splitlines():
        name, _, encoded = line.removeprefix("— ").partition(" ")
        signed = _decoded(encoded)
        yield name, signed[:_KEY_ID_SIZE], signed[_KEY_ID_SIZE:]


def _unsigned(checkpoint: Checkpoint) -> TamperedError:
    size = checkpoint.size
    return TamperedError(
        Text(
            fr=f"le point de contrôle de taille {size} n'est signé par aucune clé de confiance",
            en=f"the checkpoint of size {size} is signed by no trusted key",
        ),
        fix=Text(
            fr="vérifiez que la clé publique donnée est celle de ce journal",
            en="check that the public key given is this journal's",
        ),
    )


def _key_parts(text: str) -> tuple[str, str, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not _ORIGIN.fullmatch(parts[0]):
        raise KeyTextError
    key = _decoded(parts[2])
    if len(key) != HASH_SIZE + 1 or key[:1] != _ED25519:
        raise KeyTextError
    return parts[0], parts[1], key[1:]


def _decoded(text: str) -> bytes:
    """Return the bytes *text* spells in base64, none when it does not."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
