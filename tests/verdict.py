"""What databases and archive hold after a run, against what the sample company's own oracle says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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


def _anonymised(basket: Mapping[str, Any]) -> dict[str, Any]:
    """Return a basket nobody can be found behind: no account, and the month of its last change."""
    first = basket["updated_at"].replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return {**basket, "account_id": None, "updated_at": first}


def differences(answers: Mapping[Any, Answer], before: State, after: State) -> Iterator[str]:
    """Yield every row whose end is not the one the oracle gives."""
    for place, row in before.rows.items():
        answer = answers.get(place)
        here = after.rows.get(place)
        fate = answer.fate if answer else Fate.UNCHANGED
        if (here is None) != (fate in GONE):
            yield f"{place}: {'gone' if here is None else 'still there'}, the oracle says {answer}"
        elif here is not None and fate is Fate.ANONYMISED:
            if dict(here) != _anonymised(row):
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
