"""Ce que la politique dit de qui reçoit les données, et jusqu'où elles vont."""

from __future__ import annotations

from policy.seed import seed
from tenu.policy.recipients import Role
from tenu.policy.transfers import Tool


def test_chaque_classe_de_destinataires_du_texte_est_ecrite() -> None:
    """Sept classes dans la liste, et les prestataires de paiement nommés plus haut (C-RCP-06 à C-RCP-12)."""
    assert [each.id for each in seed().recipients.classes] == [
        "operations_providers",
        "improvement_providers",
        "advisers",
        "it_providers",
        "security_providers",
        "payment_providers",
        "investors",
        "french_authorities",
    ]


def test_conseils_et_investisseurs_sont_ranges_parmi_les_sous_traitants() -> None:
    """Le texte les présente comme tels, ce qu'ils ne sont pas en droit (C-RCP-08, C-RCP-11)."""
    misplaced = {each.id for each in seed().recipients.classes if each.presented_as is not each.role}
    assert misplaced == {"advisers", "investors"}


def test_les_autorites_sont_francaises() -> None:
    """Seules des autorités françaises sont annoncées (C-RCP-12)."""
    authorities = [each for each in seed().recipients.classes if each.role is Role.AUTHORITY]
    assert [each.countries for each in authorities] == [("FR",)]


def test_les_donnees_ne_sont_jamais_vendues() -> None:
    """Aucun commerce (C-RCP-04)."""
    assert seed().recipients.trade.ever is False


def test_les_sous_traitants_ont_pris_quatre_engagements() -> None:
    """Confidentialité, conformité, noms sur demande, personne d'autre (C-RCP-02, 03, 05 et 13)."""
    commitments = [clause for each in seed().recipients.commitments for clause in each.clauses]
    assert commitments == ["C-RCP-02", "C-RCP-03", "C-RCP-05", "C-RCP-13"]


def test_les_donnees_restent_dans_l_union() -> None:
    """Pas de transfert en règle générale (C-TRF-01)."""
    assert seed().transfers.as_a_rule is False


def test_une_exception_demande_l_adequation_ou_des_garanties() -> None:
    """Articles 45 et 46, jamais l'article 49 (C-TRF-03, C-TRF-04, A-08)."""
    assert [tool.tool for tool in seed().transfers.tools] == [Tool.ADEQUACY, Tool.SAFEGUARDS]
