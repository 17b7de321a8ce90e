"""What must be said of the person of one request, while it may: kept sealed, apart from the journal.

Source: GDPR 5(1)(c), 5(1)(e), 12(6); time rule T-38; law 5.0 « proof kept ».
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tenu.terms import IdentifierKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What must be said of the person of one request, while it may.

    *sought*: what they say of themselves, by kind. *address*: where the answer goes, in plain words or an e-mail.
    *message*: what they wrote. *notes*: reasons people gave, newest last. *confirmed*, *refused*: the doubtful
    rows a human said are theirs, or are not, by keyed fingerprint. *rows*: their rows of people tables (system and table, primary key)
    while an erasure is under way. *done*: what was done of each right, as its letter tells
    it. *acts*: by right, what is to be done, as JSON, so that whoever resumes does exactly that. *notices*: each recipient to tell,
    by number (name, address, words). *until*: last day of the
    file, None while the request is open.
    """

    number: str
    sought: Mapping[IdentifierKind, tuple[str, ...]]
    address: str = ""
    message: str = ""
    notes: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    rows: tuple[tuple[tuple[str, str], tuple[Any, ...]], ...] = ()
    done: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)
    notices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    until: date | None = None

    def note_of(self, digest: str | None) -> str | None:
        """Return the words whose *digest* the journal holds, None when the file does not hold them any more."""
        found = (note for note in reversed(self.notes) if hashlib.sha256(note.encode()).hexdigest() == digest)
        return next(found, None)
