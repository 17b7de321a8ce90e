"""Who is who: the rule tenu links rows by must find the truth in these databases, doubts apart."""

import unicodedata
from collections import defaultdict
from itertools import combinations

from tenu.sample import Company, Row
from tenu.sample.answers import COLLECTED

COMPANY = Company.generate(people=600)
EMAILS = ("email", "email_2", "guest_email")
REFERENCES = ("reference", "number", "customer_reference")


def _folded(value: object) -> str:
    bare = unicodedata.normalize("NFD", str(value or "").casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter) and letter not in " -")


def _reference(row: Row) -> str:
    return next((str(row.values[column]) for column in REFERENCES if row.values.get(column)), "")


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _same(one: Row, other: Row) -> bool:
    """Tell whether two rows of one e-mail speak of one person."""
    names = ((_folded(row.values.get(name)) for row in (one, other)) for name in ("last_name", "first_name"))
    return not _differ(_reference(one), _reference(other)) and not any(_differ(*pair) for pair in names)


def _linked(roots: list[Row]) -> dict[int, int]:
    """Return for each root, by position, the first root it is linked to, step by step."""
    heads = {position: position for position in range(len(roots))}
    by_reference: dict[str, list[int]] = defaultdict(list)
    by_email: dict[str, list[int]] = defaultdict(list)
    for position, row in enumerate(roots):
        by_reference[_reference(row)].append(position)
        for email in {_folded(row.values.get(column)) for column in EMAILS}:
            by_email[email].append(position)
    pairs = [pair for key, group in by_reference.items() if key for pair in combinations(group, 2)]
    for key, group in by_email.items():
        pairs += [(a, b) for a, b in combinations(group, 2) if key and _same(roots[a], roots[b])]
    for one, other in pairs:
        low, high = sorted((heads[one], heads[other]))
        heads = {position: low if head == high else head for position, head in heads.items()}
    return heads


def test_the_rule_finds_every_person_and_nobody_else() -> None:
    """Linked by reference, else by e-mail unless references or names differ, rows gather person by person."""
    rows = [
        (person.id, row)
        for person in COMPANY.everyone()
        for row in person.rows
        if row.table in COLLECTED and row.table != "supplier" and row.values.get("account_id") is None
    ]
    found, truth = defaultdict(set), defaultdict(set)
    for position, head in _linked([row for _, row in rows]).items():
        found[head].add(position)
        truth[rows[position][0]].add(position)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, truth.values()))
