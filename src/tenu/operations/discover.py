"""``tenu discover``: a first data map of a live database. Reads its catalog and a few values; shows no value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from tenu.datamap.catalog import Catalog, Column, ColumnKind
from tenu.datamap.draft import draft
from tenu.datamap.evidence import DocumentEvidence, Evidence, document_evidence, evidence
from tenu.datamap.likely_links import likely_links
from tenu.datamap.model import System
from tenu.documents import read


class Source(Protocol):
    """A database nobody described yet."""

    def catalog(self) -> Catalog:
        """Return its live catalog."""

    def sample(self, table: str) -> Mapping[str, Iterable[str]]:
        """Return a few values of each text column of *table*, documents included."""

    def lead(self, child: str, column: str, parent: str, key: str) -> tuple[int, int]:
        """Return how many of some values of *column* were looked for in *key* of *parent*, and how many were found."""


def discover(source: Source, *, system: str, url: str, country: str, on: date) -> str:
    """Return the text of a data map of *source*, which reads back as one.

    Args:
        source: The live database: its catalog, and a few values of each text column.
        system: The name it will bear in the workspace.
        url: Its address as the file will say it.
        country: Where it is, two letters.
        on: The civil day it is drawn.

    Raises:
        UnreachableError: The database does not answer.
    """
    catalog = source.catalog()
    links = list(likely_links(catalog, source.lead))
    told: dict[tuple[str, str], Evidence] = {}
    documents: dict[tuple[str, str], DocumentEvidence] = {}
    for table in catalog.tables:
        values = source.sample(table.name)
        linking = {c for key in table.foreign_keys for c in key.columns} | set(table.primary_key)
        linking |= {link.column for link in links if link.child == table.name}
        for column in table.columns:
            if column.name in linking:
                continue
            if (inside := _document(catalog, column, values)) is not None:
                documents[table.name, column.name] = inside
            elif (seems := evidence(column.name, values.get(column.name, ()))) is not None:
                told[table.name, column.name] = seems
    text = draft(catalog, told, documents, links, system=system, url=url, country=country, on=on)
    read(text, file=f"systems/{system}.yaml", model=System)
    return text


def _document(
    catalog: Catalog, column: Column, values: Mapping[str, Iterable[str]]
) -> DocumentEvidence | None:
    """Return what the documents of *column* seem to hold, where they can be changed value by value."""
    text = column.kind is ColumnKind.TEXT and catalog.engine != "postgresql"
    return document_evidence(values.get(column.name, ())) if text or column.kind is ColumnKind.JSON else None
