"""Why an answer is not, or not yet, what was asked: the closed list of reason codes, each with its text of law.

Source: GDPR 11(2), 12(3)-(6), 15(4), 17(3), 18, 19, 20(1), 21(1); law 5.13; DPV 2.3 for the terms.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from tenu.errors import RefusedError
from tenu.terms import Text


class Use(StrEnum):
    """What a code may be given for: to take more time, to ask, to refuse, not to tell a recipient."""

    EXTEND = "extend"
    ASK = "ask"
    REFUSE = "refuse"
    NOTICE = "notice"


class ReasonCode(StrEnum):
    """The codes, spelled as the journal keeps them."""

    IDENTITY_REQUIRED = "IDENTITY_REQUIRED"
    IDENTITY_FAILED = "IDENTITY_FAILED"
    INFO_REQUIRED = "INFO_REQUIRED"
    COMPLEX = "COMPLEX"
    VOLUME = "VOLUME"
    UNFOUNDED = "UNFOUNDED"
    EXCESSIVE = "EXCESSIVE"
    ABUSE = "ABUSE"
    LEGAL_DUTY = "LEGAL_DUTY"
    CLAIMS = "CLAIMS"
    EXPRESSION = "EXPRESSION"
    HEALTH = "HEALTH"
    ARCHIVING = "ARCHIVING"
    PUBLIC_TASK = "PUBLIC_TASK"
    THIRD_PARTY_RIGHTS = "THIRD_PARTY_RIGHTS"
    LI_COMPELLING = "LI_COMPELLING"
    NOT_POSSIBLE = "NOT_POSSIBLE"
    DISPROPORTIONATE = "DISPROPORTIONATE"
    NOT_MET = "NOT_MET"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSaid:
    """One code as people read it.

    *says*: the reason in plain words. *law*: the text it rests on, with its article. *remedy*: what the person can still
    do. *dated*: whether an answer must say until when it holds. *dpv*: the W3C term, None when there is none.
    """

    use: Use
    says: Text
    law: Text
    remedy: Text
    dated: bool = False
    dpv: str | None = None


class UnknownCodeError(RefusedError):
    """A reason code that is not on the list, or not for this use."""


_EXCESS = Text(
    fr="Article 12, paragraphe 5, du RGPD : une demande manifestement infondée ou excessive peut être refusée ; c'est à nous de le démontrer.",
    en="Article 12(5) GDPR: a manifestly unfounded or excessive request may be refused; it is for us to demonstrate it.",
)
_NARROW = Text(
    fr="Vous pouvez préciser ou réduire votre demande ; nous l'examinerons comme une nouvelle demande, sans frais.",
    en="You may specify or narrow your request; we will examine it as a new one, free of charge.",
)
_LATER = Text(
    fr="Vous pouvez nous demander, avant cette date, si le motif tient toujours, et ce que contient ce que nous gardons (droit d'accès).",
    en="You may ask us before that date whether the reason still holds, and what we keep (right of access).",
)
_LIST = "eu-gdpr:Justification"

CODES: Mapping[ReasonCode, CodeSaid] = MappingProxyType(
    {
        ReasonCode.IDENTITY_REQUIRED: CodeSaid(
            use=Use.ASK,
            says=Text(
                fr="nous avons un doute raisonnable sur la personne qui fait la demande",
                en="we have a reasonable doubt about who makes the request",
            ),
            law=Text(fr="Article 12, paragraphe 6, du RGPD.", en="Article 12(6) GDPR."),
            remedy=Text(
                fr="Donnez-nous l'un des éléments demandés.", en="Give us one of the items asked for."
            ),
            dpv=_LIST + "A12IdentityRequired",
        ),
        ReasonCode.IDENTITY_FAILED: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="nous n'avons pas pu vérifier que la demande vient bien de la personne concernée",
                en="we could not verify that the request comes from the person concerned",
            ),
            law=Text(
                fr="Articles 11, paragraphe 2, et 12, paragraphes 2 et 6, du RGPD : sans cette certitude, répondre pourrait remettre vos données à quelqu'un d'autre.",
                en="Articles 11(2), 12(2) and 12(6) GDPR: without that certainty, answering could hand your data to somebody else.",
            ),
            remedy=Text(
                fr="Vous pouvez nous écrire à tout moment avec l'un des éléments demandés : la demande reprendra.",
                en="You may write to us at any time with one of the items asked for: the request will be taken up again.",
            ),
            dpv=_LIST + "A12IdentityFailure",
        ),
        ReasonCode.INFO_REQUIRED: CodeSaid(
            use=Use.ASK,
            says=Text(
                fr="nous avons besoin d'une précision sur les données ou les opérations visées",
                en="we need you to say which data or which processing you mean",
            ),
            law=Text(fr="Considérant 63 du RGPD.", en="Recital 63 GDPR."),
            remedy=Text(
                fr="Sans réponse de votre part, nous prendrons votre demande au sens le plus large.",
                en="Without an answer from you, we will take your request in its widest sense.",
            ),
            dpv=_LIST + "A12InformationRequired",
        ),
        ReasonCode.COMPLEX: CodeSaid(
            use=Use.EXTEND,
            says=Text(fr="votre demande est complexe", en="your request is complex"),
            law=Text(
                fr="Article 12, paragraphe 3, du RGPD : le délai d'un mois peut être prolongé de deux mois, compte tenu de la complexité de la demande.",
                en="Article 12(3) GDPR: the period of one month may be extended by two months, given the complexity of the request.",
            ),
            remedy=_NARROW,
            dpv=_LIST + "A12Complexity",
        ),
        ReasonCode.VOLUME: CodeSaid(
            use=Use.EXTEND,
            says=Text(fr="vous nous avez adressé plusieurs demandes", en="you have sent us several requests"),
            law=Text(
                fr="Article 12, paragraphe 3, du RGPD : le délai d'un mois peut être prolongé de deux mois, compte tenu du nombre de vos demandes.",
                en="Article 12(3) GDPR: the period of one month may be extended by two months, given the number of your requests.",
            ),
            remedy=_NARROW,
            dpv=_LIST + "A12HighVolume",
        ),
        ReasonCode.UNFOUNDED: CodeSaid(
            use=Use.REFUSE,
            says=Text(fr="la demande est manifestement infondée", en="the request is manifestly unfounded"),
            law=_EXCESS,
            remedy=_NARROW,
            dpv=_LIST + "A12ManifestlyUnfounded",
        ),
        ReasonCode.EXCESSIVE: CodeSaid(
            use=Use.REFUSE,
            says=Text(fr="la demande est manifestement excessive", en="the request is manifestly excessive"),
            law=_EXCESS,
            remedy=_NARROW,
            dpv=_LIST + "A12ManifestlyExcessive",
        ),
        ReasonCode.ABUSE: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="la demande est abusive : des éléments objectifs montrent qu'elle vise autre chose que vos droits",
                en="the request is abusive: objective circumstances show that it pursues something else than your rights",
            ),
            law=Text(
                fr="Article 12, paragraphe 5, du RGPD ; Cour de justice de l'Union européenne, 19 mars 2026, C-526/24.",
                en="Article 12(5) GDPR; Court of Justice of the European Union, 19 March 2026, C-526/24.",
            ),
            remedy=_NARROW,
            dpv=_LIST + "A12MaliciousIntent",
        ),
        ReasonCode.LEGAL_DUTY: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="la loi nous oblige à garder ces données", en="the law obliges us to keep these data"
            ),
            law=Text(
                fr="Article 17, paragraphe 3, point b), du RGPD : l'effacement n'est pas dû quand une obligation légale impose la conservation.",
                en="Article 17(3)(b) GDPR: erasure is not due where a legal obligation requires the data to be kept.",
            ),
            remedy=_LATER,
            dated=True,
            dpv=_LIST + "A17LegallyRequired",
        ),
        ReasonCode.CLAIMS: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="ces données servent à constater, exercer ou défendre un droit en justice",
                en="these data serve to establish, exercise or defend legal claims",
            ),
            law=Text(
                fr="Article 17, paragraphe 3, point e), et article 21, paragraphe 1, du RGPD ; prescription : article 2224 du code civil.",
                en="Articles 17(3)(e) and 21(1) GDPR; limitation period: article 2224 of the French Civil Code.",
            ),
            remedy=_LATER,
            dated=True,
            dpv=_LIST + "A17LegalClaims",
        ),
        ReasonCode.EXPRESSION: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="ces données relèvent de la liberté d'expression et d'information",
                en="these data fall under the freedom of expression and information",
            ),
            law=Text(fr="Article 17, paragraphe 3, point a), du RGPD.", en="Article 17(3)(a) GDPR."),
            remedy=_NARROW,
            dpv=_LIST + "A17FreedomOfExpression",
        ),
        ReasonCode.HEALTH: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="un motif d'intérêt public dans le domaine de la santé publique impose de garder ces données",
                en="a reason of public interest in the area of public health requires these data to be kept",
            ),
            law=Text(fr="Article 17, paragraphe 3, point c), du RGPD.", en="Article 17(3)(c) GDPR."),
            remedy=_LATER,
            dated=True,
            dpv=_LIST + "A17PublicHealth",
        ),
        ReasonCode.ARCHIVING: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="ces données servent à l'archivage dans l'intérêt public, à la recherche ou aux statistiques",
                en="these data serve archiving in the public interest, research or statistics",
            ),
            law=Text(fr="Article 17, paragraphe 3, point d), du RGPD.", en="Article 17(3)(d) GDPR."),
            remedy=_LATER,
            dated=True,
            dpv=_LIST + "A17Archiving",
        ),
        ReasonCode.PUBLIC_TASK: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="ces données servent à une mission d'intérêt public qui nous est confiée",
                en="these data serve a task of public interest entrusted to us",
            ),
            law=Text(
                fr="Article 17, paragraphe 3, point b), et article 21, paragraphe 6, du RGPD.",
                en="Articles 17(3)(b) and 21(6) GDPR.",
            ),
            remedy=_LATER,
            dated=True,
            dpv=_LIST + "A17OfficialAuthority",
        ),
        ReasonCode.THIRD_PARTY_RIGHTS: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="cette partie parle d'une autre personne, dont les droits seraient atteints",
                en="this part speaks of somebody else, whose rights would be affected",
            ),
            law=Text(
                fr="Article 15, paragraphe 4, et article 20, paragraphe 4, du RGPD ; considérant 63.",
                en="Articles 15(4) and 20(4) GDPR; recital 63.",
            ),
            remedy=Text(
                fr="Vous pouvez nous transmettre l'accord de cette personne, ou nous dire ce qu'il vous faut précisément.",
                en="You may send us that person's agreement, or tell us precisely what you need.",
            ),
            dpv="justifications:ThirdPartyRightsImpaired",
        ),
        ReasonCode.LI_COMPELLING: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="des motifs légitimes et impérieux l'emportent ici sur les raisons que vous donnez",
                en="compelling legitimate grounds override here the reasons you give",
            ),
            law=Text(fr="Article 21, paragraphe 1, du RGPD.", en="Article 21(1) GDPR."),
            remedy=Text(
                fr="Vous pouvez nous donner d'autres raisons tenant à votre situation particulière.",
                en="You may give us further reasons relating to your particular situation.",
            ),
            dpv="justifications:LegitimateInterestOverride",
        ),
        ReasonCode.NOT_POSSIBLE: CodeSaid(
            use=Use.NOTICE,
            says=Text(
                fr="prévenir ce destinataire est impossible", en="telling this recipient is impossible"
            ),
            law=Text(fr="Article 19 du RGPD.", en="Article 19 GDPR."),
            remedy=Text(
                fr="Vous pouvez vous adresser à ce destinataire.", en="You may turn to this recipient."
            ),
            dpv="justifications:FulfilmentImpossible",
        ),
        ReasonCode.DISPROPORTIONATE: CodeSaid(
            use=Use.NOTICE,
            says=Text(
                fr="prévenir ce destinataire demanderait des efforts disproportionnés",
                en="telling this recipient would take a disproportionate effort",
            ),
            law=Text(fr="Article 19 du RGPD.", en="Article 19 GDPR."),
            remedy=Text(
                fr="Vous pouvez vous adresser à ce destinataire.", en="You may turn to this recipient."
            ),
            dpv="justifications:DisproportionateEffortRequired",
        ),
        ReasonCode.NOT_MET: CodeSaid(
            use=Use.REFUSE,
            says=Text(
                fr="les conditions que la loi met à ce droit ne sont pas réunies",
                en="the conditions the law sets for this right are not met",
            ),
            law=Text(
                fr="Articles 17, paragraphe 1, 18, paragraphe 1, 20, paragraphe 1, et 21, paragraphe 1, du RGPD, selon le droit demandé.",
                en="Articles 17(1), 18(1), 20(1) and 21(1) GDPR, depending on the right asked for.",
            ),
            remedy=Text(
                fr="Vous pouvez nous dire ce qui, selon vous, remplit ces conditions, ou demander un autre droit (limitation, opposition).",
                en="You may tell us what, in your view, meets these conditions, or ask for another right (restriction, objection).",
            ),
        ),
    }
)
"""Every code in plain words. ``NOT_MET`` is ours: data a contract still needs are no exception, the right is not open."""


def read_codes(said: Iterable[str], use: Use) -> tuple[ReasonCode, ...]:
    """Return the codes *said*, in any case, each once.

    Raises:
        UnknownCodeError: One is not on the list, or not for *use*; the nearest that is, is named.
    """
    return tuple(dict.fromkeys(_read(code, use) for code in said))


def _read(said: str, use: Use) -> ReasonCode:
    wanted = said.strip().upper().replace("-", "_")
    fit = [str(code) for code, text in CODES.items() if text.use is use]
    if wanted in fit:
        return ReasonCode(wanted)
    near = difflib.get_close_matches(wanted, fit, n=1, cutoff=0.4)
    known, listed = wanted in CODES, ", ".join(fit)
    message = (
        Text(fr=f"le motif « {said} » ne sert pas ici", en=f"the reason code '{said}' is not for this")
        if known
        else Text(fr=f"motif inconnu : « {said} »", en=f"unknown reason code: '{said}'")
    )
    hint = Text(fr=f"voulez-vous dire {near[0]} ?", en=f"did you mean {near[0]}?") if near else None
    fix = Text(
        fr=f"{hint.fr + ' ' if hint else ''}motifs possibles : {listed}",
        en=f"{hint.en + ' ' if hint else ''}possible codes: {listed}",
    )
    raise UnknownCodeError(message, fix=fix)
