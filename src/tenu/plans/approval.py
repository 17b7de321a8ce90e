"""Which plans a human must approve before they are applied, and whose word counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tenu.terms import Text

Needed = Literal["first_run", "always", "never"]
Why = Literal["first_run", "always", "over_share"]
NEEDED: tuple[Needed, ...] = ("first_run", "always", "never")
REASONS: dict[Why, Text] = {
    "first_run": Text(
        fr="c'est la première exécution de cet espace de travail", en="it is this workspace's first run"
    ),
    "always": Text(fr="tenu.toml le demande pour chaque plan", en="tenu.toml asks it of every plan"),
    "over_share": Text(
        fr="il touche une part anormale d'une table", en="it touches an unusual share of a table"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """tenu.toml's ``[approval]``. *needed*: which plans wait for a human; over a table's share they always do.

    *roles*: who may approve. *two_people*: whether what no archive keeps takes the word of two of them.
    """

    needed: Needed = "first_run"
    roles: tuple[str, ...] = ("dpo",)
    two_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One person's approval of one plan, by digest. *over_share*: they said that they saw its size."""

    actor: str
    role: str
    over_share: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one plan asks for: *people* who approve it, and why; none when it asks for nothing."""

    people: int
    why: tuple[Why, ...]

    def missing(self, words: Iterable[Word]) -> int:
        """Return how many more people must approve; a second word of the same person adds nothing."""
        counts = "over_share" in self.why
        heard = {word.actor for word in words if word.over_share or not counts}
        return max(0, self.people - len(heard))

    def reasons(self) -> Text:
        """Return why, in words."""
        said = [REASONS[why] for why in self.why]
        return Text(fr=" ; ".join(t.fr for t in said), en="; ".join(t.en for t in said))


def asked(settings: Approval, *, empty: bool, first: bool, over_share: bool, irreversible: bool) -> Asked:
    """Return what a plan asks for.

    Args:
        settings: tenu.toml's.
        empty: Whether the plan changes nothing: then nobody need read it.
        first: Whether no run of this workspace ever changed anything and ended.
        over_share: Whether it is over the share of a table.
        irreversible: Whether some of it is kept by no archive.

    Source: GDPR 5(2), 24(1), 32(1)(d).
    """
    why: list[Why] = []
    if settings.needed == "always":
        why.append("always")
    if settings.needed == "first_run" and first:
        why.append("first_run")
    if over_share:
        why.append("over_share")
    if empty or not why:
        return Asked(people=0, why=())
    return Asked(people=2 if settings.two_people and irreversible else 1, why=tuple(why))
