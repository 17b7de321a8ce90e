"""Facts for one letter of each kind, about a person nobody is; and variants a letter must tell apart."""

from __future__ import annotations

from datetime import date

from policy.seed import seed
from tenu.journal.cases import Outcome
from tenu.law.reason_codes import ReasonCode
from tenu.letters.facts import DecidedRight, Extended, LetterFacts, LetterKind, Proof, Question
from tenu.letters.outcome import Fate, Holding, Restricted, RightDone
from tenu.periods.period import Period
from tenu.policy.rights import Right
from tenu.terms import Text

NUMBER = "R-7K2MPQ9X"
CRM = Text(fr="gestion de la relation client", en="customer relation management")
ERP = Text(fr="comptabilité", en="accounts")
ACCOUNT = Text(fr="votre fiche et vos préférences", en="your record and your preferences")
INVOICES = Text(fr="vos factures", en="your invoices")
DONE_ON = date(2026, 9, 21)
LAW = Text(
    fr="Article L123-22 du code de commerce : les pièces comptables se gardent dix ans.",
    en="Article L123-22 of the French Commercial Code: accounting documents are kept for ten years.",
)
WHY = "Ces trois factures datent de 2021 et 2022 ; l'exercice 2022 se garde jusqu'à la fin de 2032."
KEPT = Holding(
    what=INVOICES, where=ERP, fate=Fate.KEPT, rows=3, code=ReasonCode.LEGAL_DUTY, ground=LAW, why=WHY, until=date(2032, 12, 31)
)  # fmt: skip
ERASED = RightDone(
    right=Right.ERASURE,
    done_on=DONE_ON,
    holdings=(
        Holding(what=ACCOUNT, where=CRM, fate=Fate.ERASED, rows=12),
        Holding(what=Text(fr="vos visites", en="your visits"), where=CRM, fate=Fate.ANONYMISED, rows=1),
        KEPT,
    ),
    told=("Routage Exemple SARL",),
    backups_until=date(2026, 10, 26),
)
COPIED = RightDone(
    right=Right.ACCESS,
    done_on=DONE_ON,
    holdings=(
        Holding(what=Text(fr="vos données", en="your data"), where=CRM, fate=Fate.COPIED, rows=14),
        Holding(what=Text(fr="vos données", en="your data"), where=ERP, fate=Fate.COPIED, rows=3),
    ),
)
STOPPED = RightDone(
    right=Right.OBJECTION,
    done_on=date(2026, 9, 1),
    stopped=(
        Text(fr="les e-mails commerciaux", en="marketing e-mails"),
        Text(fr="les appels commerciaux", en="marketing calls"),
    ),
    holdings=(
        Holding(
            what=Text(fr="une empreinte de votre adresse", en="a fingerprint of your address"),
            where=Text(fr="liste d'opposition", en="objection list"),
            fate=Fate.KEPT,
            ground=Text(
                fr="Article 21, paragraphe 3, du RGPD : sans elle, nous ne saurions pas ne plus vous écrire.",
                en="Article 21(3) GDPR: without it we would not know that we may not write to you.",
            ),
            why="Elle ne permet pas de vous écrire, et ne sert qu'à vérifier que nous ne le faisons plus.",
        ),
    ),
)
FROZEN = RightDone(
    right=Right.RESTRICTION,
    done_on=date(2026, 9, 3),
    restricted=Restricted(
        case=Text(fr="vous contestez leur exactitude", en="you contest their accuracy"),
        since=date(2026, 9, 3),
        lifts_on=date(2026, 9, 28),
        why="Nous avons vérifié votre adresse auprès de vous le 18 septembre et l'avons corrigée partout.",
    ),
)
GRANTED = DecidedRight(right=Right.ACCESS, outcome=Outcome.GRANTED, done=COPIED)
PARTIAL = DecidedRight(
    right=Right.ERASURE,
    outcome=Outcome.PARTIAL,
    codes=(ReasonCode.LEGAL_DUTY,),
    why="Tout est effacé, sauf trois factures que la loi nous oblige à garder.",
    done=ERASED,
)
REFUSED = DecidedRight(
    right=Right.PORTABILITY,
    outcome=Outcome.REFUSED,
    codes=(ReasonCode.NOT_MET,),
    why="Les données que vous visez reposent sur une obligation légale, et non sur votre accord ou sur un contrat.",
)
OFFICER = Text(fr="le délégué à la protection des données", en="the data protection officer")


def facts(
    kind: LetterKind, *rights: Right, decided: tuple[DecidedRight, ...] = (), **said: object
) -> LetterFacts:
    """Return the facts of one letter, those that every letter needs already there."""
    usual: dict[str, object] = {
        "number": NUMBER,
        "received_on": date(2026, 9, 1),
        "written_on": date(2026, 9, 21),
        "due_by": date(2026, 10, 1),
        "policy": seed(),
        "authority_address": ("3 place de Fontenoy", "TSA 80715", "75334 Paris cedex 07"),
        "addressee": ("Madame Odile Ferrand", "4 rue des Lilas", "51300 Vitry-le-François"),
        "file_lasts": Period(years=5),
        "signed_by": OFFICER,
    }
    return LetterFacts(
        kind=kind, rights=rights or tuple(d.right for d in decided), decided=decided, **{**usual, **said}
    )  # type: ignore[arg-type]


def every_letter() -> dict[str, LetterFacts]:
    """Return one letter of each kind by name, and the three outcomes of an answer."""
    kind, asked = LetterKind, Question(
        proofs=(Proof.SAME_ADDRESS, Proof.REFERENCE, Proof.RECENT_ORDER),
        asked_on=date(2026, 9, 3),
        closes_on=date(2026, 10, 1),
    )  # fmt: skip
    lifted = DecidedRight(right=Right.RESTRICTION, outcome=Outcome.GRANTED, done=FROZEN)
    objected = DecidedRight(right=Right.OBJECTION, outcome=Outcome.GRANTED, done=STOPPED)
    return {
        "acknowledgement": facts(kind.ACKNOWLEDGEMENT, Right.ACCESS, Right.ERASURE, signed_by=None),
        "identity": facts(kind.IDENTITY, Right.ACCESS, question=asked, addressee=("odile@ferrand.example",)),
        "extension": facts(
            kind.EXTENSION,
            Right.ACCESS,
            extended=Extended(
                code=ReasonCode.COMPLEX,
                why="Vos échanges avec nous courent sur onze ans et citent d'autres personnes, qu'il faut masquer une à une.",
                until=date(2026, 12, 1),
            ),
        ),
        "answer_granted": facts(kind.ANSWER, decided=(GRANTED,)),
        "answer_partial": facts(kind.ANSWER, decided=(GRANTED, PARTIAL)),
        "answer_refused": facts(kind.ANSWER, decided=(REFUSED,)),
        "nothing": facts(
            kind.NOTHING,
            Right.ACCESS,
            searched=(CRM, ERP),
            searched_with=(Text(fr="adresse e-mail", en="e-mail address"), Text(fr="nom", en="name")),
        ),
        "not_identified": facts(kind.NOT_IDENTIFIED, Right.ERASURE, question=asked),
        "restricted": facts(kind.RESTRICTED, Right.RECTIFICATION, decided=(lifted,), signed_by=None),
        "lifting": facts(kind.LIFTING, decided=(lifted,)),
        "confirmation": facts(kind.CONFIRMATION, decided=(objected,), signed_by=None),
    }
