"""Ce que la politique dit du consentement, de son retrait et des droits de chacun."""

from __future__ import annotations

import pytest

from policy.seed import seed
from tenu.periods.period import Period
from tenu.policy.consent import Granularity, Item, Route
from tenu.policy.rights import Answer, Case, Reserve, Right


def test_sept_droits_sont_promis() -> None:
    """Accès, portabilité, opposition, rectification, effacement, limitation, intervention humaine."""
    assert [promise.right for promise in seed().rights.promised] == [
        Right.ACCESS,
        Right.PORTABILITY,
        Right.OBJECTION,
        Right.RECTIFICATION,
        Right.ERASURE,
        Right.RESTRICTION,
        Right.HUMAN_INTERVENTION,
    ]


@pytest.mark.parametrize(
    ("right", "cases"),
    [
        (
            Right.OBJECTION,
            {Case.PROSPECTING, Case.PARTNER_PROSPECTING, Case.RESEARCH, Case.FRAUD, Case.PREVENTION},
        ),
        (Right.RECTIFICATION, {Case.OBSOLETE_OR_WRONG, Case.INCOMPLETE}),
        (Right.ERASURE, {Case.NO_LONGER_NEEDED}),
        (Right.RESTRICTION, {Case.UNLAWFUL, Case.ACCURACY_CONTESTED, Case.LEGAL_CLAIMS}),
    ],
)
def test_un_droit_vaut_dans_les_cas_que_le_texte_dit(right: Right, cases: set[Case]) -> None:
    """Les cas de chaque droit sont ceux du texte, ni plus ni moins (C-RGT-05 à C-RGT-14)."""
    promise = seed().rights.promise(right)
    assert promise is not None
    assert set(promise.cases) == cases


def test_l_acces_donne_la_confirmation_et_la_copie() -> None:
    """Savoir, et recevoir une copie (C-RGT-01, C-RGT-02)."""
    access = seed().rights.promise(Right.ACCESS)
    assert access is not None
    assert access.answers == (Answer.CONFIRMATION, Answer.COPY)


def test_l_effacement_reserve_les_durees_legales() -> None:
    """Seules les durées légales sont opposées (C-RGT-10)."""
    erasure = seed().rights.promise(Right.ERASURE)
    assert erasure is not None
    assert erasure.exceptions == (Reserve.LEGAL_DURATIONS,)


def test_une_donnee_limitee_ne_sert_ni_ne_change() -> None:
    """La limitation a deux effets (C-RGT-15, C-RGT-16)."""
    restriction = seed().rights.promise(Right.RESTRICTION)
    assert restriction is not None
    assert [clause for effect in restriction.effects for clause in effect.clauses] == ["C-RGT-15", "C-RGT-16"]


def test_une_demande_recoit_reponse_en_un_mois() -> None:
    """Un mois compté de la réception (C-RGT-22)."""
    deadline = seed().rights.deadline
    assert (deadline.within, deadline.counted_from) == (Period(months=1), "receipt")


def test_les_droits_s_exercent_par_courriel_ou_par_lettre() -> None:
    """Deux voies, sans exclure les autres (C-RGT-19, C-RGT-20)."""
    exercise = seed().rights.exercise
    assert (exercise.routes, exercise.only_these_routes) == ((Route.EMAIL, Route.POST), False)


def test_la_demande_dit_qui_et_quoi() -> None:
    """Six éléments sont demandés, sans pièce d'identité (C-RGT-21)."""
    assert set(seed().rights.exercise.items) == set(Item) - {Item.IDENTITY_DOCUMENT}


def test_le_consentement_se_retire_en_ecrivant_au_delegue() -> None:
    """Par courriel ou courrier, en donnant cinq éléments (C-WDR-01, C-WDR-02)."""
    withdrawal = seed().consent.withdrawal
    assert (withdrawal.routes, len(withdrawal.items)) == ((Route.EMAIL, Route.POST), 5)


def test_un_seul_consentement_vaut_pour_tous_les_canaux() -> None:
    """Le texte parle d'un consentement, exprès, sans distinguer les canaux (C-LGB-02)."""
    assert (seed().consent.called_express, seed().consent.covers) == (True, Granularity.ALL_CHANNELS)
