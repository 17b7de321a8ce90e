"""The keys of the archive: one suite for the store in files and the one in memory, then what only files can get wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenu.adapters.envelopes import close_envelope, open_envelope, seal
from tenu.adapters.key_store import FileKeyStore
from tenu.errors import RefusedError
from tenu.plans.archive import key_name
from tenu.ports import KeyLostError, KeyStore
from tenu.testing import MemoryKeyStore

FORMER, BATCH, ENVELOPE = bytes(range(32)), bytes(32), bytes(16)
MakeKeys = Callable[[], KeyStore]


@pytest.fixture(params=["files", "memory"])
def make_keys(request: pytest.FixtureRequest, tmp_path: Path) -> MakeKeys:
    """Give a function that makes an empty store, whose first secret is FORMER."""

    def made() -> KeyStore:
        if request.param == "memory":
            return MemoryKeyStore(FORMER)
        (tmp_path / "archive.key").write_text(FORMER.hex() + "\n")
        (tmp_path / "archive.key").chmod(0o600)
        return FileKeyStore(tmp_path, {})

    return made


@pytest.fixture
def keys(make_keys: MakeKeys) -> KeyStore:
    """Give a store that has its first key."""
    made = make_keys()
    made.begin()
    return made


def closed(keys: KeyStore) -> tuple[str, bytes]:
    public = keys.sealing_key()
    return key_name(public), close_envelope(public, BATCH, ENVELOPE)


def test_what_the_public_half_seals_the_private_half_opens(keys: KeyStore) -> None:
    """An envelope closed with the sealing key opens with the key of its name."""
    name, sealed = closed(keys)
    assert open_envelope(keys, name, sealed, ENVELOPE) == BATCH


def test_a_new_key_leaves_the_former_one_open(keys: KeyStore) -> None:
    """Until it is retired, what the former key sealed still opens."""
    name, sealed = closed(keys)
    keys.renew()
    assert (open_envelope(keys, name, sealed, ENVELOPE), len(keys.held())) == (BATCH, 2)


def test_the_index_outlives_a_change_of_key(keys: KeyStore) -> None:
    """Packages sealed before are found by the same hashes after."""
    before = keys.index_key()
    keys.retire([keys.held()[0], keys.renew()][0])
    assert keys.index_key() == before


def test_a_change_under_way_makes_no_third_key(keys: KeyStore) -> None:
    """Run again, a change of key goes on with the key it made."""
    assert (keys.renew(), len(keys.held())) == (keys.renew(), 2)


def test_a_retired_key_opens_nothing(keys: KeyStore) -> None:
    """Once retired, what it sealed stays sealed, and the error says the key is lost."""
    name, sealed = closed(keys)
    keys.renew()
    keys.retire(name)
    with pytest.raises(KeyLostError):
        open_envelope(keys, name, sealed, ENVELOPE)


def test_a_key_of_the_first_format_is_unwrapped(keys: KeyStore) -> None:
    """What the secret itself wrapped, before there were envelopes, still opens."""
    wrapped = seal(AESGCM(FORMER), BATCH, b"subject")
    assert keys.unwrap_former(wrapped, b"subject") == BATCH


def test_a_key_of_the_first_format_wrapped_elsewhere_is_lost(keys: KeyStore) -> None:
    """A key another secret wrapped is refused, not guessed."""
    with pytest.raises(KeyLostError):
        keys.unwrap_former(seal(AESGCM(bytes(32)), BATCH, b"subject"), b"subject")


# ── files only ──


def test_the_file_of_an_archive_of_the_first_format_keeps_its_index(tmp_path: Path) -> None:
    """Whoever was sealed before there were two files is found by the same hashes."""
    (tmp_path / "archive.key").write_text(FORMER.hex() + "\n")
    (tmp_path / "archive.key").chmod(0o600)
    keys = FileKeyStore(tmp_path, {})
    keys.begin()
    before = HKDF(hashes.SHA256(), 32, salt=None, info=b"tenu archive index").derive(FORMER)
    assert keys.index_key() == before


def test_six_runs_that_begin_at_once_have_one_key(tmp_path: Path) -> None:
    """Whoever comes second takes the key of whoever came first."""
    stores = [FileKeyStore(tmp_path, {}) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(FileKeyStore.begin, stores))
    assert len({store.sealing_key() for store in stores}) == 1


def test_whoever_only_seals_cannot_open(tmp_path: Path) -> None:
    """With the sealing file alone, a batch is sealed and no envelope opens."""
    FileKeyStore(tmp_path, {}).begin()
    (tmp_path / "archive.key").unlink()
    keys = FileKeyStore(tmp_path, {})
    name, sealed = closed(keys)
    with pytest.raises(KeyLostError):
        open_envelope(keys, name, sealed, ENVELOPE)


def test_a_lost_key_is_not_made_again(tmp_path: Path) -> None:
    """Beginning where only the sealing half is left makes no new secret."""
    FileKeyStore(tmp_path, {}).begin()
    (tmp_path / "archive.key").unlink()
    FileKeyStore(tmp_path, {}).begin()
    assert not (tmp_path / "archive.key").exists()


@pytest.mark.parametrize("name", ["archive.key", "archive-sealing.key"])
def test_a_key_others_can_read_is_refused(tmp_path: Path, name: str) -> None:
    """A secret readable by the group is no longer one."""
    FileKeyStore(tmp_path, {}).begin()
    (tmp_path / name).chmod(0o640)
    with pytest.raises(RefusedError, match="can be read by others"):
        FileKeyStore(tmp_path, {}).agree(
            FileKeyStore(tmp_path, {}).held()[0], closed(FileKeyStore(tmp_path, {}))[1]
        )


def test_keys_come_from_the_environment(tmp_path: Path) -> None:
    """A server without files seals and opens with the two variables, and writes nothing."""
    FileKeyStore(tmp_path, {}).begin()
    here = {n: (tmp_path / f).read_text().strip() for n, f in VARIABLES.items()}
    elsewhere = FileKeyStore(tmp_path / "nothing", here)
    elsewhere.begin()
    name, sealed = closed(FileKeyStore(tmp_path, {}))
    assert (open_envelope(elsewhere, name, sealed, ENVELOPE), os.path.exists(tmp_path / "nothing")) == (
        BATCH,
        False,
    )


VARIABLES = {"TENU_ARCHIVE_KEY": "archive.key", "TENU_ARCHIVE_SEALING_KEY": "archive-sealing.key"}


def test_keys_of_the_environment_are_not_changed_here(tmp_path: Path) -> None:
    """tenu cannot write an environment: changing the key is refused, with what to do."""
    with pytest.raises(RefusedError, match="environment"):
        FileKeyStore(tmp_path, {"TENU_ARCHIVE_KEY": FORMER.hex()}).renew()


def test_a_change_cut_between_two_files_goes_on(tmp_path: Path) -> None:
    """The new secret written and the sealing half not yet: the next change writes the half of the same key."""
    keys = FileKeyStore(tmp_path, {})
    keys.begin()
    before = (tmp_path / "archive-sealing.key").read_text()
    name = keys.renew()
    (tmp_path / "archive-sealing.key").write_text(before)
    assert (keys.renew(), key_name(keys.sealing_key())) == (name, name)
