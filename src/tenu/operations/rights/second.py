"""The second pair of eyes: which decisions wait for somebody else than who took them.

Source: GDPR 24(1), 32(4); ADR 17.
"""

from __future__ import annotations

from tenu.journal.cases import Case, CaseError, Outcome
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Text


def waits_for_another(ports: Ports, case: Case, right: Right) -> bool:
    """Return whether what was decided of *right* still needs a second person before anything is done."""
    decision = case.decisions[right]
    grave = right is Right.ERASURE or decision.outcome is not Outcome.GRANTED
    return ports.workspace.settings.requests.two_people and grave and decision.confirmed_by is None


def unconfirmed(number: str, right: str) -> CaseError:
    """Return the refusal to go on with a decision that waits for a second person."""
    return CaseError(
        Text(
            fr=f"{number} : cette décision attend qu'une seconde personne la confirme",
            en=f"{number}: this decision waits for a second person to confirm it",
        ),
        fix=Text(
            fr=f"qu'elle lance : tenu request confirm {number} {right}",
            en=f"let them run: tenu request confirm {number} {right}",
        ),
    )


def must_be_confirmed(ports: Ports, case: Case) -> None:
    """Let a request be answered once every decision that needs a second person has one.

    Raises:
        CaseError: One waits for another person.
    """
    for right in (one for one in case.decisions if waits_for_another(ports, case, Right(one))):
        raise unconfirmed(case.id, right)
