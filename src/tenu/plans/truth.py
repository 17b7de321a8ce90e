"""Is each clause true today? What its judge counted, else a person's word, else what would have to be looked at.

A clause nothing looks at is unknown, and says what would look at it.
"""

from __future__ import annotations

from tenu.plans.facts import Facts, Signature, Truth, broken, unknown
from tenu.plans.judges import JUDGES, RULE_OF
from tenu.plans.reason import day_text
from tenu.policy.clauses import Clause
from tenu.terms import ClauseStatus, Severity, Text

BREAKING = (Severity.BLOCKER, Severity.MAJOR)


def truth(clause: Clause, facts: Facts) -> Truth:
    """Return whether *clause* is true; a person's word counts only where nothing can be computed."""
    judge = JUDGES.get(clause.id)
    computed = judge(facts) if judge else None
    if computed is not None and computed.status is not ClauseStatus.UNKNOWN:
        return computed
    signature = facts.signatures.get(clause.id)
    if signature is not None and signature.signed_on <= facts.as_of <= signature.valid_until:
        return Truth(status=ClauseStatus.ATTESTED, evidence=_word(signature))
    return computed or unknown(f"à prouver par : {clause.proof.fr}", f"to be proved by: {clause.proof.en}")


def _word(signature: Signature) -> Text:
    on, until = signature.signed_on, signature.valid_until
    return Text(
        fr=f"attestée par {signature.role} le {day_text(on, 'fr')}, jusqu'au {day_text(until, 'fr')}",
        en=f"attested by {signature.role} on {day_text(on, 'en')}, until {day_text(until, 'en')}",
    )


def lawful(clause: Clause, promise: Truth, facts: Facts) -> Truth:
    """Return whether the same facts satisfy the law: what the linter says of the sentence, then the facts.

    A promise longer than the law's reference can be kept and unlawful.
    """
    cited = [found for found in facts.lint if clause.id in found.clauses and found.severity in BREAKING]
    if cited:
        codes = ", ".join(sorted({found.code for found in cited}))
        return broken(f"règles de droit : {codes}", f"rules of law: {codes}")
    rule = RULE_OF.get(clause.id)
    if rule is None or promise.status is ClauseStatus.UNKNOWN:
        return unknown("aucune règle de droit ne le juge encore", "no rule of law judges it yet")
    if rule in facts.stricter:
        return broken("la référence de la loi est plus courte", "the law's reference is shorter")
    return promise
