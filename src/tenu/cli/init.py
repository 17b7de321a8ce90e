"""``tenu init``: start a workspace."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from tenu.cli.context import FINE, Context, console, exits

SETTINGS = """# People per transaction, and what one run may touch at most. Every line may go: these are the defaults.
chunk = 500
plan_expires_in_hours = 24
look_again_seconds = 30
# max_people = 10000
# max_rows = 200000
# max_table_rows = 100000

# No plan changes more than this percentage of a table, from so many rows on, unless somebody approves it and says so.
max_share = 20
share_from = 10
# How many percent, and always how many rows, a run may change of a table beyond what its plan counted.
tolerance = 10
tolerance_rows = 10

# Where tenu keeps what it knows. PostgreSQL addresses are welcome; secrets come from the environment.
[stores]
journal = "${TENU_URL:-sqlite:///tenu.db}"
archive = "${TENU_ARCHIVE_URL:-sqlite:///archive.db}"
vault = "${TENU_VAULT_URL:-sqlite:///vault.db}"
# Database accounts meant to reach the archive and the vault, when these are on a server; any other is a finding.
# archive_accounts = ["tenu_archive", "archivist"]
# The ledger is a folder: on another disk than the databases, in no backup older than theirs.
ledger = "${TENU_LEDGER:-ledger}"

# After a run, whom it erased is searched for: tables with more rows than this are not read through.
[residue]
rows = 100000
ignored = false

# Which accounts of this machine hold which role. An act that needs a human's word is refused to anybody else.
[roles]
# dpo = ["alice"]
# dba = ["dora"]
# archivist = ["bruno"]

# One table's own limits.
# [limits."shop.sign_in"]
# rows = 50000
# share = 60

# Whether whoever asked for a legal hold may approve it: not when two people are asked for.
# [holds]
# two_people = false

# Whether an erasure somebody asks for, and any refusal, waits for a second person to confirm it.
# [requests]
# two_people = true
# How many days before its last day a request is called to mind; how long the link to a package opens it.
# remind_days = [10, 5, 2]
# link_days = 7

# Which plans a human must approve: first_run, always, never. Over a table's share, always.
# [approval]
# needed = "first_run"
# roles = ["dpo"]
# two_people = false

# How fast a run may go, and when; changed while it works, it follows. All keys: docs/reference/settings.md
# [pacing]
# target_ms = 200
# duty = 100
# max_lag_seconds = 10
# max_minutes = 0
# outside = "stop"
# holidays = "FR"
# [[pacing.window]]
# days = ["mon", "tue", "wed", "thu", "fri"]
# from = "22:00"
# to = "06:00"

# The server letters leave by; its password is TENU_SMTP_PASSWORD in the environment.
# [smtp]
# host = "mail.company.example"
# user = "privacy"
# sender = "privacy@company.example"

# The mailbox requests come to; its password is TENU_IMAP_PASSWORD in the environment. Nothing in it is changed.
# [imap]
# host = "mail.company.example"
# user = "privacy"
"""
IGNORED = "keys/\nledger/\nlocks/\nextracts/\n*.db\n*.db-wal\n*.db-shm\nplan*.json\n*.sample.csv\n"


@click.command(name="init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
@exits
def command(context: Context, folder: Path) -> int:
    """Start a workspace in FOLDER: a policy to adapt, a place for data maps, the settings."""
    from tenu.errors import RefusedError  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    policy = folder / "policy.yaml"
    if policy.exists():
        raise RefusedError(
            Text(fr=f"{policy} existe déjà", en=f"{policy} already exists"),
            fix=Text(fr="donnez un autre dossier", en="give another folder"),
        )
    (folder / "systems").mkdir(parents=True, exist_ok=True)
    policy.write_bytes((files("tenu.sample") / "policy.yaml").read_bytes())
    (folder / "tenu.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / ".gitignore").write_text(IGNORED, encoding="utf-8")
    there = Context(workspace=folder, language=context.language)
    show = console()
    show.print(_begin(context.language, folder), markup=False)
    show.print(f"   {there.again('check')}", markup=False)
    return FINE


def _begin(language: str, folder: Path) -> str:
    if language == "fr":
        return f"{folder} : adaptez policy.yaml, décrivez chaque base dans systems/NOM.yaml (tenu discover URL), puis :"
    return (
        f"{folder}: adapt policy.yaml, describe each database in systems/NAME.yaml (tenu discover URL), then:"
    )
