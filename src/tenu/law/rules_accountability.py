"""Video, security, accountability, wording and coherence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law.contradictions import contradictions
from tenu.law.findings import Judge, found, purposes_citing
from tenu.law.rules_identity import remarked
from tenu.law.rules_purposes import over_promises
from tenu.policy.edition import Defect
from tenu.policy.model import Policy
from tenu.policy.purposes import Unstated
from tenu.terms import Text


def video_has_its_notice(policy: Policy, _: date) -> Iterator[Finding]:
    """L-SV-01. Source: GDPR 13; CSI L251-1 ff. [V3]; CNIL."""
    needed = {Unstated.BASIS, Unstated.INTEREST, Unstated.RETENTION}
    for purpose in purposes_citing(policy, "C-SEC-01"):
        if needed & set(purpose.unstated):
            message = Text(
                fr="vidéo sans base, intérêt ou durée annoncés",
                en="video without announced basis, interest or duration",
            )
            yield found("L-SV-01", purpose, "unstated", message)


def security_is_described(policy: Policy, _: date) -> Iterator[Finding]:
    """L-SV-05. Source: GDPR 32, 12 (good practice)."""
    if policy.edition.security_measures is None:
        message = Text(fr="rien sur la sécurité", en="nothing on security")
        yield found("L-SV-05", policy.edition, "security_measures", message)


def changes_say_how_and_when(policy: Policy, _: date) -> Iterator[Finding]:
    """L-AC-03. Source: WP260 §§29-31 [V3]."""
    if policy.changes.method is None or policy.changes.lead_time is None:
        message = Text(
            fr="ni voie ni délai pour l'avis de changement", en="neither way nor time for change notices"
        )
        yield found("L-AC-03", policy.changes, "method", message)


def terms_are_defined(policy: Policy, _: date) -> Iterator[Finding]:
    """L-AC-05. Source: GDPR 12(1)."""
    yield from remarked("L-AC-05", policy, Defect.UNDEFINED_TERM)


def no_sentence_is_broken(policy: Policy, _: date) -> Iterator[Finding]:
    """L-AC-06. Source: GDPR 12(1)."""
    yield from remarked("L-AC-06", policy, Defect.BROKEN_SENTENCE)
    yield from remarked("L-AC-06", policy, Defect.MERGED_TOPICS)


def no_template_residue(policy: Policy, _: date) -> Iterator[Finding]:
    """L-AC-07. Source: coherence."""
    yield from remarked("L-AC-07", policy, Defect.TEMPLATE_RESIDUE)


def over_promises_have_an_owner(policy: Policy, _: date) -> Iterator[Finding]:
    """L-AC-08. Source: accountability (GDPR 5(2))."""
    owned = {each.topic for each in policy.deliberate if each.owner}
    for topic, finding in over_promises(policy, "L-AC-08"):
        if topic not in owned:
            yield finding


RULES: Mapping[str, Judge] = {
    "L-SV-01": video_has_its_notice,
    "L-SV-05": security_is_described,
    "L-AC-03": changes_say_how_and_when,
    "L-AC-05": terms_are_defined,
    "L-AC-06": no_sentence_is_broken,
    "L-AC-07": no_template_residue,
    "L-AC-08": over_promises_have_an_owner,
    "L-AC-12": contradictions,
}
