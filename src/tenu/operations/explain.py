"""``tenu explain CODE``: a clause, rule, doubt, duty, duration or finding code, its source, what to do."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from tenu.errors import TenuError
from tenu.law.catalogue import JudgedBy, Rule, rules
from tenu.policy.clauses import (
    Ambiguity,
    Clause,
    Count,
    Duty,
    TimeRule,
    ambiguities,
    clauses,
    duties,
    time_rules,
)
from tenu.terms import Deontic, EvidenceClass, Severity, Text


class UnknownCodeError(TenuError):
    """No clause, rule, ambiguity, duty or finding has this code; *fix* names the nearest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of an explanation. *name* is stable, for programs; *heading* is for people."""

    name: str
    heading: Text
    body: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a code stands for. *related* are codes worth explaining next."""

    code: str
    kind: Text
    title: Text
    sections: tuple[Section, ...]
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCode:
    """A code findings carry, as the registry of codes tells it."""

    code: str
    title: Text
    meaning: Text
    remedy: Text


@cache
def finding_codes() -> Mapping[str, FindingCode]:
    """Return every finding code that is not a lint rule, from ``codes.json``."""
    entries = json.loads((files("tenu") / "codes.json").read_text(encoding="utf-8"))
    return MappingProxyType({entry["code"]: _finding_code(entry) for entry in entries})


def explain(code: str) -> Explanation:
    """Return what *code* stands for; case and outer spaces do not matter.

    Raises:
        UnknownCodeError: With the nearest known code.
    """
    wanted = code.strip().upper()
    for table, tell in _TABLES:
        if wanted in table():
            return tell(table()[wanted])
    raise UnknownCodeError(
        Text(fr=f"le code « {code} » est inconnu", en=f"the code '{code}' is unknown"), fix=_nearest(wanted)
    )


def known_codes() -> tuple[str, ...]:
    """Return every code that can be explained."""
    return tuple(code for table, _ in _TABLES for code in table())


def _nearest(code: str) -> Text:
    near = difflib.get_close_matches(code, known_codes(), n=1, cutoff=0.4)
    if near:
        return Text(fr=f"vouliez-vous dire {near[0]} ?", en=f"did you mean {near[0]}?")
    return Text(fr="essayez par exemple C-RET-13 ou L-RT-01", en="try for example C-RET-13 or L-RT-01")


def _clause(clause: Clause) -> Explanation:
    kind, evidence = _DEONTIC[clause.kind], _EVIDENCE[clause.evidence]
    return Explanation(
        code=clause.id,
        kind=Text(
            fr=f"clause · {kind.fr} · prouvée par {evidence.fr}",
            en=f"clause · {kind.en} · proved by {evidence.en}",
        ),
        title=clause.title,
        sections=(
            Section(name="promise", heading=Text(fr="Promesse", en="Promise"), body=clause.promise),
            Section(name="law", heading=Text(fr="Loi", en="Law"), body=_articles(clause.law)),
            Section(name="proof", heading=Text(fr="Preuve", en="Proof"), body=clause.proof),
            Section(name="acceptance", heading=Text(fr="Essai", en="Test"), body=clause.acceptance),
            Section(name="lines", heading=Text(fr="Lignes", en="Lines"), body=_same(clause.lines)),
        ),
        related=clause.ambiguities,
    )


def _rule(rule: Rule) -> Explanation:
    severity, judged = _SEVERITY[rule.severity], _JUDGED[rule.judged_by]
    fix = () if rule.fix is None else (Section(name="fix", heading=_TO_DO, body=rule.fix),)
    return Explanation(
        code=rule.id,
        kind=Text(fr=f"règle · {severity.fr}", en=f"rule · {severity.en}"),
        title=rule.rule,
        sections=(
            Section(name="law", heading=Text(fr="Source", en="Source"), body=_articles((rule.source,))),
            Section(name="judged_by", heading=Text(fr="Jugée", en="Judged"), body=judged),
            *fix,
        ),
    )


def _ambiguity(ambiguity: Ambiguity) -> Explanation:
    other = ambiguity.alternative
    alternative = () if other is None else (Section(name="alternative", heading=_OTHERWISE, body=other),)
    return Explanation(
        code=ambiguity.id,
        kind=Text(fr="doute du texte, et sa lecture", en="doubt of the text, and its reading"),
        title=ambiguity.doubt,
        sections=(
            Section(name="reading", heading=Text(fr="Lecture", en="Reading"), body=ambiguity.reading),
            *alternative,
            Section(name="lines", heading=Text(fr="Lignes", en="Lines"), body=_same(ambiguity.lines)),
        ),
        related=tuple(clause.id for clause in clauses().values() if ambiguity.id in clause.ambiguities),
    )


def _duty(duty: Duty) -> Explanation:
    return Explanation(
        code=duty.id,
        kind=Text(fr="devoir légal que le texte ne promet pas", en="legal duty the text does not promise"),
        title=duty.duty,
        sections=(
            Section(name="law", heading=Text(fr="Loi", en="Law"), body=_articles(duty.law)),
            Section(name="proof", heading=Text(fr="Preuve", en="Proof"), body=duty.evidence),
        ),
    )


def _time_rule(rule: TimeRule) -> Explanation:
    count = _COUNT[rule.kind]
    note = (
        ()
        if rule.note is None
        else (Section(name="note", heading=Text(fr="Note", en="Note"), body=rule.note),)
    )
    return Explanation(
        code=rule.id,
        kind=Text(fr=f"durée · {count.fr}", en=f"duration · {count.en}"),
        title=rule.rule,
        sections=(
            Section(name="start", heading=Text(fr="Départ", en="Start"), body=rule.start),
            Section(name="length", heading=Text(fr="Durée", en="Length"), body=rule.length),
            *note,
            Section(name="law", heading=Text(fr="Source", en="Source"), body=_articles((rule.source,))),
        ),
    )


def _code(code: FindingCode) -> Explanation:
    return Explanation(
        code=code.code,
        kind=Text(fr="constat", en="finding"),
        title=code.title,
        sections=(
            Section(name="meaning", heading=Text(fr="Sens", en="Meaning"), body=code.meaning),
            Section(name="fix", heading=_TO_DO, body=code.remedy),
        ),
    )


def _finding_code(entry: dict[str, Any]) -> FindingCode:
    return FindingCode(
        code=entry["code"],
        title=Text(**entry["title"]),
        meaning=Text(**entry["meaning"]),
        remedy=Text(**entry["remedy"]),
    )


def _articles(law: tuple[str, ...]) -> Text:
    cited = ", ".join(law)
    french = cited
    for english, word in _FRENCH_NAMES:
        french = french.replace(english, word)
    return Text(fr=french, en=cited)


def _same(body: str) -> Text:
    return Text(fr=body, en=body)


_TABLES: tuple[tuple[Callable[[], Mapping[str, Any]], Callable[[Any], Explanation]], ...] = (
    (clauses, _clause),
    (rules, _rule),
    (ambiguities, _ambiguity),
    (duties, _duty),
    (time_rules, _time_rule),
    (finding_codes, _code),
)

_TO_DO = Text(fr="À faire", en="To do")
_OTHERWISE = Text(fr="Autre lecture", en="Other reading")
_FRENCH_NAMES = (
    ("GDPR", "RGPD"),
    ("CJEU", "CJUE"),
    ("EDPB", "CEPD"),
    ("Recital", "Considérant"),
    ("recital", "considérant"),
    ("commercial referential", "référentiel de gestion commerciale"),
    ("badge guidance", "contrôle d'accès"),
    ("three-phase guidance", "guide des durées"),
    ("two-year guidance", "comptes inactifs, 2 ans"),
    ("call-recording guidance", "enregistrement des appels"),
    ("free-text guidance", "zones de texte libre"),
    ("B2B guidance", "prospection des professionnels"),
    ("guidance", "recommandation"),
    ("one month", "un mois"),
    ("3 years", "3 ans"),
    ("house rule", "règle de la maison"),
    ("coherence", "cohérence"),
    ("accountability", "responsabilité (accountability)"),
    ("(historic)", "(historique)"),
    ("when applicable", "s'il s'applique"),
    ("former", "ancienne"),
    ("policy", "politique"),
    ("no guidance exists", "aucune recommandation n'existe"),
    ("arithmetic is ours", "calcul à nous"),
    ("decrees as examples", "décrets à titre d'exemple"),
    ("as rewritten by decree", "réécrit par le décret"),
    ("decree", "décret"),
    ("law 2025", "loi 2025"),
    (" to ", " à "),
    (" or ", " ou "),
    (" and ", " et "),
)
_DEONTIC: Mapping[Deontic, Text] = {
    Deontic.OBLIGATION: Text(fr="obligation", en="obligation"),
    Deontic.PROHIBITION: Text(fr="interdiction", en="prohibition"),
    Deontic.PERMISSION: Text(fr="permission bornée", en="bounded permission"),
    Deontic.FACT: Text(fr="fait annoncé", en="stated fact"),
}
_EVIDENCE: Mapping[EvidenceClass, Text] = {
    EvidenceClass.DATABASES: Text(fr="les bases de données", en="the databases"),
    EvidenceClass.PROBE: Text(fr="une sonde publique", en="a public probe"),
    EvidenceClass.REGISTRY: Text(fr="les registres", en="the registers"),
    EvidenceClass.LEDGER: Text(fr="le journal de tenu", en="tenu's journal"),
}
_COUNT: Mapping[Count, Text] = {
    Count.DUE: Text(fr="temps pour agir", en="time to act"),
    Count.MAX: Text(fr="limite, jamais reportée", en="limit, never moved to a later day"),
    Count.MIN: Text(fr="devoir de garder", en="duty to keep"),
    Count.MIN_AND_MAX: Text(fr="devoir de garder, et limite", en="duty to keep, and limit"),
    Count.AT_ONCE: Text(fr="effet immédiat", en="effect at once"),
    Count.ADJUSTMENT: Text(fr="ajustement d'un délai", en="adjustment of a time to act"),
    Count.REFERENCE: Text(fr="prescription, pour référence", en="limitation period, for reference"),
    Count.WINDOW: Text(fr="plage permise", en="permitted window"),
    Count.CHANGE_OF_LAW: Text(fr="changement de loi", en="change of law"),
}
_SEVERITY: Mapping[Severity, Text] = {
    Severity.BLOCKER: Text(fr="bloquante", en="blocker"),
    Severity.MAJOR: Text(fr="majeure", en="major"),
    Severity.MINOR: Text(fr="mineure", en="minor"),
    Severity.NOTE: Text(fr="note", en="note"),
}
_JUDGED: Mapping[JudgedBy, Text] = {
    JudgedBy.POLICY: Text(
        fr="sur la politique seule, par tenu check", en="on the policy alone, by tenu check"
    ),
    JudgedBy.SYSTEMS: Text(
        fr="sur les systèmes, registres ou modèles réels ; jamais réputée tenue sans eux",
        en="on the real systems, registers or templates; never held as passed without them",
    ),
    JudgedBy.TEXT: Text(fr="sur le texte publié", en="on the published text"),
}
