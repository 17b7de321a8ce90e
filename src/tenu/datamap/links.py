"""Links as a data map writes them: ``child.column -> parent.column``, and what tells two like columns apart."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from pydantic import field_validator, model_validator

from tenu.datamap.conditions import When
from tenu.datamap.ways import Passage, Spelling
from tenu.documents import Located, document
from tenu.terms import IdentifierKind

_NAME = r"""(?:[\w$]+|"[^"]+"|`[^`]+`)"""
_END = re.compile(
    rf"^\s*(?P<table>{_NAME})\s*(?:\.\s*(?P<one>{_NAME})|\(\s*(?P<many>{_NAME}(?:\s*,\s*{_NAME})*)\s*\))\s*$"
)
_SPELLED = re.compile(r"^(?P<before>[^{}]*)\{(?P<name>[^{}:]+)(?::0*(?P<width>\d{1,2}))?\}(?P<after>[^{}]*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """The two ends of a link."""

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@document
class Link(Located):
    """A reference the database does not declare: ``child(columns) -> parent(columns)`` or ``child.c -> parent.c``.

    Names with spaces or dots are written between double quotes. *when*: only in rows of the child that say so (a pair
    of type and identifier); ``table.column`` there reads the row the child points at. *spelled*: what the child's column
    holds of the parent's, ``'INV-{id:6}'`` (six digits, zeros first) or ``'res.partner,{id}'``. *compared_as*: both ends
    are the same identifier, compared normalised (an e-mail). *through*: the table that joins both ends,
    ``'orders_meta(order_id, value)'``; *when* then speaks of its rows.
    """

    short: ClassVar[str] = "link"
    link: str
    when: When = dataclasses.field(default_factory=dict)
    spelled: str | None = None
    compared_as: IdentifierKind | None = None
    through: str | None = None

    @field_validator("link")
    @classmethod
    def _arrow_reads(cls, value: str) -> str:
        read_arrow(value)
        return value

    @model_validator(mode="after")
    def _one_column(self) -> Link:
        arrow = read_arrow(self.link)
        several = len(arrow.columns) > 1
        if several and (self.spelled or self.compared_as or self.through):
            raise ValueError("'spelled', 'compared_as' and 'through' need one column at each end")
        if self.spelled and self.compared_as:
            raise ValueError("give 'spelled' or 'compared_as', not both")
        if self.spelled and _spelled(self.spelled)["name"] != arrow.parent_columns[0]:
            raise ValueError("'spelled' must name the parent's column between braces, as 'INV-{id:6}'")
        if self.through:
            read_passage(self.through)
        return self

    @property
    def arrow(self) -> Arrow:
        """Return the two ends."""
        return read_arrow(self.link)

    @property
    def passage(self) -> Passage | None:
        """Return the table between the two ends, None when the child holds the link itself."""
        return read_passage(self.through) if self.through else None

    @property
    def spelling(self) -> Spelling | None:
        """Return how the child's column writes the parent's."""
        if self.spelled is None:
            return None
        read = _spelled(self.spelled)
        return Spelling(before=read["before"], after=read["after"], width=int(read["width"] or 0))


@lru_cache(maxsize=10_000)
def read_arrow(text: str) -> Arrow:
    """Return the ends of ``child.column -> parent.column`` or ``child(a, b) -> parent(a, b)``.

    Raises:
        ValueError: It is not written so.
    """
    ends = [_END.match(end) for end in text.split("->")]
    if len(ends) != 2 or not all(ends):
        raise ValueError("write a link as 'child.column -> parent.column' or 'child(a, b) -> parent(a, b)'")
    names = [_columns(end) for end in ends if end]
    if len(names[0]) != len(names[1]):
        raise ValueError("both ends of a link need the same number of columns")
    child, parent = (_plain(end["table"]) for end in ends if end)
    return Arrow(child=child, columns=names[0], parent=parent, parent_columns=names[1])


def read_passage(text: str) -> Passage:
    """Return the table and columns of ``table(child's column, parent's column)``.

    Raises:
        ValueError: It is not written so.
    """
    end = _END.match(text)
    names = _columns(end) if end else ()
    if end is None or len(names) != 2:
        raise ValueError("write 'through' as 'table(column of the child, column of the parent)'")
    return Passage(table=_plain(end["table"]), columns=names[:1], onward=names[1:])


def _columns(end: re.Match[str]) -> tuple[str, ...]:
    return tuple(_plain(name) for name in re.findall(_NAME, end["one"] or end["many"]))


def _plain(name: str) -> str:
    """Return *name* without the quotes a space or an accent in it asks for."""
    return name.strip('"`')


def _spelled(text: str) -> re.Match[str]:
    read = _SPELLED.match(text)
    if read is None:
        raise ValueError("write 'spelled' as text around one column of the parent, as 'INV-{id:6}'")
    return read
