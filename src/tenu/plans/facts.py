"""What a clause is judged on: facts counted over the whole company at one instant. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tenu.datamap.files import FileStore
from tenu.datamap.model import System
from tenu.errors import Finding
from tenu.plans.archive import Reach
from tenu.policy.model import Policy
from tenu.terms import ClauseStatus, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFacts:
    """What the archive holds: packages in all, past their last day, without a ground, or from a rule with no archive.

    *reach*: who could read it without being meant to.
    """

    packages: int
    past: int
    groundless: int
    forbidden: int
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class EndFacts:
    """What the end of data left, as ledger and journal tell it.

    *intact*: the ledger is what the journal says of it. *restored*: systems that came back from a backup and were not
    replayed; None when one did not answer. *residual*: cells that still designate somebody the last run erased,
    *earlier*: those of the runs before; *unread*: tables and people it did not search. *doubtful*: rows the last replays
    left for a human. *backups_until*: last day of the oldest backup that holds what went; *undeclared*: systems whose
    data map does not say how long backups are kept.
    """

    intact: bool
    restored: tuple[str, ...] | None
    residual: int
    earlier: int
    unread: int
    doubtful: int
    backups_until: date | None
    undeclared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFacts:
    """What is on hold: *in_force* in the register, of which *late* for review; *rows* of the company's own that hold
    their person, of which reviewed too long ago, without a date of review, without an owner.
    """

    in_force: int
    late: int
    rows: int
    rows_late: int
    rows_undated: int
    rows_unowned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A person's word on a clause, by role, until a day. *evidence*: digest of what they looked at, if any."""

    clause: str
    role: str
    signed_on: date
    valid_until: date
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousTable:
    """A table whose rows end in anonymity (*place*: ``system.table``), and the last measure of them, if any.

    *wanted*: rows alike its data map asks for, None when it asks for nothing. *since*: rows were made anonymous, after
    that measure when there is one.
    """

    place: str
    wanted: int | None
    measured_on: date | None
    rows: int
    k: int
    passed: bool
    since: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything looked at for one table of clauses.

    *overdue*: by retention rule, people and records whose last day is over. *doubtful*: by rule, people due in one
    system whom nobody can tell from somebody active elsewhere. *unjudged*: by store of files, names that no path describes,
    links, mounts and folders nobody could read. *bound*: by rule, the tables that live by it.
    *schema*: findings on data maps; *lint*: findings of the law on the policy. *unreachable*: systems that did not
    answer; nothing is concluded about them. *anonymous*: the tables that end in anonymity. None: what could not be
    counted at all; *last_run_complete*: no run yet. *openings*: how many times archived files were opened, each with its
    motive in the journal.
    """

    as_of: date
    policy: Policy
    systems: tuple[System, ...]
    stores: tuple[FileStore, ...]
    unreachable: tuple[str, ...]
    overdue: Mapping[str, int] | None
    doubtful: Mapping[str, int] | None
    unjudged: Mapping[str, int]
    bound: Mapping[str, tuple[str, ...]]
    stricter: frozenset[str]
    schema: tuple[Finding, ...]
    lint: tuple[Finding, ...]
    archive: ArchiveFacts | None
    openings: int
    holds: HoldFacts | None
    last_run_complete: bool | None
    end: EndFacts
    signatures: Mapping[str, Signature]
    anonymous: tuple[AnonymousTable, ...]

    def codes(self, *codes: str) -> tuple[Finding, ...]:
        """Return the schema findings that carry one of *codes*."""
        return tuple(found for found in self.schema if found.code in codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Whether one clause is true, and what says so."""

    status: ClauseStatus
    evidence: Text


def kept(fr: str, en: str) -> Truth:
    """Return that the clause is true, with what was counted."""
    return Truth(status=ClauseStatus.KEPT, evidence=Text(fr=fr, en=en))


def broken(fr: str, en: str) -> Truth:
    """Return that the clause is false, with what was counted."""
    return Truth(status=ClauseStatus.BROKEN, evidence=Text(fr=fr, en=en))


def unknown(fr: str, en: str) -> Truth:
    """Return that nothing can be said, with what is missing."""
    return Truth(status=ClauseStatus.UNKNOWN, evidence=Text(fr=fr, en=en))
