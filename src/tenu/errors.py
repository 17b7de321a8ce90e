"""The error tree. Each error says what, where, and what to do next; its docstring is its meaning.

TenuError
├── FindingsError        a file or a database does not say what it must: the findings list every place
├── RefusedError         tenu could act and will not: stale plan, limits passed, unsafe schema
│   └── (one class per reason, raised where the refusal is decided)
├── UnreachableError     a store did not answer; nothing is concluded from its silence
├── StoreError           a store answered that it cannot: disk full, missing right; nothing is left half done
└── TamperedError        evidence does not verify
"""

from __future__ import annotations

from dataclasses import dataclass

from tenu.terms import Language, Severity, Text


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at: what (code, message), where (place), what to do next (fix)."""

    code: str
    severity: Severity
    message: Text
    place: Place | None = None
    fix: Text | None = None
    clauses: tuple[str, ...] = ()

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
        }

    def render(self, language: Language) -> str:
        """Return the finding as a person reads it: place, code, message, excerpt, way out, where to read more."""
        where = f"{self.place}  " if self.place else ""
        lines = [f"{where}{self.code}  {self.message.in_(language)}"]
        if self.place and self.place.excerpt:
            number = f"{self.place.line:>5} | "
            lines.append(f"{number}{self.place.excerpt}")
            lines.append(
                " " * (len(number) - 2)
                + "| "
                + " " * (self.place.column - 1)
                + "^" * max(1, self.place.width)
            )
        if self.fix:
            lines.append(f"  -> {self.fix.in_(language)}")
        more = Text(fr="En savoir plus :", en="More:")
        lines.append(f"  {more.in_(language)} tenu explain {self.code}")
        return "\n".join(lines)


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
