"""JSON documents against the paths a data map declares: keys nobody classified, paths that lead nowhere, texts that are none.

Source: policy C-OPS-01, C-COL-02, C-CAT-06; GDPR 5(1)(c), 30.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tenu.datamap.catalog import ColumnKind
from tenu.datamap.findings import finding
from tenu.datamap.layout import Layout
from tenu.datamap.paths import Keys, inside, keys_of, leaves, parsed, shown, value_at
from tenu.errors import Finding
from tenu.terms import Severity

SHOWN = 20
"""How many keys of one column are named: an application that makes keys of values would name them for ever."""


def documents(layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield the table and column of each live document whose paths are declared."""
    for name, declared in layout.system.tables.items():
        live = layout.catalog.table(name)
        for column, said in declared.columns.items():
            if said.paths and live is not None and live.column(column) is not None:
                yield name, column


def unfit_documents(layout: Layout) -> Iterator[Finding]:
    """Yield every column that has paths and cannot hold documents tenu changes, or must not be one."""
    for name, column in documents(layout):
        live, said = layout.catalog.table(name), layout.system.tables[name].columns[column]
        found = live.column(column) if live else None
        if live is None or found is None:
            continue
        text = found.kind is ColumnKind.TEXT and layout.catalog.engine != "postgresql"
        linking = {c for r in layout.references if r.child == name for c in r.columns}
        why = None
        if found.kind is not ColumnKind.JSON and not text:
            why = (f"elle est de type {found.type_name}", f"it is of type {found.type_name}")
        elif column in layout.system.designating(name):
            why = ("elle désigne des personnes", "it designates people")
        elif column in {*live.primary_key, *linking}:
            why = ("elle est une clé ou un lien", "it is a key or a link")
        if why is not None:
            yield finding(
                "D-PATH-02", Severity.BLOCKER, said.place,
                (f"« {name}.{column} » ne peut pas avoir de « paths » : {why[0]}", f"'{name}.{column}' cannot have 'paths': {why[1]}"),
                ("donnez-lui une catégorie : elle est alors vidée ou effacée entière ; sur PostgreSQL, un document est json ou jsonb",
                 "give it a category: it is then emptied or erased whole; on PostgreSQL a document is json or jsonb"),
                ("C-RET-07",),
            )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Shape:
    """What the documents of one column look like: how many were read, how many texts are none, what holds a value where.

    *met*: how many documents have each declared path.
    """

    personal: tuple[Keys, ...]
    known: tuple[Keys, ...]
    read: int = 0
    unread: int = 0
    met: Counter[Keys] = field(default_factory=Counter)
    others: Counter[Keys] = field(default_factory=Counter)

    def look(self, cell: str) -> None:
        """Count one cell."""
        document = parsed(cell)
        if document is None:
            self.unread += cell != "null"
            return
        self.read += 1
        self.met.update(keys for keys in self.personal if value_at(document, keys) is not None)
        said = (*self.personal, *self.known)
        self.others.update(k for k in leaves(document) if not any(inside(k, other) for other in said))


def shape_of(layout: Layout, table: str, column: str) -> Shape:
    """Return an empty shape for a document column of *layout*."""
    said = layout.system.tables[table].columns[column]
    return Shape(
        personal=tuple(map(keys_of, said.paths)),
        known=tuple(map(keys_of, said.not_personal)),
    )


def undeclared(layout: Layout, table: str, column: str, shape: Shape) -> Iterator[Finding]:
    """Yield what the documents of a column say against its declared paths; a key that is no plain word is not shown."""
    said, place = layout.system.tables[table].columns[column], f"{table}.{column}"
    named = Counter[str]()
    for keys, count in shape.others.items():
        named[shown(keys)] += count
    for path, count in named.most_common(SHOWN):
        yield finding(
            "D-PATH-01", Severity.MAJOR, said.at.get("paths", said.place),
            (f"« {place} » a une clé que rien ne classe, {path} : {count} documents sur {shape.read} regardés",
             f"'{place}' has a key nothing classifies, {path}: {count} of {shape.read} documents looked at"),
            (f"donnez-lui une catégorie sous « paths » ({path}: identity), ou rangez-la sous « not_personal », à côté",
             f"give it a category under 'paths' ({path}: identity), or put it under 'not_personal' beside"),
            ("C-COL-02", "C-CAT-06"),
        )  # fmt: skip
    if (more := len(named) - SHOWN) > 0:
        yield finding(
            "D-PATH-01", Severity.MAJOR, said.at.get("paths", said.place),
            (f"« {place} » a {more} autres clés que rien ne classe", f"'{place}' has {more} more keys nothing classifies"),
            ("nommez l'objet qui les contient : un chemin vaut pour tout ce qui est dessous",
             "name the object that holds them: a path stands for all below it"), ("C-COL-02", "C-CAT-06"),
        )  # fmt: skip
    for path, keys in zip(said.paths, shape.personal, strict=True):
        if shape.read and not shape.met[keys]:
            yield finding(
                "D-PATH-03", Severity.MINOR, said.paths[path].place,
                (f"« {place} » : aucun des {shape.read} documents regardés n'a {path}", f"'{place}': none of {shape.read} documents looked at has {path}"),
                ("la clé a peut-être été renommée : comparez avec les clés que rien ne classe",
                 "the key may have been renamed: compare with the keys nothing classifies"), ("C-CAT-06",),
            )  # fmt: skip
    if shape.unread:
        yield finding(
            "D-PATH-04", Severity.MINOR, said.place,
            (f"« {place} » : {shape.unread} cellules sur {shape.read + shape.unread} ne sont pas des documents ; elles seront vidées entières",
             f"'{place}': {shape.unread} of {shape.read + shape.unread} cells are no documents; they will be emptied whole"),
            ("corrigez-les, ou donnez une catégorie à la colonne entière", "mend them, or give the whole column a category"), ("C-RET-07",),
        )  # fmt: skip
