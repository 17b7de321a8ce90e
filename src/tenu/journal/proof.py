"""A receipt for one event: a small text that shows, offline and without tenu, that the journal holds it.

Source: C2SP tlog-proof.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tenu.errors import TamperedError
from tenu.journal.checkpoint import Checkpoint, Verifier, verify_checkpoint
from tenu.journal.tree import leaf_hash, verify_inclusion
from tenu.terms import Text

FORMAT = "c2sp.org/tlog-proof@v1"
_PROOF = re.compile(
    rf"{re.escape(FORMAT)}\n(?:extra (?P<extra>[^\n]+)\n)?index (?P<index>0|[1-9][0-9]*)\n"
    r"(?P<hashes>(?:[A-Za-z0-9+/]{43}=\n)*)\n(?P<note>(?s:.+))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """The leaf (*extra*) said to be at *index*, the *hashes* from it to the root, and the signed checkpoint's
    *note*.
    """

    index: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    note: str

    def render(self) -> str:
        """Return the receipt's text."""
        hashes = "".join(f"{_base64(value)}\n" for value in self.hashes)
        return f"{FORMAT}\nextra {_base64(self.leaf)}\nindex {self.index}\n{hashes}\n{self.note}"

    def verify(self, keys: Sequence[Verifier]) -> Checkpoint:
        """Return the checkpoint that holds the leaf.

        Raises:
            TamperedError: The checkpoint is not signed by one of *keys*, or the leaf is not in its tree at
            *index*.
        """
        checkpoint = verify_checkpoint(self.note, keys)
        if not verify_inclusion(
            leaf_hash(self.leaf), self.index, checkpoint.size, self.hashes, checkpoint.root
        ):
            raise TamperedError(
                Text(
                    fr=f"l'événement {self.index} n'est pas dans le journal de taille {checkpoint.size}",
                    en=f"event {self.index} is not in the journal of size {checkpoint.size}",
                )
            )
        return checkpoint


def read_proof(text: str) -> EntryProof:
    """Return the receipt *text* spells, nothing verified yet.

    Raises:
        TamperedError: *text* is not a receipt that carries its event.
    """
    found = _PROOF.fullmatch(text)
    if found is None or found["extra"] is None:
        raise _not_a_proof()
    try:
        leaf = base64.b64decode(found["extra"], validate=True)
    except (binascii.Error, ValueError):
        raise _not_a_proof() from None
    hashes = tuple(base64.b64decode(line) for line in found["hashes"].splitlines())
    return EntryProof(index=int(found["index"]), leaf=leaf, hashes=hashes, note=found["note"])


def _not_a_proof() -> TamperedError:
    return TamperedError(
        Text(fr="ce texte n'est pas un reçu du journal", en="this text is not a receipt of the journal"),
        fix=Text(fr="reprenez l'original, sans rien y changer", en="take the original, unchanged"),
    )


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
