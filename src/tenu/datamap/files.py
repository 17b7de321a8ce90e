"""Files that hold personal data, outside any database: which folders, how the day of a file is known, which rule ends it.

Source: policy C-CAT-02, C-SEC-01; CSI L252-5; GDPR 5(1)(e).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from tenu.datamap.file_paths import PathPattern
from tenu.datamap.findings import finding, nearest
from tenu.datamap.model import Declared, Names
from tenu.documents import Located, document, json_schema
from tenu.errors import Finding
from tenu.policy.model import Policy
from tenu.policy.retention import Scope
from tenu.terms import End, Severity, Text

NAME = "^[a-z][a-z0-9_-]{0,30}$"
"""What a store, or a set of its files, may be called."""
SCHEMA_ID = "https://tenu.example/schemas/store.schema.json"


def _as_pattern(value: Any) -> Any:
    return PathPattern(value) if isinstance(value, str) else value


def _as_patterns(value: Any) -> Any:
    written = (value,) if isinstance(value, str) else value
    return tuple(map(_as_pattern, written)) if isinstance(written, list | tuple) else written


_TEXT = {"type": "string"}
Pattern = Annotated[PathPattern, BeforeValidator(_as_pattern), WithJsonSchema(_TEXT)]
Patterns = Annotated[
    tuple[PathPattern, ...],
    BeforeValidator(_as_patterns),
    WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}),
]


@document
class FileSet(Located):
    """Files of one kind: where they are (*path*), what for, and the *rule* of the policy that ends each by its own day.

    *path*: from the root of the store, such as ``{camera}/{year}/{month}/{day}/**``. The day is the one the path tells;
    *dated_by* ``modified`` takes the time the file was last written instead, and only when the path tells none: copying or
    restoring a file makes it young again. *category*: of the policy.

    Source: policy C-CAT-02, C-SEC-01.
    """

    path: Pattern
    rule: str
    purposes: Names
    category: str
    dated_by: Literal["path", "modified"] = "path"

    @model_validator(mode="after")
    def _one_day(self) -> FileSet:
        if self.path.tells_day != (self.dated_by == "path"):
            raise ValueError(
                "a path tells the day by {year}, {month} and {day}, or {date}; without them write 'dated_by: modified'"
            )
        return self


@document
class FileStore(Located):
    """One tree of files: recordings of cameras, scans.

    *url*: its root, ``file:///srv/cameras``. *files*: by name, first of those a path fits. *ignored*: paths of files and
    folders without any personal data, said so by *declared*. *stored_in*: the zone of the hours its names hold; the
    controller's by default. *backups_kept_days*: how long the oldest of its backups is kept, all copies of it; 35 days are
    assumed when it is not said.
    """

    store: str = Field(pattern=NAME)
    label: Text
    url: str
    country: str = Field(pattern="^[A-Z]{2}$")
    declared: Declared
    files: dict[str, FileSet]
    ignored: Patterns = dataclasses.field(default=())
    stored_in: str | None = None
    backups_kept_days: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _known(self) -> FileStore:
        for name in self.files:
            if not re.fullmatch(NAME, name):
                raise ValueError(
                    f"'{name}' under 'files': write small letters, digits, '_' and '-', a letter first"
                )
        try:
            ZoneInfo(self.stored_in or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("'stored_in' is no time zone; write for example Europe/Paris") from None
        return self


def store_schema() -> dict[str, Any]:
    """Return the JSON Schema of the data map of a store of files, for editors."""
    return json_schema(FileStore, identifier=SCHEMA_ID, title="tenu data map of files")


def store_findings(store: FileStore, policy: Policy) -> Iterator[Finding]:
    """Yield what the policy says against the data map of *store*."""
    purposes = {purpose.id for purpose in policy.purposes}
    categories = {category.id for category in policy.categories}
    for name, files in store.files.items():
        for purpose in files.purposes:
            if purpose not in purposes:
                yield finding(
                    "D-PUR-01", Severity.BLOCKER, files.at.get("purposes", files.place),
                    (f"« {name} » sert une finalité inconnue, « {purpose} »", f"'{name}' serves an unknown purpose, '{purpose}'"),
                    nearest(purpose, purposes), ("C-COL-02",),
                )  # fmt: skip
        if files.category not in categories:
            yield finding(
                "D-CAT-01", Severity.BLOCKER, files.at.get("category", files.place),
                (f"« {name} » : catégorie inconnue, « {files.category} »", f"'{name}': unknown category, '{files.category}'"),
                nearest(files.category, categories), ("C-CAT-06",),
            )  # fmt: skip
        yield from _rule(name, files, policy)


def _rule(name: str, files: FileSet, policy: Policy) -> Iterator[Finding]:
    able = {r.id for r in policy.retention.rules if r.each is Scope.RECORD}
    ending = {r.id for r in policy.retention.rules if r.each is Scope.RECORD and r.end is End.ERASE}
    if files.rule not in able:
        yield finding(
            "D-RULE-02", Severity.BLOCKER, files.at.get("rule", files.place),
            (f"« {name} » : « {files.rule} » n'est pas une règle qui court pour chaque fichier (each: record)",
             f"'{name}': '{files.rule}' is no rule that runs file by file (each: record)"),
            nearest(files.rule, ending), ("C-RET-01",),
        )  # fmt: skip
    elif files.rule not in ending:
        yield finding(
            "D-FILE-01", Severity.BLOCKER, files.at.get("rule", files.place),
            (f"« {name} » : « {files.rule} » finit par l'anonymat, et un fichier ne peut qu'être effacé",
             f"'{name}': '{files.rule}' ends in anonymity, and a file can only be erased"),
            nearest(files.rule, ending), ("C-RET-07",),
        )  # fmt: skip
