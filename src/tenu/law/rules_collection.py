"""Data and collection: are the kinds of data precise, and are people told what collecting entails?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law.findings import Judge, found, names, purposes_citing
from tenu.policy.model import Policy
from tenu.terms import Text

GAPS = "A-10"
"""The reading under which we file data the text does not name."""


def categories_are_specific(policy: Policy, _: date) -> Iterator[Finding]:
    """L-DC-01. Source: WP260 [V3]; GDPR 14(1)(d), 30(1)(c)."""
    for category in policy.categories:
        if not category.examples:
            message = Text(fr=f"« {category.label.fr} » est vague", en=f"'{category.label.en}' is vague")
            yield found("L-DC-01", category, "examples", message)


def categories_cover_what_is_held(policy: Policy, _: date) -> Iterator[Finding]:
    """L-DC-02, on the text; stores are compared by `check` with the data map. Source: GDPR 5(1)(a), 13-14."""
    for category in policy.categories:
        if category.reading == GAPS:
            held = names(category.holds)
            message = Text(
                fr=f"détenu sans être nommé dans le texte : {held.fr}",
                en=f"held and not named in the text: {held.en}",
            )
            yield found("L-DC-02", category, "holds", message)


def special_data_have_a_condition(policy: Policy, _: date) -> Iterator[Finding]:
    """L-DC-03. Source: GDPR 9(2)."""
    for category in policy.categories:
        if category.special and category.condition is None:
            message = Text(
                fr=f"« {category.label.fr} » : données sensibles sans condition",
                en=f"'{category.label.en}': special data without a condition",
            )
            yield found("L-DC-03", category, "special", message)


def sources_are_named(policy: Policy, _: date) -> Iterator[Finding]:
    """L-DC-06. Source: GDPR 14(2)(f)."""
    third_parties = policy.collection.third_parties
    if not third_parties.named:
        message = Text(
            fr="des tiers collectent, aucun n'est nommé", en="third parties collect, none is named"
        )
        yield found("L-DC-06", third_parties, "named", message)


def consequence_is_told(policy: Policy, _: date) -> Iterator[Finding]:
    """L-DC-07. Source: GDPR 13(2)(e)."""
    mandatory = policy.collection.mandatory
    if mandatory.consequence is None:
        message = Text(
            fr="les suites d'un défaut de réponse ne sont pas dites",
            en="what not answering entails is not told",
        )
        yield found("L-DC-07", mandatory, "consequence", message)


def minors_have_a_rule(policy: Policy, _: date) -> Iterator[Finding]:
    """L-DC-08. Source: GDPR 8; LIL 45 (15 years) [V3]."""
    if policy.collection.minors is None and purposes_citing(policy, "C-ACC-01"):
        message = Text(
            fr="des comptes s'ouvrent, rien sur les mineurs", en="accounts are opened, nothing on minors"
        )
        yield found("L-DC-08", policy.collection, "minors", message)


RULES: Mapping[str, Judge] = {
    "L-DC-01": categories_are_specific,
    "L-DC-02": categories_cover_what_is_held,
    "L-DC-03": special_data_have_a_condition,
    "L-DC-06": sources_are_named,
    "L-DC-07": consequence_is_told,
    "L-DC-08": minors_have_a_rule,
}
