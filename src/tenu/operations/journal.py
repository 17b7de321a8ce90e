"""Verify the journal, prove one event, export it all for somebody who does not trust tenu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from tenu.errors import RefusedError
from tenu.journal.checkpoint import Checkpoint, Verifier, verify_checkpoint
from tenu.journal.port import Journal
from tenu.journal.proof import EntryProof
from tenu.journal.verification import Verification
from tenu.terms import Text

ENTRIES, CHECKPOINT, KEY, SCRIPT = "entries.jsonl", "checkpoint.txt", "public-key.txt", "verify_export.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What was exported to *folder*: *entries* events, all under *checkpoint*; *waiting* ones are not in it
    yet.
    """

    folder: Path
    entries: int
    waiting: int
    checkpoint: Checkpoint


def verify(journal: Journal, keys: Sequence[Verifier], known: str | None = None) -> Verification:
    """Return what holds of *journal* and what does not.

    Args:
        journal: The journal to recompute.
        keys: Public keys trusted to sign it.
        known: Text of a checkpoint kept elsewhere, to see that nothing was cut or rewritten since.

    Raises:
        TamperedError: *known* itself is signed by none of *keys*.
    """
    return journal.verify(keys, None if known is None else verify_checkpoint(known, keys))


def prove(journal: Journal, index: int, keys: Sequence[Verifier]) -> EntryProof:
    """Return a receipt for the event at *index*, checked as its reader will check it.

    Raises:
        RefusedError: No such event, or it is not sealed yet.
        TamperedError: The journal does not verify at this event.
    """
    checkpoint = _latest(journal)
    if not 0 <= index < checkpoint.size:
        raise RefusedError(
            Text(
                fr=f"le journal n'a pas d'événement scellé numéro {index}",
                en=f"the journal has no sealed event number {index}",
            ),
            fix=Text(
                fr=f"donnez un numéro de 0 à {checkpoint.size - 1}",
                en=f"give a number from 0 to {checkpoint.size - 1}",
            ),
        )
    found = next(journal.entries(index), None)
    proof = EntryProof(
        index=index,
        leaf=found.leaf if found else b"",
        hashes=journal.inclusion_proof(index, checkpoint.size),
        note=checkpoint.note,
    )
    proof.verify(keys)
    return proof


def export(journal: Journal, folder: Path, key: Verifier) -> Export:
    """Write to *folder* all that somebody needs to verify *journal* with Python alone.

    Args:
        journal: The journal; only what is sealed is exported.
        folder: New or empty.
        key: Public key of the journal, written for convenience: its reader must have it from elsewhere too.

    Raises:
        RefusedError: *folder* is not empty, or nothing was sealed yet.
        TamperedError: The latest checkpoint is not signed by *key*.
    """
    checkpoint = verify_checkpoint(_latest(journal).note, (key,))
    _must_be_empty(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _write_entries(journal, folder / ENTRIES, checkpoint.size)
    (folder / CHECKPOINT).write_text(checkpoint.note, encoding="utf-8")
    (folder / KEY).write_text(f"{key}\n", encoding="utf-8")
    (folder / SCRIPT).write_bytes(files("tenu.journal").joinpath(SCRIPT).read_bytes())
    for name, text in (("LISEZMOI.md", _README.fr), ("README.md", _README.en)):
        (folder / name).write_text(text, encoding="utf-8")
    return Export(folder=folder, entries=checkpoint.size, waiting=journal.waiting, checkpoint=checkpoint)


def _latest(journal: Journal) -> Checkpoint:
    checkpoint = journal.checkpoint()
    if checkpoint is None:
        raise RefusedError(
            Text(fr="rien n'a encore été scellé dans le journal", en="nothing was sealed in the journal yet"),
            fix=Text(fr="exécutez un plan, puis recommencez", en="run a plan, then try again"),
        )
    return checkpoint


def _must_be_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(
            Text(
                fr=f"{folder} existe et n'est pas un dossier vide",
                en=f"{folder} exists and is not an empty folder",
            ),
            fix=Text(fr="donnez un dossier nouveau ou vide", en="give a new or an empty folder"),
        )


def _write_entries(journal: Journal, path: Path, size: int) -> None:
    """Write the first *size* leaves, one per line, not those sealed since the checkpoint was read."""
    with path.open("wb") as file:
        for entry in journal.entries():
            if entry.index is None or entry.index >= size:
                return
            file.write(entry.leaf + b"\n")


_README = Text(
    fr="""# Journal exporté

Chaque ligne de `entries.jsonl` est un événement : nombres, dates, empreintes et noms techniques, jamais une
personne. `checkpoint.txt` est la signature de l'ensemble. Pour vérifier, sans tenu et sans réseau :

    python3 verify_export.py . "CLÉ PUBLIQUE"

Demandez la clé publique à une autre source que ce dossier et comparez-la à `public-key.txt` : qui aurait
refait tout le dossier aurait aussi refait ce fichier. Lisez `verify_export.py` avant de le lancer : il tient
en soixante lignes.

Gardez `checkpoint.txt`. La prochaine fois, ajoutez-le à la fin de la commande : il montrera que rien de ce
que vous aviez reçu n'a été retiré ni changé depuis. Sans lui, un journal raccourci ne se distingue pas d'un
journal plus jeune.

Code de sortie : 0, tout se vérifie ; 1, quelque chose ne se vérifie pas.
""",
    en="""# Exported journal

Each line of `entries.jsonl` is an event: counts, dates, digests and technical names, never a person.
`checkpoint.txt` is the signature of the whole. To verify it, without tenu and without a network:

    python3 verify_export.py . "PUBLIC KEY"

Ask for the public key from another source than this folder and compare it with `public-key.txt`: whoever
remade the whole folder would have remade that file too. Read `verify_export.py` before you run it: it is
sixty lines long.

Keep `checkpoint.txt`. Next time, add it at the end of the command: it will show that nothing you were given
was removed or changed since. Without it, a journal cut short cannot be told from a younger one.

Exit code: 0, everything verifies; 1, something does not.
""",
)
