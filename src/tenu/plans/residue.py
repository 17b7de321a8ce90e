"""What is still readable of people who were erased: their identifiers, searched as people write them. Pure, in memory.

E-mails, references and telephone numbers decide; a full name may be a namesake's, so it is told apart and never counted.
An identifier that somebody still known carries too (a family's mailbox) is theirs: it is not residue.

Source: GDPR 17; policy C-RET-07; INV-18.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tenu.datamap.identity import Identity, folded, normalise
from tenu.terms import IdentifierKind, Language, Text

MOST_PEOPLE = 200_000
"""How many people are remembered at once while a run goes on; those beyond are said not to have been searched."""
SHORTEST_REFERENCE = 5
"""A shorter reference is found anywhere, by chance."""
SHOWN = 5
"""How many rows of each place are named, for whoever must look at them."""
_PHONE_DIGITS = 9
_EMAIL = re.compile(r"[^\s<>\"'(),;:|=&?/\[\]{}\\]+@[^\s<>\"'(),;:|=&?/\[\]{}\\]+")
_WORD = re.compile(r"[\w-]+")
_PHONE = re.compile(r"\+?\d[\d .()/-]{7,}\d")
_ONE_WORD = re.compile(r"[0-9A-Za-zÀ-ÅÇ-ÏÑ-ÖÙ-Ýà-åç-ïñ-öù-ýÿ]+")
"""One word once folded too: every letter is one of the alphabet and its accent."""
_FEW_HINTS = 24
"""Looking for more words than this in a cell costs as much as reading it."""
_ESCAPED_AT = re.compile(r"%40|\\u0040", re.IGNORECASE)
Identifiers = dict[IdentifierKind, set[str]]
KINDS = (IdentifierKind.EMAIL, IdentifierKind.CUSTOMER_REFERENCE, IdentifierKind.PHONE, IdentifierKind.NAME)


def identifiers_of(
    identity: Identity, values: Mapping[IdentifierKind, Iterable[str]]
) -> Iterator[tuple[IdentifierKind, str]]:
    """Yield what designates somebody alone, normalised; what is too short to do so is left out."""
    yield from ((IdentifierKind.EMAIL, value) for value in identity.emails if "@" in value)
    for value in identity.references:
        if len(value) >= SHORTEST_REFERENCE:
            yield IdentifierKind.CUSTOMER_REFERENCE, value
    for value in values.get(IdentifierKind.PHONE, ()):
        number = normalise(IdentifierKind.PHONE, value)
        if len(number) == _PHONE_DIGITS:
            yield IdentifierKind.PHONE, number
    if " " in identity.name:
        yield IdentifierKind.NAME, identity.name


@dataclass(slots=True, kw_only=True)
class Gone:
    """The identifiers of the people a run erased, in memory and nowhere else. *skipped*: those it could not remember."""

    people: int = 0
    skipped: int = 0
    identifiers: Identifiers = field(default_factory=lambda: {kind: set() for kind in KINDS})

    def add(self, people: Iterable[tuple[Identity, Mapping[IdentifierKind, Iterable[str]]]]) -> None:
        """Remember *people*, just erased."""
        for identity, values in people:
            if self.people >= MOST_PEOPLE:
                self.skipped += 1
                continue
            self.people += 1
            for kind, value in identifiers_of(identity, values):
                self.identifiers[kind].add(value)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to search for."""
        return not any(self.identifiers.values())


class Sieve:
    """Finds identifiers in what is written in a cell."""

    def __init__(self, wanted: Mapping[IdentifierKind, set[str]]) -> None:
        self._emails = wanted[IdentifierKind.EMAIL]
        self._references = wanted[IdentifierKind.CUSTOMER_REFERENCE]
        self._phones, self._names = wanted[IdentifierKind.PHONE], wanted[IdentifierKind.NAME]
        self._lengths = sorted({len(name.split()) for name in self._names})
        self._words = {word for name in self._names for word in name.split()}
        self._hint = self._hint_of()

    def found(self, cell: str) -> Iterator[tuple[IdentifierKind, frozenset[str]]]:
        """Yield, by kind, the identifiers of *cell* that designate the people looked for.

        Most cells are a number or one word: neither an e-mail nor a full name, whose parts are two at least.
        """
        if self._hint and cell.isascii() and not self._hint.search("".join(cell.lower().split())):
            return
        is_word = cell.isalnum() and (cell.isascii() or _ONE_WORD.fullmatch(cell) is not None)
        if self._emails and not is_word and (emails := self._emails_of(cell)):
            yield IdentifierKind.EMAIL, frozenset(emails)
        if self._references and (references := self._references_of(cell)):
            yield IdentifierKind.CUSTOMER_REFERENCE, frozenset(references)
        if self._phones and len(cell) >= _PHONE_DIGITS and (phones := self._phones_of(cell)):
            yield IdentifierKind.PHONE, frozenset(phones)
        if self._names and not is_word and (names := self._names_of(cell)):
            yield IdentifierKind.NAME, frozenset(names)

    def _hint_of(self) -> re.Pattern[str] | None:
        """Return what a cell must say to be worth reading, its spaces taken out; None when that would not be quicker, or not sure.

        An e-mail is recognised by its name before the sign @, a full name by its longest word, a telephone number by its
        digits, whatever stands between them. What has a letter outside ASCII can be spelled several ways, and many people
        are as quickly read for.
        """
        words = {
            *(email.partition("@")[0] for email in self._emails),
            *(reference.lower() for reference in self._references),
            *(max(name.split(), key=len) for name in self._names),
        }
        if len(words) + len(self._phones) > _FEW_HINTS or not all(map(str.isascii, words)):
            return None
        numbers = ("[.()/-]*".join(phone) for phone in self._phones)
        return re.compile("|".join((*map(re.escape, sorted(words)), *numbers)) or "(?!)")

    def _emails_of(self, cell: str) -> set[str]:
        if "40" in cell:
            cell = _ESCAPED_AT.sub("@", cell)
        if "@" not in cell:
            return set()
        tokens = {normalise(IdentifierKind.EMAIL, token).strip(".") for token in _EMAIL.findall(cell)}
        return self._emails & {*tokens, normalise(IdentifierKind.EMAIL, cell)}

    def _references_of(self, cell: str) -> set[str]:
        kind = IdentifierKind.CUSTOMER_REFERENCE
        return self._references & {normalise(kind, cell), *_WORD.findall(cell.upper())}

    def _phones_of(self, cell: str) -> set[str]:
        return self._phones & {normalise(IdentifierKind.PHONE, found) for found in _PHONE.findall(cell)}

    def _names_of(self, cell: str) -> set[str]:
        words = folded(cell).split()
        if self._words.isdisjoint(words):
            return set()
        return self._names & {
            " ".join(sorted(words[start : start + length]))
            for length in self._lengths
            for start in range(len(words) - length + 1)
        }


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Spot:
    """A column, and the kind of identifier found in it; *kept*: in rows a text of law keeps."""

    system: str
    table: str
    column: str
    kind: IdentifierKind
    kept: bool

    @property
    def name(self) -> str:
        """Return the spot as the journal names it."""
        return f"{self.system}.{self.table}.{self.column}:{self.kind}"


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many cells, and the keys of the first rows that hold them."""

    cells: int = 0
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, key: tuple[Any, ...]) -> None:
        """Count one cell of the row *key*."""
        self.cells += 1
        if len(self.rows) < SHOWN and key not in self.rows:
            self.rows.append(key)

    def join(self, other: Tally) -> None:
        """Count the cells of *other* too."""
        self.cells += other.cells
        new = (key for key in other.rows if key not in self.rows)
        self.rows.extend(islice(new, SHOWN - len(self.rows)))


class Hits:
    """Where identifiers of the people looked for were read, before anybody asked who else carries them."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[Spot, frozenset[str]], Tally] = defaultdict(Tally)

    def add(self, spot: Spot, identifiers: frozenset[str], key: tuple[Any, ...]) -> None:
        """Take one cell, of the row *key*, that holds *identifiers* of the kind of *spot*."""
        self._tallies[spot, identifiers].add(key)

    def identifiers(self) -> Identifiers:
        """Return every identifier that was read somewhere."""
        found: Identifiers = {}
        for spot, identifiers in self._tallies:
            found.setdefault(spot.kind, set()).update(identifiers)
        return found

    def without(self, carried: Iterable[tuple[IdentifierKind, str]]) -> dict[Spot, Tally]:
        """Return what is left of nobody known: the cells that hold more than what is *carried* by people still known."""
        theirs: Identifiers = {kind: set() for kind in KINDS}
        for kind, value in carried:
            theirs[kind].add(value)
        left: dict[Spot, Tally] = defaultdict(Tally)
        for (spot, identifiers), tally in self._tallies.items():
            if identifiers - theirs[spot.kind]:
                left[spot].join(tally)
        return dict(left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """What a search found, and what was looked at.

    *people*: how many were searched for, *skipped*: how many were not (an earlier, interrupted part of the run, or too
    many at once). *searched*: columns as ``system.table.column``; *unsearched*: tables or columns, and why.
    """

    people: int
    skipped: int
    found: Mapping[Spot, Tally]
    searched: tuple[str, ...]
    unsearched: Mapping[str, str]

    @property
    def residual(self) -> int:
        """Return how many cells still designate somebody erased, although no text keeps them."""
        return self._cells(kept=False, named=False)

    @property
    def kept_by_law(self) -> int:
        """Return how many cells are in rows a text of law keeps."""
        return self._cells(kept=True, named=False) + self._cells(kept=True, named=True)

    @property
    def names(self) -> int:
        """Return how many cells hold the full name of somebody erased, or of a namesake."""
        return self._cells(kept=False, named=True)

    @property
    def unread(self) -> int:
        """Return how many tables and columns were not searched although they may hold somebody: too big, or binary."""
        return sum(why != "ignored" for why in self.unsearched.values())

    def _cells(self, *, kept: bool, named: bool) -> int:
        return sum(
            tally.cells
            for spot, tally in self.found.items()
            if spot.kept is kept and (spot.kind is IdentifierKind.NAME) is named
        )

    def plain(self) -> dict[str, Any]:
        """Return the search as the documented JSON of ``tenu apply --json``."""
        return {
            "people": self.people,
            "skipped": self.skipped,
            "residual": self.residual,
            "names": self.names,
            "kept_by_law": self.kept_by_law,
            "found": [
                {
                    "system": spot.system, "table": spot.table, "column": spot.column, "kind": spot.kind.value,
                    "kept_by_law": spot.kept, "cells": tally.cells,
                    "rows": [[str(part) for part in key] for key in tally.rows],
                }
                for spot, tally in sorted(self.found.items())
            ],
            "searched": len(self.searched),
            "unsearched": dict(self.unsearched),
        }  # fmt: skip


WHY: Mapping[str, Text] = {
    "too_big": Text(
        fr="plus de lignes que la limite ([residue] rows) : ses textes n'ont pas été lus",
        en="more rows than the limit ([residue] rows): its texts were not read",
    ),
    "ignored": Text(
        fr="table dite sans donnée personnelle ([residue] ignored = true la fait lire)",
        en="table said to hold nothing personal ([residue] ignored = true has it read)",
    ),
    "binary": Text(fr="contenu binaire", en="binary content"),
}
"""Why something was not searched."""


def residue_lines(residue: Residue, language: Language) -> Iterator[str]:
    """Yield *residue* as people read it: what is left, where, and what to do about it."""
    yield _summary(residue).in_(language)
    for spot, tally in sorted(residue.found.items()):
        if not spot.kept:
            keys = ", ".join("-".join(map(str, key)) for key in tally.rows)
            yield f"    ! {spot.system}.{spot.table}.{spot.column}  {tally.cells}  ({spot.kind})  {keys}"
    if residue.residual:
        yield _TO_DO.in_(language)
    if residue.skipped:
        yield Text(
            fr=f"  {residue.skipped} fiches non cherchées : traitées avant une interruption, ou trop nombreuses",
            en=f"  {residue.skipped} records not searched for: done before an interruption, or too many",
        ).in_(language)
    for place, why in residue.unsearched.items():
        yield Text(fr=f"  non lu, {place} : {WHY[why].fr}", en=f"  not read, {place}: {WHY[why].en}").in_(
            language
        )


_TO_DO = Text(
    fr="  -> lisez ces lignes, données par leur clé : texte libre, ou données d'autrui ; corrigez-les, ou décrivez la colonne",
    en="  -> read these rows, given by their keys: free text, or somebody else's; mend them, or describe the column",
)


def _summary(residue: Residue) -> Text:
    people, columns, left = residue.people, len(residue.searched), residue.residual
    return Text(
        fr=f"Restes cherchés : {people} fiches effacées, {columns} colonnes ; {left} cellules désignent encore quelqu'un",
        en=f"Remnants searched for: {people} erased records, {columns} columns; {left} cells still designate somebody",
    )
