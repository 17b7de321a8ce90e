"""Cookies and other trackers: their purpose, their consent, how long they and the choice last."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from tenu.documents import Located, document
from tenu.periods.period import Period
from tenu.policy.promise import ClauseId, Identifier, Promise, ReadingId
from tenu.terms import LegalBasis, Text


class Control(StrEnum):
    """Where a person can change their choice."""

    BROWSER = "browser"
    SITE = "site"


class Anchor(StrEnum):
    """What a duration of cookies is counted from."""

    CHOICE = "choice"
    FIRST_DEPOSIT = "first_deposit"


class TrackerKind(StrEnum):
    """How a device is read or written."""

    COOKIE = "cookie"
    LOCAL_STORAGE = "local_storage"
    PIXEL = "pixel"
    FINGERPRINT = "fingerprint"
    OTHER = "other"


@document
class TrackerCategory(Located):
    """One purpose of trackers.

    *waits_for_consent*: tenu lets nothing of it fire before consent. *said_to_need_consent* and
    *said_to_be_exempt* are what the text says, which may be both.
    *in_the_list*: the text lists it among the cookies it uses, not only in a later paragraph.

    Source: LIL 82; policy C-CKE-03 to C-CKE-06.
    """

    id: Identifier
    label: Text
    says: Text
    basis: LegalBasis | None
    waits_for_consent: bool
    said_to_need_consent: bool
    said_to_be_exempt: bool
    in_the_list: bool
    tracker_lasts: Period
    record_lasts: Period | None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class SocialTools(Located):
    """Third-party sharing tools. *denies_involvement*: the text says the company has no part in them.

    Source: LIL 82, GDPR 26; policy C-CKE-06, C-CKE-07; reading A-39.
    """

    says: Text
    denies_involvement: bool
    joint_arrangement: Text | None
    networks: tuple[str, ...]
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Choice(Located):
    """How long a choice is valid.

    *at_most* is the promise, counted from *counted_from*; *asked_again_after* is ours (A-40).

    Source: policy C-CKE-08, C-CKE-09; CNIL 2020-092.
    """

    says: Text
    at_most: Period
    counted_from: Anchor
    asked_again_after: Period
    refusal_kept: Period | None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Banner(Located):
    """The question asked at the first visit. *refuse_at_same_level* is what the text offers, not ours."""

    says: Text
    refuse_at_same_level: bool
    consequences_of_refusal: Text | None
    clauses: tuple[ClauseId, ...]


@document
class Browser(Located):
    """How to set one browser, as the text explains it. *since* is the oldest version it speaks of."""

    browser: str
    since: str | None
    steps: tuple[Text, ...]
    link: str | None
    checked_on: date | None
    clauses: tuple[ClauseId, ...]
    reading: ReadingId | None = None


@document
class Cookies(Located):
    """Every promise on cookies.

    Source: LIL 82; CNIL 2020-091, 2020-092; policy C-CKE-01 to C-CKE-16.
    """

    promises: tuple[Promise, ...]
    necessary_means: Text
    necessary_is_strict: bool
    kinds: tuple[TrackerKind, ...]
    categories: tuple[TrackerCategory, ...]
    operators: tuple[str, ...]
    register_published: bool
    social_tools: SocialTools | None
    banner: Banner
    choice: Choice
    controls: tuple[Control, ...]
    browsers: tuple[Browser, ...]
