"""tenu.toml, as the rest of the program reads it: where the stores are, how much a run may touch, at which pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenu.periods.deadlines import ALERT_DAYS_BEFORE
from tenu.plans.approval import Approval
from tenu.plans.bounds import Ceilings, TableCeiling
from tenu.plans.pacing import Pacing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where tenu's own stores are; ``${VARIABLE:-default}`` is replaced from the environment. *ledger* is a folder.

    *archive_accounts*: database accounts meant to reach the archive and the vault, besides the one in their address.
    """

    journal: str = "${TENU_URL:-sqlite:///tenu.db}"
    archive: str = "${TENU_ARCHIVE_URL:-sqlite:///archive.db}"
    vault: str = "${TENU_VAULT_URL:-sqlite:///vault.db}"
    ledger: str = "${TENU_LEDGER:-ledger}"
    archive_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidueSearch:
    """How far the people a run erased are searched for after it.

    *rows*: tables with more rows are not read through. *ignored*: whether tables said to hold nothing personal are.
    """

    rows: int = 100_000
    ignored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskSettings:
    """What a run does about deleted rows on a disk. *vacuum*: whether PostgreSQL's tables are vacuumed by the run itself."""

    vacuum: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSettings:
    """How holds are decided. *two_people*: whoever asked for one may not approve it."""

    two_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSettings:
    """How requests are followed.

    *remind_days*: how many days before a deadline it is called to mind. *link_days*: how long the link to a package opens it.
    *notice_days*: how long a recipient told under GDPR 19 has to say so before being reminded. *two_people*: an erasure, and
    any refusal, waits for somebody else to confirm it.
    """

    two_people: bool = True
    remind_days: tuple[int, ...] = ALERT_DAYS_BEFORE
    link_days: int = 7
    notice_days: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The server that sends letters, none without a *host*. *security*: ``starttls``, ``tls``, or ``none`` on loopback only.

    *sender*: the address letters leave from. *user*: the account; its password is ``TENU_SMTP_PASSWORD`` in the environment.
    """

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """The mailbox requests come to, none without a *host*. *security* as for sending; the password is ``TENU_IMAP_PASSWORD``.

    *folder* is read and left as it is, unless *move_to* names the folder a message goes to once it is kept. *max_mb*: of a
    larger message, the beginning is kept, and said to be.
    """

    host: str = ""
    port: int = 993
    security: str = "tls"
    user: str = ""
    folder: str = "INBOX"
    move_to: str = ""
    max_mb: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """tenu.toml. *chunk*: people per transaction at most. ``ceilings`` are the limits of what one run may touch.

    *look_again_seconds*: how old the other systems' answer about a person may be when their rows go; 0 asks them again
    for every chunk. A person's own row, and what hangs from it, is always looked at again under lock. *roles*: the
    accounts that hold each role (dpo, archivist, counsel…). *residue*: how far erased people are searched for. *holds*: how
    legal holds are decided. *requests*: how requests are. *disk*: what a run does about deleted rows on a disk. *smtp*,
    *imap*: the servers of letters.
    """

    chunk: int = 500
    plan_expires_in_hours: int = 24
    max_people: int | None = None
    max_rows: int | None = None
    max_table_rows: int | None = None
    max_share: int = 20
    share_from: int = 10
    tolerance: int = 10
    tolerance_rows: int = 10
    look_again_seconds: int = 30
    stores: Stores = Stores()
    residue: ResidueSearch = ResidueSearch()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    holds: HoldSettings = HoldSettings()
    disk: DiskSettings = DiskSettings()
    requests: RequestSettings = RequestSettings()
    smtp: SmtpSettings = SmtpSettings()
    imap: ImapSettings = ImapSettings()
    limits: Mapping[str, TableCeiling] = field(default_factory=dict)
    approval: Approval = field(default_factory=Approval)
    pacing: Pacing = field(default_factory=Pacing)

    @property
    def ceilings(self) -> Ceilings:
        """Return what one run may touch at most."""
        return Ceilings(
            people=self.max_people,
            rows=self.max_rows,
            table_rows=self.max_table_rows,
            share=self.max_share,
            share_from=self.share_from,
            tolerance=self.tolerance,
            tolerance_rows=self.tolerance_rows,
            tables=self.limits,
        )
