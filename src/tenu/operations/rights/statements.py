"""Statements kept with people's data: found again with them, forgotten with the last of them.

Each look-up opens every statement: there is one per completion asked for, or per sealed document somebody had corrected.

Source: GDPR 5(1)(e), 16; policy C-RGT-08, C-RGT-09.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import replace

from tenu.datamap.identity import Identity
from tenu.operations.choosing import Scene
from tenu.operations.covering import Subject, cover
from tenu.operations.doubts import Row
from tenu.plans.statements import RowName, Statement, statement_of
from tenu.ports import Node, Ports


def named(rows: Iterable[Node]) -> tuple[RowName, ...]:
    """Return *rows* of people tables as a file keeps them, keys as text."""
    return tuple((system, table, tuple(map(str, key))) for (system, table), key in rows)


def keep(ports: Ports, statement: Statement) -> Statement:
    """Keep *statement*, under a name that the same words about the same data of the same request always have."""
    said = "\x1f".join(["statement", statement.request, statement.kind, statement.about, statement.words])
    name = "S-" + hmac.digest(ports.key, said.encode(), "sha256").hex()[:16]
    ports.statements.keep(name, statement.to_json())
    return replace(statement, id=name)


def statements_of(
    ports: Ports, rows: Iterable[Node], identities: Iterable[Identity]
) -> tuple[Statement, ...]:
    """Return what is kept with the data of the person of *rows* and *identities*, the oldest first."""
    mine, who = named(rows), tuple(identities)
    found = (statement_of(name, text) for name, text in ports.statements.all().items())
    return tuple(sorted((s for s in found if s.is_of(mine, who)), key=lambda s: (s.made_on, s.id)))


def forget(opened: Scene) -> int:
    """Destroy the statements that go with nothing any more, neither live nor archived; return how many."""
    ports = opened.ports
    known = {name: statement_of(name, text) for name, text in ports.statements.all().items()}
    if not known:
        return 0
    subjects = {
        name: Subject(
            rows=tuple(Row(system=s, table=t, key=key) for s, t, key in statement.rows),
            identities=statement.identities,
            text="",
            words="",
        )
        for name, statement in known.items()
    }
    covered = cover(opened, subjects, {})
    gone = [
        name
        for name, found in covered.items()
        if not found.rows and not ports.archive.of([*found.identities, *known[name].identities])
    ]
    for name in gone:
        ports.statements.destroy(name)
    return len(gone)
