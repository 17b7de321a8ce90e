"""One rectification as it was decided: what its sealed file says, so that whoever resumes does exactly that.

Source: GDPR 16; policy C-RGT-08; INV-24.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tenu.datamap.identity import Identity
from tenu.plans.rectification import Change, Where
from tenu.plans.statements import StatementKind, identities_in, identities_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is to be kept with the data: why, with what (*about*), and the words."""

    kind: StatementKind
    about: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is to be done. *frozen*: a legal hold forbids every change. *identities*: who the person was before it."""

    changes: tuple[Change, ...]
    sealed: tuple[Change, ...]
    frozen: bool
    left: Mapping[Where, str]
    notes: tuple[Note, ...]
    identities: tuple[Identity, ...]

    def tables(self) -> dict[str, int]:
        """Return how many rows change, by ``system.table``."""
        rows = {(c.where.system, c.where.table, c.key) for c in self.changes}
        found: dict[str, int] = {}
        for system, table, _ in sorted(rows):
            found[f"{system}.{table}"] = found.get(f"{system}.{table}", 0) + 1
        return found

    def to_json(self) -> str:
        """Return it as the text of its file; the same act is always the same text."""
        said = {
            "changes": [_out(change) for change in self.changes],
            "sealed": [_out(change) for change in self.sealed],
            "frozen": self.frozen,
            "left": [[*_place(where), why] for where, why in sorted(self.left.items())],
            "notes": [[note.kind, note.about, note.words] for note in self.notes],
            "identities": identities_out(self.identities),
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True)


def act_of(text: str) -> Act:
    """Return what the text of a file says."""
    said = json.loads(text)
    return Act(
        changes=tuple(_in(change) for change in said["changes"]),
        sealed=tuple(_in(change) for change in said["sealed"]),
        frozen=said["frozen"],
        left={Where(system=s, table=t, column=c): why for s, t, c, why in said["left"]},
        notes=tuple(
            Note(kind=StatementKind(kind), about=about, words=words) for kind, about, words in said["notes"]
        ),
        identities=identities_in(said["identities"]),
    )


def _place(where: Where) -> list[str]:
    return [where.system, where.table, where.column]


def _out(change: Change) -> list[object]:
    return [
        *_place(change.where),
        list(change.key),
        change.old,
        change.new,
        change.followed,
        change.instead_of,
    ]


def _in(said: list[object]) -> Change:
    system, table, column, key, old, new, followed, instead_of = said
    return Change(
        where=Where(system=str(system), table=str(table), column=str(column)),
        key=tuple(map(str, key)) if isinstance(key, list) else (),
        old=None if old is None else str(old),
        new=None if new is None else str(new),
        followed=bool(followed),
        instead_of=None if instead_of is None else str(instead_of),
    )
