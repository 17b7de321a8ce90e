"""How a row leads to another: joins, what their columns must hold, and how two columns are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tenu.datamap.conditions import Said, When
from tenu.terms import IdentifierKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a value is written inside another column: text around it, digits filled with zeros up to *width*."""

    before: str = ""
    after: str = ""
    width: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """How the two ends of a join compare: as they are, one of them spelled as the other writes it, or both normalised."""

    here: Spelling | None = None
    there: Spelling | None = None
    kind: IdentifierKind | None = None

    def turned(self) -> Like:
        """Return the same comparison, read from the other end."""
        return replace(self, here=self.there, there=self.here)


EQUAL = Like()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What *column* must hold: of the row at hand, or of the row that *through* leads to."""

    column: str
    said: Said
    through: tuple[Hop, ...] = ()


Facts = tuple[Fact, ...]


def own_facts(when: When) -> Facts:
    """Return what *when* says of a row's own columns."""
    return tuple(Fact(column=column, said=said) for column, said in when.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One join from the table at hand to *table*: pairs of (column here, column there).

    *here* and *there* are what the rows at both ends must hold besides. *back*: towards a row that points here.
    """

    table: str
    pairs: tuple[tuple[str, str], ...]
    like: Like = EQUAL
    here: Facts = ()
    there: Facts = ()
    back: bool = False

    @property
    def plain(self) -> bool:
        """Return whether the join is the equality of its columns and nothing else."""
        return self.like == EQUAL and not self.here and not self.there

    def turned(self, table: str) -> Hop:
        """Return the same join, from its other end towards *table*."""
        return Hop(
            table=table,
            pairs=tuple((there, here) for here, there in self.pairs),
            like=self.like.turned(),
            here=self.there,
            there=self.here,
            back=not self.back,
        )


Path = tuple[Hop, ...]
CHANGING = ("CASCADE", "SET NULL", "SET DEFAULT")
"""What a foreign key may do to the rows that point at one that goes, other than hold it back."""


def turned(table: str, path: Path) -> Path:
    """Return *path*, which starts at *table*, walked back."""
    tables = [table, *(hop.table for hop in path)]
    return tuple(hop.turned(to) for hop, to in zip(reversed(path), reversed(tables[:-1]), strict=True))


def first_unlike(path: Path) -> int | None:
    """Return which join of *path* first compares a value it must compute at the far end, or at both; None when none does."""
    return next((i for i, hop in enumerate(path) if hop.like.kind or hop.like.there), None)


def begins(path: Path, way: Path) -> bool:
    """Return whether *path* starts by *way*."""
    return path[: len(way)] == way


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The table between the two ends of a link: its *columns* name the child, its *onward* columns the parent."""

    table: str
    columns: tuple[str, ...]
    onward: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A link between two tables, declared by the database or by the data map.

    *cut*: the child's columns that become NULL when the link is cut; none when all refuse it or are part of its key.
    *when*: what the row that holds the link must say besides; *through*: the table that holds it, when not the child.
    *like* compares the holder's columns (here) with the parent's (there).
    """

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    cut: tuple[str, ...]
    on_delete: str | None = None
    like: Like = EQUAL
    when: Facts = ()
    through: Passage | None = None

    @property
    def cuttable(self) -> bool:
        """Return whether the child's row may stay without its parent."""
        return bool(self.cut)

    @property
    def loose(self) -> bool:
        """Return whether the child's row may stay as it is: the link is not in it, or is no more than a like value."""
        return self.through is not None or self.like.kind is not None

    @property
    def shared(self) -> bool:
        """Return whether several parents may share the child: each row between them names one of them."""
        return self.through is not None and not self.when

    @property
    def optional(self) -> bool:
        """Return whether a row of the child may lead nowhere by this link."""
        return self.cuttable or bool(self.when) or self.loose

    def up(self) -> Path:
        """Return the way from child to parent."""
        if self.through is None:
            pairs = tuple(zip(self.columns, self.parent_columns, strict=True))
            return (Hop(table=self.parent, pairs=pairs, like=self.like, here=self.when),)
        there = tuple(zip(self.columns, self.through.columns, strict=True))
        onward = tuple(zip(self.through.onward, self.parent_columns, strict=True))
        return (
            Hop(table=self.through.table, pairs=there, there=self.when, back=True),
            Hop(table=self.parent, pairs=onward, like=self.like),
        )

    def down(self) -> Path:
        """Return the way from parent to child."""
        return turned(self.child, self.up())


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Rows of *table* that belong to people of *root*: *path* leads from a row to its person, empty for the person.

    *shared*: the person points at the row (an address), or at one it hangs from, so others may point at it too.
    *part*: the column, or people table, by which only a part of the row is theirs; None when the row is.
    """

    table: str
    root: str
    path: Path
    shared: bool = False
    part: str | None = None

    @property
    def fleeting(self) -> bool:
        """Return whether the way is lost once the rows it passes by have gone: they point at this one."""
        return any(hop.back for hop in self.path)
