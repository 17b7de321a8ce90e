"""What databases and archive hold after a run, against what the sample company's own oracle says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tenu.adapters.archive_tables import SEALED
from tenu.sample.answers import Answer, Fate
from tenu.sample.schema import SYSTEMS

Place = tuple[str, str, tuple[Any, ...]]
GONE = (Fate.ERASED, Fate.ARCHIVED)
SEALED_FATES = (Fate.ARCHIVED, Fate.SHELL)


@dataclass(frozen=True, kw_only=True)
class State:
    """Every row of the company, by system, table and key, and the last day of the archive of each sealed row."""

    rows: Mapping[Place, Mapping[str, Any]]
    sealed: Mapping[Place, set[str]]


def state_of(urls: Mapping[str, str], archive: Any = None) -> State:
    """Read everything."""
    rows = {place: row for system, url in urls.items() for place, row in _rows(system, url)}
    sealed: dict[Place, set[str]] = {}
    for place, until in _sealed(archive) if archive else ():
        sealed.setdefault(place, set()).add(until)
    return State(rows=rows, sealed=sealed)


def _rows(system: str, url: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        for table in SYSTEMS[system].tables.values():
            for row in connection.execute(sa.select(table)).mappings():
                key = tuple(row[c.name] for c in table.primary_key.columns)
                yield (system, table.name, key), dict(row)
    engine.dispose()


def _sealed(archive: Any) -> Iterator[tuple[Place, str]]:
    with archive._archive.connect() as connection:
        found = connection.execute(sa.select(SEALED.c.subject, SEALED.c.system, SEALED.c.until)).all()
    for subject, system, until in found:
        for name, part in json.loads(archive.open(subject)).items():
            keys = [c.name for c in SYSTEMS[system].tables[name].primary_key.columns]
            for row in part["rows"]:
                said = dict(zip(part["columns"], row, strict=True))
                yield (system, name, tuple(said[k] for k in keys)), until.isoformat()


K = 5
STEPS = (1, 3, 12)
"""What the shop's data map declares of baskets: five alike at least, by month, else by quarter, else by year."""


def _statistics(answers: Mapping[Any, Answer], before: State) -> dict[Place, datetime]:
    """Return the baskets that become statistics, with all that is left of their date; those too few are like are out."""
    left = {
        place: row["updated_at"]
        for place, row in before.rows.items()
        if place in answers and answers[place].fate is Fate.ANONYMISED
    }
    for months in STEPS:
        alone = _alone(left) if months > 1 else set(left)
        left = {place: _first_of(at, months) if place in alone else at for place, at in left.items()}
    return {place: at for place, at in left.items() if place not in _alone(left)}


def _alone(dates: Mapping[Place, datetime]) -> set[Place]:
    alike = Counter(dates.values())
    return {place for place, at in dates.items() if alike[at] < K}


def _first_of(at: datetime, months: int) -> datetime:
    month = (at.month - 1) // months * months + 1
    return at.replace(month=month, day=1, hour=0, minute=0, second=0, microsecond=0)


def differences(answers: Mapping[Any, Answer], before: State, after: State) -> Iterator[str]:
    """Yield every row whose end is not the one the oracle gives."""
    statistics = _statistics(answers, before)
    out = {
        place[2]
        for place, answer in answers.items()
        if answer.fate is Fate.ANONYMISED and place in before.rows and place not in statistics
    }
    for place, row in before.rows.items():
        answer = answers.get(place)
        here = after.rows.get(place)
        fate = answer.fate if answer else Fate.UNCHANGED
        if place[1] in ("basket", "basket_item") and place[2][:1] in out:
            if here is not None:
                yield f"{place}: still there, too few are like it"
        elif (here is None) != (fate in GONE):
            yield f"{place}: {'gone' if here is None else 'still there'}, the oracle says {answer}"
        elif here is not None and fate is Fate.ANONYMISED:
            if dict(here) != {**row, "account_id": None, "updated_at": statistics[place]}:
                yield f"{place}: left as {here}, the oracle says {answer}"
        elif here is not None:
            changed = {c for c in row if row[c] != here[c]}
            expected = {c for c in (answer.columns if answer else ()) if row[c] not in (None, "")}
            if changed != expected:
                yield f"{place}: changed {sorted(changed)}, the oracle says {answer}"
            elif any(here[c] not in (None, "") for c in changed):
                yield f"{place}: not cleared"
        until = answer.until.isoformat() if answer and answer.until and fate in SEALED_FATES else None
        if after.sealed.get(place, set()) != ({until} if until else set()):
            yield f"{place}: sealed until {after.sealed.get(place)}, the oracle says {answer}"
