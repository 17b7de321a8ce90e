"""From a workspace folder to ports: the only file that knows every adapter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from tenu.adapters.archive import Archive
from tenu.adapters.archive_reach import Surroundings
from tenu.adapters.archive_tables import FILE_LIST, HOLD_FILE, STATEMENT
from tenu.adapters.case_files import CaseFiles
from tenu.adapters.case_folders import CaseFolders
from tenu.adapters.clock import SystemClock
from tenu.adapters.databases.database import Database
from tenu.adapters.journal_store import JournalStore
from tenu.adapters.key_store import FileKeyStore
from tenu.adapters.ledger import FileLedger
from tenu.adapters.local_files import SCHEME, LocalFiles
from tenu.adapters.mailroom import Office
from tenu.adapters.sealed_files import SealedFiles
from tenu.adapters.settings import read_settings
from tenu.adapters.signing_key import create_key, load_key
from tenu.adapters.staff import present_actor
from tenu.adapters.suppressions import Suppressions
from tenu.adapters.workspace import KEYS, read_workspace, resolve, secret
from tenu.datamap.files import FileStore
from tenu.datamap.model import System
from tenu.errors import RefusedError
from tenu.ports import Clock, Ports
from tenu.settings import Settings
from tenu.terms import Text

LOCKS = "locks"
"""The folder of the workspace where whoever erases files says so."""
EXTRACTS = "extracts"
"""The folder of the workspace for the sealed copies of files a hold needs."""
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
        file_lists = SealedFiles(resolve(stores.vault, folder), key, FILE_LIST, "tenu file lists")
        stack.callback(file_lists.close)
        yield Ports(
            workspace=workspace,
            reread=partial(_settings_now, folder),
            databases=databases,
            files={
                store.store: LocalFiles(store, _root(store, folder), folder / LOCKS / f"{store.store}.lock")
                for store in workspace.stores
            },
            file_lists=file_lists,
            extracts=CaseFolders(folder / EXTRACTS),
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


def _root(store: FileStore, folder: Path) -> Path:
    """Return the root of *store*; a relative one is below the workspace's *folder*.

    Raises:
        RefusedError: A variable is not set, or it is no folder of this machine.
    """
    url = urlsplit(resolve(store.url, folder))
    if url.scheme != SCHEME or url.netloc or url.query or url.fragment or not url.path:
        place = store.at.get("url", store.place)
        raise RefusedError(
            Text(
                fr=f"{place} : ce n'est pas l'adresse d'un dossier de cette machine",
                en=f"{place}: not the address of a folder of this machine",
            ),
            fix=Text(
                fr="montez le partage et écrivez file:///srv/cameras, ou file:dossier (dans l'espace de travail)",
                en="mount the share and write file:///srv/cameras, or file:folder (in the workspace)",
            ),
        )
    return folder / unquote(url.path)


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
