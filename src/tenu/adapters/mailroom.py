"""Everything that carries letters, on one connection to the vault."""

from __future__ import annotations

from tenu.adapters import vault_migrations
from tenu.adapters.imap import ImapMailbox
from tenu.adapters.incoming_store import IncomingStore
from tenu.adapters.parcels import Parcels
from tenu.adapters.pieces import derived
from tenu.adapters.smtp import SmtpMailer
from tenu.adapters.store_schema import open_store
from tenu.letters.port import Mailroom
from tenu.settings import Settings


class Office:
    """The mailroom of one workspace, its vault at *url*; *key*: 32 bytes."""

    def __init__(self, url: str, key: bytes, settings: Settings) -> None:
        self._engine = open_store(url, "vault", vault_migrations)
        self.mailroom = Mailroom(
            mailer=SmtpMailer(settings.smtp),
            mailbox=ImapMailbox(settings.imap),
            incoming=IncomingStore(self._engine, derived(key, b"tenu incoming")),
            parcels=Parcels(self._engine, derived(key, b"tenu parcels")),
        )

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
