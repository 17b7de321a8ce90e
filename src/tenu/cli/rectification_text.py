"""What ``tenu request fulfil rectification`` prints: lines for people, plain data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tenu.cli.request_text import Line
from tenu.letters.rectification import RectificationFacts
from tenu.plans.rectification import Change, Draft
from tenu.terms import Language, Text

NONE = Text(fr="(vide)", en="(empty)")
FROZEN = Text(
    fr="! un gel (litige) interdit tout changement : chaque valeur reste, avec une note",
    en="! a legal hold forbids every change: each value stays, with a note",
)


def draft_lines(made: Draft, language: Language, *, frozen: bool) -> Iterator[Line]:
    """Yield what a rectification would do, old and new value of each row, and what keeps it from being done."""
    if frozen:
        yield Line(text=FROZEN.in_(language), style="yellow")
    yield from _changes(made.changes, made.sealed, language)
    for change in made.undecided:
        said = Text(
            fr=f"? {_place(change)} tient, ou cite, l'ancienne valeur : {change.old}",
            en=f"? {_place(change)} holds, or quotes, the former value: {change.old}",
        )
        yield Line(text=said.in_(language), style="yellow")
    for where, why in sorted(made.left.items()):
        yield Line(text=f"= {where} : {why}" if language == "fr" else f"= {where}: {why}")
    for problem in made.problems:
        why_ = problem.why.in_(language)
        yield Line(
            text=f"! {problem.where} : {why_}" if language == "fr" else f"! {problem.where}: {why_}",
            style="bold red",
        )
    if made.undecided:
        fr = "-> dites ce qu'elle devient : --set COLONNE=VALEUR, ou pourquoi elle reste : --leave COLONNE=POURQUOI"
        en = "-> say what it becomes: --set COLUMN=VALUE, or why it stays: --leave COLUMN=WHY"
        yield Line(text=Text(fr=fr, en=en).in_(language))


def draft_plain(made: Draft, frozen: bool) -> dict[str, object]:
    """Return what a rectification would do as the documented JSON of ``--dry-run --json``."""
    return {
        "ready": made.is_ready,
        "frozen": frozen,
        "changes": [_plain(change) for change in made.changes],
        "sealed": [_plain(change) for change in made.sealed],
        "undecided": [_plain(change) for change in made.undecided],
        "left": {str(where): why for where, why in made.left.items()},
        "problems": [
            {"column": str(p.where), "fr": p.why.fr, "en": p.why.en} for p in made.problems
        ],
    }  # fmt: skip


def done_lines(facts: RectificationFacts, language: Language) -> Iterator[Line]:
    """Yield what was corrected, what keeps a note, and who is to be told."""
    if facts.frozen:
        yield Line(text=FROZEN.in_(language), style="yellow")
    yield from _changes(facts.changes, facts.sealed, language)
    for statement in facts.statements:
        yield Line(text=f"+ {statement.id}  {statement.about}")
    if facts.recipients:
        names = ", ".join(recipient.label.in_(language) for recipient in facts.recipients)
        said = Text(
            fr=f"-> prévenez ceux qui ont reçu ces données (article 19) : {names}",
            en=f"-> tell those who received these data (article 19): {names}",
        )
        yield Line(text=said.in_(language))


def done_plain(facts: RectificationFacts) -> dict[str, object]:
    """Return what was corrected as the documented JSON of ``tenu request fulfil rectification --json``."""
    return {
        "request": facts.number,
        "frozen": facts.frozen,
        "changes": [_plain(change) for change in facts.changes],
        "sealed": [_plain(change) for change in facts.sealed],
        "left": {str(where): why for where, why in facts.left.items()},
        "statements": [{"statement": s.id, "kind": s.kind.value, "about": s.about} for s in facts.statements],
        "recipients": [recipient.id for recipient in facts.recipients],
    }


def _changes(changed: Iterable[Change], sealed: Iterable[Change], language: Language) -> Iterator[Line]:
    none = NONE.in_(language)
    for change in changed:
        yield Line(
            text=f"~ {_place(change)}  {change.old or none} -> {change.new or none}",
            style="green" if change.followed else "bold green",
        )
    for change in sealed:
        said = Text(fr="reste, avec une note", en="stays, with a note").in_(language)
        yield Line(text=f"# {_place(change)}  {change.old or none}  ({said} : {change.new or none})")


def _place(change: Change) -> str:
    return f"{change.where}:{','.join(change.key)}"


def _plain(change: Change) -> dict[str, object]:
    return {
        "system": change.where.system,
        "table": change.where.table,
        "column": change.where.column,
        "key": list(change.key),
        "old": change.old,
        "new": change.new,
        "followed": change.followed,
    }
