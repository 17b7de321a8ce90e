"""What only the whole policy can tell: every name leads somewhere, every clause is answered for."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from tenu.documents import Located
from tenu.errors import Finding, Place
from tenu.policy.clauses import ambiguities, clauses
from tenu.policy.model import Policy, cited_at, parts
from tenu.policy.purposes import Unstated
from tenu.terms import Severity, Text


def check_references(policy: Policy) -> Iterator[Finding]:
    """Yield everything in *policy* that leads nowhere, twice to the same place, or against itself."""
    for check in _CHECKS:
        yield from check(policy)


def _known_categories(policy: Policy) -> Iterator[Finding]:
    known = [category.id for category in policy.categories]
    kind = Text(fr="catégorie inconnue", en="unknown category")
    for purpose in policy.purposes:
        yield from _named("P-REF-01", kind, purpose, "categories", names=purpose.categories, known=known)


def _known_retention_rules(policy: Policy) -> Iterator[Finding]:
    known = [rule.id for rule in policy.retention.rules]
    kind = Text(fr="règle de conservation inconnue", en="unknown retention rule")
    for purpose in policy.purposes:
        yield from _named("P-REF-02", kind, purpose, "retention", names=(purpose.retention,), known=known)
    for category in policy.categories:
        if category.retention is not None:
            yield from _named(
                "P-REF-02", kind, category, "retention", names=(category.retention,), known=known
            )


def _known_recipients(policy: Policy) -> Iterator[Finding]:
    known = [each.id for each in policy.recipients.classes]
    kind = Text(fr="classe de destinataires inconnue", en="unknown recipient class")
    for purpose in policy.purposes:
        yield from _named("P-REF-03", kind, purpose, "recipients", names=purpose.recipients, known=known)


def _unique_identifiers(policy: Policy) -> Iterator[Finding]:
    fix = Text(fr="donnez un autre nom à l'un des deux", en="give one of the two another name")
    for among in _lists_of_named_parts(policy):
        seen: set[str] = set()
        for part in among:
            name = str(getattr(part, "id", ""))
            if name in seen:
                message = Text(
                    fr=f"le nom « {name} » est déjà pris dans cette liste",
                    en=f"the name '{name}' is already taken in this list",
                )
                yield _finding("P-REF-04", part.at.get("id", part.place), message, fix)
            seen.add(name)


def _lists_of_named_parts(policy: Policy) -> tuple[tuple[Located, ...], ...]:
    return (
        policy.purposes,
        policy.categories,
        policy.collection.occasions.each,
        policy.retention.rules,
        policy.retention.legal_periods,
        policy.recipients.classes,
        policy.cookies.categories,
    )


def _known_clauses(policy: Policy) -> Iterator[Finding]:
    known = list(clauses())
    kind = Text(fr="clause inconnue", en="unknown clause")
    for part in parts(policy):
        yield from _named("P-REF-05", kind, part, "clauses", names=getattr(part, "clauses", ()), known=known)
    yield from _named("P-REF-05", kind, policy, "not_promised", names=policy.not_promised, known=known)


def _every_clause_cited(policy: Policy) -> Iterator[Finding]:
    cited = policy.clause_places()
    missing = [clause for clause in clauses() if clause not in cited and clause not in policy.not_promised]
    if missing:
        count, named = len(missing), ", ".join(missing)
        message = Text(
            fr=f"rien ne répond de {count} clause(s) : {named}",
            en=f"nothing answers for {count} clause(s): {named}",
        )
        fix = Text(
            fr="citez chacune sous « clauses: » de la promesse qui la porte, ou sous « not_promised: »",
            en="cite each one under 'clauses:' of the promise that carries it, or under 'not_promised:'",
        )
        yield _finding("P-REF-06", Place(file=policy.place.file), message, fix)


def _promised_or_not(policy: Policy) -> Iterator[Finding]:
    cited = policy.clause_places()
    for clause in policy.not_promised:
        if clause in cited:
            message = Text(
                fr=f"« {clause} » est promise ({cited[clause][0]}) et dite non promise",
                en=f"'{clause}' is promised ({cited[clause][0]}) and said not to be",
            )
            fix = Text(fr="gardez l'un des deux", en="keep one of the two")
            yield _finding("P-REF-10", cited_at(policy, "not_promised", clause), message, fix)


def _basis_or_silence(policy: Policy) -> Iterator[Finding]:
    for purpose in policy.purposes:
        if (purpose.basis is None) is not purpose.leaves_unstated(Unstated.BASIS):
            yield _finding(
                "P-REF-07",
                purpose.at.get("basis", purpose.place),
                Text(
                    fr=f"« {purpose.id} » : la base et « unstated » se contredisent",
                    en=f"'{purpose.id}': the basis and 'unstated' contradict each other",
                ),
                Text(
                    fr="écrivez une base, ou « basis: null » avec « unstated: [basis] »",
                    en="write a basis, or 'basis: null' with 'unstated: [basis]'",
                ),
            )


def _known_readings(policy: Policy) -> Iterator[Finding]:
    known = list(ambiguities())
    kind = Text(fr="lecture inconnue", en="unknown reading")
    for part in parts(policy):
        one = getattr(part, "reading", None)
        yield from _named("P-REF-08", kind, part, "reading", names=(one,) if one else (), known=known)
        yield from _named(
            "P-REF-08", kind, part, "readings", names=getattr(part, "readings", ()), known=known
        )


def _known_time_zone(policy: Policy) -> Iterator[Finding]:
    try:
        ZoneInfo(policy.time_zone)
    except (KeyError, OSError, ValueError):
        message = Text(
            fr=f"fuseau horaire inconnu « {policy.time_zone} »", en=f"unknown time zone '{policy.time_zone}'"
        )
        fix = Text(fr="écrivez par exemple « Europe/Paris »", en="write for example 'Europe/Paris'")
        yield _finding("P-REF-09", policy.at.get("time_zone", policy.place), message, fix)


def _named(
    code: str, kind: Text, part: Located, field: str, *, names: Iterable[str], known: list[str]
) -> Iterator[Finding]:
    """Yield a finding for each of *names* that is not *known*; ``A-29/A`` is option A of ``A-29``."""
    for name in names:
        if name.partition("/")[0] not in known:
            message = Text(fr=f"{kind.fr} « {name} »", en=f"{kind.en} '{name}'")
            yield _finding(code, cited_at(part, field, name), message, _nearest(name, known))


def _nearest(name: str, known: list[str]) -> Text:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if near:
        return Text(fr=f"vouliez-vous écrire « {near[0]} » ?", en=f"did you mean '{near[0]}'?")
    return Text(fr=f"noms connus : {', '.join(known)}", en=f"known names: {', '.join(known)}")


def _finding(code: str, place: Place, message: Text, fix: Text) -> Finding:
    return Finding(code=code, severity=Severity.BLOCKER, message=message, place=place, fix=fix)


_CHECKS: tuple[Callable[[Policy], Iterator[Finding]], ...] = (
    _known_categories,
    _known_retention_rules,
    _known_recipients,
    _unique_identifiers,
    _known_clauses,
    _every_clause_cited,
    _promised_or_not,
    _basis_or_silence,
    _known_readings,
    _known_time_zone,
)
