"""A data map against the live schema: what is missing, new, renamed, unsafe or out of reach, before any write.

Source: policy C-OPS-01, C-COL-02, C-CAT-06; GDPR 30, 32.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tenu.datamap.catalog import Table
from tenu.datamap.findings import finding, nearest
from tenu.datamap.layout import Layout
from tenu.datamap.meaning import followed, meanings
from tenu.datamap.mentions import conditions, named_columns
from tenu.datamap.model import System
from tenu.datamap.ownership import owners
from tenu.datamap.undeclared import unfit_documents
from tenu.datamap.ways import Reference
from tenu.errors import Finding, Place
from tenu.policy.model import Policy
from tenu.terms import Severity

BLOCKER, MAJOR, MINOR, NOTE = Severity.BLOCKER, Severity.MAJOR, Severity.MINOR, Severity.NOTE


def compare(layout: Layout, policy: Policy) -> tuple[Finding, ...]:
    """Return everything the live schema and the policy say against the data map of *layout*, worst first."""
    findings = [
        *meanings(layout.system, policy),
        *_tables(layout),
        *_columns(layout),
        *unfit_documents(layout),
        *named_columns(layout),
        *conditions(layout),
        *_people(layout),
        *followed(layout),
        *owners(layout),
        *_references(layout),
        *_triggers(layout),
        *_grants(layout),
    ]
    order = list(Severity)
    return tuple(sorted(findings, key=lambda f: order.index(f.severity)))


def _tables(layout: Layout) -> Iterator[Finding]:
    system = layout.system
    live = {table.name for table in layout.catalog.tables if not table.outside or _points_at(system, table)}
    for name, declared in system.tables.items():
        if name not in live:
            yield finding(
                "D-TBL-01", BLOCKER, declared.place,
                (f"la table « {name} » n'existe plus dans {system.system}", f"the table '{name}' is gone from {system.system}"),
                nearest(name, live - system.tables.keys()), ("C-OPS-01",),
            )  # fmt: skip
    for name in sorted(live - system.tables.keys() - set(system.ignored)):
        yield finding(
            "D-TBL-02", BLOCKER, system.at.get("tables", system.place),
            (f"la table « {name} » de {system.system} n'est pas décrite", f"the table '{name}' of {system.system} is not described"),
            ("décrivez-la sous « tables », ou rangez-la sous « ignored » si elle ne parle de personne",
             "describe it under 'tables', or put it under 'ignored' when it speaks of nobody"), ("C-OPS-01",),
        )  # fmt: skip


def _points_at(system: System, table: Table) -> bool:
    """Return whether *table*, of another schema, points at a table the map describes."""
    return any(key.parent in system.tables for key in table.foreign_keys)


def _columns(layout: Layout) -> Iterator[Finding]:
    for name, declared in layout.system.tables.items():
        table = layout.catalog.table(name)
        if table is None:
            continue
        live = {column.name for column in table.columns}
        said = {*declared.columns, *declared.not_personal}
        for column in sorted(said - live):
            place = (
                declared.columns[column].place
                if column in declared.columns
                else declared.at.get("not_personal")
            )
            yield finding(
                "D-COL-01", BLOCKER, place,
                (f"la colonne « {name}.{column} » n'existe plus", f"the column '{name}.{column}' is gone"),
                nearest(column, live - said), ("C-CAT-06",),
            )  # fmt: skip
        for column in sorted(live - said):
            yield finding(
                "D-COL-02", BLOCKER, declared.place,
                (f"la colonne « {name}.{column} » n'est pas classée", f"the column '{name}.{column}' is not classified"),
                ("donnez-lui une catégorie sous « columns », ou rangez-la sous « not_personal »",
                 "give it a category under 'columns', or put it under 'not_personal'"), ("C-COL-02", "C-CAT-06"),
            )  # fmt: skip
        for column in sorted(set(declared.columns) & set(declared.not_personal)):
            yield finding(
                "D-COL-03", BLOCKER, declared.columns[column].place,
                (f"« {name}.{column} » est dite personnelle et non personnelle", f"'{name}.{column}' is said personal and not personal"),
                ("gardez une des deux lignes", "keep one of the two lines"),
            )  # fmt: skip


def _people(layout: Layout) -> Iterator[Finding]:
    for name, people in layout.system.people.items():
        table = layout.catalog.table(name)
        if table is None:
            continue
        if not table.primary_key:
            yield finding(
                "D-KEY-01", BLOCKER, people.place,
                (f"la table de personnes « {name} » n'a pas de clé primaire", f"the people table '{name}' has no primary key"),
                ("donnez-lui une clé : tenu ne peut désigner une personne sans elle",
                 "give it a key: tenu cannot designate a person without one"),
            )  # fmt: skip
        elsewhere = [
            one for names in people.identified_by.values() for one in names if not isinstance(one, str)
        ]
        if len(table.primary_key) > 1 and (elsewhere or people.merged_into is not None):
            yield finding(
                "D-KEY-03", BLOCKER, people.place,
                (f"la clé de « {name} » a plusieurs colonnes : une seule ne peut pas la désigner",
                 f"the key of '{name}' has several columns: a single one cannot designate it"),
                ("retirez « merged_into » et les identifiants tenus ailleurs", "take 'merged_into' and identifiers kept elsewhere out"),
            )  # fmt: skip
        if name not in layout.system.tables:
            yield finding(
                "D-TBL-03", BLOCKER, people.place,
                (f"« {name} » désigne des personnes mais n'est pas sous « tables »", f"'{name}' designates people but is not under 'tables'"),
                ("décrivez ses colonnes sous « tables »", "describe its columns under 'tables'"),
            )  # fmt: skip
        if people.collected_at is None:
            yield finding(
                "D-DATE-01", MINOR, people.place,
                (f"« {name} » n'a pas de date de collecte : qui n'a jamais rien fait y reste sans fin",
                 f"'{name}' has no date of collection: who never did anything stays there for ever"),
                ("nommez-la : « collected_at: colonne »", "name it: 'collected_at: column'"), ("C-RET-13",),
            )  # fmt: skip


def _described(layout: Layout, table: str) -> Place:
    declared = layout.system.tables.get(table)
    return declared.place if declared else layout.system.place


def _references(layout: Layout) -> Iterator[Finding]:
    """Check what points at rows that go; rows people share go only once nothing points at them, so nothing can stop them."""
    owned = {one.table for estate in layout.estates for one in estate.owned}
    shared = {one.table for estate in layout.estates for one in estate.owned if one.shared}
    for reference in layout.references:
        if reference.parent not in owned - shared:
            continue
        yield from _holding_back(layout, reference, reference.child not in owned)
        if not _indexed(layout, reference):
            yield finding(
                "D-IDX-01", MINOR, _described(layout, reference.child),
                (f"« {reference.child}({', '.join(reference.columns)}) » n'a pas d'index : effacer y lira toute la table",
                 f"'{reference.child}({', '.join(reference.columns)})' has no index: erasing will read the whole table"),
                ("créez un index sur ces colonnes", "create an index on these columns"),
            )  # fmt: skip


def _holding_back(layout: Layout, reference: Reference, outside: bool) -> Iterator[Finding]:
    kept = layout.system.tables.get(reference.child)
    if reference.on_delete == "CASCADE" and (outside or (kept is not None and kept.kept_by_law)):
        yield finding(
            "D-CAS-01", BLOCKER, layout.system.place,
            (f"effacer « {reference.parent} » effacerait en cascade « {reference.child} », que le plan garde",
             f"erasing '{reference.parent}' would cascade to '{reference.child}', which the plan keeps"),
            ("retirez ON DELETE CASCADE de cette clé étrangère, ou décrivez la table",
             "take ON DELETE CASCADE off this foreign key, or describe the table"), ("C-RET-11",),
        )  # fmt: skip
    elif outside and not reference.cuttable and reference.child in layout.system.ignored:
        yield finding(
            "D-REF-01", MAJOR, layout.system.at.get("ignored", layout.system.place),
            (f"« {reference.child} », ignorée, empêche d'effacer « {reference.parent} » : ses lignes sont vidées à la place",
             f"'{reference.child}', ignored, keeps '{reference.parent}' from being erased: its rows are emptied instead"),
            ("décrivez-la, ou rendez son lien facultatif", "describe it, or make its link nullable"),
        )  # fmt: skip


def _indexed(layout: Layout, reference: Reference) -> bool:
    table = layout.catalog.table(reference.child)
    return table is None or any(_starts_with(index, reference.columns) for index in _indexes(table))


def _indexes(table: Table) -> Iterable[tuple[str, ...]]:
    return (*table.indexes, *table.unique, table.primary_key)


def _starts_with(index: tuple[str, ...], columns: tuple[str, ...]) -> bool:
    return set(index[: len(columns)]) == set(columns) or (len(columns) > 1 and index[:1] == columns[:1])


def _triggers(layout: Layout) -> Iterator[Finding]:
    """Yield what runs by itself when rows go, and where copies of rows stay: nobody but their author knows what they keep."""
    owned = dict.fromkeys(one.table for estate in layout.estates for one in estate.owned)
    for name in owned:
        table = layout.catalog.table(name)
        if table is not None and table.on_delete:
            names = ", ".join(table.on_delete)
            yield finding(
                "D-TRG-01", MAJOR, layout.system.tables[name].place,
                (f"effacer « {name} » déclenche {names}", f"erasing '{name}' fires {names}"),
                ("vérifiez qu'il ne refuse rien et ne garde copie de personne", "see that it refuses nothing and keeps a copy of nobody"),
                ("C-RET-07",),
            )  # fmt: skip
    for name in layout.catalog.copies:
        if name not in layout.system.ignored:
            yield finding(
                "D-COPY-01", MAJOR, layout.system.at.get("ignored", layout.system.place),
                (f"« {name} » garde sa propre copie de lignes, qu'aucun plan n'efface", f"'{name}' keeps a copy of rows of its own, which no plan erases"),
                ("rafraîchissez-la après chaque exécution ; rangez-la sous « ignored » si elle ne copie personne",
                 "refresh it after each run; put it under 'ignored' when it copies nobody"), ("C-RET-07", "C-OPS-01"),
            )  # fmt: skip


def _grants(layout: Layout) -> Iterator[Finding]:
    for missing in layout.catalog.missing_grants:
        yield finding(
            "D-GRANT-01", BLOCKER, layout.system.at.get("url", layout.system.place),
            (f"il manque un droit à tenu dans {layout.system.system} : {missing}", f"tenu lacks a right in {layout.system.system}: {missing}"),
            ("accordez-le au compte de cette adresse", "grant it to the account of this address"),
        )  # fmt: skip
