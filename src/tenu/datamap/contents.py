"""What is in columns nobody called personal: which are looked at, how what was seen is judged, and what is said of it.

Nothing here keeps a value longer than it takes to count it: a column, a form, a number of cells.

Source: policy C-OPS-01, C-COL-02, C-CAT-03, C-CAT-06; GDPR 5(1)(c), 30.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tenu.datamap.catalog import Column, ColumnKind, Table
from tenu.datamap.findings import finding
from tenu.datamap.forms import Form, spotted
from tenu.datamap.layout import Layout
from tenu.datamap.paths import Keys, keys_of, parsed, without
from tenu.errors import Finding, Place, Seen
from tenu.terms import Severity, Text

KINDS = (ColumnKind.TEXT, ColumnKind.JSON, ColumnKind.OTHER, ColumnKind.INTEGER, ColumnKind.NUMBER)
"""What can be written in a column of these, a form can be in: a card number fits a whole number."""
NEEDED: Mapping[Form, int] = {Form.CARD: 2, Form.PHONE: 3}
"""How many cells prove it, where chance alone makes one now and then; one for the others."""
PROSE = 5
"""A cell of that many words is a free text, not a value with something around it."""
MOST_DIFFERENT = 3
"""Different values are told apart up to this many."""
THEIR_OWN = (Form.EMAIL, Form.IBAN, Form.PHONE)
"""What a company has too: one or two of them in every row are its own."""
CATEGORIES: Mapping[Form, str] = {Form.IBAN: "financial", Form.CARD: "financial"}
"""Category of the packaged policy for each form; identity for the others."""
NAMES: Mapping[Form, Text] = {
    Form.EMAIL: Text(fr="adresses e-mail", en="e-mail addresses"),
    Form.IBAN: Text(fr="IBAN", en="IBANs"),
    Form.NIR: Text(fr="numéros de sécurité sociale", en="French social security numbers"),
    Form.CARD: Text(fr="numéros de carte de paiement", en="payment card numbers"),
    Form.PHONE: Text(fr="numéros de téléphone", en="telephone numbers"),
    Form.DIGITS: Text(
        fr="suites de dix chiffres qui peuvent être des téléphones",
        en="runs of ten digits that may be telephones",
    ),
}


class Standing(StrEnum):
    """What a data map says of a column."""

    NOT_PERSONAL = "not_personal"
    UNCLASSIFIED = "unclassified"
    IGNORED = "ignored"
    PERSONAL = "personal"
    REST = "rest"
    """A document whose personal paths are declared: what is outside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One column to look at. *place*: the line of the data map that speaks of it. *paths*: those of its document that are personal."""

    column: str
    standing: Standing
    place: Place | None
    paths: tuple[Keys, ...] = ()


def watched(layout: Layout, table: Table) -> tuple[Watched, ...]:
    """Return the columns of *table* whose values are looked at: all a form can be written in."""
    read = [c for c in table.columns if c.kind in KINDS and not layout.catalog.opaque(c)]
    return tuple(_watched(layout, table, column) for column in read)


def opaque(layout: Layout, table: Table) -> Iterator[str]:
    """Yield, as ``table.column``, what is not known to be personal in *table* and cannot be read as text."""
    declared = layout.system.tables.get(table.name)
    for column in table.columns:
        if layout.catalog.opaque(column) and (declared is None or column.name not in declared.columns):
            yield f"{table.name}.{column.name}"


def _watched(layout: Layout, table: Table, column: Column) -> Watched:
    system, declared = layout.system, layout.system.tables.get(table.name)
    if declared is None:
        ignored = table.name in system.ignored
        at = f"ignored.{system.ignored.index(table.name)}" if ignored else "tables"
        standing = Standing.IGNORED if ignored else Standing.UNCLASSIFIED
        place = system.at.get(at) or system.at.get("ignored", system.place)
    elif (said := declared.columns.get(column.name)) is not None:
        paths = tuple(map(keys_of, said.paths))
        standing = Standing.REST if paths else Standing.PERSONAL
        return Watched(column=column.name, standing=standing, place=said.place, paths=paths)
    elif column.name in declared.not_personal:
        at = f"not_personal.{declared.not_personal.index(column.name)}"
        standing = Standing.NOT_PERSONAL
        place = declared.at.get(at) or declared.at.get("not_personal", declared.place)
    else:
        standing, place = Standing.UNCLASSIFIED, declared.place
    return Watched(column=column.name, standing=standing, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of a table: how many, how many fill each column, and the texts of those worth reading."""

    rows: int
    filled: tuple[int, ...]
    texts: Iterator[Sequence[str | None]]


@dataclass(slots=True)
class Tally:
    """What was seen in one column, by form.

    *cells*: those that hold one that passes its checksum, *whole* those that hold nothing else, *prose* those where it
    stands in a sentence; *failed*: those that have the form only. *values*, *heads*: a few different ones, for their
    number alone.
    """

    cells: Counter[Form] = field(default_factory=Counter)
    whole: Counter[Form] = field(default_factory=Counter)
    prose: Counter[Form] = field(default_factory=Counter)
    failed: Counter[Form] = field(default_factory=Counter)
    values: dict[Form, set[str]] = field(default_factory=lambda: defaultdict(set))
    heads: dict[Form, set[str]] = field(default_factory=lambda: defaultdict(set))

    def read(self, cell: str) -> None:
        """Count what *cell* holds, once by form."""
        passed: dict[Form, bool] = {}
        failed = set()
        for seen in spotted(cell):
            if not seen.passed:
                failed.add(seen.form)
                continue
            passed[seen.form] = seen.whole
            _remember(self.values[seen.form], seen.value)
            _remember(self.heads[seen.form], seen.value[:4])
        prose = bool(passed) and len(cell.split(maxsplit=PROSE)) >= PROSE
        for form, whole in passed.items():
            self.cells[form] += 1
            self.whole[form] += whole
            self.prose[form] += prose and not whole
        self.failed.update(failed - passed.keys())


def _remember(kept: set[str], value: str) -> None:
    if len(kept) < MOST_DIFFERENT:
        kept.add(value)


@dataclass(slots=True, kw_only=True)
class Look:
    """What was looked at of one table, and seen there.

    *rows*: those read, of about *of*; *filled*: how many of them fill each column.
    """

    table: str
    rows: int = 0
    of: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def read(self, columns: Sequence[Watched], part: Part) -> None:
        """Count what is in *part*, whose cells are those of *columns*; of a document, what is outside its personal paths."""
        self.rows += part.rows
        self.filled.update({c.column: filled for c, filled in zip(columns, part.filled, strict=True)})
        for row in part.texts:
            for column, cell in zip(columns, row, strict=True):
                if cell:
                    self.tallies[column.column].read(_rest(cell, column.paths) if column.paths else cell)


def _rest(cell: str, paths: tuple[Keys, ...]) -> str:
    document = parsed(cell)
    return cell if document is None else json.dumps(without(document, paths), ensure_ascii=False)


def judged(layout: Layout, columns: Iterable[Watched], look: Look) -> Iterator[Finding]:
    """Yield what the values of *columns* say against the data map; never a value."""
    for column in columns:
        if (tally := look.tallies.get(column.column)) is None:
            continue
        for form in Form:
            seen = Seen(
                system=layout.system.system,
                table=look.table,
                column=column.column,
                form=form.value,
                cells=tally.cells[form],
                filled=look.filled[column.column],
                looked_at=look.rows,
                rows=look.of,
            )
            if column.standing is Standing.PERSONAL:
                yield from _in_personal(column, form, tally, seen)
            elif _is_one(form, tally, seen):
                yield _elsewhere(column, form, seen, _severity(form, tally, seen))


def _is_one(form: Form, tally: Tally, seen: Seen) -> bool:
    """Return whether more than chance put *form* in the column: no fewer pass the checksum than fail it.

    Bare digits pass every time: they must be four filled cells in five, and spread as telephones are, not as a sequence.
    """
    cells = tally.cells[form]
    if form is Form.DIGITS:
        spread = len(tally.heads[form]) == MOST_DIFFERENT
        return spread and cells * 5 >= seen.filled * 4
    return cells > 0 and cells >= tally.failed[form]


def _severity(form: Form, tally: Tally, seen: Seen) -> Severity:
    """Return how bad it is: an error when it is proved, the worst when the column is made of it; a doubt otherwise."""
    cells = tally.cells[form]
    few = form in THEIR_OWN and cells > MOST_DIFFERENT and len(tally.values[form]) < MOST_DIFFERENT
    if form is Form.DIGITS or cells < NEEDED.get(form, 1) or few:
        return Severity.MINOR
    return Severity.BLOCKER if cells * 2 >= seen.filled else Severity.MAJOR


def _in_personal(column: Watched, form: Form, tally: Tally, seen: Seen) -> Iterator[Finding]:
    """Yield the two things that may be wrong in a column known to be personal: cards in clear, and what a sentence holds."""
    name = NAMES[form]
    if form is Form.CARD and tally.whole[form] >= NEEDED[form] and _is_one(form, tally, seen):
        yield finding(
            "D-VAL-05", Severity.MAJOR, column.place,
            (f"« {seen.table}.{column.column} » tient des numéros de carte en clair : {_counted(seen).fr}",
             f"'{seen.table}.{column.column}' holds card numbers in clear: {_counted(seen).en}"),
            ("gardez le jeton de votre prestataire de paiement à la place", "keep your payment provider's token instead"),
            ("C-CAT-03",), seen=seen,
        )  # fmt: skip
    elif tally.prose[form] and tally.cells[form] >= tally.failed[form]:
        personal = form in (Form.EMAIL, Form.PHONE)
        yield finding(
            "D-VAL-04", Severity.NOTE if personal else Severity.MINOR, column.place,
            (f"le texte libre « {seen.table}.{column.column} » tient des {name.fr} : {_counted(seen).fr}",
             f"the free text '{seen.table}.{column.column}' holds {name.en}: {_counted(seen).en}"),
            ("lisez ces lignes : peut-être celles d'autrui, ou de trop pour ce qu'elles servent ; la saisie doit les refuser",
             "read these rows: perhaps somebody else's, or more than their purpose needs; whoever writes there must be told"),
            ("C-COL-02",), seen=seen,
        )  # fmt: skip


def _elsewhere(column: Watched, form: Form, seen: Seen, severity: Severity) -> Finding:
    """Return the finding on a column the data map does not call personal, and the line that mends it."""
    place, name, count = f"{seen.table}.{column.column}", NAMES[form], _counted(seen)
    line = f"{column.column}: {CATEGORIES.get(form, 'identity')}"
    clauses = ("C-OPS-01", "C-COL-02", "C-CAT-06")
    match column.standing:
        case Standing.NOT_PERSONAL:
            return finding(
                "D-VAL-01", severity, column.place,
                (f"« {place} », dite non personnelle, tient des {name.fr} : {count.fr}",
                 f"'{place}', said not personal, holds {name.en}: {count.en}"),
                (f"retirez-la de « not_personal » ; sous « tables: {seen.table}: columns: », écrivez « {line} »",
                 f"take it out of 'not_personal'; under 'tables: {seen.table}: columns:', write '{line}'"),
                clauses, seen=seen,
            )  # fmt: skip
        case Standing.IGNORED:
            return finding(
                "D-VAL-02", severity, column.place,
                (f"« {place} », d'une table dite sans donnée personnelle, tient des {name.fr} : {count.fr}",
                 f"'{place}', of a table said to hold nothing personal, holds {name.en}: {count.en}"),
                (f"retirez « {seen.table} » de « ignored » et décrivez-la sous « tables », avec « columns: {{{line}}} »",
                 f"take '{seen.table}' out of 'ignored' and describe it under 'tables', with 'columns: {{{line}}}'"),
                clauses, seen=seen,
            )  # fmt: skip
        case Standing.REST:
            return finding(
                "D-VAL-01", severity, column.place,
                (f"« {place} », hors des chemins déclarés, tient des {name.fr} : {count.fr}",
                 f"'{place}', outside its declared paths, holds {name.en}: {count.en}"),
                ("donnez une catégorie, sous « paths », à la clé qui les tient", "give the key that holds them a category, under 'paths'"),
                clauses, seen=seen,
            )  # fmt: skip
        case Standing.UNCLASSIFIED | Standing.PERSONAL:
            return finding(
                "D-VAL-03", severity, column.place,
                (f"« {place} », que rien ne classe, tient des {name.fr} : {count.fr}",
                 f"'{place}', which nothing classifies, holds {name.en}: {count.en}"),
                (f"sous « tables: {seen.table}: columns: », écrivez « {line} »",
                 f"under 'tables: {seen.table}: columns:', write '{line}'"),
                clauses, seen=seen,
            )  # fmt: skip


def _counted(seen: Seen) -> Text:
    share = 100 * seen.cells / seen.filled if seen.filled else 0
    percent = "< 1" if share < 1 else f"{share:.0f}"
    return Text(
        fr=f"{seen.cells} cellules sur {seen.filled} remplies ({percent} %)",
        en=f"{seen.cells} of {seen.filled} filled cells ({percent} %)",
    )


def partial(layout: Layout, looks: Iterable[Look], unread: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what was not read, or not whole: silence there proves nothing."""
    system = layout.system
    some = [look for look in looks if look.rows < look.of]
    if some:
        read, of = sum(look.rows for look in some), sum(look.of for look in some)
        names = ", ".join(look.table for look in some)
        yield finding(
            "D-VAL-06", Severity.NOTE, system.place,
            (f"{system.system} : {read} lignes sur environ {of} ont été regardées dans {names}",
             f"{system.system}: {read} of about {of} rows were looked at in {names}"),
            ("« tenu check --values --all » les lit toutes", "'tenu check --values --all' reads them all"), ("C-OPS-01",),
        )  # fmt: skip
    for name, why in unread.items():
        yield finding(
            "D-VAL-07", Severity.MINOR, system.place,
            (f"le contenu de « {name} », dans {system.system}, n'a pas été lu : {UNREAD[why].fr}",
             f"the contents of '{name}', in {system.system}, were not read: {UNREAD[why].en}"),
            (FIXES[why].fr, FIXES[why].en), ("C-OPS-01",),
        )  # fmt: skip


UNREAD: Mapping[str, Text] = {
    "refused": Text(fr="la base l'a refusé", en="the database refused"),
    "binary": Text(fr="contenu binaire", en="binary content"),
}
FIXES: Mapping[str, Text] = {
    "refused": Text(
        fr="accordez à tenu le droit SELECT sur cette table", en="grant tenu the right SELECT on this table"
    ),
    "binary": Text(
        fr="dites vous-même si ces pièces parlent de personnes",
        en="say yourself whether these files speak of people",
    ),
}
"""Why something was not read, and what to do."""
