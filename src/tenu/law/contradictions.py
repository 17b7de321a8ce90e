"""Pairs of promises that cannot both hold, or pull against each other, each a predicate over the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from tenu.documents import Located
from tenu.errors import Finding
from tenu.law import rules_cookies, rules_recipients, rules_rights
from tenu.law.findings import found
from tenu.law.rules_identity import EEA
from tenu.law.rules_purposes import rights_name_declared_uses
from tenu.policy.cookies import Control
from tenu.policy.model import Policy
from tenu.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two promises. *clash* tells whether a policy makes both; *at* where to look."""

    id: str
    pair: Text
    clash: Callable[[Policy], bool]
    at: Callable[[Policy], Located]


def contradictions(policy: Policy, _: date) -> Iterator[Finding]:
    """L-AC-12. Source: GDPR 5(1)(a)."""
    for each in PAIRS:
        if each.clash(policy):
            message = Text(fr=f"{each.id} : {each.pair.fr}", en=f"{each.id}: {each.pair.en}")
            yield found("L-AC-12", each.at(policy), "says", message)


def _any(findings: Iterator[Finding]) -> bool:
    return next(findings, None) is not None


_TODAY_PLAYS_NO_PART = date.max
"""The rules reused below do not read the day."""


def _social_tools_unknown_country(policy: Policy) -> bool:
    tools = policy.cookies.social_tools
    abroad = any(set(each.countries) - EEA for each in policy.recipients.classes)
    return not policy.transfers.as_a_rule and (tools is not None or abroad)


PAIRS: tuple[Contradiction, ...] = (
    Contradiction(
        id="K-01",
        pair=Text(
            fr="aucune décision automatisée / des décisions peuvent être automatisées",
            en="no automated decision / decisions may be automated",
        ),
        clash=lambda policy: _any(
            rules_rights.automated_decisions_are_coherent(policy, _TODAY_PLAYS_NO_PART)
        ),
        at=lambda policy: policy.automated_decisions,
    ),
    Contradiction(
        id="K-02",
        pair=Text(fr="aucun commerce / des partenaires prospectent", en="no trade / partners prospect"),
        clash=lambda policy: _any(rules_recipients.no_trade_and_partners_agree(policy, _TODAY_PLAYS_NO_PART)),
        at=lambda policy: policy.recipients.trade,
    ),
    Contradiction(
        id="K-03",
        pair=Text(
            fr="accord pour les cookies nécessaires / cookies nécessaires exemptés",
            en="consent for necessary cookies / necessary cookies exempt",
        ),
        clash=lambda policy: _any(rules_cookies.necessary_needs_no_consent(policy, _TODAY_PLAYS_NO_PART)),
        at=lambda policy: policy.cookies,
    ),
    Contradiction(
        id="K-04",
        pair=Text(
            fr="une liste de cookies / d'autres, plus loin", en="a list of cookies / others, further on"
        ),
        clash=lambda policy: _any(rules_cookies.categories_cover_all_trackers(policy, _TODAY_PLAYS_NO_PART)),
        at=lambda policy: policy.cookies,
    ),
    Contradiction(
        id="K-05",
        pair=Text(
            fr="poser des cookies de tiers / s'y dire étranger",
            en="setting third-party cookies / having no part in them",
        ),
        clash=lambda policy: _any(
            rules_recipients.no_disclaimer_on_social_tools(policy, _TODAY_PLAYS_NO_PART)
        ),
        at=lambda policy: policy.cookies.social_tools or policy.cookies,
    ),
    Contradiction(
        id="K-06",
        pair=Text(
            fr="aucun transfert / des réseaux sans doute établis hors de l'Union",
            en="no transfer / networks likely established outside the Union",
        ),
        clash=_social_tools_unknown_country,
        at=lambda policy: policy.transfers,
    ),
    Contradiction(
        id="K-07",
        pair=Text(
            fr="données limitées figées / droit de corriger", en="restricted data frozen / right to correct"
        ),
        clash=lambda policy: _any(rules_rights.restriction_lets_rectify(policy, _TODAY_PLAYS_NO_PART)),
        at=lambda policy: policy.rights,
    ),
    Contradiction(
        id="K-08",
        pair=Text(
            fr="archive supplémentaire / comptée de la fin de la relation",
            en="additional archive / counted from the end of the relation",
        ),
        clash=lambda policy: any(rule.archive and rule.archive.reading for rule in policy.retention.rules),
        at=lambda policy: policy.phases,
    ),
    Contradiction(
        id="K-09",
        pair=Text(fr="finalités closes / recherche", en="closed purposes / research"),
        clash=lambda policy: _any(rights_name_declared_uses(policy, _TODAY_PLAYS_NO_PART)),
        at=lambda policy: policy.rights,
    ),
    Contradiction(
        id="K-10",
        pair=Text(
            fr="demandé sur le site / géré dans le navigateur",
            en="asked on the site / managed in the browser",
        ),
        clash=lambda policy: Control.SITE not in policy.cookies.controls,
        at=lambda policy: policy.cookies.banner,
    ),
    Contradiction(
        id="K-11",
        pair=Text(
            fr="sous-traitants / auditeurs, avocats, investisseurs",
            en="processors / auditors, lawyers, investors",
        ),
        clash=lambda policy: _any(rules_recipients.roles_are_right(policy, _TODAY_PLAYS_NO_PART)),
        at=lambda policy: policy.recipients,
    ),
    Contradiction(
        id="K-12",
        pair=Text(
            fr="demande vérifiée / un mois dès réception", en="verified request / a month from receipt"
        ),
        clash=lambda policy: (
            policy.rights.deadline.verified and policy.rights.deadline.counted_from == "receipt"
        ),
        at=lambda policy: policy.rights.deadline,
    ),
    Contradiction(
        id="K-13",
        pair=Text(fr="rien d'inutile / des données facultatives", en="nothing unnecessary / optional data"),
        clash=lambda policy: {"C-COL-02", "C-COL-04"} <= set(policy.clause_places()),
        at=lambda policy: policy.collection.mandatory,
    ),
    Contradiction(
        id="K-14",
        pair=Text(
            fr="retrait à tout moment / par écrit, avec des éléments",
            en="withdrawal at any time / in writing, with items",
        ),
        clash=lambda policy: bool(policy.consent.withdrawal.items),
        at=lambda policy: policy.consent.withdrawal,
    ),
)
