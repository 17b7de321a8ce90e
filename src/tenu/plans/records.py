"""Records past a limit of their own (logs, images, baskets), whoever they speak of: one task per table and rule.

Source: GDPR 5(1)(e); policy C-CAT-04, C-CAT-05, C-PAY-03, C-RET-07, C-RET-08.
"""

from __future__ import annotations

from collections.abc import Iterator

from tenu.datamap.layout import Layout
from tenu.datamap.ways import Owned
from tenu.plans.anonymising import anonymise, still_personal
from tenu.plans.rulebook import DAY, Rulebook
from tenu.plans.selection import ALWAYS, Until, all_of, any_of, linked, negate
from tenu.plans.signs import held, ways_to
from tenu.plans.task import Erase, RecordTask
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
        stays = rule.end is End.ANONYMISE
        due = all_of([past, negate(held_there), still_personal(layout, own) if stays else ALWAYS])
        yield RecordTask(
            system=layout.system.system,
            table=name,
            root=owner.root if owner else None,
            path=path,
            rule=rule.id,
            clauses=rule.clauses,
            due=due,
            effect=anonymise(layout, own, due) if stays else Erase(table=name, path=(), where=due),
        )
