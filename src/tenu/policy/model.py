"""The policy: every promise of one published text, typed, frozen, and knowing where it is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tenu.documents import Located, document
from tenu.errors import Place
from tenu.periods.monthday import MonthDay
from tenu.policy.categories import DataCategory
from tenu.policy.changes import Changes
from tenu.policy.collection import Collection
from tenu.policy.consent import Consent
from tenu.policy.cookies import Cookies
from tenu.policy.deliberate import Deliberate
from tenu.policy.edition import Edition
from tenu.policy.handling import AutomatedDecisions, Handling
from tenu.policy.parties import Authority, Controller, Officer
from tenu.policy.phases import Phases
from tenu.policy.promise import ClauseId
from tenu.policy.purposes import LegalBases, Purpose, PurposeLimits
from tenu.policy.recipients import Recipients
from tenu.policy.retention import Retention
from tenu.policy.rights import Rights
from tenu.policy.transfers import Transfers


@document
class Policy(Located):
    """One privacy policy.

    *time_zone* is the IANA zone whose civil days every duration is counted in;
    *fiscal_year_end* the day (``MM-DD``) accounting periods run from;
    *deliberate* the promises stricter than the law someone confirmed;
    *not_promised* the clauses of the catalogue this policy does not make its own.
    """

    edition: Edition
    controller: Controller
    dpo: Officer
    authority: Authority
    time_zone: str = "Europe/Paris"
    fiscal_year_end: MonthDay
    collection: Collection
    categories: tuple[DataCategory, ...]
    handling: Handling
    automated_decisions: AutomatedDecisions
    purposes: tuple[Purpose, ...]
    purpose_limits: PurposeLimits
    legal_bases: LegalBases
    phases: Phases
    retention: Retention
    consent: Consent
    rights: Rights
    recipients: Recipients
    transfers: Transfers
    cookies: Cookies
    changes: Changes
    deliberate: tuple[Deliberate, ...] = ()
    not_promised: tuple[ClauseId, ...] = ()

    def purpose(self, identifier: str) -> Purpose:
        """Return the purpose called *identifier*; KeyError when the policy has none."""
        return {purpose.id: purpose for purpose in self.purposes}[identifier]

    def clause_places(self) -> Mapping[str, tuple[Place, ...]]:
        """Return every clause the file answers for, with each place that cites it, in file order."""
        places: dict[str, list[Place]] = {}
        for part in parts(self):
            for clause in getattr(part, "clauses", ()):
                places.setdefault(clause, []).append(cited_at(part, "clauses", clause))
        return MappingProxyType({clause: tuple(sorted(found)) for clause, found in sorted(places.items())})


def parts(value: Any) -> Iterator[Located]:
    """Yield *value* and every located part below it, in field order."""
    if isinstance(value, Located):
        yield value
        for field in dataclasses.fields(value):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from parts(item)


def cited_at(part: Located, field: str, name: str) -> Place:
    """Return where *name* is written in *field* of *part*: its own item when the field is a list."""
    value = getattr(part, field)
    item = f"{field}.{value.index(name)}" if isinstance(value, tuple) and name in value else field
    return part.at.get(item, part.place)
