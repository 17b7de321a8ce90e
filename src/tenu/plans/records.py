"""Records past a limit of their own (logs, images, baskets), whoever they speak of: one task per table and rule.

Source: GDPR 5(1)(e); policy C-CAT-04, C-CAT-05, C-PAY-03, C-RET-07, C-RET-08.
"""

from __future__ import annotations

from collections.abc import Iterator

from tenu.datamap.layout import Estate, Layout
from tenu.datamap.ways import Owned
from tenu.plans.anonymising import anonymise
from tenu.plans.keeping import Keeping
from tenu.plans.rulebook import DAY, Rulebook
from tenu.plans.selection import Equals, Until, all_of, any_of, linked, negate
from tenu.plans.signs import held, ways_to
from tenu.plans.task import Anonymise, Erase, RecordTask
from tenu.terms import End


def record_tasks(layout: Layout, rules: Rulebook) -> Iterator[RecordTask]:
    """Yield the tables whose limit runs record by record (logs, images), whoever they speak of."""
    by_id = {rule.id: rule for rule in rules.rules}
    for name, declared in layout.system.tables.items():
        limit = declared.record_limit
        if limit is None or layout.catalog.table(name) is None or limit.rule not in by_id:
            continue
        rule = by_id[limit.rule]
        owners = [(o, e) for e in layout.estates for o in ways_to(e, name) if o.path]
        held_there = any_of(linked(o.path, held(layout, e, rules.as_of)) for o, e in owners)
        owner = next((o for o, _ in owners), None)
        path = owner.path if owner else ()
        past = Until(column=limit.dated_by, day=rules.live_from(rule) - DAY)
        own = owner or Owned(table=name, root=name, path=())
        kept = Keeping(layout, _estate(layout, own), rules).by_law(name)
        due = all_of([past, negate(held_there), negate(kept)])
        ending: Erase | Anonymise = Erase(table=name, path=(), where=due)
        if rule.end is End.ANONYMISE:
            since = any_of([past, Equals(column=limit.dated_by, values=(None,))])
            ending = anonymise(layout, own, due, since=since)
        yield RecordTask(
            system=layout.system.system,
            table=name,
            root=owner.root if owner else None,
            path=path,
            rule=rule.id,
            clauses=rule.clauses,
            due=ending.where,
            effect=ending,
        )


def _estate(layout: Layout, own: Owned) -> Estate:
    """Return the estate *own* is part of; one of its own for rows that are nobody's."""
    alone = Estate(root=own.root, where=(), owned=(own,), cuts=())
    return next((estate for estate in layout.estates if own in estate.ways(own.table)), alone)
