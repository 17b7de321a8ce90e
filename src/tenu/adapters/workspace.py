"""Reading a workspace: the policy, the data maps, tenu.toml and its secrets. Addresses may come from the environment."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from tenu.datamap.model import System
from tenu.documents import read
from tenu.errors import Finding, FindingsError, Place, RefusedError
from tenu.policy.load import load_policy
from tenu.ports import Settings, Stores, Workspace
from tenu.terms import Severity, Text

POLICY, SYSTEMS, SETTINGS, KEYS = "policy.yaml", "systems", "tenu.toml", "keys"
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Z][A-Z0-9_]*)(?::-(?P<default>[^}]*))?\}")


def read_workspace(folder: Path) -> Workspace:
    """Return the workspace in *folder*.

    Raises:
        FindingsError: With everything wrong in any of its files, at once.
    """
    findings: list[Finding] = []
    systems, digests = [], {}
    policy = policy_digest = None
    try:
        text = _text(folder, folder / POLICY)
        policy, policy_digest = load_policy(text, file=POLICY), _digest(text)
    except FindingsError as error:
        findings.extend(error.findings)
    for path in sorted((folder / SYSTEMS).glob("*.yaml")):
        try:
            text = _text(folder, path)
            system = read(text, file=f"{SYSTEMS}/{path.name}", model=System)
            systems.append(system)
            digests[system.system] = _digest(text)
        except FindingsError as error:
            findings.extend(error.findings)
    findings.extend(_same_names(systems))
    if findings or policy is None or policy_digest is None:
        raise FindingsError(tuple(findings))
    return Workspace(
        folder=str(folder),
        policy=policy,
        policy_digest=policy_digest,
        systems=tuple(systems),
        map_digests=digests,
        settings=_settings(folder),
    )


def resolve(url: str, folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return *url* with its variables replaced and a relative SQLite path made relative to the workspace.

    Raises:
        RefusedError: A variable without default is not set.
    """

    def value(match: re.Match[str]) -> str:
        name, default = match["name"], match["default"]
        if name in environment:
            return environment[name]
        if default is None:
            raise RefusedError(
                Text(fr=f"la variable {name} n'est pas définie", en=f"the variable {name} is not set"),
                fix=Text(fr=f"export {name}=…", en=f"export {name}=…"),
            )
        return default

    resolved = _VARIABLE.sub(value, url)
    prefix = "sqlite:///"
    if resolved.startswith(prefix) and not resolved.startswith(prefix + "/"):
        return f"{prefix}{(folder / resolved.removeprefix(prefix)).resolve()}"
    return resolved


def secret(folder: Path, name: str, environment: Mapping[str, str] = os.environ) -> bytes:
    """Return the 32-byte secret *name*: from ``TENU_<NAME>_KEY`` in hexadecimal, else from ``keys/<name>.key``.

    A missing file is made, readable by its owner alone.

    Raises:
        RefusedError: The secret is not 64 hexadecimal digits, or others may read its file.
    """
    variable = f"TENU_{name.upper()}_KEY"
    path = folder / KEYS / f"{name}.key"
    if variable in environment:
        return _key(environment[variable], variable)
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
    if path.stat().st_mode & 0o077:
        raise RefusedError(
            Text(fr=f"{path} est lisible par d'autres", en=f"{path} can be read by others"),
            fix=Text(fr=f"chmod 600 {path}", en=f"chmod 600 {path}"),
        )
    return _key(path.read_text(encoding="ascii").strip(), str(path))


def _key(text: str, where: str) -> bytes:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise RefusedError(
            Text(
                fr=f"{where} ne contient pas 64 chiffres hexadécimaux",
                en=f"{where} does not hold 64 hexadecimal digits",
            ),
            fix=Text(fr="rendez-lui sa valeur d'origine", en="give it back its original value"),
        )
    return bytes.fromhex(text)


def _settings(folder: Path) -> Settings:
    path = folder / SETTINGS
    if not path.exists():
        return Settings()
    try:
        said: dict[str, Any] = tomllib.loads(_text(folder, path))
    except tomllib.TOMLDecodeError as error:
        raise FindingsError((_wrong_setting(Text(fr=str(error), en=str(error))),)) from None
    stores = said.pop("stores", {})
    if not isinstance(stores, dict) or not all(isinstance(address, str) for address in stores.values()):
        fr, en = "[stores] attend des adresses entre guillemets", "[stores] wants addresses between quotes"
        raise FindingsError((_wrong_setting(Text(fr=fr, en=en)),))
    unknown = sorted(
        {*(set(said) - _names(Settings)), *(f"stores.{k}" for k in set(stores) - _names(Stores))}
    )
    if unknown:
        names = ", ".join(unknown)
        raise FindingsError(
            (_wrong_setting(Text(fr=f"réglage inconnu : {names}", en=f"unknown setting: {names}")),)
        )
    wrong = [k for k, v in said.items() if not isinstance(v, int) or v < (k != "look_again_seconds")]
    if wrong:
        name = wrong[0]
        fr, en = f"{name} doit être un nombre entier, 1 ou plus", f"{name} must be a whole number, 1 or more"
        raise FindingsError((_wrong_setting(Text(fr=fr, en=en)),))
    return Settings(**said, stores=Stores(**stores))


def _names(model: type[Any]) -> set[str]:
    return {field.name for field in fields(model)} - {"stores"}


def _wrong_setting(message: Text) -> Finding:
    return Finding(code="W-TOML-01", severity=Severity.BLOCKER, place=Place(file=SETTINGS), message=message)


def _same_names(systems: list[System]) -> Iterator[Finding]:
    seen: set[str] = set()
    for system in systems:
        if system.system in seen:
            yield Finding(
                code="W-KEY-03",
                severity=Severity.BLOCKER,
                place=system.at.get("system", system.place),
                message=Text(
                    fr=f"deux fichiers décrivent « {system.system} »",
                    en=f"two files describe '{system.system}'",
                ),
                fix=Text(fr="renommez l'un des deux", en="rename one of them"),
            )
        seen.add(system.system)


def _text(folder: Path, path: Path) -> str:
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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
