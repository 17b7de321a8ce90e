"""A plan that no longer says what is true is refused, with its reason; nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from lab import Lab
from tenu.errors import RefusedError
from tenu.journal.kinds import EventKind
from tenu.operations.bounding import LimitError
from tenu.operations.preflight import StalePlanError
from tenu.plans.plan import AlteredPlanError, read_plan

Change = Callable[[Lab], None]


def _expire(lab: Lab) -> None:
    lab.clock.at += timedelta(hours=24, seconds=1)


def _append(lab: Lab, file: str, text: str) -> None:
    path = lab.folder / file
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def _policy(lab: Lab) -> None:
    _append(lab, "policy.yaml", "\n# reviewed\n")


def _map(lab: Lab) -> None:
    _append(lab, "systems/shop.yaml", "\n# reviewed\n")


def _limit(name: str) -> Change:
    def limit(lab: Lab) -> None:
        path = Path(lab.folder / "tenu.toml")
        path.write_text(f"{name} = 1\n" + path.read_text("utf-8"), "utf-8")

    return limit


def _sql(system: str, statement: str) -> Change:
    def change(lab: Lab) -> None:
        engine = sa.create_engine(lab.urls[system])
        with engine.begin() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    return change


_added = _sql("crm", "ALTER TABLE contact ADD COLUMN nickname VARCHAR(80)")
_renamed = _sql("shop", "ALTER TABLE account RENAME COLUMN phone TO mobile")
REFUSALS = [
    pytest.param(_expire, StalePlanError, "expired", id="expired"),
    pytest.param(_policy, StalePlanError, "stale", id="policy"),
    pytest.param(_map, StalePlanError, "stale", id="data map"),
    pytest.param(_added, StalePlanError, "stale", id="column added"),
    pytest.param(_renamed, StalePlanError, "stale", id="column renamed"),
    pytest.param(_limit("max_people"), LimitError, "over_limit", id="people"),
    pytest.param(_limit("max_rows"), LimitError, "over_limit", id="rows"),
]


@pytest.mark.parametrize(("change", "error", "reason"), REFUSALS)
def test_a_plan_that_is_no_longer_true_is_refused(
    make_lab_of: Callable[..., Lab], change: Change, error: type[RefusedError], reason: str
) -> None:
    """Whatever changed since it was made, the journal says why it was refused and no row of ours was written."""
    lab = make_lab_of(people=60)
    made = lab.plan()
    change(lab)
    tables = _tables(lab)
    with pytest.raises(error):
        lab.apply(made)
    assert (_refusals(lab), _tables(lab)) == ([(reason, made.digest)], tables)


def test_a_refused_plan_changes_no_row(make_lab_of: Callable[..., Lab]) -> None:
    """The state of the four systems and of the archive is the same before and after a refusal."""
    lab = make_lab_of(people=60)
    before, made = lab.state(), lab.plan()
    _expire(lab)
    with pytest.raises(StalePlanError):
        lab.apply(made)
    assert lab.state() == before


@pytest.mark.parametrize(("said", "instead"), [('"people": 1', '"people": 2'), ('"rows": 1', '"rows": 7')])
def test_an_edited_plan_file_is_refused(make_lab_of: Callable[..., Lab], said: str, instead: str) -> None:
    """A number changed by hand in the file no longer agrees with its digest."""
    text = make_lab_of(people=60).plan().to_json()
    with pytest.raises(AlteredPlanError, match="changed since"):
        read_plan(text.replace(said, instead, 1))


def test_a_plan_of_another_workspace_touches_nobody(make_lab_of: Callable[..., Lab]) -> None:
    """Its fingerprints were made under another key: nobody is recognised, so no person's row changes."""
    lab = make_lab_of(people=60)
    made = lab.plan()
    (lab.folder / "keys" / "plan.key").write_text("ab" * 32 + "\n", "ascii")
    assert lab.apply(made).people == 0


def test_people_due_who_were_not_in_the_plan_are_left(make_lab_of: Callable[..., Lab]) -> None:
    """A person who becomes due after the plan waits for the next plan, even when everything else of the day runs."""
    lab = make_lab_of(people=60)
    made = lab.plan()
    newcomer = _add_old_contact(lab)
    lab.apply(made)
    left = ("crm", "contact", (newcomer,)) in lab.state().rows
    assert (left, lab.plan().people > 0) == (True, True)


def _add_old_contact(lab: Lab) -> int:
    """Insert a copy of a contact who leaves, under a new key and another name."""
    engine = sa.create_engine(lab.urls["crm"])
    due = next(a.key for a in lab.company.answers() if a.table == "contact" and a.fate == "erased")
    contact = sa.Table("contact", sa.MetaData(), autoload_with=engine)
    with engine.begin() as connection:
        row = dict(connection.execute(sa.select(contact).where(contact.c.id == due[0])).mappings().one())
        unlike = {"id": 999_999, "customer_number": None, "email": "new@example.test", "email2": None}
        connection.execute(sa.insert(contact), row | {k: v for k, v in unlike.items() if k in row})
    engine.dispose()
    return 999_999


def _refusals(lab: Lab) -> list[tuple[object, object]]:
    with lab.ports() as ports:
        return [(e.body["reason"], e.body["plan"]) for e in ports.journal.events(kind=EventKind.RUN_REFUSED)]


def _tables(lab: Lab) -> dict[str, list[str]]:
    """Return the tables of each system: not even the receipts may appear."""
    found = {}
    for system, url in lab.urls.items():
        engine = sa.create_engine(url)
        found[system] = sorted(sa.inspect(engine).get_table_names())
        engine.dispose()
    return found
