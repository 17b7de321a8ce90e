"""Ce que la politique dit de ses finalités et de leurs bases légales."""

from __future__ import annotations

import pytest

from policy.seed import seed
from tenu.policy.purposes import Unstated
from tenu.terms import Channel, LegalBasis

STATED = {
    "prospecting": LegalBasis.CONSENT,
    "contract": LegalBasis.CONTRACT,
    "service_messages": LegalBasis.CONTRACT,
    "relation": LegalBasis.CONTRACT,
    "disputes": LegalBasis.CONTRACT,
    "history": LegalBasis.CONTRACT,
}
PURPOSE_CLAUSES = (
    *(f"C-PUR-{number:02}" for number in (3, *range(5, 18))),
    *(
        "C-PAY-01",
        "C-PAY-02",
        "C-PAY-03",
        "C-FRD-01",
        "C-FRD-02",
        "C-LAW-01",
        "C-LAW-02",
        "C-LAW-03",
        "C-LAW-04",
    ),
    *("C-SEC-01", "C-SEC-02", "C-AGD-01", "C-ACC-01", "C-CKE-03", "C-CKE-04"),
)


@pytest.mark.parametrize("clause", PURPOSE_CLAUSES)
def test_chaque_phrase_sur_un_usage_a_sa_finalite(clause: str) -> None:
    """Chaque usage annoncé se retrouve dans une finalité."""
    assert any(clause in purpose.clauses for purpose in seed().purposes)


def test_les_bases_du_tableau_sont_les_seules_dites() -> None:
    """Consentement pour la prospection, contrat pour l'exécution et la relation, rien pour le reste."""
    assert {p.id: p.basis for p in seed().purposes if p.basis is not None} == STATED


def test_un_silence_du_texte_est_ecrit_comme_un_silence() -> None:
    """Une finalité sans base est marquée comme non dite."""
    silent = {purpose.id for purpose in seed().purposes if purpose.leaves_unstated(Unstated.BASIS)}
    assert silent == {purpose.id for purpose in seed().purposes} - set(STATED)


def test_la_prospection_passe_par_courriel_courrier_et_telephone() -> None:
    """Trois canaux sont annoncés (C-PUR-05, C-PUR-06, C-PUR-07)."""
    assert seed().purpose("prospecting").channels == (Channel.EMAIL, Channel.POST, Channel.PHONE)


def test_quatre_bases_sont_offertes_sans_etre_rattachees() -> None:
    """Consentement, contrat, intérêt légitime, obligation légale (C-LGB-01)."""
    assert [each.basis for each in seed().legal_bases.offered] == [
        LegalBasis.CONSENT,
        LegalBasis.CONTRACT,
        LegalBasis.LEGITIMATE_INTEREST,
        LegalBasis.LEGAL_OBLIGATION,
    ]


def test_la_base_de_la_prospection_est_celle_du_tableau() -> None:
    """La ligne du tableau sur la prospection est portée par la finalité (C-RET-12)."""
    assert "C-RET-12" in seed().purpose("prospecting").clauses


def test_communiquer_n_est_pas_une_finalite() -> None:
    """« Communiquer avec vous » est une limite, non une finalité (C-PUR-04, A-13)."""
    assert not any("C-PUR-04" in purpose.clauses for purpose in seed().purposes)
