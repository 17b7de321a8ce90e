"""Recipients and transfers: who receives data, in which capacity, and how far they go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law.findings import Judge, found
from tenu.law.rules_consent import mention_of_partners
from tenu.policy.model import Policy
from tenu.policy.recipients import Role
from tenu.terms import Text


def list_is_closed(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RX-01. Source: GDPR 13(1)(e); WP260 [V3]."""
    if policy.recipients.list_is_open:
        message = Text(fr="la liste des destinataires est ouverte", en="the list of recipients is open")
        yield found("L-RX-01", policy.recipients, "list_is_open", message)


def internal_recipients_are_described(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RX-02. Source: CNIL register template [V2]."""
    if not any(each.role is Role.INTERNAL for each in policy.recipients.classes):
        message = Text(fr="rien sur les services internes", en="nothing on internal teams")
        yield found("L-RX-02", policy.recipients, "classes", message)


def roles_are_right(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RX-03. Source: GDPR 4(7)-(10), 28; EDPB 07/2020 [V3]."""
    for each in policy.recipients.classes:
        if each.presented_as is not each.role:
            message = Text(
                fr=f"{each.label.fr} : présentés comme « {each.presented_as} », en droit « {each.role} »",
                en=f"{each.label.en}: presented as '{each.presented_as}', in law '{each.role}'",
            )
            yield found("L-RX-03", each, "presented_as", message)


def investors_are_bounded(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RX-04. Source: GDPR 5(1)(b)-(c), 6(1)(f)."""
    for each in policy.recipients.classes:
        if "C-RCP-11" in each.clauses and each.bounded_by is None:
            message = Text(
                fr="investisseurs et repreneurs sans garantie", en="investors and buyers without safeguard"
            )
            yield found("L-RX-04", each, "bounded_by", message)


def no_trade_and_partners_agree(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RX-05. Source: coherence (GDPR 5(1)(a))."""
    marketing = any(each.own_marketing for each in policy.recipients.classes)
    if not policy.recipients.trade.ever and (marketing or mention_of_partners(policy) is not None):
        message = Text(
            fr="aucun commerce, et pourtant des partenaires qui prospectent",
            en="no trade, and yet partners who prospect",
        )
        yield found("L-RX-05", policy.recipients.trade, "ever", message)


def copy_of_safeguards_is_offered(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RX-06. Source: GDPR 13(1)(f)."""
    if policy.transfers.tools and policy.transfers.copy_route is None:
        message = Text(
            fr="où obtenir copie des garanties n'est pas dit",
            en="where to get a copy of the safeguards is not told",
        )
        yield found("L-RX-06", policy.transfers, "copy_route", message)


def derogations_are_settled(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RX-07. Source: GDPR 49."""
    if policy.transfers.derogations is None:
        message = Text(fr="rien sur les dérogations de l'article 49", en="nothing on art. 49 derogations")
        yield found("L-RX-07", policy.transfers, "derogations", message)


def no_disclaimer_on_social_tools(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RX-11. Source: C-40/17, C-210/16 [V3]; GDPR 26."""
    tools = policy.cookies.social_tools
    if tools is not None and tools.denies_involvement:
        message = Text(
            fr="le texte se dit étranger aux outils qu'il intègre",
            en="the text disclaims the tools it embeds",
        )
        yield found("L-RX-11", tools, "denies_involvement", message)


RULES: Mapping[str, Judge] = {
    "L-RX-01": list_is_closed,
    "L-RX-02": internal_recipients_are_described,
    "L-RX-03": roles_are_right,
    "L-RX-04": investors_are_bounded,
    "L-RX-05": no_trade_and_partners_agree,
    "L-RX-06": copy_of_safeguards_is_offered,
    "L-RX-07": derogations_are_settled,
    "L-RX-11": no_disclaimer_on_social_tools,
}
