"""One hold as the commands print it: a line for people, plain data for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import Context, console

if TYPE_CHECKING:
    from datetime import date

    from tenu.journal.holds import Hold


def hold_plain(hold: Hold, day: date) -> dict[str, Any]:
    """Return *hold* as the documented JSON."""
    days = {
        "proposed_on": hold.proposed_on,
        "decide_by": hold.decide_by,
        "approved_on": hold.approved_on,
        "review_by": hold.review_by,
        "ended_on": hold.ended_on,
        "since": hold.since,
        "until": hold.until,
        "lifts_on": hold.lift.lifts_on if hold.lift else None,
        "noticed_on": hold.lift.noticed_on if hold.lift else None,
    }
    return {
        "hold": hold.id,
        "kind": hold.kind.value,
        "ground": hold.ground.value,
        "state": hold.state_on(day).value,
        "owner": hold.owner,
        "within": list(hold.within),
        "subjects": hold.subjects,
        "request": hold.request,
        "files": hold.files,
        "manifest": hold.manifest,
        "late": hold.late_on(day),
        "ended_by": hold.ended_by.value if hold.ended_by else None,
        **{name: said.isoformat() if said else None for name, said in days.items()},
    }


def hold_line(context: Context, hold: Hold, day: date, as_json: bool) -> None:
    """Print one line on *hold*, or its JSON."""
    if as_json:
        click.echo(json.dumps(hold_plain(hold, day), indent=1, ensure_ascii=False))
        return
    from tenu.journal.holds import SAID  # noqa: PLC0415

    said = SAID[hold.state_on(day)]
    where = ", ".join(hold.within)
    late_fr, late_en = (" · EN RETARD", " · LATE") if hold.late_on(day) else ("", "")
    by = "" if hold.ended_on else f" · {hold.act_by().isoformat()}"
    covers = (f"{hold.subjects} fiche(s)", f"{hold.subjects} record(s)")
    if hold.since and hold.until:
        covers = (
            f"{hold.files} fichier(s) copiés, {hold.since} – {hold.until}",
            f"{hold.files} file(s) copied, {hold.since} – {hold.until}",
        )
    said_by = (
        f"{hold.id}  {said.fr}{by}{late_fr} · {hold.ground} · {hold.owner} · {covers[0]} · {where or 'partout'}",
        f"{hold.id}  {said.en}{by}{late_en} · {hold.ground} · {hold.owner} · {covers[1]} · {where or 'everywhere'}",
    )
    console().print(said_by[0] if context.language == "fr" else said_by[1], markup=False)
