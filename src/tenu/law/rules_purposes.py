"""Purposes and legal bases: is each use of data announced, founded, bounded?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law.findings import Judge, found, names, purposes_citing
from tenu.law.rules_identity import remarked
from tenu.policy.deliberate import Topic
from tenu.policy.edition import Defect
from tenu.policy.model import Policy
from tenu.policy.purposes import Purpose, Unstated
from tenu.terms import LegalBasis, Text

NOT_FOR_CONTRACT = ("C-PUR-03", "C-PUR-13", "C-PUR-15", "C-PUR-16", "C-RET-20")
"""Clauses of uses performance does not need: marketing, history, improvement, surveys, later relation."""


def each_has_a_basis(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-01. Source: GDPR 13(1)(c), 6(1)."""
    for purpose in policy.purposes:
        if purpose.basis is None:
            yield found(
                "L-PB-01", purpose, "basis", _of(purpose, Text(fr="aucune base légale", en="no legal basis"))
            )


def bases_are_tied(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-02. Source: GDPR 13(1)(c); WP260; CNIL."""
    if not policy.legal_bases.tied_to_purposes:
        count = len(policy.legal_bases.offered)
        message = Text(
            fr=f"{count} bases sont offertes au choix, sans lien aux finalités",
            en=f"{count} bases are offered as a menu, tied to no purpose",
        )
        yield found("L-PB-02", policy.legal_bases, "tied_to_purposes", message)


def interests_are_stated(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-03. Source: GDPR 13(1)(d)."""
    for purpose in policy.purposes:
        silent = purpose.leaves_unstated(Unstated.INTEREST)
        if silent or (purpose.basis is LegalBasis.LEGITIMATE_INTEREST and purpose.interest is None):
            message = Text(fr="l'intérêt poursuivi n'est pas dit", en="the interest pursued is not stated")
            yield found("L-PB-03", purpose, "unstated", _of(purpose, message))


def legal_duties_cite_their_text(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-05. Source: GDPR 6(3), 13(1)(c); CEF 2025 [V2]."""
    message = Text(fr="obligation légale sans texte cité", en="legal duty without a text cited")
    for offered in policy.legal_bases.offered:
        if offered.basis is LegalBasis.LEGAL_OBLIGATION and offered.text is None:
            yield found("L-PB-05", offered, "basis", message)
    for purpose in policy.purposes:
        if purpose.basis is LegalBasis.LEGAL_OBLIGATION and purpose.legal_text is None:
            yield found("L-PB-05", purpose, "basis", _of(purpose, message))


def wording_is_closed(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-06. Source: GDPR 5(1)(b); WP260 §§12-13 [V3]."""
    yield from remarked("L-PB-06", policy, Defect.OPEN_WORDING)
    for heading in policy.purpose_limits.headings_without_purpose:
        message = Text(
            fr=f"l'intitulé « {heading.fr} » n'est pas une finalité",
            en=f"the heading '{heading.en}' is not a purpose",
        )
        yield found("L-PB-06", policy.purpose_limits, "headings_without_purpose", message)


def each_has_a_duration(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-07. Source: GDPR 13(2)(a)."""
    for purpose in policy.purposes:
        if purpose.leaves_unstated(Unstated.RETENTION):
            message = Text(fr="aucune durée annoncée", en="no duration announced")
            yield found("L-PB-07", purpose, "retention", _of(purpose, message))


def each_lists_its_categories(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-08. Source: GDPR 5(1)(c), 30(1)(c)."""
    silent = [p for p in policy.purposes if p.leaves_unstated(Unstated.CATEGORIES) or not p.categories]
    yield from _together(
        "L-PB-08", silent, "categories", Text(fr="catégories non dites", en="categories not told")
    )


def each_lists_its_recipients(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-09. Source: GDPR 13(1)(e)."""
    silent = [p for p in policy.purposes if p.leaves_unstated(Unstated.RECIPIENTS)]
    yield from _together(
        "L-PB-09", silent, "unstated", Text(fr="destinataires non dits", en="recipients not told")
    )


def rights_name_declared_uses(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-10. Source: coherence; GDPR 5(1)(b)."""
    declared = {purpose.id for purpose in policy.purposes}
    for right in policy.rights.promised:
        for use in sorted(set(right.uses_named) - declared):
            message = Text(
                fr=f"un droit nomme un usage non déclaré, « {use} »",
                en=f"a right names an undeclared use, '{use}'",
            )
            yield found("L-PB-10", right, "uses_named", message)


def topics_are_apart(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-11. Source: GDPR 5(1)(b), 21(2)."""
    for purpose in policy.purposes:
        if purpose.merged_with is not None:
            yield found("L-PB-11", purpose, "merged_with", _of(purpose, purpose.merged_with))


def express_is_for_special_data(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-12. Source: GDPR 4(11), 9(2)(a)."""
    if policy.consent.called_express and not any(category.special for category in policy.categories):
        message = Text(
            fr="« exprès » qualifie un consentement ordinaire", en="'express' is said of an ordinary consent"
        )
        yield found("L-PB-12", policy.consent, "called_express", message)


def contract_covers_only_performance(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-13. Source: GDPR 6(1)(b); EDPB 2/2019 [V3]; C-252/21 [V3]."""
    for purpose in purposes_citing(policy, *NOT_FOR_CONTRACT):
        if purpose.basis is LegalBasis.CONTRACT:
            message = Text(
                fr="le contrat ne peut fonder ce que son exécution n'exige pas",
                en="a contract cannot be the basis of what its performance does not need",
            )
            yield found("L-PB-13", purpose, "basis", _of(purpose, message))


def trackers_have_a_basis(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-16. Source: LIL 82; GDPR 13(1)(c)."""
    for category in policy.cookies.categories:
        if category.basis is None:
            message = Text(fr=f"{category.label.fr} : aucune base", en=f"{category.label.en}: no basis")
            yield found("L-PB-16", category, "basis", message)


def no_purpose_twice(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-17. Source: GDPR 12(1)."""
    for purpose in policy.purposes:
        if purpose.also_listed_as:
            others = names(purpose.also_listed_as)
            message = Text(fr=f"aussi annoncée sous : {others.fr}", en=f"also announced as: {others.en}")
            yield found("L-PB-17", purpose, "also_listed_as", _of(purpose, message))


def scoring_is_announced(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-18. Source: GDPR 13(2)(f), 21(1); C-634/21 [V3]."""
    for purpose in purposes_citing(policy, "C-FRD-01", "C-LAW-04"):
        if purpose.method is None:
            message = Text(fr="la méthode de détection n'est pas dite", en="the detection method is not told")
            yield found("L-PB-18", purpose, "id", _of(purpose, message))


def over_promises_are_deliberate(policy: Policy, _: date) -> Iterator[Finding]:
    """L-PB-19. Source: accountability (GDPR 5(2))."""
    confirmed = {each.topic for each in policy.deliberate}
    for topic, finding in over_promises(policy, "L-PB-19"):
        if topic not in confirmed:
            yield finding


def over_promises(policy: Policy, code: str) -> Iterator[tuple[Topic, Finding]]:
    """Yield each promise of *policy* stricter than the law, with the finding rule *code* makes of it."""
    for purpose in purposes_citing(policy, "C-PUR-06"):
        if purpose.basis is LegalBasis.CONSENT:
            message = Text(
                fr="plus que la loi : le consentement pour toute prospection",
                en="more than the law: consent for all prospecting",
            )
            yield Topic.CONSENT_FOR_ALL_PROSPECTING, found(code, purpose, "basis", message)
    if not policy.transfers.as_a_rule:
        message = Text(fr="plus que la loi : aucun transfert", en="more than the law: no transfer")
        yield Topic.NO_TRANSFER, found(code, policy.transfers, "as_a_rule", message)
    if not policy.automated_decisions.taken:
        message = Text(
            fr="plus que la loi : aucune décision automatisée", en="more than the law: no automated decision"
        )
        yield Topic.NO_AUTOMATED_DECISION, found(code, policy.automated_decisions, "taken", message)
    if not policy.recipients.trade.ever:
        message = Text(fr="plus que la loi : aucun commerce", en="more than the law: no trade")
        yield Topic.NO_TRADE, found(code, policy.recipients.trade, "ever", message)


def _of(purpose: Purpose, message: Text) -> Text:
    return Text(fr=f"{purpose.label.fr} : {message.fr}", en=f"{purpose.label.en}: {message.en}")


def _together(code: str, purposes: list[Purpose], field: str, what: Text) -> Iterator[Finding]:
    """Yield one finding for all *purposes*, at the first one."""
    if purposes:
        listed = names(purpose.label for purpose in purposes)
        count = len(purposes)
        message = Text(
            fr=f"{what.fr} pour {count} finalité(s) : {listed.fr}",
            en=f"{what.en} for {count} purpose(s): {listed.en}",
        )
        yield found(code, purposes[0], field, message)


RULES: Mapping[str, Judge] = {
    "L-PB-01": each_has_a_basis,
    "L-PB-02": bases_are_tied,
    "L-PB-03": interests_are_stated,
    "L-PB-05": legal_duties_cite_their_text,
    "L-PB-06": wording_is_closed,
    "L-PB-07": each_has_a_duration,
    "L-PB-08": each_lists_its_categories,
    "L-PB-09": each_lists_its_recipients,
    "L-PB-10": rights_name_declared_uses,
    "L-PB-11": topics_are_apart,
    "L-PB-12": express_is_for_special_data,
    "L-PB-13": contract_covers_only_performance,
    "L-PB-16": trackers_have_a_basis,
    "L-PB-17": no_purpose_twice,
    "L-PB-18": scoring_is_announced,
    "L-PB-19": over_promises_are_deliberate,
}
