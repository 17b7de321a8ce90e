"""What ``tenu archive`` tells people and programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tenu.cli.context import Context, console
from tenu.terms import Text

if TYPE_CHECKING:
    from tenu.operations.archive import Summary, Verified
    from tenu.plans.archive import Package, Shelf


def show_people(people: Sequence[Sequence[Package]], context: Context) -> None:
    """Print who was found, person by person, and that nothing was merged when several people are possible."""
    show = console()
    if not people:
        show.print(Text(fr="personne dans l'archive", en="nobody in the archive").in_(context.language))
    if len(people) > 1:
        doubt = Text(
            fr=f"{len(people)} personnes possibles : à vous de les départager, rien n'est réuni",
            en=f"{len(people)} possible people: tell them apart yourself, nothing is merged",
        )
        show.print(doubt.in_(context.language), markup=False)
    for number, person in enumerate(people, 1):
        show.print(Text(fr=f"Personne {number}", en=f"Person {number}").in_(context.language))
        for package in person:
            until = Text(fr=f"jusqu'au {package.until:%d/%m/%Y}", en=f"until {package.until:%Y-%m-%d}")
            where = f"{package.system}.{package.root}  {package.rows:>4}"
            line = f"  {package.subject}  {where}  {until.in_(context.language)}  {package.ground}"
            show.print(line, markup=False)


def package_plain(package: Package) -> dict[str, object]:
    """Return a package as JSON says it: nothing of what it holds."""
    return {
        "package": package.subject,
        "system": package.system,
        "table": package.root,
        "rows": package.rows,
        "until": package.until.isoformat(),
        "sealed_at": package.sealed_at.isoformat(timespec="seconds"),
        "ground": package.ground,
    }


def shelf_plain(shelf: Shelf) -> dict[str, object]:
    """Return a month, system and ground as JSON says it."""
    return {
        "month": shelf.month,
        "system": shelf.system,
        "ground": shelf.ground,
        "packages": shelf.packages,
        "rows": shelf.rows,
    }


def summary_plain(seen: Summary) -> dict[str, object]:
    """Return the summary as JSON says it."""
    reach = seen.reach
    return {
        "as_of": seen.as_of.isoformat(),
        "packages": seen.packages,
        "rows": seen.rows,
        "past": seen.past,
        "due": seen.due,
        "days": seen.days,
        "first_month": seen.ends[0] if seen.ends else None,
        "last_month": seen.ends[-1] if seen.ends else None,
        "keys": list(seen.keys),
        "accounts": None if reach.accounts is None else list(reach.accounts),
        "files": list(reach.files),
        "shared": list(reach.shared),
    }


def summary_lines(seen: Summary) -> list[Text]:
    """Return the summary as people read it."""
    ends = f"{seen.ends[0]} … {seen.ends[-1]}" if seen.ends else "-"
    keys = ", ".join(name[:8] for name in seen.keys)
    lines = [
        Text(
            fr=f"{seen.packages} dossiers, {seen.rows} lignes ; fins : {ends}",
            en=f"{seen.packages} packages, {seen.rows} rows; ends: {ends}",
        ),
        Text(
            fr=f"fin dépassée : {seen.past} ; finissent sous {seen.days} jours : {seen.due}",
            en=f"past their end: {seen.past}; ending within {seen.days} days: {seen.due}",
        ),
        Text(fr=f"clé : {keys}", en=f"key: {keys}"),
    ]
    if len(seen.keys) > 1:
        lines.append(
            Text(
                fr="-> rotation en cours : tenu archive rotate la termine",
                en="-> a rotation is under way: tenu archive rotate ends it",
            )
        )
    reach = seen.reach
    if reach.accounts is None:
        lines.append(
            Text(
                fr="comptes : ce compte ne voit pas les droits des autres",
                en="accounts: this account cannot see the others' rights",
            )
        )
    for fr, en, names in (
        (
            "comptes qui ont un droit sur l'archive",
            "accounts with a right on the archive",
            reach.accounts or (),
        ),
        ("fichiers lisibles par d'autres (chmod 600)", "files others can read (chmod 600)", reach.files),
        (
            "systèmes dont le compte ouvre aussi l'archive",
            "systems whose account also opens the archive",
            reach.shared,
        ),
    ):
        if names:
            lines.append(Text(fr=f"{fr} : {', '.join(names)}", en=f"{en}: {', '.join(names)}"))
    return lines


def verified_plain(seen: Verified) -> dict[str, object]:
    """Return what ``verify`` found as JSON says it."""
    found = seen.soundness
    return {
        "sound": seen.is_sound,
        "packages": found.packages,
        "opened": found.tried - len(found.sealed_shut),
        "past": found.past,
        "shut": list(found.sealed_shut),
        "keyless": list(found.keyless),
        "orphans": list(found.orphans),
        "returned": list(seen.returned),
        "mended": seen.mended,
    }


def verified_lines(seen: Verified) -> list[Text]:
    """Return what ``verify`` found as people read it."""
    found = seen.soundness
    lines = [
        Text(
            fr=f"{found.packages} dossiers ; ouverts : {found.tried - len(found.sealed_shut)}",
            en=f"{found.packages} packages; opened: {found.tried - len(found.sealed_shut)}",
        ),
    ]
    for fr, en, count in (
        (
            "fin dépassée : tenu plan, puis tenu apply",
            "past their end: tenu plan, then tenu apply",
            found.past,
        ),
        (
            "ne s'ouvrent pas : cherchez-les dans une sauvegarde",
            "do not open: look for them in a backup",
            len(found.sealed_shut),
        ),
        ("sans clé", "without a key", len(found.keyless)),
        (
            "clés sans dossier : --mend les détruit",
            "keys without a package: --mend destroys them",
            len(found.orphans),
        ),
        (
            "finis puis revenus d'une copie : --mend les finit",
            "ended and back from a copy: --mend ends them",
            len(seen.returned),
        ),
        ("réparés", "mended", seen.mended),
    ):
        if count:
            lines.append(Text(fr=f"{count} {fr}", en=f"{count} {en}"))
    lines.append(
        Text(fr="l'archive est saine", en="the archive is sound")
        if seen.is_sound
        else Text(fr="l'archive N'EST PAS saine", en="the archive is NOT sound")
    )
    return lines


def print_json(value: dict[str, object]) -> None:
    """Print *value* as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
