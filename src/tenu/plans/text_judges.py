"""What judges the clauses the policy's own file answers for: bases, duties, topics, durations, addresses, countries."""

from __future__ import annotations

from tenu.law.territory import EEA
from tenu.plans.facts import Facts, Truth, broken, kept, unknown
from tenu.terms import LegalBasis


def basis(facts: Facts, rule: str, basis: LegalBasis) -> Truth:
    """Return whether every purpose that lives by *rule* rests on *basis*."""
    concerned = [purpose for purpose in facts.policy.purposes if purpose.retention == rule]
    wrong = [purpose.id for purpose in concerned if purpose.basis not in (None, basis)]
    missing = [purpose.id for purpose in concerned if purpose.basis is None]
    if wrong:
        names = ", ".join(wrong)
        return broken(f"une autre base pour : {names}", f"another basis for: {names}")
    if missing:
        names = ", ".join(missing)
        return broken(f"aucune base annoncée pour : {names}", f"no basis announced for: {names}")
    if not concerned:
        return unknown("aucune finalité ne suit cette règle", "no purpose lives by this rule")
    names = ", ".join(purpose.id for purpose in concerned)
    return kept(f"base « {basis} » pour {names}", f"basis '{basis}' for {names}")


def every_basis(facts: Facts) -> Truth:
    """Return whether every purpose has a basis (GDPR 6)."""
    bare = [purpose.id for purpose in facts.policy.purposes if purpose.basis is None]
    names = ", ".join(bare)
    if bare:
        return broken(
            f"{len(bare)} finalités sans base : {names}", f"{len(bare)} purposes without a basis: {names}"
        )
    return kept("chaque finalité a une base", "every purpose has a basis")


def cited_duties(facts: Facts) -> Truth:
    """Return whether every legal obligation cites its text."""
    bare = [
        p.id for p in facts.policy.purposes if p.basis is LegalBasis.LEGAL_OBLIGATION and not p.legal_text
    ]
    names = ", ".join(bare)
    if bare:
        return broken(f"aucun texte cité pour : {names}", f"no text cited for: {names}")
    return kept("chaque obligation légale cite son texte", "every legal obligation cites its text")


def told(facts: Facts) -> Truth:
    """Return whether the topics of GDPR 13 are said for every purpose."""
    lacking = {
        p.id: [str(u) for u in p.unstated if str(u) in ("basis", "retention", "categories", "recipients")]
        for p in facts.policy.purposes
    }
    bare = [name for name, what in lacking.items() if what]
    if bare:
        names = ", ".join(bare[:6]) + ("…" if len(bare) > 6 else "")
        return broken(
            f"{len(bare)} finalités dont un des cinq sujets n'est pas dit : {names}",
            f"{len(bare)} purposes leave one of the five topics unsaid: {names}",
        )
    return kept(
        "les cinq sujets sont dits pour chaque finalité", "the five topics are said for every purpose"
    )


def every_rule(facts: Facts) -> Truth:
    """Return whether every purpose has a duration."""
    known = {rule.id for rule in facts.policy.retention.rules}
    bare = [p.id for p in facts.policy.purposes if p.retention not in known]
    if bare:
        return broken(f"sans durée : {', '.join(bare)}", f"without a duration: {', '.join(bare)}")
    return kept(
        f"{len(facts.policy.purposes)} finalités, chacune une durée",
        f"{len(facts.policy.purposes)} purposes, each with a duration",
    )


def addresses(facts: Facts) -> Truth:
    """Return whether the text spells its address one way."""
    forms = facts.policy.controller.published_addresses
    if len(forms) > 1:
        return broken(f"{len(forms)} façons d'écrire l'adresse", f"{len(forms)} spellings of the address")
    return unknown("l'adresse reste à sonder", "the address is still to be probed")


def inside_eea(facts: Facts) -> Truth:
    """Return whether a described system is outside the EEA."""
    outside = [f"{s.system} ({s.country})" for s in facts.systems if s.country not in EEA]
    if outside:
        return broken(f"hors de l'EEE : {', '.join(outside)}", f"outside the EEA: {', '.join(outside)}")
    return unknown(
        "tous les systèmes décrits sont dans l'EEE ; restent les destinataires, les sauvegardes et les accès à distance",
        "every described system is in the EEA; recipients, backups and remote access remain",
    )
