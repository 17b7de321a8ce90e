"""The error tree. Each error says what, where, and what to do next; its docstring is its meaning.

TenuError
├── FindingsError        a file or a database does not say what it must: the findings list every place
├── RefusedError         tenu could act and will not: stale plan, limits passed, unsafe schema
│   ├── RestrictedError, KeptError   a database itself keeps rows as they are
│   └── (one class per other reason, raised where the refusal is decided)
├── UnreachableError     a store did not answer; nothing is concluded from its silence
├── StoreError           a store answered that it cannot: disk full, missing right; nothing is left half done
└── TamperedError        evidence does not verify
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from tenu.terms import Language, Severity, Text

_AROUND = 50
"""Characters of a long line that are shown on each side of what is meant."""
_FEW = 2
"""Findings of one kind that are each shown with their line; more are listed by their place."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A position in a workspace file. *line* and *column* count from 1; *excerpt* is that line's text."""

    file: str
    line: int = 1
    column: int = 1
    excerpt: str = ""
    width: int = 1

    def __str__(self) -> str:
        """Return ``file:line:column``, the form editors and terminals turn into a link."""
        return f"{self.file}:{self.line}:{self.column}"

    def underlined(self) -> list[str]:
        """Return the line with its number, and under it what is meant; of a long line, what surrounds it."""
        start = max(0, min(self.column - 1 - _AROUND, len(self.excerpt) - 2 * _AROUND))
        shown = self.excerpt[start : start + 2 * _AROUND]
        before, after = "…" if start else "", "…" if start + 2 * _AROUND < len(self.excerpt) else ""
        number = f"{self.line:>5} | "
        under = " " * (len(before) + self.column - 1 - start) + "^" * max(1, self.width)
        return [f"{number}{before}{shown}{after}", f"{' ' * (len(number) - 2)}| {under}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What values of one column were seen to be: counts, never a value.

    *cells*: those that are, or hold, a *form* (``iban``), among *filled* ones, in the *looked_at* rows of about *rows*.
    """

    system: str
    table: str
    column: str
    form: str
    cells: int
    filled: int
    looked_at: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at: what (code, message), where (place), what to do next (fix); *seen*, when values say so."""

    code: str
    severity: Severity
    message: Text
    place: Place | None = None
    fix: Text | None = None
    clauses: tuple[str, ...] = ()
    seen: Seen | None = None

    def plain(self) -> dict[str, object]:
        """Return the finding as plain data, in both languages, for programs."""
        place = self.place
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": {"fr": self.message.fr, "en": self.message.en},
            "fix": {"fr": self.fix.fr, "en": self.fix.en} if self.fix else None,
            "file": place.file if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
            "clauses": list(self.clauses),
            "seen": asdict(self.seen) if self.seen else None,
        }

    def at_length(self, language: Language) -> list[str]:
        """Return the finding with the line it was found in: place, code, message, excerpt."""
        where = f"{self.place}  " if self.place else ""
        lines = [f"{where}{self.code}  {self.message.in_(language)}"]
        if self.place and self.place.excerpt:
            lines.extend(self.place.underlined())
        return lines

    def in_short(self, language: Language) -> str:
        """Return the finding on one line of a list: place, message."""
        return (
            f"  {self.place}  {self.message.in_(language)}"
            if self.place
            else f"  {self.message.in_(language)}"
        )


def kinds(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Return *findings* kind by kind, in the order of the first of each: one code, one way out."""
    found: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.severity, finding.code, finding.fix), []).append(finding)
    return [tuple(alike) for alike in found.values()]


def together(findings: Sequence[Finding], language: Language) -> str:
    """Return findings of one code and one way out as a person reads them: each with its line, or many as a list."""
    first, more = findings[0], Text(fr="En savoir plus :", en="More:")
    if len(findings) > _FEW:
        lines = [f"{first.code}  × {len(findings)}", *(found.in_short(language) for found in findings)]
    else:
        lines = [line for found in findings for line in found.at_length(language)]
    if first.fix:
        lines.append(f"  -> {first.fix.in_(language)}")
    return "\n".join([*lines, f"  {more.in_(language)} tenu explain {first.code}"])


class TenuError(Exception):
    """Something stopped tenu; *message* says what and where, *fix* what to do next."""

    def __init__(self, message: Text, *, fix: Text | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.fix = fix


class FindingsError(TenuError):
    """A file or a database does not say what it must; ``findings`` lists every place at once."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        count = len(findings)
        super().__init__(
            Text(fr=f"{count} constat(s) empêchent de continuer", en=f"{count} finding(s) stop the work")
        )
        self.findings = findings


class RefusedError(TenuError):
    """tenu could act and will not, because acting now would not be what was promised or reviewed."""


class UnreachableError(TenuError):
    """A store did not answer. Nothing is concluded from its silence."""


class StoreError(TenuError):
    """A store answered that it cannot: its disk is full, a right is missing. Nothing is left half done."""


class TamperedError(TenuError):
    """Evidence does not verify: it was changed, cut or forged since it was written."""


class RestrictedError(RefusedError):
    """The database itself refused to change rows of a restricted person; nothing was changed."""


class KeptError(RefusedError):
    """The database kept, or wrote again, rows that had to go; nothing was changed."""


def kept_back(table: str) -> KeptError:
    """Return the refusal to report rows of *table* as gone when the database did not let them go."""
    return KeptError(
        Text(
            fr=f"un déclencheur ou une règle garde, ou réécrit, des lignes de « {table} » : rien n'a été changé",
            en=f"a trigger or a rule keeps, or writes again, rows of '{table}': nothing was changed",
        ),
        fix=Text(
            fr="demandez à qui administre la base que le compte de tenu y échappe, puis relancez « tenu apply »",
            en="ask the database's administrator to spare tenu's account from it, then run 'tenu apply' again",
        ),
    )
