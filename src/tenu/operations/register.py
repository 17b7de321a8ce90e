"""Reading the register of holds, and what `check` and `attest` say of it.

Source: policy C-PUR-12; state machine SM-6.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tenu.datamap.findings import finding
from tenu.datamap.layout import lay_out
from tenu.errors import Finding, StoreError, UnreachableError
from tenu.journal.holds import REVIEW_EVERY, STEPS, Hold, HoldKind, HoldState, register
from tenu.periods.limits import overdue_cut_off
from tenu.plans.facts import HoldFacts
from tenu.plans.selection import Equals, Selection, Until, all_of, any_of, matching
from tenu.ports import Database, Ports
from tenu.terms import Severity


def holds(ports: Ports) -> dict[str, Hold]:
    """Return the register: every hold ever asked for, by its id."""
    return register(ports.journal.events(kind=STEPS))


def hold_findings(ports: Ports, day: date) -> Iterator[Finding]:
    """Yield what is late in the register on *day*, and the conditions of data maps that hold people for nobody."""
    copies = set(ports.extracts.known())
    for hold in holds(ports).values():
        yield from _late(hold, day)
        if hold.blocks_on(day) and hold.manifest is not None and hold.id not in copies:
            yield finding(
                "D-HOLD-05", Severity.MAJOR, None,
                (f"la copie scellée des fichiers du gel {hold.id} n'est plus là",
                 f"the sealed copy of the files of hold {hold.id} is not there any more"),
                ("reprenez « extracts » d'une sauvegarde de l'espace de travail", "take 'extracts' back from a backup of the workspace"),
                ("C-PUR-12",),
            )  # fmt: skip
    for system in ports.workspace.systems:
        for hold_ in system.holds:
            if hold_.owner is None:
                yield finding(
                    "D-HOLD-01", Severity.MINOR, hold_.place,
                    (f"personne ne répond des gels de « {hold_.table} »", f"nobody answers for the holds of '{hold_.table}'"),
                    ("nommez un rôle : « owner: counsel »", "name a role: 'owner: counsel'"), ("C-PUR-12",),
                )  # fmt: skip


def _late(hold: Hold, day: date) -> Iterator[Finding]:
    if not hold.late_on(day):
        return
    if hold.state_on(day) is HoldState.PROPOSED:
        yield finding(
            "D-HOLD-02", Severity.MAJOR, None,
            (f"le gel {hold.id} attend une décision depuis le {hold.decide_by.isoformat()} : rien n'est encore bloqué",
             f"hold {hold.id} has been waiting for a decision since {hold.decide_by.isoformat()}: nothing is blocked yet"),
            (f"tenu hold approve {hold.id}, ou tenu hold refuse {hold.id}", f"tenu hold approve {hold.id}, or tenu hold refuse {hold.id}"),
            ("C-PUR-12",),
        )  # fmt: skip
        return
    suspect = hold.state_on(day) is HoldState.SUSPECT
    end = "lift" if hold.kind is HoldKind.RESTRICTION else "release"
    settle = f" (avant le {hold.settle_by()})", f" (by {hold.settle_by()})"
    yield finding(
        "D-HOLD-03", Severity.MAJOR, None,
        (f"le gel {hold.id} devait être revu le {hold.act_by().isoformat()}{settle[0] if suspect else ''}",
         f"hold {hold.id} was to be reviewed by {hold.act_by().isoformat()}{settle[1] if suspect else ''}"),
        (f"tenu hold review {hold.id} si son motif tient, sinon tenu hold {end} {hold.id}",
         f"tenu hold review {hold.id} if its ground stands, else tenu hold {end} {hold.id}"), ("C-PUR-12",),
    )  # fmt: skip


def hold_facts(ports: Ports, day: date) -> HoldFacts | None:
    """Return what the register and the company's own rows say of holds on *day*; None when a store does not answer."""
    known = [hold for hold in holds(ports).values() if hold.blocks_on(day)]
    rows = late = undated = unowned = 0
    try:
        for database in ports.databases.values():
            held, overdue, without, nobody = _own(database, day)
            rows, late, undated, unowned = rows + held, late + overdue, undated + without, unowned + nobody
    except (UnreachableError, StoreError):
        return None
    return HoldFacts(
        in_force=len(known),
        late=sum(hold.late_on(day) for hold in known),
        rows=rows,
        rows_late=late,
        rows_undated=undated,
        rows_unowned=unowned,
    )


def _own(database: Database, day: date) -> tuple[int, int, int, int]:
    """Return how many rows of the company's own hold somebody; of these, how many reviewed too long ago, without a date
    of review, without an owner.
    """
    rows = late = undated = unowned = 0
    layout = lay_out(database.system, database.catalog())
    with database.session() as session:
        for hold in database.system.holds:
            holding = matching(layout.facts(hold.table, hold.when), day)
            held = session.count_rows(Selection(table=hold.table, where=holding))
            rows += held
            unowned += held if hold.owner is None else 0
            if hold.reviewed_on is None:
                undated += held
                continue
            old = Until(column=hold.reviewed_on, day=overdue_cut_off(day, REVIEW_EVERY))
            never = Equals(column=hold.reviewed_on, values=(None,))
            overdue = all_of([holding, any_of([old, never])])
            late += session.count_rows(Selection(table=hold.table, where=overdue))
    return rows, late, undated, unowned
