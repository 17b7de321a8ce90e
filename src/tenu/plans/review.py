"""What a human reads before approving a plan: how much of what, why, what stays, what it costs, what comes next. Pure.

It names tables and clauses, never a person: no value of the databases is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tenu.errors import Finding
from tenu.plans.approval import Asked
from tenu.plans.bounds import TableBound, excesses
from tenu.plans.plan import Plan
from tenu.plans.reason import day_text
from tenu.plans.render import VERBS, number
from tenu.terms import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the run should cost. *log_bytes*: write-ahead log; *lock_ms*: the longest transaction, None when unbounded.

    *measured*: whether the speed is that of earlier runs of this workspace.
    """

    log_bytes: int
    seconds: int
    lock_ms: int | None
    measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What falls due in one month, from *start* on: *people* by what each system alone knows, and *records*."""

    start: date
    people: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A rehearsal of one plan.

    *titles*: of its clauses. *sizes*: about how many rows each ``system.table`` holds. *asked*, *missing*: whose word it
    waits for. *cascades*: what the databases would do by themselves. *findings*: what does not stop it, and may slow it.
    """

    plan: Plan
    titles: Mapping[str, Text]
    sizes: Mapping[str, int]
    asked: Asked
    missing: int
    estimate: Estimate
    cascades: tuple[Text, ...]
    findings: tuple[Finding, ...]
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The title of a part."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A sentence or two; *notice*: to be seen first."""

    text: str
    notice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a head; the columns from *numeric* on hold numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars, in order: a label and a count each."""

    title: str
    bars: tuple[tuple[str, int], ...]


Block = Heading | Paragraph | Table | Chart


def title(review: Review, language: Language) -> str:
    """Return the title of the whole."""
    day = day_text(review.plan.as_of, language)
    return f"Répétition du plan du {day}" if language == "fr" else f"Rehearsal of the plan of {day}"


def blocks(review: Review, language: Language) -> Iterator[Block]:
    """Yield everything the review says, in order, in *language*."""
    yield from _summary(review, language)
    yield from _clauses(review, language)
    yield from _tables(review, language)
    yield from _staying(review, language)
    yield from _cost(review, language)
    yield from _coming(review, language)


def _summary(review: Review, language: Language) -> Iterator[Block]:
    plan = review.plan
    people, rows = number(plan.people, language), number(plan.rows, language)
    archived = number(sum(task.archived for task in plan.tasks), language)
    until = plan.expires_at.strftime("%Y-%m-%d %H:%M UTC")
    said = Text(
        fr=f"{people} fiches de personnes quittent la base active, dont {archived} par l'archive ; {rows} lignes changent. "
        f"Valable jusqu'au {until}. Empreinte : {plan.digest}.",
        en=f"{people} records of people leave the active base, {archived} of them through the archive; {rows} rows change. "
        f"Valid until {until}. Digest: {plan.digest}.",
    )
    yield Paragraph(text=said.in_(language))
    for excess in excesses(plan.limits, plan.people, plan.rows):
        where = f"{excess.finding().code} · {excess.message.in_(language)}"
        yield Paragraph(text=where, notice=True)
    yield Paragraph(text=_approval(review).in_(language), notice=review.missing > 0)


def _approval(review: Review) -> Text:
    why, missing = review.asked.reasons(), review.missing
    if not review.asked.people:
        return Text(fr="Il n'attend la parole de personne.", en="It waits for nobody's word.")
    if not missing:
        return Text(fr="Il est approuvé.", en="It is approved.")
    size = " --over-share" if "over_share" in review.asked.why else ""
    return Text(
        fr=f"Il attend l'approbation de {missing} personne(s) : {why.fr}. tenu approve FICHIER{size}",
        en=f"It waits for the approval of {missing} person(s): {why.en}. tenu approve FILE{size}",
    )


def _clauses(review: Review, language: Language) -> Iterator[Block]:
    due = {clause: count for clause, count in review.plan.by_clause().items() if count}
    if not due:
        return
    yield Heading(text="Pourquoi : les clauses" if language == "fr" else "Why: the clauses")
    head = ("Clause", "Promesse", "Échus") if language == "fr" else ("Clause", "Promise", "Due")
    yield Table(
        head=head,
        rows=tuple(
            (
                clause,
                review.titles[clause].in_(language) if clause in review.titles else "",
                number(n, language),
            )
            for clause, n in sorted(due.items())
        ),
        numeric=2,
    )


def _tables(review: Review, language: Language) -> Iterator[Block]:
    tables = review.plan.limits.tables
    if not tables:
        return
    yield Heading(text="Quoi : table par table" if language == "fr" else "What: table by table")
    head = Text(
        fr="Table|Ce qui arrive aux lignes|Lignes|Avant|Après|Part|Limite",
        en="Table|What happens to the rows|Rows|Before|After|Share|Limit",
    )
    yield Table(
        head=tuple(head.in_(language).split("|")),
        rows=tuple(_table_row(review, one, language) for one in tables),
        numeric=2,
    )


def _table_row(review: Review, one: TableBound, language: Language) -> tuple[str, ...]:
    place = f"{one.system}.{one.table}"
    held = max(review.sizes.get(place, one.held), one.held)
    after = held - one.found if one.verb == "erase" else held
    verb = VERBS[one.verb].in_(language).replace(" ({columns})", "")
    limit = f"{one.max_share} %" if one.limit is None else f"{number(one.limit, language)}, {one.max_share} %"
    share = f"{-(-100 * one.found // held) if held else 0} %"
    counts = (one.found, held, after)
    return (place, verb, *(number(n, language) for n in counts), share, limit)


def _staying(review: Review, language: Language) -> Iterator[Block]:
    kept = [
        (f"{task.system}.{effect.table}", VERBS["keep"].in_(language), number(effect.rows, language))
        for task in review.plan.tasks
        for effect in task.effects
        if effect.verb == "keep"
    ]
    reasons = (
        (
            "alive_elsewhere",
            Text(fr="personnes actives dans un autre système", en="people active in another system"),
        ),
        ("held", Text(fr="personnes en gel", en="people on hold")),
        ("ambiguous", Text(fr="personnes à départager par un humain", en="people for a human to tell apart")),
    )
    for name, why in reasons:
        count = sum(getattr(task.spared, name) for task in review.plan.tasks)
        if count:
            kept.append(("", why.in_(language), number(count, language)))
    if kept:
        yield Heading(text="Ce qui reste, et pourquoi" if language == "fr" else "What stays, and why")
        head = ("Table", "Pourquoi", "Nombre") if language == "fr" else ("Table", "Why", "Count")
        yield Table(head=head, rows=tuple(kept), numeric=2)


def _cost(review: Review, language: Language) -> Iterator[Block]:
    cost = review.estimate
    yield Heading(text="Ce que cela coûte" if language == "fr" else "What it costs")
    size, lasts = _bytes(cost.log_bytes, language), _duration(cost.seconds)
    source = (
        Text(fr="à la vitesse des exécutions passées", en="at the speed of earlier runs")
        if cost.measured
        else Text(
            fr="règle de trois, aucune exécution à mesurer", en="a rule of thumb, no earlier run to measure"
        )
    )
    lock = (
        Text(fr="sans borne (target_ms = 0)", en="unbounded (target_ms = 0)")
        if cost.lock_ms is None
        else Text(fr=f"visée à {cost.lock_ms} ms", en=f"aimed at {cost.lock_ms} ms")
    )
    said = Text(
        fr=f"Journal des bases : environ {size}. Durée : environ {lasts} ({source.fr}). Plus longue transaction : {lock.fr}.",
        en=f"Write-ahead log: about {size}. Duration: about {lasts} ({source.en}). Longest transaction: {lock.en}.",
    )
    yield Paragraph(text=said.in_(language))
    for cascade in review.cascades:
        yield Paragraph(text=cascade.in_(language))
    for found in review.findings:
        fix = f" → {found.fix.in_(language)}" if found.fix else ""
        yield Paragraph(text=f"{found.code} · {found.message.in_(language)}{fix}")


def _coming(review: Review, language: Language) -> Iterator[Block]:
    if not review.months:
        return
    yield Heading(
        text="Ce qui arrive à échéance ensuite" if language == "fr" else "What falls due after that"
    )
    people = Text(
        fr="Fiches de personnes par mois, par ce que chaque base sait seule : au plus",
        en="Records of people by month, by what each database knows alone: at most",
    )
    records = Text(
        fr="Lignes qui ont leur propre terme, par mois", en="Rows with a term of their own, by month"
    )
    bars = [(one.start.strftime("%Y-%m"), one) for one in review.months]
    yield Chart(title=people.in_(language), bars=tuple((label, one.people) for label, one in bars))
    yield Chart(title=records.in_(language), bars=tuple((label, one.records) for label, one in bars))


def _bytes(count: int, language: Language) -> str:
    units = ("o", "Ko", "Mo", "Go", "To") if language == "fr" else ("B", "KB", "MB", "GB", "TB")
    size, unit = float(count), 0
    while size >= 1000 and unit < len(units) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {units[unit]}"


def _duration(seconds: int) -> str:
    minutes, rest = divmod(max(1, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
    )
