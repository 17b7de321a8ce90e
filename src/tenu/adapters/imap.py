"""Reading a mailbox by IMAP without changing anything in it: no message is marked, moved or deleted unless tenu.toml says so.

Source: RFC 3501 (UIDVALIDITY, BODY.PEEK, EXAMINE), RFC 4315 (UIDPLUS), RFC 6851 (MOVE).
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from imaplib import IMAP4
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from tenu.errors import RefusedError, UnreachableError
from tenu.letters.port import Arrived
from tenu.settings import ImapSettings
from tenu.terms import Text

PASSWORD = "TENU_IMAP_PASSWORD"  # noqa: S105 - the name of the variable
SECONDS = 60
_MB = 1_000_000
_WRONG = (OSError, IMAP4.error, ImapToolsError)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DATE = re.compile(
    rb'INTERNALDATE "\s?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.IGNORECASE
)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)", re.IGNORECASE)


class ImapMailbox:
    """The mailbox *settings* say; the password is read from *environment* when it is opened."""

    def __init__(self, settings: ImapSettings, environment: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._environment = environment

    def name(self) -> str:
        """Return which mailbox it is: server, account, folder.

        Raises:
            RefusedError: None is set, or its password is not in the environment.
        """
        said = self._settings
        if not said.host:
            raise RefusedError(
                Text(fr="aucune boîte à lire : [imap] manque", en="no mailbox to read: [imap] is missing"),
                fix=Text(
                    fr='tenu.toml : [imap] host = "…", user = "…"',
                    en='tenu.toml: [imap] host = "…", user = "…"',
                ),
            )
        if PASSWORD not in self._environment:
            raise RefusedError(
                Text(
                    fr=f"la variable {PASSWORD} n'est pas définie", en=f"the variable {PASSWORD} is not set"
                ),
                fix=Text(fr=f"export {PASSWORD}=…", en=f"export {PASSWORD}=…"),
            )
        return f"{said.host}:{said.port}/{said.user}/{said.folder}"

    @contextmanager
    def open(self) -> Iterator[ImapFolder]:
        """Open its folder, for reading alone unless messages are to be moved.

        Raises:
            UnreachableError: The server does not answer, or not to this account.
            RefusedError: Messages are to be moved and the server cannot move one without touching others.
        """
        self.name()
        said, password = self._settings, self._environment[PASSWORD]
        try:
            box = self._connected()
        except _WRONG as error:
            raise _silent(error) from None
        try:
            with _told():
                box.login(said.user, password, initial_folder=None)
                # What a server can do is often said in full only to who is known to it.
                able = box.client.capability()[1][0] or b""
                box.client.capabilities = tuple(able.decode("ascii", "replace").upper().split())
                validity = box.folder.status(said.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
                box.folder.set(said.folder, readonly=not said.move_to)
            yield ImapFolder(box, validity, said)
        finally:
            with suppress(*_WRONG):
                box.logout()

    def _connected(self) -> BaseMailBox:
        said = self._settings
        match said.security:
            case "none":
                return MailBoxUnencrypted(said.host, said.port, timeout=SECONDS)
            case "starttls":
                context = ssl.create_default_context()
                return MailBoxStartTls(said.host, said.port, timeout=SECONDS, ssl_context=context)
            case _:
                context = ssl.create_default_context()
                return MailBox(said.host, said.port, timeout=SECONDS, ssl_context=context)


class ImapFolder:
    """One folder, open. *validity*: what its uids are worth under; *moves*: whether a message kept is moved away."""

    def __init__(self, box: BaseMailBox, validity: int, settings: ImapSettings) -> None:
        self._box = box
        self._settings = settings
        self.validity = validity
        self.moves = bool(settings.move_to)
        able = set(box.client.capabilities)
        if self.moves and not able & {"MOVE", "UIDPLUS"}:
            raise RefusedError(
                Text(
                    fr="ce serveur ne sait pas déplacer un message sans toucher aux autres",
                    en="this server cannot move one message without touching others",
                ),
                fix=Text(fr="tenu.toml, [imap] : ôtez move_to", en="tenu.toml, [imap]: remove move_to"),
            )

    def uids(self, after: int) -> list[int]:
        """Return the uids above *after*, in order."""
        with _told():
            # A server answers the last message to a range that begins beyond it.
            found = map(int, self._box.uids(f"UID {after + 1}:*", charset=None))
            return sorted(uid for uid in found if uid > after)

    def fetch(self, uid: int) -> Arrived | None:
        """Return one message, unmarked; None when it is there no more."""
        limit = self._settings.max_mb * _MB
        with _told():
            said, _ = self._ask(uid, "(RFC822.SIZE INTERNALDATE)")
            size, day = _SIZE.search(said), _DATE.search(said)
            if size is None or day is None:
                return None
            whole = int(size[1]) <= limit
            _, raw = self._ask(uid, "(BODY.PEEK[])" if whole else f"(BODY.PEEK[]<0.{limit}>)")
        if raw is None:
            return None
        return Arrived(uid=uid, raw=raw, whole=whole, received_at=_instant(day))

    def release(self, uid: int) -> None:
        """Move one message to the folder tenu.toml names."""
        with _told():
            if "MOVE" in self._box.client.capabilities:
                self._box.move(str(uid), self._settings.move_to)
                return
            self._box.copy(str(uid), self._settings.move_to)
            self._box.client.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")
            self._box.client.uid("EXPUNGE", str(uid))

    def _ask(self, uid: int, what: str) -> tuple[bytes, bytes | None]:
        """Return what the server says of a message, and the content it gives."""
        status, answer = self._box.client.uid("FETCH", str(uid), what)
        if status != "OK":
            raise IMAP4.error(status)
        pieces: list[Any] = [piece for piece in answer if piece is not None]
        said = b" ".join(piece[0] if isinstance(piece, tuple) else piece for piece in pieces)
        return said, next((piece[1] for piece in pieces if isinstance(piece, tuple)), None)


@contextmanager
def _told() -> Iterator[None]:
    """Say in tenu's words what a server did not do."""
    try:
        yield
    except _WRONG as error:
        raise _silent(error) from None


def _silent(error: Exception) -> UnreachableError:
    name = type(error).__name__
    return UnreachableError(
        Text(fr=f"la boîte aux lettres ne répond pas ({name})", en=f"the mailbox does not answer ({name})"),
        fix=Text(
            fr="vérifiez [imap] et le mot de passe ; ce qui est lu est gardé, relancez",
            en="check [imap] and the password; what was read is kept, run it again",
        ),
    )


def _instant(found: re.Match[bytes]) -> datetime:
    """Return the UTC instant an INTERNALDATE says."""
    day, month, year, hour, minute, second = found[1], found[2].decode().title(), *found.group(3, 4, 5, 6)
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == b"-" else 1)
    at = datetime(
        int(year),
        _MONTHS.index(month) + 1,
        int(day),
        int(hour),
        int(minute),
        min(int(second), 59),
        tzinfo=timezone(offset),
    )
    return at.astimezone(UTC)
