"""Reading a workspace: the policy, the data maps, tenu.toml and its secrets. Addresses may come from the environment."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from tenu.adapters.settings import read_settings, read_text
from tenu.datamap.files import FileStore
from tenu.datamap.model import System
from tenu.documents import read
from tenu.errors import Finding, FindingsError, RefusedError
from tenu.policy.load import load_policy
from tenu.ports import Workspace
from tenu.terms import Severity, Text

POLICY, SYSTEMS, KEYS = "policy.yaml", "systems", "keys"
_OF_FILES = re.compile(r"^store[ \t]*:", re.MULTILINE)
"""What tells the data map of a store of files from that of a database."""
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Z][A-Z0-9_]*)(?::-(?P<default>[^}]*))?\}")


def read_workspace(folder: Path) -> Workspace:
    """Return the workspace in *folder*.

    Raises:
        FindingsError: With everything wrong in any of its files, at once.
    """
    findings: list[Finding] = []
    systems, stores, digests = list[System](), list[FileStore](), dict[str, str]()
    policy = policy_digest = None
    try:
        text = read_text(folder, folder / POLICY)
        policy, policy_digest = load_policy(text, file=POLICY), _digest(text)
    except FindingsError as error:
        findings.extend(error.findings)
    for path in sorted((folder / SYSTEMS).glob("*.yaml")):
        try:
            text = read_text(folder, path)
            file = f"{SYSTEMS}/{path.name}"
            if _OF_FILES.search(text):
                stores.append(read(text, file=file, model=FileStore))
                digests[stores[-1].store] = _digest(text)
            else:
                systems.append(read(text, file=file, model=System))
                digests[systems[-1].system] = _digest(text)
        except FindingsError as error:
            findings.extend(error.findings)
    findings.extend(_same_names(systems, stores))
    if findings or policy is None or policy_digest is None:
        raise FindingsError(tuple(findings))
    return Workspace(
        folder=str(folder),
        policy=policy,
        policy_digest=policy_digest,
        systems=tuple(systems),
        stores=tuple(stores),
        map_digests=digests,
        settings=read_settings(folder),
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


def _same_names(systems: list[System], stores: list[FileStore]) -> Iterator[Finding]:
    seen: set[str] = set()
    named = [(s.system, s.at.get("system", s.place)) for s in systems]
    for name, place in (*named, *((s.store, s.at.get("store", s.place)) for s in stores)):
        if name in seen:
            yield Finding(
                code="W-KEY-03",
                severity=Severity.BLOCKER,
                place=place,
                message=Text(fr=f"deux fichiers décrivent « {name} »", en=f"two files describe '{name}'"),
                fix=Text(fr="renommez l'un des deux", en="rename one of them"),
            )
        seen.add(name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
