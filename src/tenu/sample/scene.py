"""A deliberate case: its people, what makes it awkward, and the fate its author wrote down by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from tenu.sample.answers import Answer, Fate
from tenu.sample.calendar import add_months, last_due
from tenu.sample.dossier import Dossier
from tenu.sample.identity import Identity
from tenu.sample.rows import Key, Person
from tenu.terms import Text

FIVE_YEARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One awkward situation. *expected* are the fates the label promises, on the day of the sample."""

    label: Text
    people: tuple[Person, ...]
    expected: tuple[Answer, ...]


class Scene:
    """Writes one case: draws its people, and keeps what their author expects of their rows."""

    def __init__(self, first: int, seed: int, as_of: date) -> None:
        self.as_of = as_of
        self.expected: list[Answer] = []
        self._next = first
        self._seed = seed
        self._dossiers: list[Dossier] = []
        self._shared: dict[int, frozenset[str]] = {}
        self._doubts: dict[int, int] = {}

    def someone(self, who: Identity | None = None) -> Dossier:
        """Return the dossier of one more person of the case, going by *who* when it is given."""
        number = self._next
        self._next += 1
        rng = Random(f"{self._seed}:{number}")  # noqa: S311 - repeatable fiction, not a secret
        dossier = Dossier(number, rng, self.as_of, who)
        self._dossiers.append(dossier)
        return dossier

    def relative(self, other: Dossier) -> Dossier:
        """Return the dossier of somebody who bears *other*'s last name, and shares nothing else."""
        dossier = self.someone()
        dossier.who = replace(dossier.who, last_name=other.who.last_name, first_name="Barnabé")
        return dossier

    def expect(
        self,
        dossier: Dossier,
        table: str,
        key: Key | int | str,
        fate: Fate,
        *,
        until: date | None = None,
        columns: tuple[str, ...] = (),
    ) -> None:
        """Write down the fate of one row."""
        whole = key if isinstance(key, tuple) else (key,)
        answer = Answer(
            person=dossier.number, table=table, key=whole, fate=fate, until=until, columns=columns
        )
        self.expected.append(answer)

    def share(self, identifier: str, *dossiers: Dossier) -> None:
        """Note that *identifier* belongs to several people, so that its presence proves nothing."""
        for dossier in dossiers:
            known = self._shared.get(dossier.number, frozenset())
            self._shared[dossier.number] = known | {identifier}

    def doubt(self, mailbox: str, one: Dossier, other: Dossier) -> None:
        """Note that nothing in the databases tells whether the two behind *mailbox* are one person."""
        self._doubts |= {one.number: other.number, other.number: one.number}
        self.share(mailbox, one, other)

    def ago(self, *, years: int = 0, months: int = 0, days: int = 0) -> date:
        """Return a day before the day of the sample."""
        return add_months(self.as_of, -12 * years - months) - timedelta(days=days)

    def at(self, *, years: int = 0, months: int = 0, days: int = 0) -> datetime:
        """Return ten o'clock UTC on a day before the day of the sample."""
        return datetime.combine(self.ago(years=years, months=months, days=days), time(10))

    def term(self, months: int = FIVE_YEARS) -> date:
        """Return the latest day whose term of *months* has come."""
        return last_due(self.as_of, months)

    def case(self, label: Text) -> Case:
        """Return the case that was written."""
        people = tuple(
            dossier.person(
                label.en,
                shared=self._shared.get(dossier.number, frozenset()),
                doubt=self._doubts.get(dossier.number),
            )
            for dossier in self._dossiers
        )
        return Case(label=label, people=people, expected=tuple(self.expected))


Author = Callable[[Scene], Text]
"""Writes one case on a scene and returns its label."""
