"""What designates a person, and nobody else."""

import re
from collections import defaultdict

from tenu.sample import Company
from tenu.sample.identifiers import Identifier

COMPANY = Company.generate(people=400)


def _bare(identifier: Identifier) -> str:
    if identifier.kind == "phone":
        return re.sub(r"\D", "", identifier.value)[-9:]
    return identifier.value.strip().lower()


def test_nobody_shares_an_identifier() -> None:
    """E-mails, telephones, IBANs and references are each one person's, whatever their spelling."""
    owners: dict[str, set[int]] = defaultdict(set)
    for number in range(1, COMPANY.people + 1):
        for each in COMPANY.identifiers(number):
            if each.kind != "name_postcode":
                owners[_bare(each)].add(number)
    assert {value: people for value, people in owners.items() if len(people) > 1} == {}


def test_what_is_shared_designates_nobody() -> None:
    """The switchboard of two professionals is not an identifier of either."""
    case = next(case for case in COMPANY.awkward() if "switchboard" in case.label.en)
    found = {each.kind for person in case.people for each in COMPANY.identifiers(person.id)}
    assert "phone" not in found


def test_every_spelling_is_given() -> None:
    """A person with one e-mail in two letter cases is looked for under both."""
    emails = [each for each in COMPANY.identifiers(1) if each.kind == "email"]
    assert len(emails) == 2


def test_a_customer_is_known_by_everything() -> None:
    """Somebody with rows in every system has e-mail, telephone, reference, IBAN and name with postcode."""
    case = next(case for case in COMPANY.awkward() if "Open dispute" in case.label.en)
    found = {each.kind for each in COMPANY.identifiers(case.people[0].id)}
    assert found == {"email", "phone", "customer_reference", "iban", "name_postcode"}
