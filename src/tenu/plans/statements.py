"""What is kept with a person's data without changing them: what completes them, what a sealed document should say.

Source: GDPR 16 (supplementary statement); C. com. L123-22; policy C-RGT-08, C-RGT-09.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tenu.datamap.identity import Identity, Likeness
from tenu.terms import Text

RowName = tuple[str, str, tuple[str, ...]]
"""A row of a people table: system, table, key as text."""


class StatementKind(StrEnum):
    """Why something is kept with the data: what completes them, what a document nobody may alter should say."""

    COMPLETION = "completion"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, kept with the data of the person of *rows* and *identities*, former ones included.

    *about*: ``system.table.column``, ``system.table``, or ``archive``, what it goes with. *request*: the one it came by.
    """

    id: str
    kind: StatementKind
    request: str
    made_on: date
    about: str
    words: str
    rows: tuple[RowName, ...]
    identities: tuple[Identity, ...]

    def is_of(self, rows: Iterable[RowName], identities: Iterable[Identity]) -> bool:
        """Return whether it speaks of the person of these rows and identities, as far as anybody can tell."""
        if set(self.rows) & set(rows):
            return True
        return any(i.likeness(mine) is Likeness.SAME for i in identities for mine in self.identities)

    def to_json(self) -> str:
        """Return it as the text of its file."""
        said = {
            "kind": self.kind,
            "request": self.request,
            "made_on": self.made_on.isoformat(),
            "about": self.about,
            "words": self.words,
            "rows": [[system, table, list(key)] for system, table, key in self.rows],
            "identities": identities_out(self.identities),
        }
        return json.dumps(said, ensure_ascii=False)


def statement_of(name: str, text: str) -> Statement:
    """Return what the file of the statement called *name* says."""
    said = json.loads(text)
    return Statement(
        id=name,
        kind=StatementKind(said["kind"]),
        request=said["request"],
        made_on=date.fromisoformat(said["made_on"]),
        about=said["about"],
        words=said["words"],
        rows=tuple((system, table, tuple(key)) for system, table, key in said["rows"]),
        identities=identities_in(said["identities"]),
    )


def identities_out(identities: Iterable[Identity]) -> list[list[object]]:
    """Return *identities* as plain data, in the order they come."""
    return [[sorted(i.references), sorted(i.emails), i.name] for i in identities]


def identities_in(said: Iterable[Any]) -> tuple[Identity, ...]:
    """Return the identities that plain data says."""
    return tuple(Identity(references=frozenset(r), emails=frozenset(e), name=n) for r, e, n in said)


def should_say(former: str | None, value: str | None) -> Text:
    """Return the words kept with a document nobody may alter."""
    nothing = Text(fr="(aucune valeur)", en="(no value)")
    fr, en = (
        (f"« {former} »" if former else nothing.fr, f"« {value} »" if value else nothing.fr),
        (f"'{former}'" if former else nothing.en, f"'{value}'" if value else nothing.en),
    )
    return Text(
        fr=f"au lieu de {fr[0]}, lire {fr[1]} : rectifié à la demande de la personne",
        en=f"instead of {en[0]}, read {en[1]}: corrected at the person's request",
    )
