"""Rights: is each one listed, whole, free, and answered in time?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law.findings import Judge, found
from tenu.policy.consent import Item
from tenu.policy.model import Policy
from tenu.policy.rights import Answer, Case, Reserve, Right
from tenu.terms import Text

LISTED = (
    Right.ACCESS,
    Right.RECTIFICATION,
    Right.ERASURE,
    Right.RESTRICTION,
    Right.PORTABILITY,
    Right.OBJECTION,
    Right.POST_MORTEM_DIRECTIVES,
)
"""Rights a policy must list; withdrawal and complaint have sections of their own in the model."""

RESTRICTION_CASES = (Case.ACCURACY_CONTESTED, Case.UNLAWFUL, Case.LEGAL_CLAIMS, Case.OBJECTION_PENDING)
ERASURE_GROUNDS = (
    Case.NO_LONGER_NEEDED,
    Case.CONSENT_WITHDRAWN,
    Case.OBJECTION_UPHELD,
    Case.UNLAWFUL,
    Case.LEGAL_DUTY_TO_ERASE,
    Case.COLLECTED_FROM_CHILD,
)
ACCESS_ITEMS = (
    Answer.PURPOSES,
    Answer.CATEGORIES,
    Answer.RECIPIENTS,
    Answer.RETENTION,
    Answer.RIGHTS,
    Answer.COMPLAINT,
    Answer.SOURCE,
    Answer.AUTOMATED_DECISIONS,
)
HUMAN_REVIEW_ITEMS = (Answer.EXPRESS_VIEW, Answer.CONTEST)
EXCESSIVE_ITEMS = frozenset({Item.HOME_ADDRESS, Item.IDENTITY_DOCUMENT})

_NAMES: Mapping[Right, Text] = {
    Right.ACCESS: Text(fr="accès", en="access"),
    Right.RECTIFICATION: Text(fr="rectification", en="rectification"),
    Right.ERASURE: Text(fr="effacement", en="erasure"),
    Right.RESTRICTION: Text(fr="limitation", en="restriction"),
    Right.PORTABILITY: Text(fr="portabilité", en="portability"),
    Right.OBJECTION: Text(fr="opposition", en="objection"),
    Right.POST_MORTEM_DIRECTIVES: Text(fr="directives après la mort", en="post-mortem directives"),
}


def every_right_is_listed(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-01. Source: GDPR 13(2)(b)-(d); LIL 48, 84-86 [V2/V3]."""
    for right in LISTED:
        if policy.rights.promise(right) is None:
            name = _NAMES[right]
            message = Text(fr=f"droit absent : {name.fr}", en=f"missing right: {name.en}")
            yield found("L-RG-01", policy.rights, "promised", message)


def restriction_has_four_cases(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-02. Source: GDPR 18(1)."""
    message = Text(fr="cas de limitation absent", en="missing case of restriction")
    yield from _lacking("L-RG-02", policy, Right.RESTRICTION, RESTRICTION_CASES, message)


def erasure_has_six_grounds(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-03. Source: GDPR 17(1)."""
    message = Text(fr="motif d'effacement absent", en="missing ground of erasure")
    yield from _lacking("L-RG-03", policy, Right.ERASURE, ERASURE_GROUNDS, message)


def objection_covers_every_interest(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-04. Source: GDPR 21(1)."""
    objection = policy.rights.promise(Right.OBJECTION)
    if objection is not None and Case.ALL_LEGITIMATE_INTEREST not in objection.cases:
        message = Text(
            fr="l'opposition est limitée à quelques usages", en="objection is limited to a few uses"
        )
        yield found("L-RG-04", objection, "cases", message)


def month_runs_from_receipt(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-05. Source: GDPR 12(3); EDPB 01/2022 §§157-160 [V2]."""
    deadline = policy.rights.deadline
    if deadline.verified or deadline.counted_from != "receipt":
        message = Text(
            fr="« vérifiée » laisse douter du départ du mois",
            en="'verified' leaves the start of the month in doubt",
        )
        yield found("L-RG-05", deadline, "verified", message)


def extension_is_explained(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-06. Source: GDPR 12(3)."""
    if policy.rights.deadline.extension is None:
        message = Text(fr="la prolongation n'est pas expliquée", en="the extension is not explained")
        yield found("L-RG-06", policy.rights.deadline, "extension", message)


def free_of_charge_is_told(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-07. Source: GDPR 12(5)."""
    if policy.rights.exercise.free_of_charge is None:
        message = Text(fr="la gratuité n'est pas dite", en="nothing says it is free")
        yield found("L-RG-07", policy.rights.exercise, "free_of_charge", message)


def identification_is_moderate(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-08. Source: GDPR 12(6), 5(1)(c); EDPB 01/2022 §§65-79 [V2]."""
    if EXCESSIVE_ITEMS & set(policy.rights.exercise.items):
        message = Text(
            fr="le domicile ou une pièce d'identité est demandé à tous",
            en="everyone is asked for a home address or an identity document",
        )
        yield found("L-RG-08", policy.rights.exercise, "items", message)


def access_has_eight_items(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-09. Source: GDPR 15(1)."""
    access = policy.rights.promise(Right.ACCESS)
    if access is not None and (missing := set(ACCESS_ITEMS) - set(access.answers)):
        message = Text(
            fr=f"{len(missing)} informations de l'accès ne sont pas annoncées",
            en=f"{len(missing)} items of access are not announced",
        )
        yield found("L-RG-09", access, "answers", message)


def portability_has_conditions(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-10. Source: GDPR 20(1)-(2)."""
    right = policy.rights.promise(Right.PORTABILITY)
    if right is None:
        return
    if Case.CONSENT_OR_CONTRACT not in right.cases or Answer.DIRECT_TRANSFER not in right.answers:
        message = Text(
            fr="ni conditions ni transfert direct pour la portabilité",
            en="portability lacks its conditions or the direct transfer",
        )
        yield found("L-RG-10", right, "right", message)


def restriction_lets_rectify(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-11. Source: GDPR 16, 18(2)."""
    right = policy.rights.promise(Right.RESTRICTION)
    if right is not None and right.changes_blocked:
        message = Text(
            fr="la limitation interdit toute modification, même une correction",
            en="restriction forbids every change, a correction included",
        )
        yield found("L-RG-11", right, "changes_blocked", message)


def automated_decisions_are_coherent(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-12. Source: GDPR 5(1)(a), 13(2)(f), 22."""
    right = policy.rights.promise(Right.HUMAN_INTERVENTION)
    if right is not None and right.automation_announced and not policy.automated_decisions.taken:
        message = Text(
            fr="aucune décision automatisée ici, mais un droit dit qu'il peut y en avoir",
            en="no automated decision here, yet a right says there may be some",
        )
        yield found("L-RG-12", right, "automation_announced", message)


def human_review_is_whole(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-13. Source: GDPR 22(3)."""
    right = policy.rights.promise(Right.HUMAN_INTERVENTION)
    if right is not None and not set(HUMAN_REVIEW_ITEMS) <= set(right.answers):
        message = Text(fr="ni s'exprimer ni contester", en="neither giving one's view nor contesting")
        yield found("L-RG-13", right, "answers", message)


def other_routes_stay_open(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-14. Source: EDPB 01/2022 §§52-57 [V2]."""
    if policy.rights.exercise.only_these_routes:
        message = Text(fr="seules ces voies sont admises", en="only these routes are accepted")
        yield found("L-RG-14", policy.rights.exercise, "only_these_routes", message)


def erasure_reserve_is_precise(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-16. Source: GDPR 17(3); CEF 2025 [V2]."""
    right = policy.rights.promise(Right.ERASURE)
    if right is not None and right.exceptions == (Reserve.LEGAL_DURATIONS,):
        message = Text(
            fr="les durées légales servent de réserve générale",
            en="legal durations serve as a blanket reserve",
        )
        yield found("L-RG-16", right, "exceptions", message)


def recipients_are_told(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-18. Source: GDPR 19."""
    if policy.rights.recipients_are_told is None:
        message = Text(fr="rien sur l'avis aux destinataires", en="nothing on telling the recipients")
        yield found("L-RG-18", policy.rights, "recipients_are_told", message)


def minors_are_erased_faster(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-19. Source: LIL 51 II [V3]; GDPR 17(1)(f)."""
    if policy.rights.faster_for_minors is None:
        message = Text(fr="rien sur l'effacement pour les mineurs", en="nothing on erasure for minors")
        yield found("L-RG-19", policy.rights, "faster_for_minors", message)


def complaint_is_unconditional(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-20. Source: GDPR 77; CNIL practice."""
    if policy.authority.only_in_case_of_difficulty:
        message = Text(
            fr="l'autorité n'est offerte qu'en cas de difficulté",
            en="the authority comes only after a difficulty",
        )
        yield found("L-RG-20", policy.authority, "only_in_case_of_difficulty", message)


def first_copy_is_free(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RG-21. Source: GDPR 15(3); C-307/22 [V3]."""
    if policy.rights.exercise.fee is not None:
        yield found(
            "L-RG-21",
            policy.rights.exercise,
            "fee",
            Text(fr="des frais sont annoncés", en="a fee is announced"),
        )


def _lacking(
    code: str, policy: Policy, right: Right, expected: tuple[Case, ...], message: Text
) -> Iterator[Finding]:
    promise = policy.rights.promise(right)
    if promise is None:
        return
    missing = [case.value for case in expected if case not in promise.cases]
    if missing:
        listed = ", ".join(missing)
        yield found(code, promise, "cases", Text(fr=f"{message.fr} : {listed}", en=f"{message.en}: {listed}"))


RULES: Mapping[str, Judge] = {
    "L-RG-01": every_right_is_listed,
    "L-RG-02": restriction_has_four_cases,
    "L-RG-03": erasure_has_six_grounds,
    "L-RG-04": objection_covers_every_interest,
    "L-RG-05": month_runs_from_receipt,
    "L-RG-06": extension_is_explained,
    "L-RG-07": free_of_charge_is_told,
    "L-RG-08": identification_is_moderate,
    "L-RG-09": access_has_eight_items,
    "L-RG-10": portability_has_conditions,
    "L-RG-11": restriction_lets_rectify,
    "L-RG-12": automated_decisions_are_coherent,
    "L-RG-13": human_review_is_whole,
    "L-RG-14": other_routes_stay_open,
    "L-RG-16": erasure_reserve_is_precise,
    "L-RG-18": recipients_are_told,
    "L-RG-19": minors_are_erased_faster,
    "L-RG-20": complaint_is_unconditional,
    "L-RG-21": first_copy_is_free,
}
