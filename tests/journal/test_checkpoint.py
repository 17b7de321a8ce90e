"""A checkpoint is a C2SP signed note; only the right key's is believed."""

from __future__ import annotations

import base64

import pytest

from journal.making import KEYS, SIGNER, STRANGER
from tenu.errors import RefusedError, TamperedError
from tenu.journal.checkpoint import (
    KeyTextError,
    Signer,
    Verifier,
    origin_of,
    read_checkpoint,
    verify_checkpoint,
)
from tenu.journal.tree import EMPTY_ROOT, leaf_hash

ROOT = leaf_hash(b"one")
CHECKPOINT = SIGNER.sign(size=1, root=ROOT)

# The example of the Go note package, whose format this is: its public key and the text it signed.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETERS_SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def test_a_checkpoint_says_what_was_signed() -> None:
    """Origin, size and root come back from the text."""
    assert verify_checkpoint(CHECKPOINT.note, KEYS) == CHECKPOINT


def test_the_note_has_the_published_form() -> None:
    """Name, size, root, empty line, signature line."""
    lines = CHECKPOINT.note.split("\n")
    assert lines[:2] + lines[3:4] + [lines[4].rsplit(" ", 1)[0]] == [
        "acme.example/tenu",
        "1",
        "",
        "— acme.example/tenu",
    ]


def test_a_key_of_another_implementation_is_read() -> None:
    """The key's own id, computed our way, is the one its author published."""
    assert Verifier.parse(PETER).key_id.hex() == "c74f20a3"


def test_a_signature_of_another_implementation_is_accepted() -> None:
    """What another program signed verifies here."""
    assert Verifier.parse(PETER).accepts(PETERS_TEXT, base64.b64decode(PETERS_SIGNATURE)[4:])


def test_a_key_survives_its_text() -> None:
    """A public key written and read again is the same."""
    assert Verifier.parse(str(SIGNER.verifier)) == SIGNER.verifier


def test_a_private_key_survives_its_text() -> None:
    """A private key written and read again signs the same."""
    assert Signer.parse(SIGNER.secret_text()).sign(size=1, root=ROOT) == CHECKPOINT


def test_a_private_key_does_not_print_itself() -> None:
    """A log or a traceback that shows the signer shows no secret."""
    assert SIGNER.secret_text().rsplit("+", 1)[1] not in f"{SIGNER} {SIGNER!r}"


@pytest.mark.parametrize(
    "text", ["", "acme.example/tenu", str(SIGNER.verifier)[:-4], "other" + str(SIGNER.verifier)]
)
def test_a_broken_public_key_is_refused(text: str) -> None:
    """A key cut in a copy and paste is not a key."""
    with pytest.raises(KeyTextError):
        Verifier.parse(text)


def test_a_public_key_is_not_a_private_key() -> None:
    """Reading the wrong half says so."""
    with pytest.raises(KeyTextError):
        Signer.parse(str(SIGNER.verifier))


def test_a_strangers_checkpoint_is_refused() -> None:
    """Another key of the same name signs nothing for us."""
    with pytest.raises(TamperedError):
        verify_checkpoint(STRANGER.sign(size=1, root=ROOT).note, KEYS)


def test_a_strangers_signature_beside_ours_does_no_harm() -> None:
    """Witnesses may add their line."""
    both = CHECKPOINT.note + STRANGER.sign(size=1, root=ROOT).note.rsplit("\n\n", 1)[1]
    assert verify_checkpoint(both, KEYS).size == 1


def test_the_key_of_another_log_does_not_speak_for_this_one() -> None:
    """Trusting two logs does not let one sign for the other."""
    other = Signer("other.example/tenu", STRANGER.private)
    swapped = other.sign(size=1, root=ROOT).note.replace("other.example/tenu\n1\n", "acme.example/tenu\n1\n")
    with pytest.raises(TamperedError):
        verify_checkpoint(swapped, (*KEYS, other.verifier))


@pytest.mark.parametrize(
    "changed",
    [
        CHECKPOINT.note.replace("\n1\n", "\n2\n"),
        CHECKPOINT.note.replace("\n1\n", "\n01\n"),
        CHECKPOINT.note.replace("— ", "- "),
        CHECKPOINT.note.removesuffix("\n"),
        CHECKPOINT.note.split("\n\n")[0] + "\n",
        CHECKPOINT.note.replace("\n\n", "\nmore\n\n"),
        "",
    ],
)
def test_a_changed_checkpoint_is_refused(changed: str) -> None:
    """Not one character can move."""
    with pytest.raises(TamperedError):
        verify_checkpoint(changed, KEYS)


def test_the_empty_journal_can_be_signed() -> None:
    """A journal that starts can already be shown to be empty."""
    assert read_checkpoint(SIGNER.sign(size=0, root=EMPTY_ROOT).note).size == 0


@pytest.mark.parametrize("name", ["", "acme example", "acme+example"])
def test_a_name_no_log_may_bear(name: str) -> None:
    """A space or a plus would make the key's text ambiguous."""
    with pytest.raises(RefusedError):
        origin_of(name)
