"""How much one run may touch: what a plan found, what the tables hold in all, and the limits. Pure data.

A plan written on a wrong clock, a wrong map or a wrong policy mostly shows by its size. It is bounded per run and per
table, in rows and as a share of the table, when it is made and again when it is applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tenu.errors import Finding
from tenu.terms import Severity, Text

_VERBS = {
    "clear": Text(fr="à vider", en="to empty"),
    "cut": Text(fr="à détacher", en="to detach"),
    "anonymise": Text(fr="à anonymiser", en="to anonymise"),
    "thin": Text(fr="à rendre plus vagues", en="to make vaguer"),
    "erase": Text(fr="à effacer", en="to erase"),
}
ExcessKind = Literal["people", "rows", "table", "share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCeiling:
    """The limits of one table of tenu.toml's ``[limits]``: *rows* per run and verb, *share* in percent of the table."""

    rows: int | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """The limits tenu.toml sets. *tables*: by ``system.table``; *share*, *tolerance*: percent.

    A share is judged from *share_from* rows on: three rows of a table of five prove nothing. A run may change up to
    *tolerance* percent, and always *tolerance_rows* rows, more than its plan counted for one table and verb: children
    that appeared since, never people.
    """

    people: int | None
    rows: int | None
    table_rows: int | None
    share: int
    share_from: int
    tolerance: int
    tolerance_rows: int
    tables: Mapping[str, TableCeiling] = field(default_factory=dict)

    def of(self, table: str) -> TableCeiling:
        """Return the limits of *table* (``system.table``), its own or everybody's."""
        own = self.tables.get(table, TableCeiling())
        return TableCeiling(
            rows=self.table_rows if own.rows is None else own.rows,
            share=self.share if own.share is None else own.share,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBound:
    """What a plan would do to one table by one verb, and how much it may.

    *found*: rows concerned. *held*: rows the table holds in all; when *more*, it holds at least that many, which was
    enough to know. *limit*: rows at most, None without one. *max_share*: percent of the table at most, *share_limit* the
    same in rows, of those counted.
    """

    system: str
    table: str
    verb: str
    found: int
    held: int
    more: bool
    limit: int | None
    max_share: int
    share_limit: int

    @property
    def share(self) -> int:
        """Return the percentage of the table concerned, at most, rounded up."""
        return -(-100 * self.found // self.held) if self.held else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The limits of one plan. *people*, *rows*: of the whole run, None without one; *tolerance*: see ``Ceilings``."""

    people: int | None
    rows: int | None
    tolerance: int
    tolerance_rows: int
    tables: tuple[TableBound, ...]

    def allowed(self, found: int) -> int:
        """Return how many rows may change where the plan counted *found*."""
        return found + max(self.tolerance_rows, found * self.tolerance // 100)

    def tightened(self, ceilings: Ceilings) -> Bounds:
        """Return these limits, or those of *ceilings* where they are lower: what is set now binds older plans too."""
        return replace(
            self,
            people=_lowest(self.people, ceilings.people),
            rows=_lowest(self.rows, ceilings.rows),
            tables=tuple(_tightened(bound, ceilings) for bound in self.tables),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """One limit a plan is over. *found* and *limit* are rows, or records of people; *held*: rows of the table."""

    kind: ExcessKind
    place: str
    verb: str
    found: int
    limit: int
    held: int = 0

    def finding(self) -> Finding:
        """Return the excess as a finding, with found and total in the message."""
        by_share = self.kind == "share"
        return Finding(
            code="R-LIM-02" if by_share else "R-LIM-01",
            severity=Severity.MAJOR if by_share else Severity.BLOCKER,
            message=self.message,
            fix=self.fix,
        )

    @property
    def message(self) -> Text:
        """Return what is over which limit."""
        found, limit, verb = self.found, self.limit, _VERBS.get(self.verb, Text(fr="", en=""))
        match self.kind:
            case "people":
                return Text(
                    fr=f"ce plan touche {found} fiches de personnes, la limite d'une exécution est {limit}",
                    en=f"this plan touches {found} records of people, the limit of one run is {limit}",
                )
            case "rows":
                return Text(
                    fr=f"ce plan touche {found} lignes, la limite d'une exécution est {limit}",
                    en=f"this plan touches {found} rows, the limit of one run is {limit}",
                )
            case "table":
                return Text(
                    fr=f"{self.place} : {found} lignes {verb.fr}, la limite de cette table est {limit}",
                    en=f"{self.place}: {found} rows {verb.en}, the limit of this table is {limit}",
                )
            case "share":
                share = -(-100 * found // self.held)
                return Text(
                    fr=f"{self.place} : {found} lignes {verb.fr} sur {self.held}, soit {share} % de la table ; la limite est {limit}",
                    en=f"{self.place}: {found} rows {verb.en} of {self.held}, {share} % of the table; the limit is {limit}",
                )

    @property
    def fix(self) -> Text:
        """Return what to do next."""
        setting = {
            "people": "max_people",
            "rows": "max_rows",
            "table": f'[limits] "{self.place}" = {{rows = …}}',
            "share": f'[limits] "{self.place}" = {{share = …}}',
        }[self.kind]
        if self.kind == "share":
            return Text(
                fr=f"relisez-le (tenu review) ; s'il est juste : tenu approve FICHIER --over-share, ou {setting} dans tenu.toml",
                en=f"read it again (tenu review); if it is right: tenu approve FILE --over-share, or {setting} in tenu.toml",
            )
        return Text(
            fr=f"relisez le plan ; s'il est juste, relevez {setting} dans tenu.toml",
            en=f"read the plan again; if it is right, raise {setting} in tenu.toml",
        )


def enough(found: int, ceiling: TableCeiling) -> int:
    """Return how many rows of a table must be counted to know whether *found* of them are over its share."""
    return 100 * found // max(1, ceiling.share or 1) + 1


def bound(place: tuple[str, str, str], found: int, counted: int, ceilings: Ceilings) -> TableBound:
    """Return the limits of one table and verb.

    Args:
        place: System, table and verb.
        found: Rows the plan concerns, those that several tasks concern counted by each.
        counted: Rows of the table, counted up to ``enough``.
        ceilings: What tenu.toml says.
    """
    system, table, verb = place
    ceiling = ceilings.of(f"{system}.{table}")
    return TableBound(
        system=system,
        table=table,
        verb=verb,
        found=min(found, counted),
        held=counted,
        more=counted >= enough(found, ceiling),
        limit=ceiling.rows,
        max_share=ceiling.share or 0,
        share_limit=_by_share(counted, ceiling, ceilings),
    )


def excesses(bounds: Bounds, people: int, rows: int) -> Iterator[Excess]:
    """Yield every limit a plan of *people* and *rows* is over, the run's own first."""
    if bounds.people is not None and people > bounds.people:
        yield Excess(kind="people", place="", verb="", found=people, limit=bounds.people)
    if bounds.rows is not None and rows > bounds.rows:
        yield Excess(kind="rows", place="", verb="", found=rows, limit=bounds.rows)
    for one in bounds.tables:
        place, found = f"{one.system}.{one.table}", one.found
        if one.limit is not None and found > one.limit:
            yield Excess(kind="table", place=place, verb=one.verb, found=found, limit=one.limit)
        if found > one.share_limit:
            limit, held = one.share_limit, one.held
            yield Excess(kind="share", place=place, verb=one.verb, found=found, limit=limit, held=held)


def _by_share(held: int, ceiling: TableCeiling, ceilings: Ceilings) -> int:
    return max(ceilings.share_from, held * (ceiling.share or 0) // 100)


def _tightened(one: TableBound, ceilings: Ceilings) -> TableBound:
    now = ceilings.of(f"{one.system}.{one.table}")
    share_limit = min(one.share_limit, _by_share(one.held, now, ceilings))
    return replace(one, limit=_lowest(one.limit, now.rows), share_limit=share_limit)


def _lowest(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
