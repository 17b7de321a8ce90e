"""Ce que la politique dit de la collecte, des catégories et de ce qui est fait des données."""

from __future__ import annotations

from policy.seed import seed
from tenu.policy.handling import Operation


def test_il_y_a_quatre_occasions_de_collecte() -> None:
    """Visite, échange, prospection, contrat (C-COL-01)."""
    occasions = [occasion.id for occasion in seed().collection.occasions.each]
    assert occasions == ["site_visit", "exchange", "prospecting", "contract"]


def test_rien_d_inutile_ni_d_interdit_ni_d_autre_n_est_collecte() -> None:
    """Trois limites bornent la collecte (C-COL-02, C-COL-03, C-CAT-06)."""
    limits = [clause for limit in seed().collection.limits for clause in limit.clauses]
    assert limits == ["C-COL-02", "C-COL-03", "C-CAT-06"]


def test_les_tiers_qui_collectent_ne_sont_pas_nommes() -> None:
    """Des tiers peuvent collecter, et le texte n'en nomme aucun (C-COL-06)."""
    assert seed().collection.third_parties.named == ()


def test_il_y_a_cinq_categories_de_donnees() -> None:
    """Identité, images, finances, connexion, internet et téléphonie (C-CAT-01 à C-CAT-05)."""
    held = {category.id: category.clauses for category in seed().categories}
    assert held == {
        "identity": ("C-CAT-01",),
        "images": ("C-CAT-02",),
        "financial": ("C-CAT-03",),
        "connection": ("C-CAT-04",),
        "internet_telephony": ("C-CAT-05",),
    }


def test_toutes_les_operations_annoncees_sont_ecrites() -> None:
    """Garder, corriger, effacer, archiver, rendre anonyme ou pseudonyme, transmettre (C-OPS-02, C-OPS-03)."""
    assert set(seed().handling.operations) == set(Operation)


def test_aucune_decision_n_est_automatisee() -> None:
    """La promesse est de n'en prendre aucune (C-ADM-01)."""
    assert seed().automated_decisions.taken is False
