"""Retention and archiving: is each duration stated, founded, and no longer than the law's reference?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from tenu.errors import Finding
from tenu.law.ceilings import effective_active, outlasts
from tenu.law.findings import Judge, found, rules_citing
from tenu.law.tables import AUDIENCE_RECORDS, TRACKER_LIFE, in_force
from tenu.periods.period import Period
from tenu.policy.handling import Operation
from tenu.policy.model import Policy
from tenu.policy.purposes import Unstated
from tenu.policy.retention import RetentionRule
from tenu.terms import End, Text

NOT_ACTS_OF_THE_PERSON = frozenset(
    {"open", "opening", "delivered", "delivery", "outbound", "our_contact", "visit"}
)
"""Events that are not acts of the person, under the names a file may give them."""

LEGAL_MINIMA: Mapping[str, Period] = {
    "accounting": Period(years=10),
    "tax": Period(years=6),
    "econtract": Period(years=10),
}
"""What the law asks at least, by legal period (T-16, T-17, T-18)."""


def prospects_three_years(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-01. Source: CNIL commercial referential 2022; former NS-48 art. 5 [V1/V2]."""
    yield from _longer_than("L-RT-01", policy, "C-RET-13", Period(years=3), as_of)


def customers_three_years(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-02. Source: CNIL commercial referential [V2]."""
    yield from _longer_than("L-RT-02", policy, "C-RET-21", Period(years=3), as_of)


def archive_is_covered(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-03. Source: GDPR 5(1)(e); CNIL guide; CEF 2025 [V2]."""
    for rule in policy.retention.rules:
        if rule.archive is not None and not policy.phases.cited_texts:
            message = Text(
                fr=f"« {rule.id} » : {rule.archive.lasts.words('fr')} d'archive pour tout, sans texte cité",
                en=f"'{rule.id}': {rule.archive.lasts.words('en')} of archive for everything, no text cited",
            )
            yield found("L-RT-03", rule.archive, "lasts", message)


def archive_start_is_clear(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-04. Source: GDPR 12(1), 13(2)(a); reading A-29."""
    for rule in policy.retention.rules:
        if rule.archive is not None and rule.archive.reading is not None:
            message = Text(
                fr=f"« {rule.id} » : le départ de l'archive se lit de deux façons",
                en=f"'{rule.id}': the start of the archive reads two ways",
            )
            yield found("L-RT-04", rule.archive, "lasts", message)


def only_acts_restart(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-05. Source: CNIL commercial referential [V2]."""
    for rule in policy.retention.rules:
        for event in sorted(NOT_ACTS_OF_THE_PERSON & set(rule.active.restarted_by)):
            message = Text(
                fr=f"« {event} » n'est pas un acte de la personne",
                en=f"'{event}' is not an act of the person",
            )
            yield found("L-RT-05", rule.active, "restarted_by", message)


def sign_in_does_not_keep_evidence(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-06. Source: GDPR 5(1)(e)."""
    for rule in policy.retention.rules:
        if rule.archive is not None and "sign_in" in rule.active.restarted_by:
            message = Text(
                fr=f"« {rule.id} » : une connexion prolonge les données de preuve",
                en=f"'{rule.id}': a sign-in extends evidence data",
            )
            yield found("L-RT-06", rule.active, "restarted_by", message)


def video_one_month(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-07. Source: CSI L252-5 [V3]; CNIL [V2]."""
    yield from _stated_within("L-RT-07", policy, "C-SEC-01", Period(months=1), as_of)


def badges_three_months(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-08. Source: CNIL guidance [V3]; decree examples [V1]."""
    yield from _stated_within("L-RT-08", policy, "C-SEC-02", Period(months=3), as_of)


def cards_thirteen_months(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-09. Source: CNIL 2018-303; CMF L133-24 [V2]."""
    yield from _stated_within("L-RT-09", policy, "C-PAY-03", Period(months=15), as_of)


def audience_limits(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-10. Source: CNIL 2020-091; deliberation of July 2025 [V2]."""
    for category in policy.cookies.categories:
        if "C-CKE-04" not in category.clauses:
            continue
        records, life = in_force(AUDIENCE_RECORDS, as_of), in_force(TRACKER_LIFE, as_of)
        if category.record_lasts is None:
            message = Text(
                fr="la durée des mesures d'audience n'est pas dite",
                en="how long audience records last is not told",
            )
            yield found("L-RT-10", category, "record_lasts", message)
        elif records and outlasts(category.record_lasts, records.value, as_of):
            yield found("L-RT-10", category, "record_lasts", _too_long(category.record_lasts, records.value))
        if life and outlasts(category.tracker_lasts, life.value, as_of):
            yield found("L-RT-10", category, "tracker_lasts", _too_long(category.tracker_lasts, life.value))


def logs_six_to_twelve_months(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-11. Source: CNIL 2021-122 [V2]."""
    yield from _stated_within("L-RT-11", policy, "C-CAT-04", Period(months=12), as_of)
    for rule in rules_citing(policy, "C-CAT-04"):
        if outlasts(Period(months=6), rule.active.lasts, as_of):
            message = Text(fr="moins de 6 mois de journaux", en="less than 6 months of logs")
            yield found("L-RT-11", rule.active, "lasts", message)


def suppression_list_has_a_row(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-12. Source: CNIL commercial referential; NS-48 [V2/V3]."""
    yield from _row(
        "L-RT-12", policy, "suppression_list", Text(fr="la liste d'opposition", en="the suppression list")
    )


def request_files_have_a_row(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-13. Source: EDPB 01/2022 §79; CEF 2024 [V2]."""
    yield from _row(
        "L-RT-13", policy, "request_files", Text(fr="les dossiers de droits", en="the rights files")
    )


def accounts_two_years(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-14. Source: CNIL commercial referential [V2]."""
    yield from _stated_within("L-RT-14", policy, "C-ACC-01", Period(years=2), as_of)


def candidates_two_years(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-15, when the policy covers candidates. Source: CNIL retention page [V1]."""
    for rule in policy.retention.rules:
        lasts = effective_active(rule, policy, as_of)
        if rule.id == "candidates" and outlasts(lasts, Period(years=2), as_of):
            yield found("L-RT-15", rule.active, "lasts", _too_long(lasts, Period(years=2)))


def necessity_has_criteria(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-16. Source: GDPR 13(2)(a); WP260 [V3]."""
    silent = [purpose for purpose in policy.purposes if purpose.leaves_unstated(Unstated.RETENTION)]
    if silent:
        message = Text(
            fr=f"« le temps nécessaire », sans critère, pour {len(silent)} finalité(s)",
            en=f"'as long as necessary', without criteria, for {len(silent)} purpose(s)",
        )
        yield found("L-RT-16", policy.phases, "principles", message)


def table_is_complete(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-17. Source: GDPR 13(2)(a)."""
    if not policy.phases.table_is_exhaustive:
        message = Text(
            fr="le tableau n'est donné qu'à titre d'exemple", en="the table is only given as an example"
        )
        yield found("L-RT-17", policy.phases, "table_is_exhaustive", message)


def legal_periods_are_cited(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-18. Source: CEF 2025 recommendation [V2]."""
    if policy.retention.legal_periods and not policy.phases.cited_texts:
        message = Text(fr="des durées légales, aucun texte cité", en="legal periods, no text cited")
        yield found("L-RT-18", policy.phases, "cited_texts", message)


def accounting_runs_from_the_close(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-19. Source: C. com. L123-22 [V2]."""
    message = Text(
        fr="les pièces comptables ne sont pas séparées, comptées de la clôture",
        en="accounting records are not set apart, counted from fiscal close",
    )
    yield from _told("L-RT-19", policy, "L123-22", message)


def anonymising_has_a_method(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-20. Source: WP216 [V2]; recital 26."""
    announced = Operation.ANONYMISE in policy.handling.operations
    used = any(rule.end is End.ANONYMISE for rule in policy.retention.rules)
    if (announced or used) and policy.handling.anonymisation_method is None:
        message = Text(fr="anonymisation annoncée, sans méthode", en="anonymising announced, no method")
        yield found("L-RT-20", policy.handling, "anonymisation_method", message)


def backups_have_a_row(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-21. Source: CEF 2025 [V2]."""
    yield from _row("L-RT-21", policy, "backups", Text(fr="les sauvegardes", en="backups"))


def consent_proof_has_a_row(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-22. Source: GDPR 7(1); C. conso. R223-2 [V2]."""
    yield from _row(
        "L-RT-22", policy, "consent_proof", Text(fr="la preuve du consentement", en="proof of consent")
    )


def calls_six_months(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-23. Source: CNIL call-recording guidance [V3]."""
    yield from _stated_within("L-RT-23", policy, "C-CAT-05", Period(months=6), as_of)


def fraud_alerts_are_short(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-24. Source: CNIL fraud doctrine (former AU-054) [V3]."""
    yield from _stated_within("L-RT-24", policy, "C-FRD-01", Period(months=12), as_of)


def legal_minima_are_met(policy: Policy, as_of: date) -> Iterator[Finding]:
    """L-RT-25. Source: C. com. L123-22; LPF L102 B; C. conso. L213-1."""
    for period in policy.retention.legal_periods:
        minimum = LEGAL_MINIMA.get(period.id)
        if minimum is not None and outlasts(minimum, period.lasts, as_of):
            message = Text(
                fr=f"{period.label.fr} : la loi demande au moins {minimum.words('fr')}",
                en=f"{period.label.en}: the law asks for at least {minimum.words('en')}",
            )
            yield found("L-RT-25", period, "lasts", message)


def electronic_contracts_are_told(policy: Policy, _: date) -> Iterator[Finding]:
    """L-RT-26. Source: C. conso. L213-1, D213-1, D213-2 [V3]."""
    message = Text(
        fr="l'accès de 10 ans aux contrats électroniques n'est pas dit",
        en="the 10-year access to electronic contracts is not told",
    )
    yield from _told("L-RT-26", policy, "L213-1", message)


def _longer_than(code: str, policy: Policy, clause: str, limit: Period, as_of: date) -> Iterator[Finding]:
    for rule in rules_citing(policy, clause):
        lasts = effective_active(rule, policy, as_of)
        if outlasts(lasts, limit, as_of):
            yield found(code, rule.active, "lasts", _too_long(lasts, limit))


def _stated_within(code: str, policy: Policy, clause: str, limit: Period, as_of: date) -> Iterator[Finding]:
    """Yield a finding when the text states no rule for *clause*, and for each one longer than *limit*."""
    rules = rules_citing(policy, clause)
    for rule in rules:
        if rule.reading is not None:
            yield found(code, rule, "reading", _silent(rule))
    if not rules:
        message = Text(fr=f"aucune durée pour {clause}", en=f"no duration for {clause}")
        yield found(code, policy.retention, "rules", message)
    yield from _longer_than(code, policy, clause, limit, as_of)


def _silent(rule: RetentionRule) -> Text:
    lasts = rule.active.at_most or rule.active.lasts
    return Text(
        fr=f"« {rule.id} » : le texte ne dit pas de durée ; {lasts.words('fr')} est notre lecture",
        en=f"'{rule.id}': the text states no duration; {lasts.words('en')} is our reading",
    )


def _too_long(lasts: Period, limit: Period) -> Text:
    return Text(
        fr=f"{lasts.words('fr')} au lieu de {limit.words('fr')} au plus",
        en=f"{lasts.words('en')} instead of {limit.words('en')} at most",
    )


def _row(code: str, policy: Policy, rule_id: str, what: Text) -> Iterator[Finding]:
    if rule_id not in {rule.id for rule in policy.retention.rules}:
        message = Text(
            fr=f"aucune durée pour {what.fr} (règle « {rule_id} »)",
            en=f"no duration for {what.en} (rule '{rule_id}')",
        )
        yield found(code, policy.retention, "rules", message)


def _told(code: str, policy: Policy, article: str, message: Text) -> Iterator[Finding]:
    if not any(article in text for text in policy.phases.cited_texts):
        yield found(code, policy.phases, "cited_texts", message)


RULES: Mapping[str, Judge] = {
    "L-RT-01": prospects_three_years,
    "L-RT-02": customers_three_years,
    "L-RT-03": archive_is_covered,
    "L-RT-04": archive_start_is_clear,
    "L-RT-05": only_acts_restart,
    "L-RT-06": sign_in_does_not_keep_evidence,
    "L-RT-07": video_one_month,
    "L-RT-08": badges_three_months,
    "L-RT-09": cards_thirteen_months,
    "L-RT-10": audience_limits,
    "L-RT-11": logs_six_to_twelve_months,
    "L-RT-12": suppression_list_has_a_row,
    "L-RT-13": request_files_have_a_row,
    "L-RT-14": accounts_two_years,
    "L-RT-15": candidates_two_years,
    "L-RT-16": necessity_has_criteria,
    "L-RT-17": table_is_complete,
    "L-RT-18": legal_periods_are_cited,
    "L-RT-19": accounting_runs_from_the_close,
    "L-RT-20": anonymising_has_a_method,
    "L-RT-21": backups_have_a_row,
    "L-RT-22": consent_proof_has_a_row,
    "L-RT-23": calls_six_months,
    "L-RT-24": fraud_alerts_are_short,
    "L-RT-25": legal_minima_are_met,
    "L-RT-26": electronic_contracts_are_told,
}
