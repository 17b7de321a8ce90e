"""The command line starts fast: nothing heavy is imported before a command needs it."""

from __future__ import annotations

import resource
import subprocess
import sys

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


def test_help_costs_a_quarter_of_a_second() -> None:
    """The best of five runs of ``tenu --help`` takes 0.25 s of processor at most, start of Python included."""
    assert min(_seconds_of_help() for _ in range(5)) <= HELP_SECONDS


def _seconds_of_help() -> float:
    """Return the processor time of one ``tenu --help``, which other processes do not change."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "tenu.cli", "--help"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
