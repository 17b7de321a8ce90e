"""Links no foreign key declares, as names suggest them and values bear them out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tenu.datamap.catalog import Catalog, Column, Table

_MARKS = frozenset({"id", "fk", "ref", "key", "no", "num", "nr", "code", "uuid", "rowid"})
"""Words that say a column points at something, before or after the word that says at what."""
_PREFIXED = 3
"""Tables that must share the letters before their first underscore to be taken for a prefix of the whole application."""
_ENOUGH = 3
"""Values that must all lead somewhere before half a name is believed."""
_WHOLE, _SAME_KEY, _PART, _START = range(4)
"""How much a name says: the whole of a table's, its very key's, a part of it, its first letters only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyLink:
    """*column* of *child* seems to hold *key* of *parent*; *lost* of the *looked* values that were tried are not there."""

    child: str
    column: str
    parent: str
    key: str
    looked: int = 0
    lost: int = 0


Tried = Callable[[str, str, str, str], tuple[int, int]]
"""Of some values of a child's column, how many were looked for in the parent's key, and how many were found."""


def likely_links(catalog: Catalog, tried: Tried) -> Iterator[LikelyLink]:
    """Yield the links no foreign key declares: ``customer_id``, ``id_customer``, ``billing_customer_id`` or ``fk_cust``.

    A name alone is believed where it is the whole of a table's, unless most values lead nowhere; a part of a name, only when
    every value that was tried leads there.
    """
    stems = _stems(catalog)
    for table in catalog.tables:
        declared = {name for key in table.foreign_keys for name in key.columns}
        for column in table.columns:
            if column.name not in declared and (column.name,) != table.primary_key:
                yield from _of_column(table, column, stems, tried)


def _of_column(table: Table, column: Column, stems: dict[str, Table], tried: Tried) -> Iterator[LikelyLink]:
    """Yield the link *column* seems to be, the one its name says most of."""
    for says, parent, key in sorted(_candidates(table, column, stems), key=lambda c: c[0]):
        looked, found = tried(table.name, column.name, parent.name, key)
        believed = (
            2 * found >= looked if says in (_WHOLE, _SAME_KEY) else looked >= _ENOUGH and found == looked
        )
        if believed:
            yield LikelyLink(
                child=table.name,
                column=column.name,
                parent=parent.name,
                key=key,
                looked=looked,
                lost=looked - found,
            )
            return


def _candidates(table: Table, column: Column, stems: dict[str, Table]) -> Iterator[tuple[int, Table, str]]:
    words = _words(column.name)
    stem = "_".join(word for word in words if word not in _MARKS)
    for name, parent in stems.items():
        key = parent.column(parent.primary_key[0])
        if key is None or key.kind is not column.kind or parent.name == table.name:
            continue
        if len(words) > 1 and _words(key.name) == words:
            yield _SAME_KEY, parent, key.name
        elif stem and _MARKS & set(words):
            if stem == name:
                yield _WHOLE, parent, key.name
            elif stem.startswith(f"{name}_") or stem.endswith(f"_{name}"):
                yield _PART, parent, key.name
            elif len(stem) > 2 and name.startswith(stem):
                yield _START, parent, key.name


def _stems(catalog: Catalog) -> dict[str, Table]:
    """Return the tables something can point at by one column, by each spelling of their name; the longest first."""
    prefixes = Counter(table.name.partition("_")[0] for table in catalog.tables if "_" in table.name)
    common = {
        prefix for prefix, times in prefixes.items() if times >= max(_PREFIXED, len(catalog.tables) / 2)
    }
    found: dict[str, Table] = {}
    for table in catalog.tables:
        if len(table.primary_key) == 1:
            head, _, rest = table.name.partition("_")
            words = _words(rest if head in common and rest else table.name)
            for last in _singular(words[-1]):
                found.setdefault("_".join([*words[:-1], last]), table)
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _singular(word: str) -> Iterator[str]:
    """Yield *word*, and what it may be the plural of, in English and French."""
    yield word
    for plural, single in (("ies", "y"), ("aux", "al"), ("eaux", "eau"), ("es", ""), ("s", ""), ("x", "")):
        if word.endswith(plural) and len(word) > len(plural) + 1:
            yield word.removesuffix(plural) + single


def _words(name: str) -> list[str]:
    """Return the words of a name: ``BillingAddressId`` and ``billing_address_id`` are the same three; ``clientid`` is two."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^\w]+", "_", name).lower()
    words = [word for word in apart.split("_") if word]
    if len(words) == 1 and (glued := re.fullmatch(r"(\w{3,})id", words[0])):
        return [glued[1], "id"]
    return words or [apart]
