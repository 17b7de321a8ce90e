"""The command line as a whole: help, mistakes, broken workspaces, interruptions. Nobody ever reads a trace."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faces.face import LATER, Answer, tenu


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), "commande inconnue : nope"),
        (("--nope",), "option inconnue : --nope"),
        (("plan", "--as-off", "2026-01-01"), "vouliez-vous dire --as-of"),
        (("plan", "--as-of", "hier"), "AAAA-MM-JJ"),
        (("plan", "extra"), "un mot de trop : extra"),
        (("apply",), "il manque FILE"),
        (("attest", "--status", "green"), "kept, broken, unknown, attested"),
        (("demo", "--people", "many"), "nombre entier"),
        (("plan", "-o"), "demande une valeur"),
        (("explain", "C-RET-133"), "C-RET-13"),
    ],
)
def test_a_mistake_is_told_in_french(words: tuple[str, ...], said: str) -> None:
    """What is wrong, and exit status 2."""
    answer = tenu(*words)
    assert (answer.status, answer.told, said in answer.err) == (2, True, True)


def test_a_mistake_is_told_in_english() -> None:
    """The same, for whoever chose English."""
    assert "No such command 'nope'" in tenu("nope", lang="en").err


def _missing(folder: Path) -> None:
    (folder / "policy.yaml").unlink()


def _bad_yaml(folder: Path) -> None:
    with (folder / "policy.yaml").open("a", encoding="utf-8") as file:
        file.write("\nx: [\n")


def _unknown_key(folder: Path) -> None:
    with (folder / "systems" / "crm.yaml").open("a", encoding="utf-8") as file:
        file.write("\nextra: 1\n")


def _address(url: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = folder / "systems" / "crm.yaml"
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text(
            "\n".join(f"url: {url}" if x.startswith("url:") else x for x in lines), encoding="utf-8"
        )

    return write


def _garbage(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(b"not a database at all, " * 99) and None


def _settings(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "tenu.toml").write_text(text, encoding="utf-8") and None


BREAKINGS = {
    "no policy": (_missing, "W-FILE-01"),
    "bad YAML": (_bad_yaml, "W-YAML-01"),
    "unknown key": (_unknown_key, "W-KEY-01"),
    "not an address": (_address("nonsense"), "systems/crm.yaml"),
    "another engine": (_address("oracle://x/y"), "systems/crm.yaml"),
    "a missing variable": (_address("${NOT_SET_HERE}"), "NOT_SET_HERE"),
    "nobody listens": (_address("postgresql+psycopg://nobody@127.0.0.1:1/x"), "crm"),
    "no such file": (_address("sqlite:///nothere.db"), "crm"),
    "crm is no database": (_garbage("crm.db"), "crm"),
    "tenu's own is no database": (_garbage("tenu.db"), "tenu.db"),
    "the archive is no database": (_garbage("archive.db"), "archive"),
    "a wrong key": (_garbage("keys/plan.key"), "plan.key"),
    "an unknown setting": (_settings("chunks = 3\n"), "chunks"),
    "a setting of the wrong type": (_settings('chunk = "many"\n'), "chunk"),
    "a limit of the search that is none": (_settings('[residue]\nrows = "many"\n'), "residue"),
    "bad TOML": (_settings("chunk = [\n"), "tenu.toml"),
}


@pytest.mark.parametrize("case", BREAKINGS)
def test_a_broken_workspace_is_told_with_its_place(company: Path, case: str) -> None:
    """Which file, system or variable, on the error output alone, and exit status 2."""
    breaking, named = BREAKINGS[case]
    breaking(company)
    answer = tenu("plan", "--as-of", LATER, folder=company)
    assert (answer.status, answer.told, named in answer.err, answer.out) == (2, True, True, "")


def test_what_nobody_foresaw_is_one_sentence(company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a defect of tenu's own is told in a sentence."""
    monkeypatch.setattr("tenu.wiring.read_workspace", lambda folder: 1 / 0)
    answer = tenu("plan", folder=company)
    assert (answer.status, answer.err.splitlines()[0]) == (2, "erreur imprévue de tenu (ZeroDivisionError)")


def test_interrupted_is_one_clean_line_and_status_130(company: Path) -> None:
    """Ctrl-C in the middle of a plan, then the same command goes on."""
    command = [sys.executable, "-m", "tenu.cli", "--lang", "fr", "-w", str(company), "plan", "--as-of", LATER]
    holder = sqlite3.connect(company / "crm.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(5)  # it now waits for the locked file; the signal is there before the wait ends
    running.send_signal(signal.SIGINT)
    holder.close()
    _, err = running.communicate(timeout=30)
    assert (running.returncode, "Traceback" in err, "Interrompu." in err) == (130, False, True)


def test_a_closed_pipe_is_no_trace(played: tuple[Path, Answer]) -> None:
    """``tenu check | head -1`` leaves nothing on the error output."""
    line = f'"{sys.executable}" -m tenu.cli -w "{played[0]}" check | head -1'
    done = subprocess.run(
        ["sh", "-c", line], check=False, capture_output=True, text=True, env={**os.environ, "LANG": "C.UTF-8"}
    )
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


def test_no_color_means_none(played: tuple[Path, Answer]) -> None:
    """Not one escape sequence of colour, on a terminal too."""
    env = {"FORCE_COLOR": "1", "NO_COLOR": "1"}
    assert "\x1b[3" not in "".join(tenu(c, folder=played[0], env=env).out for c in ("check", "plan"))
