"""Identity, contact and references: can people tell who speaks, and reach them?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law.findings import Judge, found
from tenu.policy.edition import Defect
from tenu.policy.model import Policy
from tenu.terms import Text

EEA = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""Countries of the European Economic Area."""

_DAY_PRECISION = len("2026-03-01")


def controller_is_reachable(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-01. Source: GDPR 13(1)(a)."""
    controller = policy.controller
    electronic = controller.email or controller.phone or policy.dpo.email
    if not (controller.name.strip() and controller.address and electronic):
        message = Text(
            fr="on ne sait comment joindre le responsable", en="nobody can tell how to reach the controller"
        )
        yield found("L-ID-01", controller, "name", message)


def legal_notice_is_linked(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-02. Source: LCEN art. 1-1 [V3]."""
    controller = policy.controller
    missing = [
        label
        for value, label in (
            (controller.legal_form, Text(fr="forme juridique", en="legal form")),
            (controller.registry_number, Text(fr="numéro d'immatriculation", en="registry number")),
            (
                controller.legal_notice,
                Text(fr="lien vers les mentions légales", en="link to the legal notice"),
            ),
        )
        if value is None
    ]
    for label in missing:
        yield found(
            "L-ID-02", controller, "name", Text(fr=f"il manque : {label.fr}", en=f"missing: {label.en}")
        )


def officer_is_reachable(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-03. Source: GDPR 13(1)(b), 37(7)."""
    if not policy.dpo.email.strip() and not policy.dpo.address:
        message = Text(fr="aucune adresse du délégué", en="no address of the officer")
        yield found("L-ID-03", policy.dpo, "email", message)


def address_has_one_form(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-04. Source: GDPR 12(1), 5(1)(d)."""
    forms = {_plain(written) for written in policy.controller.published_addresses}
    if len(forms) > 1:
        message = Text(fr=f"l'adresse a {len(forms)} formes", en=f"the address has {len(forms)} forms")
        yield found("L-ID-04", policy.controller, "published_addresses", message)


def no_dangling_reference(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-05. Source: GDPR 12(1)."""
    yield from remarked("L-ID-05", policy, Defect.DANGLING_REFERENCE)


def authority_is_named(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-06. Source: GDPR 13(2)(d), 77."""
    if not policy.authority.name.fr.strip() or not policy.authority.url.strip():
        message = Text(fr="l'autorité n'est pas nommée", en="the authority is not named")
        yield found("L-ID-06", policy.authority, "name", message)


def laws_are_cited_exactly(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-07. Source: house rule."""
    yield from remarked("L-ID-07", policy, Defect.INEXACT_CITATION)


def version_and_day_are_given(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-08. Source: GDPR 5(2), 12(1); WP260 [V3]."""
    edition = policy.edition
    if edition.version is None:
        yield found(
            "L-ID-08", edition, "version", Text(fr="pas de numéro de version", en="no version number")
        )
    if len(edition.dated) < _DAY_PRECISION:
        yield found("L-ID-08", edition, "dated", Text(fr="la date n'a pas de jour", en="the date has no day"))


def joint_control_is_told(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-09. Source: GDPR 26(2); C-40/17 [V3]."""
    tools = policy.cookies.social_tools
    if tools is not None and tools.joint_arrangement is None:
        message = Text(
            fr="des outils sociaux sont utilisés sans accord conjoint annoncé",
            en="social tools are used and no joint arrangement is told",
        )
        yield found("L-ID-09", tools, "joint_arrangement", message)


def site_is_named(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-10. Source: GDPR 12(1), 13."""
    if not policy.edition.sites:
        message = Text(fr="aucun site n'est nommé", en="no site is named")
        yield found("L-ID-10", policy.edition, "sites", message)


def representative_is_named(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-11. Source: GDPR 27, 13(1)(a)."""
    controller = policy.controller
    if controller.country not in EEA and controller.representative is None:
        message = Text(
            fr="responsable hors de l'Union, sans représentant",
            en="controller outside the Union, no representative",
        )
        yield found("L-ID-11", controller, "country", message)


def links_lead_where_announced(policy: Policy, _: date) -> Iterator[Finding]:
    """L-ID-12, for what a reader noted; the links themselves are probed by `attest`. Source: GDPR 12(1)."""
    yield from remarked("L-ID-12", policy, Defect.MISLEADING_LINK)


def remarked(code: str, policy: Policy, defect: Defect) -> Iterator[Finding]:
    """Yield one finding of rule *code* for each remark of one kind on the published text."""
    for remark in policy.edition.remarks_on(defect):
        yield found(code, remark, "says", remark.says)


def _plain(address: str) -> str:
    """Return *address* without case, accents and punctuation."""
    folded = unicodedata.normalize("NFKD", address).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.findall(r"[a-z0-9]+", folded))


RULES: Mapping[str, Judge] = {
    "L-ID-01": controller_is_reachable,
    "L-ID-02": legal_notice_is_linked,
    "L-ID-03": officer_is_reachable,
    "L-ID-04": address_has_one_form,
    "L-ID-05": no_dangling_reference,
    "L-ID-06": authority_is_named,
    "L-ID-07": laws_are_cited_exactly,
    "L-ID-08": version_and_day_are_given,
    "L-ID-09": joint_control_is_told,
    "L-ID-10": site_is_named,
    "L-ID-11": representative_is_named,
    "L-ID-12": links_lead_where_announced,
}
