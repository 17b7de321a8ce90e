"""What designates a person, and nobody else."""

from collections import Counter

from tenu.sample import Company

COMPANY = Company.generate(people=400)


def test_nobody_shares_an_identifier() -> None:
    """E-mails, telephones, IBANs and references are each one person's, whatever their spelling."""
    everyone = range(1, COMPANY.people + 1)
    owners = Counter(
        each.value.strip().lower()
        for number in everyone
        for each in {e for e in COMPANY.identifiers(number) if e.kind != "name_postcode"}
    )
    doubled = {value for value, count in owners.items() if count > 1}
    spellings = {
        e.value.strip().lower()
        for n in everyone
        for e in COMPANY.identifiers(n)
        if e.value != e.value.lower()
    }
    assert doubled <= spellings


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
