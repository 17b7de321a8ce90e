"""Which text this is: its title and date, the commitments it opens with, where it applies, its wording."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from tenu.documents import Located, document
from tenu.policy.promise import ClauseId, Promise, ReadingId
from tenu.terms import Text


class Audience(StrEnum):
    """Whom the text speaks to."""

    CONSUMERS = "consumers"
    PROFESSIONALS = "professionals"


class Defect(StrEnum):
    """What can be wrong with the wording of a published text, whatever it promises."""

    INEXACT_CITATION = "inexact_citation"
    DANGLING_REFERENCE = "dangling_reference"
    BROKEN_SENTENCE = "broken_sentence"
    UNDEFINED_TERM = "undefined_term"
    TEMPLATE_RESIDUE = "template_residue"
    OPEN_WORDING = "open_wording"
    MISLEADING_LINK = "misleading_link"
    MERGED_TOPICS = "merged_topics"


@document
class Remark(Located):
    """What a reader of the published text noted about one passage of *lines* (of the published file)."""

    defect: Defect
    says: Text
    lines: str


@document
class Link(Located):
    """A page the text sends people to."""

    url: str
    label: Text
    clauses: tuple[ClauseId, ...] = ()


@document
class Edition(Located):
    """One published version of the policy.

    *dated* is the date as printed (a day, or only a month); *effective_on* the civil day we read in it.

    Source: GDPR 5(2), 12(1), 24; policy C-GEN-01 to C-GEN-04; reading A-01.
    """

    title: Text
    dated: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
    effective_on: date
    version: str | None = None
    reading: ReadingId | None = None
    sites: tuple[str, ...]
    audiences: tuple[Audience, ...]
    clauses: tuple[ClauseId, ...]
    commitments: tuple[Promise, ...]
    links: tuple[Link, ...]
    security_measures: Text | None = None
    remarks: tuple[Remark, ...] = ()

    def remarks_on(self, defect: Defect) -> tuple[Remark, ...]:
        """Return the remarks of one kind, in file order."""
        return tuple(remark for remark in self.remarks if remark.defect is defect)
