"""Ce que la politique dit des durées : le tableau, ses délais, son archive, nos lectures de ses silences."""

from __future__ import annotations

import pytest

from policy.seed import seed
from tenu.periods.period import Period
from tenu.policy.retention import Scope, Stricter
from tenu.terms import End, Phase

STATED = {"prospecting", "contract", "relation", "trackers"}


def test_les_donnees_vivent_en_trois_phases() -> None:
    """Active, archive, fin (C-RET-01)."""
    assert [promise.phase for promise in seed().phases.phases] == [Phase.ACTIVE, Phase.ARCHIVE, Phase.ENDED]


@pytest.mark.parametrize("rule", ["prospecting", "contract", "relation"])
def test_la_base_active_dure_cinq_ans(rule: str) -> None:
    """Cinq ans pour les trois lignes du tableau (C-RET-13, C-RET-17, C-RET-21)."""
    assert seed().retention.rule(rule).active.lasts == Period(years=5)


def test_un_prospect_repart_pour_cinq_ans_quand_il_agit() -> None:
    """Réponse, clic, formulaire, appel reçu, devis, achat, événement (C-RET-14)."""
    assert set(seed().retention.rule("prospecting").active.restarted_by) == {
        *("reply", "click", "form", "incoming_call", "quote_request", "purchase", "event_attendance")
    }


def test_un_prospect_n_est_pas_archive() -> None:
    """Le tableau porte une croix (C-RET-15)."""
    assert seed().retention.rule("prospecting").archive is None


def test_un_contrat_repart_de_sa_derniere_activite() -> None:
    """Fin d'exécution, achat, service, connexion (C-RET-18)."""
    restarted_by = seed().retention.rule("contract").active.restarted_by
    assert restarted_by == ("end_of_performance", "purchase", "service", "sign_in")


@pytest.mark.parametrize("rule", ["contract", "relation"])
def test_aucun_delai_ne_court_pendant_un_contrat(rule: str) -> None:
    """Le temps de l'exécution s'ajoute aux cinq ans (C-RET-17)."""
    assert seed().retention.rule(rule).active.suspended_while == ("contract_running",)


def test_la_relation_repart_de_tout_acte_de_la_personne() -> None:
    """La liste de la relation contient celle du contrat, et davantage (C-RET-21)."""
    rules = seed().retention
    assert set(rules.rule("contract").active.restarted_by) < set(rules.rule("relation").active.restarted_by)


@pytest.mark.parametrize("rule", ["contract", "relation"])
def test_l_archive_finit_dix_ans_apres_la_relation(rule: str) -> None:
    """Dix ans comptés de la fin de la relation contractuelle, lecture A (C-RET-19, C-RET-22, A-29)."""
    archive = seed().retention.rule(rule).archive
    assert archive is not None
    assert (archive.lasts, archive.counted_from, archive.reading) == (
        Period(years=10),
        ("end_of_performance", "purchase"),
        "A-29/A",
    )


def test_quatre_durees_seulement_sont_dans_le_texte() -> None:
    """Toutes les autres portent la lecture qui les pose."""
    assert {rule.id for rule in seed().retention.rules if rule.reading is None} == STATED


@pytest.mark.parametrize(
    ("rule", "lasts", "each"),
    [
        ("bank_details", Period(months=13), Scope.PERSON),
        ("fraud_alerts", Period(months=12), Scope.RECORD),
        ("connection_logs", Period(months=12), Scope.RECORD),
        ("calls", Period(months=6), Scope.RECORD),
        ("audience", Period(months=25), Scope.RECORD),
        ("video", Period(months=1), Scope.RECORD),
        ("badge", Period(months=3), Scope.RECORD),
        ("agenda", Period(months=12), Scope.RECORD),
        ("accounts", Period(months=24), Scope.PERSON),
    ],
)
def test_une_duree_que_le_texte_tait_suit_notre_lecture(rule: str, lasts: Period, each: Scope) -> None:
    """Les durées appliquées dans les silences du texte (A-16, A-17, A-19, A-20, A-25)."""
    read = seed().retention.rule(rule)
    assert (read.active.lasts, read.each) == (lasts, each)


def test_une_image_ne_depasse_jamais_trente_jours() -> None:
    """Un mois, et trente jours au plus (C-SEC-01, A-19)."""
    assert seed().retention.rule("video").active.at_most == Period(days=30)


def test_un_iban_reste_tant_qu_un_mandat_court() -> None:
    """Treize mois après le dernier débit, une fois mandat et contrat finis (C-PAY-03, A-16)."""
    active = seed().retention.rule("bank_details").active
    assert (active.restarted_by, active.suspended_while) == (
        ("debit",),
        ("mandate_running", "contract_running"),
    )


def test_tout_finit_efface_sauf_ce_qui_sert_aux_statistiques() -> None:
    """Les données d'amélioration finissent anonymes, les autres effacées (C-RET-07)."""
    assert [rule.id for rule in seed().retention.rules if rule.end is End.ANONYMISE] == ["improvement"]


@pytest.mark.parametrize(
    ("period", "lasts", "counted_from"),
    [
        ("accounting", Period(years=10), "fiscal_close"),
        ("tax", Period(years=6), "document"),
        ("econtract", Period(years=10), "performance"),
        ("card_debit", Period(months=13), "document"),
        ("card_deferred_debit", Period(months=15), "document"),
    ],
)
def test_une_duree_legale_part_de_son_propre_jour(period: str, lasts: Period, counted_from: str) -> None:
    """Une facture compte de la clôture, un document fiscal de son jour (C-RET-10, C-RET-11)."""
    read = seed().retention.legal_period(period)
    assert (read.lasts, read.counted_from) == (lasts, counted_from)


def test_la_promesse_l_emporte_par_defaut_sur_la_reference_de_la_loi() -> None:
    """Ce qui est appliqué est ce qui est promis, cinq ans et non trois (C-RET-13, A-26)."""
    assert seed().retention.when_law_is_stricter is Stricter.KEEP_PROMISE


def test_le_tableau_ne_se_dit_pas_complet() -> None:
    """Le texte donne ses durées à titre d'exemple (C-RET-11)."""
    assert seed().phases.table_is_exhaustive is False


def test_toute_finalite_a_une_regle() -> None:
    """Aucune finalité ne reste sans durée appliquée (C-RET-09, A-25)."""
    known = {rule.id for rule in seed().retention.rules}
    assert {purpose.retention for purpose in seed().purposes} <= known
