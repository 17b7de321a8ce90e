"""Reading what tenu.toml says of requests and of the servers their letters go through. Passwords are never in it."""

from __future__ import annotations

import ipaddress
from dataclasses import fields
from typing import Any, TypeVar

from tenu.adapters.supervision import Complain
from tenu.settings import ImapSettings, RequestSettings, SmtpSettings
from tenu.terms import Text

SECURITY = ("starttls", "tls", "none")
Model = TypeVar("Model", RequestSettings, SmtpSettings, ImapSettings)


def read_requests(table: Any, complain: Complain) -> RequestSettings:
    """Return how requests are followed; say to *complain* what is wrong."""
    return _read("requests", RequestSettings, table, complain)


def read_smtp(table: Any, complain: Complain) -> SmtpSettings:
    """Return the server that sends letters; say to *complain* what is wrong."""
    said = _read("smtp", SmtpSettings, table, complain)
    _secure("smtp", said, complain)
    if said.host and "@" not in said.sender:
        complain(
            Text(
                fr="[smtp] attend l'adresse d'où partent les lettres : sender = \"donnees@entreprise.example\"",
                en='[smtp] wants the address letters leave from: sender = "privacy@company.example"',
            )
        )
    return said


def read_imap(table: Any, complain: Complain) -> ImapSettings:
    """Return the mailbox requests come to; say to *complain* what is wrong."""
    said = _read("imap", ImapSettings, table, complain)
    _secure("imap", said, complain)
    if said.move_to and said.move_to == said.folder:
        complain(
            Text(
                fr="[imap] move_to est le dossier qu'on lit",
                en="[imap] move_to is the very folder that is read",
            )
        )
    return said


def is_loopback(host: str) -> bool:
    """Return whether *host* never leaves this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read(name: str, model: type[Model], table: Any, complain: Complain) -> Model:
    """Return the table *name* as *model*; each key is of the type of its default."""
    if not isinstance(table, dict):
        complain(Text(fr=f"[{name}] est une table", en=f"[{name}] is a table"))
        return model()
    said: dict[str, Any] = {}
    usual = model()
    known = {field.name for field in fields(model)}
    for key, value in table.items():
        if key not in known:
            complain(Text(fr=f"réglage inconnu : {name}.{key}", en=f"unknown setting: {name}.{key}"))
        elif not _fits(value, getattr(usual, key)):
            complain(_wanted(f"{name}.{key}", getattr(usual, key)))
        else:
            said[key] = tuple(value) if isinstance(value, list) else value
    return model(**said)


def _fits(value: Any, usual: str | int | tuple[int, ...]) -> bool:
    if isinstance(usual, bool):
        return isinstance(value, bool)
    if isinstance(usual, tuple):
        return isinstance(value, list) and all(_is_number(days) for days in value)
    return _is_number(value) and value > 0 if isinstance(usual, int) else isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _wanted(key: str, usual: str | int | tuple[int, ...]) -> Text:
    match usual:
        case tuple():
            return Text(
                fr=f"{key} attend une liste de nombres de jours", en=f"{key} wants a list of numbers of days"
            )
        case bool():
            return Text(fr=f"{key} attend true ou false", en=f"{key} wants true or false")
        case int():
            return Text(
                fr=f"{key} doit être un nombre entier, 1 ou plus",
                en=f"{key} must be a whole number, 1 or more",
            )
        case str():
            return Text(fr=f"{key} attend un texte entre guillemets", en=f"{key} wants a text between quotes")


def _secure(name: str, said: SmtpSettings | ImapSettings, complain: Complain) -> None:
    """Refuse what would put letters or passwords on the wire for anybody to read."""
    if said.security not in SECURITY:
        listed = ", ".join(SECURITY)
        complain(Text(fr=f"{name}.security : {listed}", en=f"{name}.security: {listed}"))
    elif said.security == "none" and said.host and not is_loopback(said.host):
        complain(
            Text(
                fr=f'[{name}] ne va pas en clair hors de cette machine : security = "starttls" ou "tls"',
                en=f'[{name}] does not leave this machine in the clear: security = "starttls" or "tls"',
            )
        )
