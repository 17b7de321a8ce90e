"""Manufacture Hélianthe: the people, their rows, what happens next, and the right answer for each row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import Self

from tenu.errors import RefusedError
from tenu.sample import awkward, boundaries, lives
from tenu.sample.answers import Answer, answer
from tenu.sample.calendar import civil, closing
from tenu.sample.fill import fill, write
from tenu.sample.histories import newcomer, ordinary
from tenu.sample.identifiers import Identifier, identifiers
from tenu.sample.mailings import sendings
from tenu.sample.returns import Entry, returning
from tenu.sample.rows import Key, Person, Row
from tenu.sample.scene import Case, Scene
from tenu.sample.schema import SYSTEMS
from tenu.sample.summary import Summary, summary
from tenu.terms import Text

TODAY = date(2026, 11, 23)
NEWCOMERS = 20
"""One newcomer for so many people, in a sample that goes on after its day."""
REMEMBERED = 20_000
"""Above so many people nobody is remembered: each is drawn again when asked for."""

Place = tuple[str, str, Key]
"""System, table and key of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A fictional company on *as_of*, whose history may go on up to *until*. Same arguments, same rows."""

    people: int
    as_of: date
    seed: int
    until: date

    @classmethod
    def generate(
        cls, people: int = 3000, as_of: date = TODAY, seed: int = 1, until: date | None = None
    ) -> Self:
        """Return the company of *people* people; nothing is drawn before it is asked for.

        Raises:
            RefusedError: fewer people than the deliberate cases need, or *until* before *as_of*.
        """
        company = cls(people=people, as_of=as_of, seed=seed, until=until or as_of)
        least = len(_awkward_people(company))
        if people < least or company.until < as_of:
            raise RefusedError(
                Text(
                    fr=f"L'exemple compte au moins {least} personnes et ne finit pas avant son jour",
                    en=f"The sample has at least {least} people and does not end before its day",
                )
            )
        return company

    def load(self, engine_urls: Mapping[str, str]) -> None:
        """Create the tables of each system named and fill them with what is true on *as_of*.

        Raises:
            RefusedError: a table to fill is not empty.
        """
        fill(engine_urls, chain(([row] for row in self.sendings()), self._loaded()))

    def everyone(self) -> Iterable[Person]:
        """Return every person of the sample, the deliberate cases first."""
        return _everyone(self) if self.people <= REMEMBERED else self._draw()

    def person(self, number: int) -> Person:
        """Return person *number*, from 1."""
        cases = _awkward_people(self)
        if number <= len(cases):
            return cases[number - 1]
        draw = ordinary if number <= self.people else newcomer
        return draw(number, self.seed, self.as_of, self.until)

    def awkward(self) -> tuple[Case, ...]:
        """Return the deliberate cases, each with its label and the fates it promises on *as_of*."""
        return _cases(self.seed, self.as_of)

    def identifiers(self, number: int) -> tuple[Identifier, ...]:
        """Return what designates person *number* alone: after their erasure no scan may find any of it.

        Rows kept for the law still name whom they billed, a shell keeps its number, and somebody else's
        free text may quote a name.
        """
        return identifiers(self.person(number))

    def answers(self, as_of: date | None = None) -> Iterator[Answer]:
        """Yield the right fate of every personal row on *as_of*, by default the day of the sample.

        On an earlier day the databases are still those of the sample's day; on a later one they have
        received the rows and changes of every day up to it.
        """
        return chain.from_iterable(found for _, _, found in self._judged(as_of or self.as_of))

    def fates(self, as_of: date | None = None) -> dict[Place, Answer]:
        """Return the same answers by system, table and key."""
        return {(found.system, found.table, found.key): found for found in self.answers(as_of)}

    def summaries(self, as_of: date | None = None) -> Iterator[Summary]:
        """Yield one line per person: kind, phase, reason."""
        day = as_of or self.as_of
        for person, rows, found in self._judged(day):
            if rows:
                yield summary(person, rows, found, day)

    def rows_on(self, day: date) -> tuple[Entry, ...]:
        """Return what is born or changes on *day* in Paris, after the day of the sample, in order."""
        return self.rows_between(day, day)

    def rows_between(self, first: date, last: date) -> tuple[Entry, ...]:
        """Return what is born or changes after the sample's day, from *first* to *last* included."""
        return tuple(each for day, each in _later(self) if first <= day <= last)

    def advance(self, engine_urls: Mapping[str, str], first: date, last: date) -> None:
        """Let the days from *first* to *last* happen in the databases: their rows and changes, in order."""
        write(engine_urls, self.rows_between(first, last))

    def come_back(self, engine_urls: Mapping[str, str], people: Iterable[int], at: datetime) -> None:
        """Let *people* act again at *at* (UTC without zone), as if they had come back after a plan was made.

        Each comes back once, in the first of the systems named where they have a row; see ``returning``.
        """
        entries = (returning(self.person(number), at, engine_urls.keys()) for number in people)
        write(engine_urls, chain.from_iterable(entries))

    def answers_after_return(
        self, people: Iterable[int], at: datetime, systems: Collection[str] = tuple(SYSTEMS)
    ) -> Iterator[Answer]:
        """Yield the right fate, on the day of the sample, of every row of *people* after they came back."""
        for person in map(self.person, people):
            back = [entry for entry in returning(person, at, systems) if isinstance(entry, Row)]
            yield from answer(person.id, (*person.rows_at(closing(self.as_of)), *back), self.as_of)

    def sendings(self) -> Iterator[Row]:
        """Yield the mailings and campaigns sent by *as_of*; they speak of nobody."""
        return sendings(self.as_of, self.as_of)

    def _loaded(self) -> Iterator[tuple[Row, ...]]:
        now = closing(self.as_of)
        return (person.rows_at(now) for person in self.everyone())

    def _judged(self, day: date) -> Iterator[tuple[Person, tuple[Row, ...], tuple[Answer, ...]]]:
        seen_at = closing(min(max(day, self.as_of), self.until))
        for person in self.everyone():
            rows = person.rows_at(seen_at)
            other = None if person.doubt is None else self.person(person.doubt).rows_at(seen_at)
            yield person, rows, answer(person.id, rows, day, other=other, since=min(self.as_of, day))

    def _draw(self) -> Iterator[Person]:
        newcomers = self.people // NEWCOMERS if self.until > self.as_of else 0
        return map(self.person, range(1, self.people + newcomers + 1))


@lru_cache(maxsize=4)
def _everyone(company: Company) -> tuple[Person, ...]:
    return tuple(company._draw())


@lru_cache(maxsize=4)
def _later(company: Company) -> tuple[tuple[date, Entry], ...]:
    """Return what comes after the sample's day with its day in Paris, in order of time, parents first."""
    found: list[Entry] = [*sendings(company.as_of, company.until)]
    for person in company.everyone():
        found += (*person.rows, *person.changes)
    dated = ((_instant(each), each) for each in found)
    bounds = closing(company.as_of), closing(company.until)
    inside = sorted((pair for pair in dated if bounds[0] < pair[0] <= bounds[1]), key=lambda pair: pair[0])
    return tuple((civil(instant), each) for instant, each in inside)


@lru_cache(maxsize=8)
def _cases(seed: int, as_of: date) -> tuple[Case, ...]:
    cases: list[Case] = []
    first = 1
    for author in (*awkward.CASES, *lives.CASES, *boundaries.CASES):
        scene = Scene(first, seed, as_of)
        cases.append(scene.case(author(scene)))
        first += len(cases[-1].people)
    return tuple(cases)


def _awkward_people(company: Company) -> tuple[Person, ...]:
    return tuple(person for case in _cases(company.seed, company.as_of) for person in case.people)


def _instant(each: Entry) -> datetime:
    return each.born_at if isinstance(each, Row) else each.at
