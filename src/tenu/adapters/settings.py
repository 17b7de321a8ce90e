"""Reading tenu.toml: tenu's own settings, where its stores are, and who holds which role."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from tenu.adapters.mail_settings import read_imap, read_requests, read_smtp
from tenu.adapters.supervision import Complain, read_approval, read_limits, read_pacing
from tenu.errors import Finding, FindingsError, Place
from tenu.settings import DiskSettings, HoldSettings, ResidueSearch, Settings, Stores
from tenu.terms import Severity, Text

SETTINGS = "tenu.toml"
_MAY_BE_ZERO = ("look_again_seconds", "max_share", "share_from", "tolerance", "tolerance_rows")


def read_settings(folder: Path) -> Settings:
    """Return what tenu.toml says in *folder*; the defaults when there is none.

    Raises:
        FindingsError: With everything wrong in it, at once.
    """
    path = folder / SETTINGS
    if not path.exists():
        return Settings()
    try:
        said: dict[str, Any] = tomllib.loads(read_text(folder, path))
    except tomllib.TOMLDecodeError as error:
        raise FindingsError((_wrong(Text(fr=str(error), en=str(error))),)) from None
    tables = {name: said.pop(name, {}) for name in _TABLES}
    findings = [*_numbers(said), *(f for name, table in tables.items() for f in _TABLES[name](table))]
    if findings:
        raise FindingsError(tuple(findings))
    roles = {role: tuple(people) for role, people in tables["roles"].items()}
    accounts = tuple(tables["stores"].pop("archive_accounts", ()))
    return Settings(
        **said,
        stores=Stores(**tables["stores"], archive_accounts=accounts),
        residue=ResidueSearch(**tables["residue"]),
        roles=roles,
        holds=HoldSettings(**tables["holds"]),
        disk=DiskSettings(**tables["disk"]),
        requests=read_requests(tables["requests"], _unheard),
        smtp=read_smtp(tables["smtp"], _unheard),
        imap=read_imap(tables["imap"], _unheard),
        limits=read_limits(tables["limits"], _unheard),
        approval=read_approval(tables["approval"], _unheard),
        pacing=read_pacing(tables["pacing"], _unheard),
    )


def _numbers(said: Mapping[str, Any]) -> Iterator[Finding]:
    known = {field.name for field in fields(Settings)} - _TABLES.keys()
    for name, value in said.items():
        if name not in known:
            yield _unknown(name)
        elif not isinstance(value, int) or isinstance(value, bool) or value < (name not in _MAY_BE_ZERO):
            fr, en = (
                f"{name} doit être un nombre entier, 1 ou plus",
                f"{name} must be a whole number, 1 or more",
            )
            yield _wrong(Text(fr=fr, en=en))


def _stores(table: Any) -> Iterator[Finding]:
    if not isinstance(table, dict) or not all(_is_store(name, said) for name, said in table.items()):
        yield _wrong(
            Text(
                fr="[stores] attend des adresses entre guillemets, et une liste de comptes : archive_accounts",
                en="[stores] wants addresses between quotes, and a list of accounts: archive_accounts",
            )
        )
        return
    yield from (_unknown(f"stores.{name}") for name in table if name not in _names(Stores))


def _residue(table: Any) -> Iterator[Finding]:
    if not isinstance(table, dict):
        yield _wrong(Text(fr="[residue] est une table", en="[residue] is a table"))
        return
    yield from (_unknown(f"residue.{name}") for name in table if name not in _names(ResidueSearch))
    rows, ignored = table.get("rows", 0), table.get("ignored", False)
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 0 or not isinstance(ignored, bool):
        fr = "[residue] attend rows = un nombre de lignes, et ignored = true ou false"
        yield _wrong(Text(fr=fr, en="[residue] wants rows = a number of rows, and ignored = true or false"))


def _roles(table: Any) -> Iterator[Finding]:
    if not isinstance(table, dict) or not all(_is_list_of_text(people) for people in table.values()):
        fr = '[roles] attend des listes de comptes : dpo = ["alice"]'
        yield _wrong(Text(fr=fr, en='[roles] wants lists of accounts: dpo = ["alice"]'))


def _is_store(name: str, said: Any) -> bool:
    return _is_list_of_text(said) if name == "archive_accounts" else isinstance(said, str)


def _switches(name: str, model: type[Any]) -> Callable[[Any], Iterator[Finding]]:
    """Return what finds the mistakes of a table of switches."""

    def findings(table: Any) -> Iterator[Finding]:
        if not isinstance(table, dict) or not all(isinstance(said, bool) for said in table.values()):
            yield _wrong(Text(fr=f"[{name}] attend true ou false", en=f"[{name}] wants true or false"))
            return
        yield from (_unknown(f"{name}.{key}") for key in table if key not in _names(model))

    return findings


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _supervised(read: Callable[[Any, Complain], object]) -> Callable[[Any], Iterator[Finding]]:
    def findings(table: Any) -> Iterator[Finding]:
        complaints: list[Text] = []
        read(table, complaints.append)
        yield from map(_wrong, complaints)

    return findings


def _unheard(complaint: Text) -> None:
    raise AssertionError(complaint.en)  # every complaint was a finding already


_TABLES: Mapping[str, Callable[[Any], Iterator[Finding]]] = {
    "stores": _stores,
    "residue": _residue,
    "roles": _roles,
    "limits": _supervised(read_limits),
    "approval": _supervised(read_approval),
    "pacing": _supervised(read_pacing),
    "holds": _switches("holds", HoldSettings),
    "disk": _switches("disk", DiskSettings),
    "requests": _supervised(read_requests),
    "smtp": _supervised(read_smtp),
    "imap": _supervised(read_imap),
}
"""Each table of tenu.toml, and what finds its mistakes."""


def _names(model: type[Any]) -> set[str]:
    return {field.name for field in fields(model)}


def _unknown(name: str) -> Finding:
    return _wrong(Text(fr=f"réglage inconnu : {name}", en=f"unknown setting: {name}"))


def _wrong(message: Text) -> Finding:
    return Finding(code="W-TOML-01", severity=Severity.BLOCKER, place=Place(file=SETTINGS), message=message)


def read_text(folder: Path, path: Path) -> str:
    """Return the text of a file of the workspace in *folder*.

    Raises:
        FindingsError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        name = path.relative_to(folder)
        raise FindingsError(
            (
                Finding(
                    code="W-FILE-01",
                    severity=Severity.BLOCKER,
                    place=Place(file=str(name)),
                    message=Text(
                        fr=f"ce fichier ne peut pas être lu ({type(error).__name__})",
                        en=f"this file cannot be read ({type(error).__name__})",
                    ),
                    fix=Text(
                        fr="placez-vous dans un espace de travail tenu, ou donnez-le : tenu --workspace DOSSIER",
                        en="go to a tenu workspace, or name it: tenu --workspace FOLDER",
                    ),
                ),
            )
        ) from None
