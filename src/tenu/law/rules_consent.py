"""Consent and prospecting: may people be approached, and can they say no as easily as yes?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.documents import Located
from tenu.errors import Finding
from tenu.law.ceilings import outlasts
from tenu.law.findings import Judge, found, purposes_citing
from tenu.law.tables import PHONE_CONSENT, in_force
from tenu.policy.consent import Granularity, Route
from tenu.policy.edition import Audience
from tenu.policy.model import Policy, parts
from tenu.policy.rights import Case, Right
from tenu.terms import Channel, LegalBasis, Text

BLOCTEL_ENDED_ON = date(2026, 8, 11)


def electronic_mail_needs_consent(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CP-01. Source: CPCE L34-5 [V2]; C-654/23 [V2]."""
    for purpose in purposes_citing(policy, "C-PUR-05"):
        electronic = {Channel.EMAIL, Channel.SMS} & set(purpose.channels)
        if electronic and purpose.basis is not LegalBasis.CONSENT:
            message = Text(
                fr="prospection électronique sans consentement", en="electronic prospecting without consent"
            )
            yield found("L-CP-01", purpose, "basis", message)


def phone_consent_is_separate_and_short(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-CP-02, from 11 August 2026. Source: C. conso. L223-1, R223-1 [V1/V2]."""
    limit = in_force(PHONE_CONSENT, as_of)
    if limit is None or not purposes_citing(policy, "C-PUR-07"):
        return
    if policy.consent.covers is Granularity.ALL_CHANNELS:
        message = Text(
            fr="un seul consentement pour le téléphone et le reste",
            en="one consent for the telephone and the rest",
        )
        yield found("L-CP-02", policy.consent, "covers", message)
    for consent in policy.consent.channels:
        if consent.channel is Channel.PHONE and (
            consent.lasts is None or outlasts(consent.lasts, limit.value, as_of)
        ):
            message = Text(
                fr="le consentement téléphonique vaut plus d'un an",
                en="telephone consent lasts more than a year",
            )
            yield found("L-CP-02", consent, "lasts", message)


def no_word_of_bloctel(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-CP-07, from 11 August 2026. Source: loi 2025-594 art. 13 [V2]."""
    if as_of < BLOCTEL_ENDED_ON:
        return
    for part in parts(policy):
        said = getattr(part, "says", None)
        if isinstance(said, Text) and "bloctel" in f"{said.fr} {said.en}".casefold():
            yield found("L-CP-07", part, "says", Text(fr="renvoi à Bloctel", en="reference to Bloctel"))


def withdrawing_is_as_easy(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CP-08. Source: GDPR 7(3); C. conso. R223-3."""
    withdrawal = policy.consent.withdrawal
    one_click = {Route.LINK, Route.ACCOUNT} & set(withdrawal.routes)
    if withdrawal.items or not one_click:
        count = len(withdrawal.items)
        message = Text(
            fr=f"retirer demande d'écrire, avec {count} élément(s)",
            en=f"withdrawing asks to write, with {count} item(s)",
        )
        yield found("L-CP-08", withdrawal, "items", message)


def past_use_stays_lawful(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CP-09. Source: GDPR 7(3), 13(2)(c)."""
    if policy.consent.withdrawal.earlier_use_stays_lawful is None:
        message = Text(fr="l'effet du retrait n'est pas dit", en="the effect of withdrawal is not told")
        yield found("L-CP-09", policy.consent.withdrawal, "earlier_use_stays_lawful", message)


def objection_stands_apart(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CP-11. Source: GDPR 21(4)."""
    objection = policy.rights.promise(Right.OBJECTION)
    if objection is not None and not objection.own_block:
        message = Text(
            fr="l'opposition est noyée dans la liste des droits", en="objection is one item of a list"
        )
        yield found("L-CP-11", objection, "right", message)


def partners_are_named(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CP-12. Source: GDPR 6(1)(a), 13; CNIL [V3]; C-317/25 pending [V2]."""
    partners = [each for each in policy.recipients.classes if each.own_marketing]
    message = Text(fr="des partenaires qui prospectent, non nommés", en="partners who prospect, not named")
    for each in partners:
        if not each.named:
            yield found("L-CP-12", each, "own_marketing", message)
    mention = mention_of_partners(policy)
    if mention is not None and not partners:
        yield found("L-CP-12", mention, "cases", message)


def mention_of_partners(policy: Policy) -> Located | None:
    """Return the right that speaks of prospecting by partners, if one does."""
    objection = policy.rights.promise(Right.OBJECTION)
    if objection is not None and Case.PARTNER_PROSPECTING in objection.cases:
        return objection
    return None


def consent_is_granular(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CP-15. Source: GDPR 4(11), 7(2), recital 43."""
    if policy.consent.covers is Granularity.ALL_CHANNELS:
        message = Text(fr="un seul consentement pour tous les canaux", en="one consent for all channels")
        yield found("L-CP-15", policy.consent, "covers", message)


def professionals_have_a_rule(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CP-21. Source: CNIL B2B guidance [V2]."""
    if Audience.PROFESSIONALS not in policy.edition.audiences:
        message = Text(fr="rien sur les professionnels", en="nothing on professionals")
        yield found("L-CP-21", policy.edition, "audiences", message)


RULES: Mapping[str, Judge] = {
    "L-CP-01": electronic_mail_needs_consent,
    "L-CP-02": phone_consent_is_separate_and_short,
    "L-CP-07": no_word_of_bloctel,
    "L-CP-08": withdrawing_is_as_easy,
    "L-CP-09": past_use_stays_lawful,
    "L-CP-11": objection_stands_apart,
    "L-CP-12": partners_are_named,
    "L-CP-15": consent_is_granular,
    "L-CP-21": professionals_have_a_rule,
}
