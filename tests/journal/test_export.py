"""An export verifies with a short script that knows nothing of tenu, and only when it is the truth."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from journal.making import KEYS, SIGNER, STRANGER, chunk, chunks
from tenu.errors import RefusedError, TamperedError
from tenu.journal.checkpoint import Signer
from tenu.journal.events import leaf
from tenu.journal.memory import MemoryJournal
from tenu.journal.port import Journal
from tenu.operations import journal as operations

KEY = SIGNER.verifier
SCRIPT = Path(operations.__file__).parents[1] / "journal" / "verify_export.py"


def exported(folder: Path, count: int = 300, signer: Signer = SIGNER) -> Path:
    journal = MemoryJournal()
    journal.append(*chunks(count))
    journal.seal(signer)
    operations.export(journal, folder, signer.verifier)
    return folder


def script(folder: Path, key: object, *kept: Path) -> int:
    """Return the exit code of the script of *folder*, run where tenu cannot be imported."""
    command = [sys.executable, "-I", "-S", "verify_export.py", ".", str(key), *map(str, kept)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def test_the_script_is_short_and_imports_the_standard_library_alone() -> None:
    """Sixty lines of a hundred columns at most, and no tenu in them."""
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    nodes = list(ast.walk(ast.parse("\n".join(lines))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    allowed = set(sys.stdlib_module_names)
    assert (len(lines) <= 60, max(map(len, lines)) <= 100, imported <= allowed) == (True, True, True)


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257])
def test_an_export_verifies(tmp_path: Path, count: int) -> None:
    """Of nothing, of one event, around a tile."""
    assert script(exported(tmp_path / "export", count), KEY) == 0


def test_an_export_of_each_journal_verifies(journal: Journal, tmp_path: Path) -> None:
    """A journal in a database is exported as one in memory; what waits is left out and counted."""
    journal.append(*chunks(300))
    journal.seal(SIGNER)
    journal.append(chunk(300))
    done = operations.export(journal, tmp_path / "export", KEY)
    assert (done.entries, done.waiting, script(tmp_path / "export", KEY)) == (300, 1, 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_script_agrees_with_any_key(tmp_path: Path, seed: int) -> None:
    """Its own Ed25519 accepts what the library signs, whichever the key."""
    signer = Signer("acme.example/tenu", Ed25519PrivateKey.from_private_bytes(bytes([seed + 1] * 32)))
    assert script(exported(tmp_path / "export", 3, signer), signer.verifier) == 0


def change_event(folder: Path) -> None:
    path = folder / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(leaf(chunk(7)), leaf(chunk(7)).replace(b"5000", b"4999")))


def remove_event(folder: Path) -> None:
    path = folder / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(leaf(chunk(7)) + b"\n", b""))


def add_event(folder: Path) -> None:
    path = folder / "entries.jsonl"
    path.write_bytes(path.read_bytes() + leaf(chunk(300)) + b"\n")


def swap_events(folder: Path) -> None:
    path = folder / "entries.jsonl"
    lines = path.read_bytes().split(b"\n")
    lines[3], lines[4] = lines[4], lines[3]
    path.write_bytes(b"\n".join(lines))


def cut_last_line(folder: Path) -> None:
    path = folder / "entries.jsonl"
    path.write_bytes(path.read_bytes()[:-1])


def sign_by_stranger(folder: Path) -> None:
    latest = operations.verify_checkpoint((folder / "checkpoint.txt").read_text(encoding="utf-8"), KEYS)
    forged = STRANGER.sign(size=latest.size, root=latest.root).note
    (folder / "checkpoint.txt").write_text(forged, encoding="utf-8")


def change_root(folder: Path) -> None:
    text = (folder / "checkpoint.txt").read_text(encoding="utf-8")
    other = STRANGER.sign(size=300, root=bytes(32)).note.split("\n")[2]
    (folder / "checkpoint.txt").write_text(text.replace(text.split("\n")[2], other), encoding="utf-8")


def change_signature(folder: Path) -> None:
    text = (folder / "checkpoint.txt").read_text(encoding="utf-8")
    other = "B" if text[-10] == "A" else "A"
    (folder / "checkpoint.txt").write_text(text[:-10] + other + text[-9:], encoding="utf-8")


def remake_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    exported(folder, 299, STRANGER)


@pytest.mark.parametrize(
    "tamper",
    [
        change_event,
        remove_event,
        add_event,
        swap_events,
        cut_last_line,
        sign_by_stranger,
        change_root,
        change_signature,
        remake_all,
    ],
)
def test_a_tampered_export_is_refused(tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    """Whatever was changed, the key had from elsewhere shows it."""
    tamper(exported(tmp_path / "export"))
    assert script(tmp_path / "export", KEY) == 1


@pytest.mark.parametrize(
    ("folder", "key"), [(".", "README.md"), ("README.md", str(KEY)), ("nowhere", str(KEY))]
)
def test_a_wrong_argument_is_told_in_one_line_and_how_to_do_it(tmp_path: Path, folder: str, key: str) -> None:
    """A file in place of the key, a file or nothing in place of the folder: no traceback, status 1, the usage."""
    command = [sys.executable, "-I", "-S", "verify_export.py", folder, key]
    where = exported(tmp_path / "export", 3)
    said = subprocess.run(command, cwd=where, capture_output=True, check=False, text=True)
    assert (said.returncode, "Traceback" in said.stderr, "FOLDER KEY" in said.stderr) == (1, False, True)


def test_a_kept_checkpoint_verifies_with_a_later_export(tmp_path: Path) -> None:
    """What an auditor received before is the beginning of what they receive now."""
    earlier = exported(tmp_path / "before", 200)
    assert script(exported(tmp_path / "export", 300), KEY, earlier / "checkpoint.txt") == 0


@pytest.mark.parametrize("later", [301, 400])
def test_a_kept_checkpoint_shows_an_export_cut_short(tmp_path: Path, later: int) -> None:
    """An export of less than before is refused, though it verifies alone."""
    kept = exported(tmp_path / "before", later) / "checkpoint.txt"
    folder = exported(tmp_path / "export", 300)
    assert (script(folder, KEY), script(folder, KEY, kept)) == (0, 1)


def test_an_export_says_how_to_verify_it_in_both_languages(tmp_path: Path) -> None:
    """A French auditor and an English one find the command."""
    folder = exported(tmp_path / "export", 1)
    names = ("LISEZMOI.md", "README.md")
    assert all("python3 verify_export.py ." in (folder / name).read_text(encoding="utf-8") for name in names)


def test_an_export_does_not_mix_with_other_files(tmp_path: Path) -> None:
    """A folder that holds something is left alone."""
    (tmp_path / "note.txt").touch()
    with pytest.raises(RefusedError):
        exported(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_journal_never_sealed_is_not_exported(tmp_path: Path) -> None:
    """An export without a signature would prove nothing."""
    with pytest.raises(RefusedError):
        operations.export(MemoryJournal(), tmp_path / "export", KEY)


def test_the_latest_checkpoint_must_be_ours_to_export(tmp_path: Path) -> None:
    """A stranger's journal is not handed out in our name."""
    journal = MemoryJournal()
    journal.append(chunk(0))
    journal.seal(STRANGER)
    with pytest.raises(TamperedError):
        operations.export(journal, tmp_path / "export", KEY)
