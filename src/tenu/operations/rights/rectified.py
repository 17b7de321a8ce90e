"""What a rectification did, as its letter and its command tell it.

Source: GDPR 12(3), 16, 19; LIL 50; law 5.4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tenu.journal.cases import Case
from tenu.letters.outcome import Corrected, Fate, Holding, RightDone
from tenu.letters.rectification import RectificationFacts
from tenu.operations.plan import today
from tenu.plans.rectification import Change, Where
from tenu.plans.rectification_act import Act
from tenu.plans.statements import Statement, StatementKind
from tenu.policy.rights import Right
from tenu.ports import Ports
from tenu.terms import Language, Text

ACCOUNTS = Text(
    fr="Article L123-22 du code de commerce : une pièce comptable ne se modifie ni ne s'efface pendant dix ans.",
    en="Article L123-22 of the French commercial code: an accounting document is neither altered nor erased for ten years.",
)
EVIDENCE = Text(
    fr="Article 17, paragraphe 3, point e, du RGPD : ces données sont gardées telles quelles pour la défense de droits en justice.",
    en="Article 17(3)(e) GDPR: these data are kept as they are for legal claims.",
)
NOTED = Text(
    fr="Le document reste tel qu'il a été établi ; une note dit la valeur rectifiée et l'accompagne partout où il est remis.",
    en="The document stays as it was made; a note says the corrected value and goes with it wherever it is handed over.",
)
COMPLETED = Text(fr="vos données", en="your data")


def facts_of(ports: Ports, case: Case, act: Act, kept: tuple[Statement, ...]) -> RectificationFacts:
    """Return everything that was done for *case*, values included, and who the policy says received such data."""
    workspace = ports.workspace
    categories, purposes = _meaning(ports, (change.where for change in (*act.changes, *act.sealed)))
    told = {r for p in workspace.policy.purposes if p.id in purposes for r in p.recipients}
    return RectificationFacts(
        number=case.id,
        received_on=case.received_on,
        answered_on=today(ports),
        labels={system.system: system.label for system in workspace.systems},
        categories=categories,
        changes=act.changes,
        sealed=act.sealed,
        frozen=act.frozen,
        left=act.left,
        statements=kept,
        recipients=tuple(r for r in workspace.policy.recipients.classes if r.id in told),
    )


def done_of(facts: RectificationFacts, language: Language) -> RightDone:
    """Return what the letter tells of it: one line per system, kind of data and fate, with each former and new value once."""
    holdings = [
        *_holdings(facts, facts.changes, Fate.CORRECTED),
        *_annotated(facts, language),
        *(
            Holding(what=COMPLETED, where=facts.labels[s.about.partition(".")[0]], fate=Fate.COMPLETED)
            for s in facts.statements
            if s.kind is StatementKind.COMPLETION
        ),
    ]
    return RightDone(right=Right.RECTIFICATION, done_on=facts.answered_on, holdings=tuple(holdings))


def _annotated(facts: RectificationFacts, language: Language) -> Iterator[Holding]:
    for (system, what), rows in _grouped(facts, facts.sealed).items():
        yield Holding(
            what=what,
            where=facts.labels[system],
            fate=Fate.ANNOTATED,
            rows=rows,
            ground=EVIDENCE if facts.frozen else ACCOUNTS,
            why=NOTED.in_(language),
        )


def _holdings(facts: RectificationFacts, changes: Iterable[Change], fate: Fate) -> Iterator[Holding]:
    known = list(changes)
    for (system, what), rows in _grouped(facts, known).items():
        mine = (
            c for c in known if (c.where.system, facts.categories.get(c.where, COMPLETED)) == (system, what)
        )
        values = dict.fromkeys(Corrected(old=change.old, new=change.new) for change in mine)
        yield Holding(what=what, where=facts.labels[system], fate=fate, rows=rows, values=tuple(values))


def _grouped(facts: RectificationFacts, changes: Iterable[Change]) -> dict[tuple[str, Text], int]:
    """Return how many rows of each system, by kind of data."""
    rows: dict[tuple[str, Text], set[tuple[str, tuple[str, ...]]]] = defaultdict(set)
    for change in changes:
        what = facts.categories.get(change.where, COMPLETED)
        rows[change.where.system, what].add((change.where.table, change.key))
    return {place: len(found) for place, found in rows.items()}


def _meaning(ports: Ports, places: Iterable[Where]) -> tuple[Mapping[Where, Text], set[str]]:
    """Return the kind of data of each column, and the purposes they serve."""
    workspace = ports.workspace
    tables = {(s.system, name): table for s in workspace.systems for name, table in s.tables.items()}
    labels = {category.id: category.label for category in workspace.policy.categories}
    categories: dict[Where, Text] = {}
    purposes: set[str] = set()
    for where in set(places):
        table = tables.get((where.system, where.table))
        column = table.columns.get(where.column) if table else None
        if table and column:
            categories[where] = labels[column.category] if column.category else COMPLETED
            purposes |= set(column.purposes or table.purposes)
    return categories, purposes
