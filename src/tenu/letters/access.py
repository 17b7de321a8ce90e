"""The answer to an access request: a page anybody can read, the same data for a machine, and what was searched.

Nothing is rendered that the facts do not hold: the copy is what the databases said, the rest is the policy's own words.

Source: GDPR 12(1), 15(1)(a)-(h), 15(2)-(4); LIL 49; policy C-RGT-01, C-RGT-02, C-CNI-01; law 5.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tenu.letters.page import File, render
from tenu.letters.tables import Mask, csv_of, json_of, masked, plain
from tenu.plans.access import Copied
from tenu.plans.searched import Covered
from tenu.plans.statements import Statement
from tenu.policy.model import Policy
from tenu.policy.purposes import Purpose
from tenu.policy.retention import RetentionRule, Scope
from tenu.terms import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFacts:
    """Everything an answer to an access request is made of.

    *recipients*: those who received data of this person, by name, as a human says; none when there is none. *archived_until*:
    last day of what the archive holds of them, None when nothing. *statements*: what is kept with their data without changing them. *authority_address*: where a complaint
    is sent by post.
    """

    number: str
    received_on: date
    answered_on: date
    searched_at: datetime
    policy: Policy
    labels: Mapping[str, Text]
    copied: tuple[Copied, ...]
    masks: tuple[Mask, ...]
    covered: tuple[Covered, ...]
    recipients: tuple[str, ...]
    archived_until: date | None
    statements: tuple[Statement, ...]
    authority_address: tuple[str, ...]

    @property
    def holds_anything(self) -> bool:
        """Return whether anything of this person was found."""
        return any(table.rows for table in self.copied) or self.archived_until is not None

    def purposes(self) -> tuple[Purpose, ...]:
        """Return the purposes this person's own data serve, in the policy's order."""
        used = {p for table in self.copied for p in table.purposes}
        used |= {p for table in self.copied for cell in table.columns for p in cell.purposes}
        return tuple(purpose for purpose in self.policy.purposes if purpose.id in used)

    def categories(self) -> tuple[Text, ...]:
        """Return the categories of the data found, in the policy's order."""
        used = {cell.category for table in self.copied for cell in table.columns if table.rows}
        return tuple(category.label for category in self.policy.categories if category.id in used)


def access_package(facts: AccessFacts, language: Language) -> tuple[File, ...]:
    """Return the files of the answer: the page, the manifest, the data as JSON and as one CSV per table."""
    shown = tuple(masked(table, facts.masks) for table in facts.copied)
    page = render("access", language, facts=facts, tables=shown, duration=_durations(facts.policy, language))
    return (
        File(name={"fr": "lisez-moi.html", "en": "read-me.html"}[language], content=page.encode()),
        File(name="data.json", content=json_of([plain(table) for table in shown])),
        *(File(name=f"data/{t.name}.csv", content=csv_of(t)) for t in shown if t.rows),
        *(
            (File(name="statements.json", content=json_of(list(map(_kept, facts.statements)))),)
            if facts.statements
            else ()
        ),
        File(name="manifest.json", content=json_of(_manifest(facts))),
    )


def package_digest(files: tuple[File, ...]) -> str:
    """Return the SHA-256, in hexadecimal, of the names and contents of *files*: what the journal keeps of a package."""
    said = {
        file.name: hashlib.sha256(file.content).hexdigest() for file in sorted(files, key=lambda f: f.name)
    }
    return hashlib.sha256(json_of(said)).hexdigest()


def _durations(policy: Policy, language: Language) -> Mapping[str, str]:
    """Return how long each retention rule keeps data, in words."""
    return {rule.id: _lasts(rule).in_(language) for rule in policy.retention.rules}


def _lasts(rule: RetentionRule) -> Text:
    active = rule.active.lasts
    from_ = (
        Text(fr="après votre dernier acte", en="after your last act")
        if rule.each is Scope.PERSON
        else Text(fr="après leur date", en="after their date")
    )
    said = Text(fr=f"{active.words('fr')} {from_.fr}", en=f"{active.words('en')} {from_.en}")
    if rule.archive is None:
        return said
    lasts = rule.archive.lasts
    return Text(
        fr=f"{said.fr}, puis en archive à accès restreint jusqu'à {lasts.words('fr')} après la fin de la relation",
        en=f"{said.en}, then in a restricted archive until {lasts.words('en')} after the end of the relation",
    )


def _kept(statement: Statement) -> dict[str, str]:
    return {
        "kind": statement.kind.value,
        "about": statement.about,
        "words": statement.words,
        "made_on": statement.made_on.isoformat(),
        "request": statement.request,
    }


def _manifest(facts: AccessFacts) -> dict[str, object]:
    return {
        "request": facts.number,
        "received_on": facts.received_on.isoformat(),
        "answered_on": facts.answered_on.isoformat(),
        "searched_at": facts.searched_at.isoformat(timespec="seconds"),
        "systems": [
            {
                "system": system.system,
                "answered": system.answered,
                "people": {table.table: [str(kind) for kind in table.by] for table in system.people},
                "tables": list(system.tables),
                "without_personal_data": list(system.declared_without),
            }
            for system in facts.covered
        ],
        "rows": {t.name: len(t.rows) for t in facts.copied},
        "masked": [{"column": str(mask), "why": mask.why} for mask in facts.masks],
        "archived_until": facts.archived_until.isoformat() if facts.archived_until else None,
        "recipients": list(facts.recipients),
    }
