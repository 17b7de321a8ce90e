"""Ce que la politique dit des cookies."""

from __future__ import annotations

import pytest

from policy.seed import seed
from tenu.periods.period import Period
from tenu.policy.cookies import Anchor, Control


def test_il_y_a_trois_sortes_de_cookies() -> None:
    """Nécessaires, de mesure, de partage (C-CKE-03, C-CKE-04, C-CKE-06)."""
    assert [category.id for category in seed().cookies.categories] == ["necessary", "analytics", "sharing"]


def test_seuls_les_necessaires_n_attendent_pas_l_accord() -> None:
    """L'accord est préalable, sauf pour le strictement nécessaire (C-CKE-11, A-38)."""
    assert [each.id for each in seed().cookies.categories if not each.waits_for_consent] == ["necessary"]


def test_l_accord_vaut_treize_mois_au_plus() -> None:
    """Treize mois comptés du premier dépôt (C-CKE-09)."""
    choice = seed().cookies.choice
    assert (choice.at_most, choice.counted_from) == (Period(months=13), Anchor.FIRST_DEPOSIT)


def test_la_question_revient_apres_six_mois() -> None:
    """Six mois sont appliqués, dans la limite des treize (A-40)."""
    assert seed().cookies.choice.asked_again_after == Period(months=6)


def test_aucun_traceur_ne_dure_plus_de_treize_mois() -> None:
    """La règle de conservation des traceurs est celle de la promesse (C-CKE-09)."""
    assert seed().retention.rule("trackers").active.lasts == Period(months=13)


def test_les_choix_se_gerent_dans_le_navigateur() -> None:
    """Le texte n'offre pas d'autre réglage (C-CKE-10)."""
    assert seed().cookies.controls == (Control.BROWSER,)


@pytest.mark.parametrize(
    ("browser", "since", "steps"),
    [("Edge", None, 3), ("Firefox", "30.0", 6), ("Chrome", None, 4), ("Safari", "5.0", 2)],
)
def test_chaque_navigateur_a_son_guide(browser: str, since: str | None, steps: int) -> None:
    """Quatre guides, avec leurs étapes et un lien (C-CKE-12 à C-CKE-15)."""
    guide = next(each for each in seed().cookies.browsers if each.browser == browser)
    assert (guide.since, len(guide.steps), bool(guide.link)) == (since, steps, True)


def test_les_outils_de_partage_sont_dits_etrangers() -> None:
    """Le texte se dit étranger à ces outils (C-CKE-07)."""
    tools = seed().cookies.social_tools
    assert tools is not None
    assert tools.denies_involvement is True
