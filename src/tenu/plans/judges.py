"""What judges each clause: one small function per way of knowing, and the table of which clause asks which.

A zero counted while a system was silent, a column unclassified or a person in doubt is unknown, never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from tenu.law.ceilings import outlasts
from tenu.plans.archive_judges import packages, restricted
from tenu.plans.facts import AnonymousTable, EndFacts, Facts, Truth, broken, kept, unknown
from tenu.plans.reason import day_text
from tenu.plans.text_judges import addresses, basis, cited_duties, every_basis, every_rule, inside_eea, told
from tenu.terms import ClauseStatus, LegalBasis, Severity, Text

Judge = Callable[[Facts], Truth]
BREAKING = (Severity.BLOCKER, Severity.MAJOR)
UNCLASSIFIED = ("D-COL-02", "D-TBL-02", "D-PATH-01")
"""Findings that leave a column, a table or a key of a document nobody looked at: nothing counted around it can be called kept."""
PROSPECT_ACTS = frozenset(
    {"reply", "click", "form", "incoming_call", "quote_request", "purchase", "event_attendance"}
)
"""The closed list of acts that restart a prospect's clock. Source: policy C-RET-14, reading A-26."""
NOT_COUNTED = unknown("le décompte n'a pas pu être fait", "the count could not be done")


# ── ways of knowing ──


def _silent(facts: Facts) -> Truth | None:
    if facts.unreachable:
        names = ", ".join(facts.unreachable)
        return unknown(f"systèmes muets : {names}", f"silent systems: {names}")
    blocking = [f for f in facts.schema if f.severity is Severity.BLOCKER or f.code in UNCLASSIFIED]
    if blocking:
        codes = ", ".join(sorted({found.code for found in blocking}))
        return unknown(f"carte des données à corriger : {codes}", f"data map to be mended: {codes}")
    return None


def _nothing_overdue(*rules: str) -> Judge:
    """Return the judge that no row lived past its last day by one of *rules*."""
    return partial(_overdue, rules=rules)


def _overdue(facts: Facts, rules: tuple[str, ...]) -> Truth:
    if silent := _silent(facts):
        return silent
    if facts.overdue is None or facts.doubtful is None:
        return NOT_COUNTED
    late = sum(facts.overdue.get(rule, 0) for rule in rules)
    tables = sorted({table for rule in rules for table in facts.bound.get(rule, ())})
    if late:
        return broken(f"{late} au-delà de leur dernier jour", f"{late} past their last day")
    if not tables:
        return unknown(
            "aucune table de la carte ne suit cette règle : rien n'a été regardé",
            "no table of the data maps lives by this rule: nothing was looked at",
        )
    if unsure := _unsure(facts, facts.doubtful, rules, tables):
        return unsure
    where = ", ".join(tables)
    return kept(f"0 au-delà de leur dernier jour ({where})", f"0 past their last day ({where})")


def _unsure(
    facts: Facts, doubtful: Mapping[str, int], rules: tuple[str, ...], tables: list[str]
) -> Truth | None:
    """Return why a count of zero past their last day proves nothing; None when it does prove it."""
    if people := sum(doubtful.get(rule, 0) for rule in rules):
        return _in_doubt(people)
    stores = sorted({table.partition(".")[0] for table in tables} & facts.unjudged.keys())
    if stores:
        names = ", ".join(f"{store} {facts.unjudged[store]}" for store in stores)
        return unknown(
            f"fichiers, dossiers ou liens que rien n'a pu dater : {names}",
            f"files, folders or links nothing could date: {names}",
        )
    return None


def _images(facts: Facts) -> Truth:
    """Judge C-CAT-02: every file of images has a purpose, by its data map, and none lived past its last day."""
    mine = {category.id for category in facts.policy.categories if "C-CAT-02" in category.clauses}
    places = {f"{s.store}.{n}" for s in facts.stores for n, f in s.files.items() if f.category in mine}
    if not places:
        return unknown("aucun dossier d'images n'est décrit", "no folder of images is described")
    columns = ((f"{s.system}.{n}", t.columns.values()) for s in facts.systems for n, t in s.tables.items())
    places |= {table for table, personal in columns if any(column.category in mine for column in personal)}
    return _overdue(facts, tuple(rule for rule, tables in facts.bound.items() if places & set(tables)))


def _in_doubt(people: int) -> Truth:
    return unknown(f"{people} à départager par un humain", f"{people} for a human to tell apart")


def _no_findings(codes: Iterable[str], said: Text) -> Judge:
    return partial(_findings, codes=tuple(codes), said=said)


def _findings(facts: Facts, codes: tuple[str, ...], said: Text) -> Truth:
    found = facts.codes(*codes)
    if found:
        places = ", ".join(dict.fromkeys(str(f.place) for f in found[:5]))
        return broken(f"{len(found)} : {places}", f"{len(found)}: {places}")
    return _silent(facts) or kept(said.fr, said.en)


def _archive_ends(facts: Facts, rule: str) -> Truth:
    ended = packages(facts, "past")
    return ended if ended.status is ClauseStatus.BROKEN or facts.bound.get(rule) else _overdue(facts, (rule,))


def _closed_restarts(facts: Facts) -> Truth:
    listened = {
        kind for r in facts.policy.retention.rules if r.id == "prospecting" for kind in r.active.restarted_by
    }
    outside = ", ".join(sorted(listened - PROSPECT_ACTS))
    if outside:
        return broken(f"redémarre aussi par : {outside}", f"restarts by these too: {outside}")
    feeds = sum(1 for system in facts.systems for act in system.acts if act.kind in listened)
    if silent := _silent(facts):
        return silent
    if not feeds:
        return unknown("aucun acte de prospect n'est décrit", "no act of a prospect is described")
    return kept(
        f"{feeds} sources d'actes, toutes de la liste fermée ; une ouverture n'en est pas",
        f"{feeds} feeds of acts, all of the closed list; an opening is none",
    )


def _ended_for_good(facts: Facts) -> Truth:
    if wrong := _not_ended(facts) or _back_or_left(facts.end) or _silent(facts):
        return wrong
    if facts.last_run_complete is None:
        return unknown("aucune exécution n'est au journal", "no run is in the journal")
    if facts.overdue is None or facts.doubtful is None:
        return NOT_COUNTED
    doubtful = sum(facts.doubtful.values()) + facts.end.doubtful
    return _in_doubt(doubtful) if doubtful else _end_proved(facts.end)


def _not_ended(facts: Facts) -> Truth | None:
    """Return how the end of data is broken by rows: some are still there, or the last run left some."""
    late = sum((facts.overdue or {}).values())
    if late:
        return broken(f"{late} encore là après leur dernier jour", f"{late} still there past their last day")
    if facts.last_run_complete is False:
        return broken("la dernière exécution est incomplète", "the last run is not complete")
    return None


def _back_or_left(end: EndFacts) -> Truth | None:
    """Return how the end of data is broken: people are back, the ledger is not sure, an identifier is still there."""
    if not end.intact:
        return broken("le registre des effacements a été modifié", "the ledger of erasures was changed")
    if end.restored:
        names = ", ".join(end.restored)
        return broken(f"restaurée sans rejeu : {names}", f"restored and not replayed: {names}")
    if end.residual:
        return broken(
            f"{end.residual} cellules désignent encore une personne effacée",
            f"{end.residual} cells still designate somebody erased",
        )
    return None


def _end_proved(end: EndFacts) -> Truth:
    """Return whether everything was looked at; the end is said with the day the last backup ends."""
    if end.restored is None:
        return NOT_COUNTED
    if end.unread or end.earlier:
        return unknown(
            f"{end.unread} tables ou fiches non relues, {end.earlier} cellules trouvées plus tôt : à attester",
            f"{end.unread} tables or records not searched, {end.earlier} cells found earlier: to be attested",
        )
    if end.undeclared:
        names = ", ".join(end.undeclared)
        return unknown(
            f"durée des sauvegardes non déclarée : {names}",
            f"how long backups are kept is not declared: {names}",
        )
    fr = en = ""
    if end.backups_until:
        fr = f", sauvegardes jusqu'au {day_text(end.backups_until, 'fr')}"
        en = f", backups until {day_text(end.backups_until, 'en')}"
    return kept(f"dernière exécution complète, 0 restant{fr}", f"last run complete, 0 left{en}")


def _governed(facts: Facts) -> Truth:
    return _findings(
        facts,
        ("D-TBL-01", "D-TBL-02", "D-OWN-01", "D-OWN-02", "D-PUR-01", "D-RULE-01"),
        Text(fr="chaque table a sa règle et ses phases", en="every table has its rule and its phases"),
    )


def _law_first(facts: Facts) -> Truth:
    keeping = [f"{s.system}.{n}" for s in facts.systems for n, t in s.tables.items() if t.kept_by_law]
    if facts.codes("D-LEG-01", "D-LEG-02", "D-LEG-03", "D-LEG-04", "D-LEG-05", "D-CAS-01"):
        return broken(
            "une durée légale n'est pas respectée par la carte", "the data map breaks a legal period"
        )
    if not keeping:
        return unknown("aucune table n'est dite gardée par la loi", "no table is said to be kept by law")
    return _silent(facts) or kept(
        f"la loi d'abord pour {', '.join(keeping)}", f"the law first for {', '.join(keeping)}"
    )


def _disputes(facts: Facts) -> Truth:
    """Judge C-PUR-12: no hold without a ground, an owner, or a review in six months."""
    if silent := _silent(facts):
        return silent
    if facts.holds is None:
        return NOT_COUNTED
    late = facts.holds.late + facts.holds.rows_late
    if late:
        return broken(
            f"{late} gels sans revue depuis six mois", f"{late} holds without a review in six months"
        )
    if facts.holds.rows_unowned:
        bare = facts.holds.rows_unowned
        return broken(f"{bare} gels sans responsable", f"{bare} holds without an owner")
    if facts.holds.rows_undated:
        bare = facts.holds.rows_undated
        return unknown(
            f"{bare} litiges d'une base dont la revue n'est datée nulle part (reviewed_on)",
            f"{bare} disputes of a database whose review is dated nowhere (reviewed_on)",
        )
    number = facts.holds.in_force + facts.holds.rows
    return kept(
        f"{number} gels, chacun motivé, suivi et revu", f"{number} holds, each with ground, owner and review"
    )


def _longest_ground(facts: Facts) -> Truth:
    periods = facts.policy.retention.legal_periods
    over = [
        rule.id
        for rule in facts.policy.retention.rules
        if rule.archive and all(outlasts(rule.archive.lasts, period.lasts, facts.as_of) for period in periods)
    ]
    if over:
        names = ", ".join(over)
        return broken(
            f"archive plus longue que tout texte cité : {names}",
            f"archive longer than any cited text: {names}",
        )
    texts = ", ".join(dict.fromkeys(period.text for period in periods))
    return kept(
        f"aucune archive plus longue que les textes cités ({texts})",
        f"no archive longer than the cited texts ({texts})",
    )


def _anonymous(facts: Facts) -> Truth:
    """Judge that nothing is called anonymous without a passing, dated measure. Source: recital 26; WP216."""
    if not facts.anonymous:
        return unknown("aucune table ne finit par l'anonymat", "no table ends in anonymity")
    untested = [t.place for t in facts.anonymous if t.since and t.wanted is None]
    failed = [t.place for t in facts.anonymous if t.measured_on and not _enough(t)]
    if wrong := sorted({*untested, *failed}):
        names = ", ".join(wrong)
        return broken(
            f"dit anonyme sans épreuve réussie : {names}", f"called anonymous without a passing test: {names}"
        )
    waiting = [t.place for t in facts.anonymous if t.measured_on is None or t.since]
    if waiting:
        names = ", ".join(waiting)
        return unknown(
            f"à mesurer, par « tenu apply » : {names}", f"to be measured, by 'tenu apply': {names}"
        )
    on = max(t.measured_on for t in facts.anonymous if t.measured_on)
    said = ", ".join(f"{t.place} k={t.k}" if t.rows else f"{t.place} 0" for t in facts.anonymous)
    return _silent(facts) or kept(
        f"épreuves réussies, la dernière le {day_text(on, 'fr')} : {said}",
        f"tests passed, the last on {day_text(on, 'en')}: {said}",
    )


def _unchanged(facts: Facts) -> Truth:
    """Judge that rows of restricted people cannot change: each database refuses by itself, all its triggers in place.

    Source: GDPR 18(2); policy C-RGT-16; INV-06.
    """
    if wrong := facts.codes("D-ENF-01", "D-ENF-02"):
        said = "; ".join(found.message.fr for found in wrong), "; ".join(found.message.en for found in wrong)
        return broken(*said)
    free = ", ".join(system.system for system in facts.systems if not system.enforce_restrictions)
    if free:
        return unknown(
            f"seul tenu s'interdit d'y changer des données limitées : {free}",
            f"tenu alone keeps from changing restricted data there: {free}",
        )
    count = len(facts.systems)
    return _silent(facts) or kept(
        f"{count} bases refusent elles-mêmes, tous leurs déclencheurs en place",
        f"{count} databases refuse by themselves, all their triggers in place",
    )


def _enough(table: AnonymousTable) -> bool:
    return table.passed and (not table.rows or table.k >= (table.wanted or 1))


_CLASSIFIED = Text(fr="chaque colonne est classée", en="every column is classified")
_PERSON_RULES = ("prospecting", "contract", "relation")

JUDGES: Mapping[str, Judge] = {
    "C-GEN-03": told,
    "C-CTL-02": addresses,
    "C-TRF-01": inside_eea,
    "C-CAT-01": _no_findings(("D-PUR-01", "D-COL-02", "D-PATH-01"), _CLASSIFIED),
    "C-CAT-02": _images,
    "C-CAT-03": _no_findings(("D-PUR-01", "D-COL-02", "D-PATH-01"), _CLASSIFIED),
    "C-CAT-04": _nothing_overdue("connection_logs"),
    "C-CAT-05": _nothing_overdue("calls"),
    "C-CAT-06": _no_findings(
        ("D-CAT-01", "D-COL-02", "D-PATH-01"),
        Text(fr="aucune catégorie hors liste", en="no category outside the list"),
    ),
    "C-PUR-11": _nothing_overdue("relation"),
    "C-PUR-12": _disputes,
    "C-PUR-13": _nothing_overdue("relation"),
    "C-PUR-14": _nothing_overdue("audience"),
    "C-PAY-03": _nothing_overdue("bank_details"),
    "C-FRD-01": _nothing_overdue("fraud_alerts"),
    "C-SEC-01": _nothing_overdue("video"),
    "C-SEC-02": _nothing_overdue("badge"),
    "C-AGD-01": _nothing_overdue("agenda"),
    "C-ACC-01": _nothing_overdue("accounts"),
    "C-LGB-01": every_basis,
    "C-LGB-06": cited_duties,
    "C-OPS-03": _anonymous,
    "C-RET-01": _governed,
    "C-RET-02": _nothing_overdue(*_PERSON_RULES),
    "C-RET-04": partial(packages, wrong="groundless"),
    "C-RET-05": restricted,
    "C-RET-06": partial(packages, wrong="past"),
    "C-RET-07": _ended_for_good,
    "C-RET-08": _anonymous,
    "C-RET-09": every_rule,
    "C-RET-10": _longest_ground,
    "C-RET-11": _law_first,
    "C-RET-13": _nothing_overdue("prospecting"),
    "C-RET-14": _closed_restarts,
    "C-RET-15": partial(packages, wrong="forbidden"),
    "C-RET-16": partial(basis, rule="contract", basis=LegalBasis.CONTRACT),
    "C-RET-17": _nothing_overdue("contract"),
    "C-RET-19": partial(_archive_ends, rule="contract"),
    "C-RET-20": partial(basis, rule="relation", basis=LegalBasis.CONTRACT),
    "C-RET-21": _nothing_overdue("relation"),
    "C-RET-22": partial(_archive_ends, rule="relation"),
    "C-RGT-16": _unchanged,
}
"""Clause to its judge. A clause that is not here is unknown until something looks at it."""

RULE_OF: Mapping[str, str] = {
    "C-CAT-04": "connection_logs",
    "C-CAT-05": "calls",
    "C-PUR-14": "audience",
    "C-PAY-03": "bank_details",
    "C-SEC-01": "video",
    "C-SEC-02": "badge",
    "C-ACC-01": "accounts",
    "C-RET-13": "prospecting",
    "C-RET-17": "contract",
    "C-RET-21": "relation",
}
"""Clause to the rule whose length the law may find too long."""
