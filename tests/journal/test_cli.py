"""tenu journal: what it prints, and how it ends."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from journal.making import KEYS, SIGNER, STRANGER, chunk, chunks
from tenu.cli.journal import command
from tenu.journal.checkpoint import Signer
from tenu.journal.events import leaf
from tenu.journal.memory import MemoryJournal
from tenu.journal.proof import read_proof
from tenu.terms import Language


@dataclass
class Ports:
    """The two ports these commands use."""

    journal: MemoryJournal
    signer: Signer


@dataclass
class Context:
    """The command line's context, on a journal in memory."""

    language: Language
    opened: Ports

    def ports(self) -> AbstractContextManager[Ports]:
        """Give the ports."""
        return nullcontext(self.opened)


@pytest.fixture
def kept() -> MemoryJournal:
    """Give a journal of 300 sealed events and one that waits."""
    journal = MemoryJournal()
    journal.append(*chunks(300))
    journal.seal(SIGNER)
    journal.append(chunk(300))
    return journal


def run(journal: MemoryJournal, *words: object, language: Language = "fr") -> Result:
    context = Context(language, Ports(journal, SIGNER))
    return CliRunner().invoke(command, [str(word) for word in words], obj=context)


def break_event(journal: MemoryJournal) -> None:
    journal.rows[42] = (42, "chunk:done", None, leaf(chunk(5555)))


def test_verify_says_that_it_holds_in_french(kept: MemoryJournal) -> None:
    """In French first."""
    done = run(kept, "verify")
    assert (done.exit_code, done.output.splitlines()) == (
        0,
        [
            "vérifiés : 300 ; points de contrôle signés : 1 ; à sceller : 1",
            "le journal se vérifie",
        ],
    )


def test_verify_names_the_changed_event_in_english(kept: MemoryJournal) -> None:
    """In English when asked; exit code 1."""
    break_event(kept)
    done = run(kept, "verify", language="en")
    assert (done.exit_code, "event 42: the event was changed" in done.output) == (1, True)


def test_verify_in_json(kept: MemoryJournal) -> None:
    """The same, for a program."""
    break_event(kept)
    said = json.loads(run(kept, "verify", "--json").stdout)
    assert (said["holds"], said["first_bad"], said["problems"][0]["kind"]) == (False, 42, "entry_changed")


def test_verify_with_another_key_does_not_hold(kept: MemoryJournal) -> None:
    """An auditor trusts the key they were given, not the workspace's."""
    assert run(kept, "verify", "--key", STRANGER.verifier).exit_code == 1


def test_verify_with_a_known_checkpoint(kept: MemoryJournal, tmp_path: Path) -> None:
    """A longer journal known before shows the cut."""
    path = tmp_path / "checkpoint.txt"
    path.write_text(SIGNER.sign(size=400, root=bytes(32)).note, encoding="utf-8")
    said = json.loads(run(kept, "verify", "--known", path, "--json").stdout)
    assert [problem["kind"] for problem in said["problems"]] == ["tail_cut"]


def test_verify_refuses_a_forged_known_checkpoint(kept: MemoryJournal, tmp_path: Path) -> None:
    """A file that is not ours is a finding about the file."""
    path = tmp_path / "checkpoint.txt"
    path.write_text(STRANGER.sign(size=300, root=bytes(32)).note, encoding="utf-8")
    done = run(kept, "verify", "--known", path)
    assert (done.exit_code, "aucune clé de confiance" in done.stderr) == (1, True)


def test_a_key_that_is_none_cannot_run(kept: MemoryJournal) -> None:
    """A mistake in the command is not a finding."""
    assert run(kept, "verify", "--key", "acme").exit_code == 2


def test_prove_prints_a_receipt_that_verifies(kept: MemoryJournal) -> None:
    """What is printed is the receipt and nothing else."""
    proof = read_proof(run(kept, "prove", 42).stdout)
    assert (proof.leaf, proof.verify(KEYS).size) == (leaf(chunk(42)), 300)


def test_prove_writes_a_receipt(kept: MemoryJournal, tmp_path: Path) -> None:
    """The file is what would have been printed."""
    run(kept, "prove", 42, "-o", tmp_path / "42.tlog-proof")
    assert (tmp_path / "42.tlog-proof").read_text(encoding="utf-8") == run(kept, "prove", 42).stdout


def test_prove_in_json(kept: MemoryJournal) -> None:
    """The event can be read without decoding the receipt."""
    said = json.loads(run(kept, "prove", 42, "--json").stdout)
    assert (said["index"], said["event"]["body"]["chunk"]) == (42, 42)


@pytest.mark.parametrize(("index", "code"), [(299, 0), (300, 2)])
def test_prove_stops_at_what_is_sealed(kept: MemoryJournal, index: int, code: int) -> None:
    """An event that waits cannot be proved yet."""
    assert run(kept, "prove", index).exit_code == code


def test_prove_does_not_give_out_a_broken_receipt(kept: MemoryJournal) -> None:
    """A receipt that will not verify is a finding, not a receipt."""
    break_event(kept)
    done = run(kept, "prove", 42)
    assert (done.exit_code, done.stdout) == (1, "")


def test_export_writes_the_folder(kept: MemoryJournal, tmp_path: Path) -> None:
    """Everything a verifier needs, and nothing else."""
    done = run(kept, "export", tmp_path / "export")
    assert (done.exit_code, sorted(path.name for path in (tmp_path / "export").iterdir())) == (
        0,
        ["LISEZMOI.md", "README.md", "checkpoint.txt", "entries.jsonl", "public-key.txt", "verify_export.py"],
    )


def test_export_in_json(kept: MemoryJournal, tmp_path: Path) -> None:
    """Counts for a program, what waits included."""
    said = json.loads(run(kept, "export", tmp_path / "export", "--json").stdout)
    assert (said["entries"], said["waiting"]) == (300, 1)


def test_export_into_a_folder_in_use_cannot_run(kept: MemoryJournal, tmp_path: Path) -> None:
    """The message says what to do next."""
    (tmp_path / "note.txt").touch()
    done = run(kept, "export", tmp_path)
    assert (done.exit_code, "-> donnez un dossier nouveau ou vide" in done.stderr) == (2, True)
