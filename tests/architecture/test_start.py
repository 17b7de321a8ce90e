"""The command line starts fast: nothing heavy is imported before a command needs it."""

from __future__ import annotations

import subprocess
import sys
import time

HEAVY = {
    "sqlalchemy",
    "pydantic",
    "rich",
    "yaml",
    "psycopg",
    "pymysql",
    "cryptography",
    "holidays",
    "alembic",
}
HELP_SECONDS = 0.25


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    """``import tenu.cli`` loads no database toolkit, no model library and no terminal library."""
    command = [sys.executable, "-X", "importtime", "-c", "import tenu.cli"]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in report.splitlines()}
    assert imported & HEAVY == set()


def test_help_is_printed_in_a_quarter_of_a_second() -> None:
    """The best of five runs of ``tenu --help`` takes 0.25 s at most, start of Python included."""
    assert min(_seconds_of_help() for _ in range(5)) <= HELP_SECONDS


def _seconds_of_help() -> float:
    """Return the wall time of one ``tenu --help``; Raises CalledProcessError when it does not end well."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "tenu.cli", "--help"], check=True, capture_output=True)
    return time.perf_counter() - started
