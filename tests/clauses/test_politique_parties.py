"""Ce que la politique dit du responsable, du délégué, de l'autorité, et de ses propres changements."""

from __future__ import annotations

from datetime import date

from policy.seed import seed
from tenu.periods.period import Period


def test_jst_france_est_le_responsable_de_traitement() -> None:
    """JST France répond du traitement, à Vitry-le-François (C-CTL-01, C-CTL-02)."""
    assert (seed().controller.name, seed().controller.address[-1]) == (
        "JST France",
        "51300 Vitry-le-François",
    )


def test_le_delegue_a_une_adresse_electronique() -> None:
    """Le délégué se joint par courriel (C-DPO-01)."""
    assert seed().dpo.email == "dpo@jst.fr"


def test_la_cnil_est_l_autorite_a_saisir() -> None:
    """La CNIL est nommée, avec son site (C-CNI-01)."""
    assert (seed().authority.short_name, seed().authority.url) == ("CNIL", "https://www.cnil.fr")


def test_la_politique_est_datee_de_mars_2026() -> None:
    """Le texte ne donne qu'un mois, lu comme son premier jour (C-GEN-01, A-01)."""
    assert (seed().edition.dated, seed().edition.effective_on) == ("2026-03", date(2026, 3, 1))


def test_le_lien_mene_au_reglement_europeen() -> None:
    """Un lien mène au règlement 2016/679 (C-GEN-04)."""
    assert "32016R0679" in seed().edition.links[0].url


def test_les_personnes_sont_prevenues_trente_jours_avant() -> None:
    """Le texte ne dit pas quand ; trente jours sont appliqués (C-CHG-02, A-04)."""
    assert (seed().changes.lead_time, seed().changes.applied_lead_time) == (None, Period(days=30))


def test_les_jours_se_comptent_a_paris() -> None:
    """Toutes les durées se comptent en jours civils de Paris, l'exercice clos le 31 décembre."""
    assert (seed().time_zone, str(seed().fiscal_year_end)) == ("Europe/Paris", "12-31")
