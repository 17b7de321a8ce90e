"""From a workspace folder to ports: the only file that knows every adapter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from tenu.adapters.archive import Archive
from tenu.adapters.archive_reach import Surroundings
from tenu.adapters.archive_tables import HOLD_FILE, STATEMENT
from tenu.adapters.case_files import CaseFiles
from tenu.adapters.clock import SystemClock
from tenu.adapters.databases.database import Database
from tenu.adapters.journal_store import JournalStore
from tenu.adapters.key_store import FileKeyStore
from tenu.adapters.ledger import FileLedger
from tenu.adapters.mailroom import Office
from tenu.adapters.sealed_files import SealedFiles
from tenu.adapters.settings import read_settings
from tenu.adapters.signing_key import create_key, load_key
from tenu.adapters.staff import present_actor
from tenu.adapters.suppressions import Suppressions
from tenu.adapters.workspace import KEYS, read_workspace, resolve, secret
from tenu.datamap.model import System
from tenu.errors import RefusedError
from tenu.ports import Clock, Ports
from tenu.settings import Settings
from tenu.terms import Text

ENGINES = ("sqlite", "postgresql", "mysql", "mariadb")


def addresses(folder: Path) -> dict[str, str]:
    """Return the address of each system of the workspace in *folder*, variables resolved."""
    return {system.system: _address(system, folder) for system in read_workspace(folder).systems}


@contextmanager
def open_ports(folder: Path, *, clock: Clock | None = None) -> Iterator[Ports]:
    """Open everything the workspace in *folder* names, and close it at the end.

    tenu's own stores are SQLite files of the workspace, unless tenu.toml or the environment says otherwise.

    Raises:
        FindingsError: A file of the workspace is wrong.
        RefusedError: A secret or an address is.
        UnreachableError: A store of tenu's own does not answer.
    """
    workspace = read_workspace(folder)
    stores = workspace.settings.stores
    zone = ZoneInfo(workspace.policy.time_zone)
    with ExitStack() as stack:
        databases = {
            system.system: Database(system, _address(system, folder), zone) for system in workspace.systems
        }
        for database in databases.values():
            stack.callback(database.close)
        archive = Archive(
            resolve(stores.archive, folder),
            resolve(stores.vault, folder),
            FileKeyStore(folder / KEYS),
            Surroundings(
                addresses={system.system: _address(system, folder) for system in workspace.systems},
                accounts=frozenset(stores.archive_accounts),
            ),
        )
        stack.callback(archive.close)
        cases = CaseFiles(resolve(stores.vault, folder), secret(folder, "cases"))
        stack.callback(cases.close)
        office = Office(resolve(stores.vault, folder), secret(folder, "cases"), workspace.settings)
        stack.callback(office.close)
        signing = folder / KEYS / "journal.key"
        signer = load_key(signing) if signing.exists() else create_key(signing, "tenu")
        journal = JournalStore(resolve(stores.journal, folder))
        stack.callback(journal.close)
        suppressions = Suppressions(resolve(stores.journal, folder), secret(folder, "suppression"))
        stack.callback(suppressions.close)
        key = secret(folder, "plan")
        hold_files = SealedFiles(resolve(stores.vault, folder), key, HOLD_FILE, "tenu hold files")
        stack.callback(hold_files.close)
        statements = SealedFiles(resolve(stores.vault, folder), key, STATEMENT, "tenu statements")
        stack.callback(statements.close)
        yield Ports(
            workspace=workspace,
            reread=partial(_settings_now, folder),
            databases=databases,
            archive=archive,
            cases=cases,
            mailroom=office.mailroom,
            suppressions=suppressions,
            ledger=FileLedger(folder / resolve(stores.ledger, folder), secret(folder, "ledger")),
            hold_files=hold_files,
            statements=statements,
            journal=journal,
            signer=signer,
            clock=clock or SystemClock(),
            key=key,
            actor=present_actor(workspace.settings.roles, key),
            pseudonym_key=secret(folder, "pseudonym"),
        )


def _settings_now(folder: Path) -> Settings:
    """Return tenu.toml as it is now, the addresses of replicas resolved."""
    said = read_settings(folder)
    lag = {
        name: probe if probe.url is None else replace(probe, url=resolve(probe.url, folder))
        for name, probe in said.pacing.lag.items()
    }
    return replace(said, pacing=replace(said.pacing, lag=lag))


def _address(system: System, folder: Path) -> str:
    """Return the address of *system*, never shown: it may hold a password.

    Raises:
        RefusedError: A variable is not set, or no driver of tenu's understands the address.
    """
    url = resolve(system.url, folder)
    place = system.at.get("url", system.place)
    if url.partition(":")[0].partition("+")[0] not in ENGINES:
        raise RefusedError(
            Text(
                fr=f"{place} : ce n'est pas l'adresse d'une base que tenu sait lire",
                en=f"{place}: not the address of a database tenu reads",
            ),
            fix=Text(
                fr="écrivez sqlite:///FICHIER, postgresql+psycopg://… ou mariadb+pymysql://…",
                en="write sqlite:///FILE, postgresql+psycopg://… or mariadb+pymysql://…",
            ),
        )
    return url
