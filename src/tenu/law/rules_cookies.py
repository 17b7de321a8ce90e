"""Cookies and other trackers: is the choice free, informed, and short-lived enough?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law.ceilings import outlasts
from tenu.law.findings import Judge, found
from tenu.law.tables import TRACKER_CHOICE, in_force
from tenu.periods.period import Period, add
from tenu.policy.cookies import Anchor, Control, TrackerKind
from tenu.policy.model import Policy
from tenu.terms import Text

REVIEW = Period(months=6)
"""How long browser guidance is trusted after a human checked it (A-42)."""


def refusing_is_as_easy(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-01. Source: LIL 82; CNIL 2020-091, 2020-092."""
    if not policy.cookies.banner.refuse_at_same_level:
        message = Text(fr="aucun refus au même niveau", en="no refusal at the same level")
        yield found("L-CK-01", policy.cookies.banner, "refuse_at_same_level", message)


def browser_is_not_the_only_control(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-02. Source: CNIL 2020-091 [V3]."""
    if policy.cookies.controls == (Control.BROWSER,):
        message = Text(fr="le navigateur est le seul réglage", en="the browser is the only control")
        yield found("L-CK-02", policy.cookies, "controls", message)


def choice_lasts_six_months(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-CK-03. Source: CNIL 2020-092 (good practice) [V3]."""
    choice, limit = policy.cookies.choice, in_force(TRACKER_CHOICE, as_of)
    if limit is not None and outlasts(choice.at_most, limit.value, as_of):
        message = Text(
            fr=f"le choix vaut {choice.at_most.words('fr')} au lieu de {limit.value.words('fr')}",
            en=f"the choice lasts {choice.at_most.words('en')} instead of {limit.value.words('en')}",
        )
        yield found("L-CK-03", choice, "at_most", message)
    if choice.refusal_kept is None:
        message = Text(fr="la durée d'un refus n'est pas dite", en="how long a refusal lasts is not told")
        yield found("L-CK-03", choice, "refusal_kept", message)


def consent_runs_from_the_choice(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-04. Source: GDPR 7; CNIL."""
    if policy.cookies.choice.counted_from is not Anchor.CHOICE:
        message = Text(
            fr="compté du premier dépôt, non du choix", en="counted from the first deposit, not the choice"
        )
        yield found("L-CK-04", policy.cookies.choice, "counted_from", message)


def analytics_are_founded(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-05. Source: CNIL 2020-091; deliberation of 4 July 2025 [V2]."""
    for category in policy.cookies.categories:
        if "C-CKE-04" in category.clauses and category.basis is None:
            message = Text(
                fr="mesure d'audience : accord ou exemption, rien n'est dit",
                en="analytics: consent or exemption, nothing is told",
            )
            yield found("L-CK-05", category, "basis", message)


def operators_are_listed(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-06. Source: CNIL 2020-092; C-673/17 [V3]."""
    if not policy.cookies.operators:
        message = Text(fr="aucun opérateur de traceurs n'est nommé", en="no tracker operator is named")
        yield found("L-CK-06", policy.cookies, "operators", message)


def trackers_are_listed(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-07. Source: C-673/17 [V3]; GDPR 13."""
    if not policy.cookies.register_published:
        message = Text(fr="aucune table des traceurs", en="no table of trackers")
        yield found("L-CK-07", policy.cookies, "register_published", message)


def necessary_is_strict(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-08. Source: LIL 82."""
    if not policy.cookies.necessary_is_strict:
        means = policy.cookies.necessary_means
        message = Text(fr=f"« nécessaire » veut dire : {means.fr}", en=f"'necessary' means: {means.en}")
        yield found("L-CK-08", policy.cookies, "necessary_means", message)


def necessary_needs_no_consent(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-09. Source: coherence; LIL 82."""
    for category in policy.cookies.categories:
        if category.said_to_need_consent and category.said_to_be_exempt:
            message = Text(
                fr=f"{category.label.fr} : dits soumis à l'accord, et exemptés",
                en=f"{category.label.en}: said to need consent, and to be exempt",
            )
            yield found("L-CK-09", category, "said_to_need_consent", message)


def guidance_is_current(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-CK-10. Source: GDPR 12(1)."""
    for guide in policy.cookies.browsers:
        if guide.checked_on is None or add(guide.checked_on, REVIEW) < as_of:
            since = "" if guide.since is None else f" {guide.since}"
            message = Text(
                fr=f"guide pour {guide.browser}{since} : non vérifié depuis 6 mois",
                en=f"guide for {guide.browser}{since}: not checked for 6 months",
            )
            yield found("L-CK-10", guide, "checked_on", message)


def withdrawal_is_on_the_site(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-11. Source: GDPR 7(3); CNIL 2020-092."""
    if Control.SITE not in policy.cookies.controls:
        message = Text(fr="aucun retrait possible sur le site", en="no withdrawal on the site")
        yield found("L-CK-11", policy.cookies, "controls", message)


def other_trackers_are_described(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-12. Source: LIL 82; EDPB 2/2023 [V2]."""
    if set(policy.cookies.kinds) <= {TrackerKind.COOKIE, TrackerKind.OTHER}:
        message = Text(
            fr="d'autres traceurs que les cookies, non décrits",
            en="trackers other than cookies, not described",
        )
        yield found("L-CK-12", policy.cookies, "kinds", message)


def refusal_has_told_consequences(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-16. Source: CNIL 2020-091 [V3]."""
    if policy.cookies.banner.consequences_of_refusal is None:
        message = Text(fr="les suites d'un refus ne sont pas dites", en="what a refusal changes is not told")
        yield found("L-CK-16", policy.cookies.banner, "consequences_of_refusal", message)


def categories_cover_all_trackers(policy: Policy, _: date) -> Iterator[Finding]:
    """L-CK-18. Source: coherence."""
    for category in policy.cookies.categories:
        if not category.in_the_list:
            message = Text(
                fr=f"{category.label.fr} : utilisés, absents de la liste",
                en=f"{category.label.en}: in use, not in the list",
            )
            yield found("L-CK-18", category, "in_the_list", message)


RULES: Mapping[str, Judge] = {
    "L-CK-01": refusing_is_as_easy,
    "L-CK-02": browser_is_not_the_only_control,
    "L-CK-03": choice_lasts_six_months,
    "L-CK-04": consent_runs_from_the_choice,
    "L-CK-05": analytics_are_founded,
    "L-CK-06": operators_are_listed,
    "L-CK-07": trackers_are_listed,
    "L-CK-08": necessary_is_strict,
    "L-CK-09": necessary_needs_no_consent,
    "L-CK-10": guidance_is_current,
    "L-CK-11": withdrawal_is_on_the_site,
    "L-CK-12": other_trackers_are_described,
    "L-CK-16": refusal_has_told_consequences,
    "L-CK-18": categories_cover_all_trackers,
}
