"""What ``tenu request`` prints of a request and of a search: lines for people, plain data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tenu.journal.cases import OPEN, Case
from tenu.journal.holds import Hold
from tenu.operations.rights.finding import Found
from tenu.plans.archive import Package
from tenu.plans.reason import day_text
from tenu.plans.searched import Covered
from tenu.ports import Node
from tenu.terms import Language, Text

STATES = {
    "received": Text(fr="reçue", en="received"),
    "acknowledged": Text(fr="accusée", en="acknowledged"),
    "identity_pending": Text(fr="identité demandée", en="identity asked for"),
    "in_progress": Text(fr="en cours", en="in progress"),
    "clarifying": Text(fr="précision demandée", en="precision asked for"),
    "extended": Text(fr="prolongée", en="extended"),
    "decided": Text(fr="décidée", en="decided"),
    "fulfilled": Text(fr="exécutée", en="executed"),
    "answered": Text(fr="répondue", en="answered"),
    "closed": Text(fr="close", en="closed"),
    "escalated": Text(fr="portée au délégué", en="taken to the officer"),
}
RIGHTS = {
    "access": Text(fr="accès", en="access"),
    "rectification": Text(fr="rectification", en="rectification"),
    "erasure": Text(fr="effacement", en="erasure"),
    "restriction": Text(fr="limitation", en="restriction"),
    "portability": Text(fr="portabilité", en="portability"),
    "objection": Text(fr="opposition", en="objection"),
    "withdrawal": Text(fr="retrait du consentement", en="withdrawal of consent"),
    "human_intervention": Text(fr="intervention humaine", en="human intervention"),
    "post_mortem_directives": Text(fr="directives post mortem", en="post-mortem directives"),
}
OUTCOMES = {
    "granted": Text(fr="accordé", en="granted"),
    "partial": Text(fr="accordé en partie", en="granted in part"),
    "refused": Text(fr="refusé", en="refused"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line, and its colour on a terminal."""

    text: str
    style: str = ""


def list_lines(cases: Iterable[Case], day: date, language: Language) -> list[Line]:
    """Return one line per request, those in time and those late."""
    lines = [Line(text=_one(case, day, language), style=_style(case, day)) for case in cases]
    return lines or [Line(text=Text(fr="aucune demande", en="no request").in_(language))]


def case_lines(case: Case, day: date, language: Language) -> list[Line]:
    """Return one request as people read it."""
    due = case.due
    lines = [Line(text=_one(case, day, language), style=_style(case, day))]
    if case.state in OPEN:
        promised, tolled = day_text(due.promised_by, language), day_text(due.tolled_by, language)
        text = Text(fr=f"  réponse promise le {promised}", en=f"  answer promised by {promised}").in_(
            language
        )
        if due.tolled_by != due.promised_by:
            text += Text(
                fr=f" ({tolled} en comptant la question posée)", en=f" ({tolled} counting the question asked)"
            ).in_(language)
        lines.append(Line(text=text))
    for right, decided in case.decisions.items():
        codes = f" ({', '.join(decided.codes)})" if decided.codes else ""
        outcome = OUTCOMES[decided.outcome].in_(language)
        by = Text(fr="par", en="by").in_(language)
        second = Text(fr=", confirmé", en=", confirmed").in_(language) if decided.confirmed_by else ""
        lines.append(
            Line(text=f"  {RIGHTS[right].in_(language)} : {outcome}{codes}, {by} {decided.role}{second}")
            if language == "fr"
            else Line(text=f"  {RIGHTS[right].en}: {outcome}{codes}, {by} {decided.role}{second}")
        )
    return lines


def case_plain(case: Case, day: date) -> dict[str, object]:
    """Return one request as the documented JSON of ``tenu request show --json``."""
    return {
        "request": case.id,
        "rights": list(case.rights),
        "channel": case.channel,
        "received_on": case.received_on.isoformat(),
        "state": str(case.state),
        "promised_by": case.due.promised_by.isoformat(),
        "tolled_by": case.due.tolled_by.isoformat(),
        "overdue": case.is_overdue(day),
        "searched": case.searched,
        "decisions": {
            right: {
                "outcome": str(d.outcome),
                "codes": list(d.codes),
                "role": d.role,
                "confirmed": d.confirmed_by is not None,
            }
            for right, d in case.decisions.items()
        },
        "executed": sorted(case.executed),
        "stop": list(case.stop),
        "waits_to_stop": case.waits_to_stop,
        "answered_on": case.answered_on.isoformat() if case.answered_on else None,
    }


def found_lines(found: Found, names: Mapping[Node, str], language: Language) -> list[Line]:
    """Return what a search found: whose rows, what a human must look at, what did not answer. No value of anybody's."""
    return [
        *_rows(found, language),
        *_archived(found, language),
        *_doubts(found, names, language),
        *_coverage(found, language),
    ]


def found_plain(found: Found, names: Mapping[Node, str]) -> dict[str, object]:
    """Return what a search found as the documented JSON of ``tenu request search --json``."""
    return {
        "complete": found.is_complete,
        "people": len(found.search.people),
        "rows": [_node(node, names) for node in found.rows],
        "doubtful": [_node(node, names) for node in found.doubtful],
        "archived": [_package(package) for package in found.archived],
        "perhaps_archived": [_package(package) for package in found.perhaps_archived],
        "systems": [
            {
                "system": covered.system,
                "answered": covered.answered,
                "searched_by": {table.table: [str(kind) for kind in table.by] for table in covered.people},
                "tables": list(covered.tables),
            }
            for covered in found.search.covered
        ],
    }


def restricted_line(hold: Hold, number: str, language: Language) -> Line:
    """Return what says that whoever objects is restricted until somebody has balanced it."""
    said = Text(
        fr=f"# {hold.id} : données limitées tant que l'opposition n'est pas décidée  -> tenu request letter {number} restricted",
        en=f"# {hold.id}: data restricted until the objection is decided  -> tenu request letter {number} restricted",
    )
    return Line(text=said.in_(language), style="yellow")


def _one(case: Case, day: date, language: Language) -> str:
    rights = ", ".join(RIGHTS[right].in_(language) for right in case.rights)
    late = Text(fr="  EN RETARD", en="  LATE").in_(language) if case.is_overdue(day) else ""
    arrived = day_text(case.received_on, language)
    state = STATES[case.state].in_(language)
    if case.waits_to_stop:
        fr = f"  PROSPECTION À ARRÊTER : tenu request fulfil objection {case.id}"
        late += Text(fr=fr, en=f"  PROSPECTING TO STOP: tenu request fulfil objection {case.id}").in_(
            language
        )
    if language == "fr":
        return f"{case.id}  {rights}  reçue le {arrived}  {state}{late}"
    return f"{case.id}  {rights}  received on {arrived}  {state}{late}"


def _style(case: Case, day: date) -> str:
    return "bold red" if case.is_overdue(day) or case.waits_to_stop else ("green" if case.answered_on else "")


def _rows(found: Found, language: Language) -> Iterator[Line]:
    for (system, table), key in found.rows:
        yield Line(text=f"= {system}.{table} {', '.join(map(str, key))}", style="green")
    if not (found.rows or found.doubtful or found.archived or found.perhaps_archived):
        yield Line(
            text=Text(
                fr="personne ne répond à ces identifiants", en="nobody answers to these identifiers"
            ).in_(language)
        )


def _doubts(found: Found, names: Mapping[Node, str], language: Language) -> Iterator[Line]:
    for node in found.doubtful:
        (system, table), key = node
        yield Line(text=f"? {system}.{table} {', '.join(map(str, key))}  [{names[node]}]", style="yellow")
    for package in found.perhaps_archived:
        yield Line(text=f"? {_said(package, language)}  [{package.subject}]", style="yellow")
    if found.doubtful or found.perhaps_archived:
        fr = "-> dites de chacune si elle est à la personne : --theirs EMPREINTE, --not-theirs EMPREINTE"
        en = "-> say of each whether it is the person's: --theirs FINGERPRINT, --not-theirs FINGERPRINT"
        yield Line(text=Text(fr=fr, en=en).in_(language))


def _archived(found: Found, language: Language) -> Iterator[Line]:
    for package in found.archived:
        yield Line(text=f"= {_said(package, language)}", style="green")


def _said(package: Package, language: Language) -> str:
    until = day_text(package.until, language)
    return Text(
        fr=f"archive {package.system}.{package.root}, jusqu'au {until}, ouverte par un archiviste",
        en=f"archive {package.system}.{package.root}, until {until}, opened by an archivist",
    ).in_(language)


def _coverage(found: Found, language: Language) -> Iterator[Line]:
    for covered in found.search.covered:
        if not covered.answered:
            yield Line(
                text=Text(
                    fr=f"! {covered.system} n'a pas répondu : rien n'en est conclu",
                    en=f"! {covered.system} did not answer: nothing is concluded",
                ).in_(language),
                style="bold red",
            )
        for table in _blind(covered):
            yield Line(
                text=Text(
                    fr=f"  {covered.system}.{table} n'a été interrogée par rien de ce que la personne a donné",
                    en=f"  {covered.system}.{table} was searched by nothing the person gave",
                ).in_(language)
            )


def _blind(covered: Covered) -> Iterator[str]:
    return (table.table for table in covered.people if not table.by)


def _node(node: Node, names: Mapping[Node, str]) -> dict[str, object]:
    (system, table), key = node
    return {"system": system, "table": table, "key": [str(part) for part in key], "fingerprint": names[node]}


def _package(package: Package) -> dict[str, object]:
    return {
        "system": package.system,
        "table": package.root,
        "package": package.subject,
        "until": package.until.isoformat(),
        "rows": package.rows,
    }
