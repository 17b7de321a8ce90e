"""The letter to a recipient: whose data were corrected, erased or restricted, which ones, what they must do of theirs; or whom they
must no longer solicit.

Source: GDPR 19, 21(3), 28(3)(a), 28(3)(e); policy C-RCP-05, C-RGT-06.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from tenu.letters.letter import Letter, rendered
from tenu.letters.outcome import Fate, Holding
from tenu.letters.page import MissingFactError
from tenu.policy.model import Policy
from tenu.policy.recipients import Role
from tenu.policy.rights import Right
from tenu.terms import Language, Text

FATES: Mapping[Right, frozenset[Fate]] = MappingProxyType(
    {
        Right.RECTIFICATION: frozenset({Fate.CORRECTED, Fate.COMPLETED, Fate.ANNOTATED}),
        Right.ERASURE: frozenset({Fate.ERASED, Fate.ANONYMISED}),
        Right.RESTRICTION: frozenset({Fate.RESTRICTED}),
        Right.OBJECTION: frozenset(),
        Right.WITHDRAWAL: frozenset(),
    }
)
"""The rights recipients are told of, and what was done that they are told; of an objection or a withdrawal, the uses that stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """Everything one notice is made of.

    *id*: its number, to be quoted in the reply. *number*: the request. *role*: in which capacity they hold the data. *person*:
    what the person is known by (what it is, its value). *holdings*: the data it was done of. *stopped*: the uses that ended, of an
    objection or a withdrawal. *words*: what a human adds,
    the right values for instance. *first_written_on*: day of the letter this one reminds of, None for the first.
    """

    id: str
    number: str
    right: Right
    role: Role
    addressee: tuple[str, ...]
    person: tuple[tuple[Text, str], ...]
    holdings: tuple[Holding, ...]
    stopped: tuple[Text, ...]
    done_on: date
    written_on: date
    reply_by: date
    policy: Policy
    words: str = ""
    first_written_on: date | None = None

    @property
    def ours(self) -> bool:
        """Return whether they hold the data on our behalf."""
        return self.role is Role.PROCESSOR

    @property
    def stops(self) -> bool:
        """Return whether they must no longer solicit the person."""
        return self.right in (Right.OBJECTION, Right.WITHDRAWAL)

    @property
    def what(self) -> tuple[Text, ...]:
        """Return the data it was done of, or the uses that ended, in plain words, each once."""
        return tuple(dict.fromkeys((*(holding.what for holding in self.holdings), *self.stopped)))


def write_notice(facts: NoticeFacts, language: Language) -> Letter:
    """Return the letter *facts* make.

    Raises:
        MissingFactError: Nobody could tell from it whose data, which, or where it goes.
    """
    needs = (
        (facts.addressee, "à qui elle va", "whom it goes to", f"tenu request notice add {facts.number} …"),
        (facts.person, "de qui il s'agit", "whom it is about", f"tenu request show {facts.number}"),
        (
            facts.holdings or facts.stopped or facts.words,
            "quelles données sont concernées",
            "which data it is about",
            f"tenu request notice add {facts.number} … --note …",
        ),
    )
    for there, fr, en, command in needs:
        if not there:
            raise MissingFactError(Text(fr=fr, en=en), fix=Text(fr=command, en=command))
    return rendered("notice", facts, language)
