"""What a sealed package says inside: one person's rows, table after table, as the servers wrote them.

A package is one block per table: its length on four bytes, then the rows. The *words* all packages of a unit share
(names of tables and columns, how cells are spelled) are said once beside them. Rows are either a JSON array of arrays,
or, where the engine writes it cheaper, PostgreSQL's own text of a row: ``(7,"12, rue",,t)``, in which nothing between
two commas is NULL and ``""`` is an empty text. ``opened`` returns the same JSON from both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from struct import Struct

MARK_OF_WORDS = b"tenu-package-2\n"
"""What the words of this format begin with; those of the first format begin with a quote, or are missing."""

_LENGTH = Struct(">I")
_CELL = re.compile(r'"((?:[^"\\]|""|\\.)*)"|([^,()"]*)', re.DOTALL)
_ESCAPED = re.compile(r'""|\\(.)', re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_INSTANT = re.compile(
    r"(?P<day>[-\d]+) (?P<time>[\d:.]+)(?P<hours>[+-]\d\d)?(?P<minutes>:\d\d(?::\d\d)?)?(?P<era> BC)?"
)


class Spelling(StrEnum):
    """How the text of one cell is to be read."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    BYTES = "bytes"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One table of a package. *spelled*: how each column's cells are, none when the rows are JSON already."""

    table: str
    columns: tuple[str, ...]
    spelled: tuple[Spelling, ...] = ()


def words(headings: Sequence[Heading]) -> bytes:
    """Return what the packages of a unit all share, nobody's own, in the order of their blocks."""
    said = [asdict(heading) for heading in headings]
    return MARK_OF_WORDS + json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def package(blocks: Iterable[str]) -> bytes:
    """Return one person's rows of each table, in the order of the words; an empty text where they have none."""
    written = [block.encode() for block in blocks]
    return b"".join([part for block in written for part in (_LENGTH.pack(len(block)), block)])


def opened(said: bytes, packed: bytes) -> bytes:
    """Return a package as JSON: ``{table: {"columns": […], "rows": [[…]]}}``.

    Args:
        said: The words it shares; those of the first format go with packages that are this JSON already.
        packed: The package, deciphered and decompressed.

    Raises:
        ValueError: The two do not fit one another.
    """
    if not said.startswith(MARK_OF_WORDS):
        return packed
    tables: dict[str, tuple[Sequence[str], list[str]]] = {}
    for heading, block in zip(_headings(said), _blocks(packed), strict=True):
        if block:
            _, rows = tables.setdefault(heading.table, (heading.columns, []))
            rows.extend(_rows(heading, block))
    return _whole(tables).encode()


def rows_in(heading: Heading, block: str) -> str:
    """Return the rows of *block* as one JSON array of arrays."""
    return f"[{','.join(_rows(heading, block))}]"


def _whole(tables: dict[str, tuple[Sequence[str], list[str]]]) -> str:
    parts = (
        f'{json.dumps(table)}:{{"columns":{json.dumps(columns)},"rows":[{",".join(rows)}]}}'
        for table, (columns, rows) in tables.items()
    )
    return "{" + ",".join(parts) + "}"


def _headings(said: bytes) -> Iterator[Heading]:
    for heading in json.loads(said.removeprefix(MARK_OF_WORDS)):
        yield Heading(
            table=heading["table"],
            columns=tuple(heading["columns"]),
            spelled=tuple(Spelling(spelling) for spelling in heading["spelled"]),
        )


def _blocks(packed: bytes) -> Iterator[str]:
    at = 0
    while at < len(packed):
        (length,) = _LENGTH.unpack_from(packed, at)
        at += _LENGTH.size
        if at + length > len(packed):
            raise ValueError("a package ends in the middle of a table")
        yield packed[at : at + length].decode()
        at += length


def _rows(heading: Heading, block: str) -> list[str]:
    """Return each row of *block* as a JSON array."""
    if not heading.spelled:
        return [block.removeprefix("[").removesuffix("]")]
    return [_row(cells, heading.spelled) for cells in _records(block)]


def _row(cells: Sequence[str | None], spelled: Sequence[Spelling]) -> str:
    return f"[{','.join(_cell(cell, spelling) for cell, spelling in zip(cells, spelled, strict=True))}]"


def _records(block: str) -> Iterator[list[str | None]]:
    """Yield the cells of each row of PostgreSQL's text of rows, one after the other."""
    at = 0
    while at < len(block):
        cells, stop = [], "("
        while stop != ")":
            if block[at : at + 1] != stop:
                raise ValueError("a row is cut short")
            found = _CELL.match(block, at + 1)
            assert found is not None  # noqa: S101 - an empty cell matches anywhere
            cells.append(_unescaped(found))
            at = found.end()
            stop = ")" if block[at : at + 1] == ")" else ","
        at += 1
        yield cells


def _unescaped(found: re.Match[str]) -> str | None:
    quoted, bare = found.groups()
    if quoted is None:
        return bare or None
    return _ESCAPED.sub(lambda escape: escape.group(1) or '"', quoted)


def _cell(cell: str | None, spelling: Spelling) -> str:  # noqa: PLR0911 - a line per spelling
    """Return one cell as JSON."""
    if cell is None:
        return "null"
    match spelling:
        case Spelling.JSON:
            return cell
        case Spelling.BOOLEAN:
            return "true" if cell == "t" else "false"
        case Spelling.NUMBER:
            return cell if _NUMBER.fullmatch(cell) else json.dumps(cell)
        case Spelling.BYTES:
            return json.dumps(cell.removeprefix("\\x"))
        case Spelling.INSTANT:
            return json.dumps(_iso(cell))
        case Spelling.TEXT:
            return json.dumps(cell, ensure_ascii=False)


def _iso(cell: str) -> str:
    """Return an instant as ISO 8601 writes it; what is no instant (``infinity``) as it is."""
    found = _INSTANT.fullmatch(cell)
    if found is None:
        return cell
    zone = f"{found['hours']}{found['minutes'] or ':00'}" if found["hours"] else ""
    return f"{found['day']}T{found['time']}{zone}{found['era'] or ''}"
