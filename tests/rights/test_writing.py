"""Letters of a living request: each true of where the request is, each in the words the journal holds the digest of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from lab import make_lab
from letters.given import ERASED
from tenu.adapters.staff import actor
from tenu.journal.cases import Case, CaseError, CaseState, Outcome
from tenu.law.reason_codes import UnknownCodeError
from tenu.letters.facts import LetterKind, Proof
from tenu.letters.page import MissingFactError
from tenu.operations.rights import requests as verbs
from tenu.operations.rights.access import access
from tenu.operations.rights.finding import look_up
from tenu.operations.rights.outcomes import keep_done
from tenu.operations.rights.searching import Sought
from tenu.operations.rights.sending import readdress
from tenu.operations.rights.writing import letter
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import IdentifierKind

NOBODY = "personne@nulle-part.example"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Open one small company as its officer; each test has its own requests in it."""
    folder = tmp_path_factory.mktemp("office")
    lab = make_lab(folder, lambda name: f"sqlite:///{folder / name}.db", people=60)
    with lab.ports() as ports:
        yield replace(ports, actor=actor("alice", {"dpo": ("alice",)}, ports.key))


def _received(ports: Ports, *rights: Right, address: str = "Madame Nulle Part\n1 rue X\n51300 Ville") -> Case:
    sought = Sought(values={IdentifierKind.EMAIL: (NOBODY,)})
    return verbs.receive(ports, rights, sought, channel=verbs.Intake.POST, address=address)


def _searched(ports: Ports, case: Case) -> None:
    verbs.acknowledge(ports, case.id)
    verbs.identify(ports, case.id, verbs.Method.KNOWN_ADDRESS)
    look_up(ports, case.id)


def _possible(ports: Ports, number: str) -> set[LetterKind]:
    """Return the letters that can be written of a request where it is."""
    found = set()
    for kind in LetterKind:
        try:
            letter(ports, number, kind)
        except (CaseError, MissingFactError):
            continue
        found.add(kind)
    return found


def test_each_letter_can_be_written_only_when_it_is_true(office: Ports) -> None:
    """From the arrival to an answer that says « nothing », the letters that fit are those of each moment."""
    number = _received(office, Right.ACCESS).id
    kinds, life = LetterKind, [_possible(office, number)]
    verbs.acknowledge(office, number)
    verbs.ask_identity(office, number, "écrit d'une autre adresse")
    life.append(_possible(office, number))
    verbs.identify(office, number, verbs.Method.KNOWLEDGE)
    look_up(office, number)
    verbs.extend(office, number, verbs.Extension.VOLUME, "Vous nous avez écrit neuf fois ce mois-ci.")
    life.append(_possible(office, number))
    verbs.decide(office, number, Right.ACCESS, Outcome.GRANTED)
    access(office, number, recipients=())
    life.append(_possible(office, number))
    ack = kinds.ACKNOWLEDGEMENT
    assert life == [
        {ack},
        {ack, kinds.IDENTITY, kinds.NOT_IDENTIFIED},
        {ack, kinds.EXTENSION},
        {ack, kinds.EXTENSION, kinds.NOTHING},
    ]


def test_a_letter_uses_the_words_the_journal_vouches_for(office: Ports) -> None:
    """Whatever was noted afterwards, the reasons told are those recorded with the act, and its new date."""
    number = _received(office, Right.ACCESS).id
    _searched(office, verbs.request(office, number))
    verbs.extend(office, number, verbs.Extension.COMPLEX, "Onze ans de courriers.")
    verbs.decide(office, number, Right.ACCESS, Outcome.GRANTED, note="rien de cela n'est à dire")
    text = letter(office, number, LetterKind.EXTENSION).text
    due = verbs.request(office, number).due.promised_by
    assert ("Onze ans de courriers." in text, "rien de cela" in text, str(due.year) in text) == (
        True,
        False,
        True,
    )


def test_what_is_wholly_refused_is_answered_at_once_with_its_reasons(office: Ports) -> None:
    """Nothing is left to do, so the letter of refusal can leave; it is late to nobody and the file lasts five years."""
    case = _received(office, Right.PORTABILITY)
    _searched(office, case)
    with pytest.raises(UnknownCodeError, match="NOTMET"):
        verbs.decide(office, case.id, Right.PORTABILITY, Outcome.REFUSED, codes=["NOTMET"], note="x")
    verbs.decide(
        office, case.id, Right.PORTABILITY, Outcome.REFUSED, codes=["not_met"], note="Rien sur contrat."
    )
    written = letter(office, case.id, LetterKind.ANSWER)
    left = verbs.answered(office, case.id, delivery="post", letter="0" * 64)
    assert ("Rien sur contrat." in written.text, left.state) == (True, CaseState.ANSWERED)


def test_what_was_done_per_holding_is_told(office: Ports) -> None:
    """What a right handed over is in the letter: erased, kept under which text until when, and the backups."""
    case = _received(office, Right.ERASURE)
    _searched(office, case)
    verbs.decide(
        office, case.id, Right.ERASURE, Outcome.PARTIAL, codes=["LEGAL_DUTY"], note="Sauf trois factures."
    )
    with pytest.raises(CaseError):
        letter(office, case.id, LetterKind.ANSWER)
    keep_done(office, case.id, ERASED)
    verbs.record(office, case.id, verbs.EventKind.REQUEST_EXECUTED, {"right": "erasure"})
    text = " ".join(letter(office, case.id, LetterKind.ANSWER).text.split())
    told = (
        "Sauf trois factures",
        "12 lignes",
        "Jusqu'au 31 décembre 2032",
        "26 octobre 2026",
        "Routage Exemple SARL",
    )
    assert [words for words in told if words not in text] == []


def test_only_what_is_missing_is_asked(office: Ports) -> None:
    """A reference that was given is not asked again; a human may ask less."""
    sought = Sought(values={IdentifierKind.CUSTOMER_REFERENCE: ("C000001",)})
    case = verbs.receive(office, [Right.ACCESS], sought, channel=verbs.Intake.EMAIL, address=NOBODY)
    verbs.acknowledge(office, case.id)
    verbs.ask_identity(office, case.id, "adresse inconnue")
    usual = letter(office, case.id, LetterKind.IDENTITY).text
    less = letter(office, case.id, LetterKind.IDENTITY, proofs=[Proof.ACCOUNT]).text
    assert ("numéro de client" in usual, "compte client" in usual, less.count("\n- ")) == (False, True, 2)


def test_the_day_promised_is_the_clock_s(office: Ports) -> None:
    """The acknowledgement promises the day lateness is counted from; a letter without an address is refused."""
    case = _received(office, Right.ACCESS, address="")
    with pytest.raises(MissingFactError):
        letter(office, case.id, LetterKind.ACKNOWLEDGEMENT)
    readdress(office, case.id, ["  ", NOBODY])
    facts = letter(office, case.id, LetterKind.ACKNOWLEDGEMENT, language="en").facts
    assert (facts.addressee, facts.due_by, facts.due_by - case.received_on >= timedelta(days=28)) == (
        (NOBODY,),
        case.due.promised_by,
        True,
    )
