"""Everything a letter about a request is made of, and which letters there are.

A letter says what the journal, the file of the request and the policy say. What it needs and nobody gave stops it.

Source: GDPR 12(1)-(6), 13(2)(d), 18(3), 19, 21; policy C-RGT-19 to C-RGT-23, C-CNI-01; law 5.0, 5.11, 5.12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from tenu.journal.cases import Outcome
from tenu.law.reason_codes import CODES, CodeSaid, ReasonCode
from tenu.letters.outcome import Fate, Holding, Restricted, RightDone
from tenu.periods.period import Period
from tenu.policy.model import Policy
from tenu.policy.rights import Right
from tenu.terms import IdentifierKind, Text


class LetterKind(StrEnum):
    """The letters of a request, in the order of its life."""

    ACKNOWLEDGEMENT = "acknowledgement"
    IDENTITY = "identity"
    EXTENSION = "extension"
    CONFIRMATION = "confirmation"
    ANSWER = "answer"
    NOTHING = "nothing"
    NOT_IDENTIFIED = "not_identified"
    RESTRICTED = "restricted"
    LIFTING = "lifting"


FINAL = frozenset({LetterKind.ANSWER, LetterKind.NOTHING, LetterKind.NOT_IDENTIFIED, LetterKind.CONFIRMATION})
"""The letters that may end a request."""


class Proof(StrEnum):
    """What may be asked of a person to know who they are. A copy of an identity document is not on the list (C-RGT-21)."""

    SAME_ADDRESS = "same_address"
    ACCOUNT = "account"
    REFERENCE = "reference"
    RECENT_ORDER = "recent_order"
    POSTCODE = "postcode"


PROOFS: Mapping[Proof, Text] = MappingProxyType(
    {
        Proof.SAME_ADDRESS: Text(
            fr="nous répondre depuis l'adresse e-mail que vous utilisez d'habitude avec nous",
            en="reply from the e-mail address you usually use with us",
        ),
        Proof.ACCOUNT: Text(
            fr="refaire votre demande une fois connecté à votre compte client, si vous en avez un",
            en="make your request again once signed in to your customer account, if you have one",
        ),
        Proof.REFERENCE: Text(
            fr="nous donner un numéro de client ou de facture, si vous en avez un",
            en="give us a customer or invoice number, if you have one",
        ),
        Proof.RECENT_ORDER: Text(
            fr="nous dire le mois et le montant approximatif d'un échange récent avec nous (achat, devis, facture)",
            en="tell us the month and the approximate amount of a recent dealing with us (purchase, quote, invoice)",
        ),
        Proof.POSTCODE: Text(
            fr="nous donner votre nom et le code postal de l'adresse où nous aurions pu vous écrire",
            en="give us your name and the postcode of the address we may have written to",
        ),
    }
)

ASKED: Mapping[Right, Text] = MappingProxyType(
    {
        Right.ACCESS: Text(
            fr="savoir quelles données nous avons sur vous et en recevoir une copie (droit d'accès)",
            en="know which data we hold about you and receive a copy (right of access)",
        ),
        Right.RECTIFICATION: Text(
            fr="corriger ou compléter vos données (droit de rectification)",
            en="correct or complete your data (right to rectification)",
        ),
        Right.ERASURE: Text(
            fr="effacer vos données (droit à l'effacement)", en="erase your data (right to erasure)"
        ),
        Right.RESTRICTION: Text(
            fr="geler l'usage de vos données (droit à la limitation)",
            en="freeze the use of your data (right to restriction)",
        ),
        Right.PORTABILITY: Text(
            fr="recevoir vos données dans un format réutilisable (droit à la portabilité)",
            en="receive your data in a reusable format (right to portability)",
        ),
        Right.OBJECTION: Text(
            fr="ne plus utiliser vos données comme nous le faisons (droit d'opposition)",
            en="stop using your data the way we do (right to object)",
        ),
        Right.WITHDRAWAL: Text(
            fr="mettre fin à ce que vous aviez accepté (retrait du consentement)",
            en="end what you had agreed to (withdrawal of consent)",
        ),
        Right.HUMAN_INTERVENTION: Text(
            fr="faire revoir une décision par une personne (intervention humaine)",
            en="have a decision reviewed by a person (human intervention)",
        ),
        Right.POST_MORTEM_DIRECTIVES: Text(
            fr="dire ce que deviendront vos données après votre mort (directives)",
            en="say what becomes of your data after your death (directives)",
        ),
    }
)
"""Each right as the person asked for it: an infinitive, after « vous nous demandez de »."""

CONDITIONS: Mapping[Right, Text] = MappingProxyType(
    {
        Right.RECTIFICATION: Text(fr="Article 16 du RGPD.", en="Article 16 GDPR."),
        Right.ERASURE: Text(fr="Article 17, paragraphe 1, du RGPD.", en="Article 17(1) GDPR."),
        Right.RESTRICTION: Text(fr="Article 18, paragraphe 1, du RGPD.", en="Article 18(1) GDPR."),
        Right.PORTABILITY: Text(fr="Article 20, paragraphe 1, du RGPD.", en="Article 20(1) GDPR."),
        Right.OBJECTION: Text(fr="Article 21, paragraphe 1, du RGPD.", en="Article 21(1) GDPR."),
        Right.HUMAN_INTERVENTION: Text(fr="Article 22 du RGPD.", en="Article 22 GDPR."),
    }
)
"""Where the law sets the conditions of each right."""

FUNCTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "dpo": Text(fr="le délégué à la protection des données", en="the data protection officer"),
        "counsel": Text(fr="le service juridique", en="the legal department"),
    }
)
"""Who decides, by function: a letter names no member of the staff."""

KINDS: Mapping[IdentifierKind, Text] = MappingProxyType(
    {
        IdentifierKind.CUSTOMER_REFERENCE: Text(fr="numéro de client", en="customer number"),
        IdentifierKind.EMAIL: Text(fr="adresse e-mail", en="e-mail address"),
        IdentifierKind.PHONE: Text(fr="numéro de téléphone", en="telephone number"),
        IdentifierKind.NAME: Text(fr="nom", en="name"),
        IdentifierKind.POSTCODE: Text(fr="code postal", en="postcode"),
    }
)
"""What somebody can be searched by, in plain words."""

DID: Mapping[Fate, Text] = MappingProxyType(
    {
        Fate.COPIED: Text(fr="copié pour vous", en="copied for you"),
        Fate.CORRECTED: Text(fr="corrigé", en="corrected"),
        Fate.COMPLETED: Text(
            fr="complété par ce que vous nous avez écrit", en="completed with what you wrote to us"
        ),
        Fate.ANNOTATED: Text(fr="annoté, sans être modifié", en="annotated, without being changed"),
        Fate.ERASED: Text(fr="effacé", en="erased"),
        Fate.ANONYMISED: Text(
            fr="rendu anonyme : plus rien n'y conduit à vous",
            en="made anonymous: nothing in it leads to you any more",
        ),
        Fate.DEFERRED: Text(fr="effacé plus tard, de lui-même", en="to be erased later, by itself"),
        Fate.KEPT: Text(fr="gardé", en="kept"),
        Fate.RESTRICTED: Text(
            fr="gelé : gardé, mais ni utilisé ni modifié", en="frozen: stored, but neither used nor changed"
        ),
        Fate.STOPPED: Text(fr="arrêté", en="stopped"),
    }
)
"""What was done, in one or two words."""

NOT_DONE = (Fate.KEPT, Fate.DEFERRED, Fate.ANNOTATED)
"""The fates that are not what was asked, or not yet: each says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question put to the person: *proofs* they may choose from; *asked_on*; the clock still ends on *closes_on*."""

    proofs: tuple[Proof, ...]
    asked_on: date
    closes_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """More time: why (*code*, and *why* in a human's words), until when."""

    code: ReasonCode
    why: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedRight:
    """What a human decided of one right, and what was done of it; *done* is None when nothing was to be done."""

    right: Right
    outcome: Outcome
    codes: tuple[ReasonCode, ...] = ()
    why: str | None = None
    until: date | None = None
    done: RightDone | None = None

    @property
    def name(self) -> Text:
        """Return the right, in plain words."""
        return ASKED[self.right]

    @property
    def copied(self) -> bool:
        """Return whether something of it was copied into files."""
        return bool(self._with(Fate.COPIED))

    @property
    def reasons(self) -> tuple[CodeSaid, ...]:
        """Return each reason as people read it."""
        return tuple(CODES[code] for code in self.codes)

    @property
    def reasons_apart(self) -> tuple[CodeSaid, ...]:
        """Return the reasons that none of the holdings left says already, each with the article of this very right."""
        said = {holding.code for holding in self.left}
        apart = (code for code in self.codes if code not in said)
        return tuple(self._exact(code) for code in apart)

    def _exact(self, code: ReasonCode) -> CodeSaid:
        own = CONDITIONS.get(self.right) if code is ReasonCode.NOT_MET else None
        return replace(CODES[code], law=own) if own else CODES[code]

    @property
    def carried_out(self) -> tuple[tuple[Fate, tuple[Holding, ...]], ...]:
        """Return the holdings on which it was done as asked, by fate, in the order of fates."""
        return tuple((fate, found) for fate in Fate if fate not in NOT_DONE and (found := self._with(fate)))

    @property
    def left(self) -> tuple[Holding, ...]:
        """Return the holdings that are kept, or not yet erased, each with its reason."""
        return tuple(holding for fate in NOT_DONE for holding in self._with(fate))

    def _with(self, fate: Fate) -> tuple[Holding, ...]:
        return tuple(h for h in self.done.holdings if h.fate is fate) if self.done else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """Everything one letter is made of.

    *addressee*: the lines of the person's address, an e-mail alone when that is all there is. *due_by*: the day the answer is
    promised. *searched*: the systems asked, in plain words; *searched_with*: the kinds of identifier, never their values.
    *file_lasts*: how long the request's own file is kept.
    """

    kind: LetterKind
    number: str
    rights: tuple[Right, ...]
    received_on: date
    written_on: date
    due_by: date
    policy: Policy
    authority_address: tuple[str, ...]
    addressee: tuple[str, ...]
    file_lasts: Period
    signed_by: Text | None = None
    question: Question | None = None
    extended: Extended | None = None
    decided: tuple[DecidedRight, ...] = ()
    searched: tuple[Text, ...] = ()
    searched_with: tuple[Text, ...] = ()

    @property
    def asked(self) -> tuple[Text, ...]:
        """Return what was asked, in plain words."""
        return tuple(ASKED[right] for right in self.rights)

    @property
    def final(self) -> bool:
        """Return whether this letter may end the request."""
        return self.kind in FINAL

    @property
    def proofs(self) -> tuple[Text, ...]:
        """Return what the person may choose from to be known."""
        return tuple(PROOFS[proof] for proof in self.question.proofs) if self.question else ()

    @property
    def extension_reason(self) -> CodeSaid | None:
        """Return why there is more time, in plain words."""
        return CODES[self.extended.code] if self.extended else None

    @property
    def unidentified(self) -> CodeSaid:
        """Return why nobody is answered who is not identified."""
        return CODES[ReasonCode.IDENTITY_FAILED]

    @property
    def granted(self) -> tuple[DecidedRight, ...]:
        """Return the rights granted, in whole or in part."""
        return tuple(said for said in self.decided if said.outcome is not Outcome.REFUSED)

    @property
    def refused(self) -> tuple[DecidedRight, ...]:
        """Return the rights refused, in whole or in part, by a decision of their own."""
        return tuple(said for said in self.decided if said.outcome is not Outcome.GRANTED)

    @property
    def left(self) -> tuple[Holding, ...]:
        """Return every holding that is kept, annotated or not yet erased."""
        return tuple(holding for decided in self.decided for holding in decided.left)

    @property
    def left_together(self) -> tuple[tuple[Holding, ...], ...]:
        """Return the same, what stays for one reason until one day together."""
        found: dict[object, list[Holding]] = {}
        for one in self.left:
            found.setdefault((one.fate, one.code, one.ground, one.why, one.until), []).append(one)
        return tuple(map(tuple, found.values()))

    @property
    def restricted(self) -> Restricted | None:
        """Return the restriction the letter is about."""
        return next((done.restricted for done in self.all_done if done.restricted), None)

    @property
    def stopped_on(self) -> date | None:
        """Return the day uses ended: the last of their days."""
        return max((done.done_on for done in self.all_done if done.stopped), default=None)

    @property
    def outcome(self) -> Outcome:
        """Return the outcome of the whole: granted when every right is, refused when every one is."""
        said = {decided.outcome for decided in self.decided}
        return said.pop() if len(said) == 1 else Outcome.PARTIAL

    @property
    def stopped(self) -> tuple[Text, ...]:
        """Return every use and channel that ended."""
        return tuple(dict.fromkeys(use for done in self.all_done for use in done.stopped))

    @property
    def told(self) -> tuple[str, ...]:
        """Return every recipient told (GDPR 19)."""
        return tuple(dict.fromkeys(name for done in self.all_done for name in done.told))

    @property
    def backups_until(self) -> date | None:
        """Return the last day a backup may still hold what was erased, None when nothing was."""
        return max((done.backups_until for done in self.all_done if done.backups_until), default=None)

    @property
    def remedies(self) -> tuple[Text, ...]:
        """Return what the person can still do about what was not granted, each once."""
        codes = [code for decided in self.decided for code in decided.codes]
        codes += [h.code for decided in self.decided for h in decided.left if h.code]
        return tuple(dict.fromkeys(CODES[code].remedy for code in codes))

    @property
    def all_done(self) -> Iterator[RightDone]:
        """Yield what was done of each right."""
        return (decided.done for decided in self.decided if decided.done)
