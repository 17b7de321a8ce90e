"""What consent is, how wide one consent reaches, and how it is withdrawn."""

from __future__ import annotations

from enum import StrEnum

from tenu.documents import Located, document
from tenu.periods.period import Period
from tenu.policy.promise import ClauseId, Promise, ReadingId
from tenu.terms import Channel, Text


class Granularity(StrEnum):
    """What one consent covers."""

    ALL_CHANNELS = "all_channels"
    EACH_CHANNEL = "each_channel"


class Route(StrEnum):
    """How a person reaches the controller to withdraw or to exercise a right."""

    EMAIL = "email"
    POST = "post"
    ACCOUNT = "account"
    LINK = "link"
    PHONE = "phone"


class Item(StrEnum):
    """What a person is asked to give with a request."""

    NAME = "name"
    FIRST_NAME = "first_name"
    EMAIL = "email"
    HOME_ADDRESS = "home_address"
    CUSTOMER_REFERENCE = "customer_reference"
    OBJECT = "object"
    IDENTITY_DOCUMENT = "identity_document"


@document
class ChannelConsent(Located):
    """How long a consent to one channel may be used at most; None when the text sets no limit of its own."""

    channel: Channel
    lasts: Period | None


@document
class Withdrawal(Located):
    """How consent is withdrawn. *items* is what the text asks the person to give.

    Source: GDPR 7(3), 13(2)(c); policy C-LGB-03, C-WDR-01, C-WDR-02; reading A-22.
    """

    says: Text
    routes: tuple[Route, ...]
    items: tuple[Item, ...]
    earlier_use_stays_lawful: Text | None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Consent(Located):
    """Consent to processing, as people are told about it.

    Source: GDPR 4(11), 7; policy C-LGB-02, C-LGB-03, C-WDR-01 to C-WDR-03; reading A-14.
    """

    says: Text
    called_express: bool
    covers: Granularity
    channels: tuple[ChannelConsent, ...]
    withdrawal: Withdrawal
    comments: Promise
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None
