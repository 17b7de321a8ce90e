"""A plan: what must change on a given day, counted, bounded, and bound to what it was computed from. Pure data.

A plan speaks of people only through keyed fingerprints: whoever holds the file cannot tell who they are, and
``apply`` can tell whether somebody was in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from tenu.errors import RefusedError
from tenu.plans.bounds import Bounds, TableBound
from tenu.plans.reason import Reason
from tenu.plans.task import Anonymise, Clear, Cut, Effect, Erase, Keep, Seal
from tenu.terms import Text

FORMAT = 4
FINGERPRINT_BYTES = 8
Verb = Literal["keep", "archive", "clear", "cut", "anonymise", "thin", "erase"]
PlannedFate = int
"""What a plan decided of one person: ``ENDED``, ``ARCHIVED``, or the ordinal of the archive's last day."""
ENDED: PlannedFate = 0
ARCHIVED: PlannedFate = 1
SIGNS: Mapping[Verb, str] = {
    "keep": "=",
    "archive": "~",
    "clear": "~",
    "cut": "~",
    "anonymise": "~",
    "thin": "~",
    "erase": "-",
}
CHANGES: tuple[Verb, ...] = ("clear", "cut", "anonymise", "thin", "erase")
"""The verbs that change rows where they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEffect:
    """What one effect would do: how many *rows* of *table*, and for a clearing which *columns*.

    *bytes*: what they weigh, where *table* is a set of files and its rows are files.
    """

    verb: Verb
    table: str
    rows: int
    columns: tuple[str, ...] = ()
    bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """People who look due in one system and are not: alive elsewhere, on hold, or not told apart with certainty."""

    alive_elsewhere: int = 0
    held: int = 0
    ambiguous: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTask:
    """One task of a plan. *people* who leave the active base, of whom *archived* go through the archive first.

    A task on records or files has no people: these go by their own date. *reasons*: why, one per rule. *chosen* are the
    people's fingerprints and fates, packed.
    """

    name: str
    system: str
    table: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    reasons: tuple[Reason, ...]
    people: int
    archived: int
    spared: Spared
    effects: tuple[PlannedEffect, ...]
    chosen: str = ""

    @property
    def rows(self) -> int:
        """Return how many rows the task would delete or change."""
        return sum(effect.rows for effect in self.effects if effect.verb in CHANGES)

    @property
    def is_empty(self) -> bool:
        """Return whether the task would change nothing."""
        return self.people == 0 and self.rows == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a plan does again: every erasure of *system* the ledger tells after its entry numbered *after*."""

    system: str
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """What a plan carries out: requests of people, by number, whose rows go whatever their clocks say."""

    requests: tuple[str, ...]


FOR_REQUESTS = "requests"
"""What the journal calls a run that carries out requests, which is no run of the policy."""
Cause = Replay | Requests
"""What calls for a plan besides the calendar: a restored system, or what people ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What must change on *as_of* (civil day of the controller), valid until *expires_at* (UTC).

    *policy*, *maps* and *schemas* are SHA-256 digests of what it was computed from: when one differs, the plan is
    stale. *limits*: how much it may touch. *cause*: what calls for it; None when the calendar alone does. *unreached*: by
    store of files, what could not be judged there, counted by kind. Its own ``digest`` names it everywhere.
    """

    as_of: date
    made_at: datetime
    expires_at: datetime
    policy: str
    maps: Mapping[str, str]
    schemas: Mapping[str, str]
    chunk: int
    limits: Bounds
    tasks: tuple[PlannedTask, ...]
    unreachable: tuple[str, ...] = ()
    unreached: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    cause: Cause | None = None
    format: int = FORMAT

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to do."""
        return all(task.is_empty for task in self.tasks)

    @property
    def people(self) -> int:
        """Return how many people's rows leave the active base, counted once per system and set of rules."""
        return sum(task.people for task in self.tasks)

    @property
    def rows(self) -> int:
        """Return how many rows would be deleted or changed, files included."""
        return sum(task.rows for task in self.tasks)

    @property
    def files(self) -> int:
        """Return how many files would be erased."""
        return sum(e.rows for task in self.tasks for e in task.effects if e.bytes is not None)

    @property
    def bytes(self) -> int:
        """Return what these files weigh."""
        return sum(e.bytes or 0 for task in self.tasks for e in task.effects)

    @property
    def is_irreversible(self) -> bool:
        """Return whether something in it is gone for good at once: no archive keeps it for a while."""
        return any(
            task.people > task.archived or (not task.people and task.rows) for task in self.tasks
        ) or any(effect.verb == "anonymise" for task in self.tasks for effect in task.effects)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the plan's canonical form, in hexadecimal."""
        return digest_of(self._plain())

    def by_clause(self) -> dict[str, int]:
        """Return, for each clause, how many people (or records, where the limit runs by record) are due."""
        found: dict[str, int] = {}
        for task in self.tasks:
            for clause in task.clauses:
                found[clause] = found.get(clause, 0) + (task.people or task.rows)
        return found

    def by_rule(self) -> dict[str, int]:
        """Return, for each retention rule, how many people (or records, where the limit runs by record) are due."""
        found: dict[str, int] = {}
        for task in self.tasks:
            for rule in task.rules:
                found[rule] = found.get(rule, 0) + (task.people or task.rows)
        return found

    def to_json(self) -> str:
        """Return the plan as the text of a plan file."""
        return json.dumps({**self._plain(), "digest": self.digest}, indent=1, ensure_ascii=False) + "\n"

    def _plain(self) -> dict[str, Any]:
        plain = asdict(replace(self, maps=dict(self.maps), schemas=dict(self.schemas)))
        said: dict[str, Any] = json.loads(json.dumps(plain, default=lambda day: day.isoformat()))
        return said


def verb_of(effect: Effect) -> Verb:
    """Return the one word for what *effect* does."""
    match effect:
        case Keep():
            return "keep"
        case Seal():
            return "archive"
        case Cut():
            return "cut"
        case Clear():
            return "clear"
        case Anonymise():
            return "anonymise"
        case Erase():
            return "erase"


class AlteredPlanError(RefusedError):
    """A plan file does not say what its digest covers: it was edited or cut since it was made."""


def read_plan(text: str) -> Plan:
    """Return the plan a file holds.

    Raises:
        AlteredPlanError: The file is not a plan, is of another format, or was changed since it was made.
    """
    try:
        said = json.loads(text)
        digest = said.pop("digest")
        _refuse_format(said["format"])
        plan = _plan(said)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _altered(
            Text(fr="ce fichier n'est pas un plan de tenu", en="this file is not a plan of tenu")
        ) from None
    if not hmac.compare_digest(plan.digest, str(digest)):
        raise _altered(
            Text(
                fr="ce plan a été modifié depuis qu'il a été établi",
                en="this plan was changed since it was made",
            )
        )
    return plan


def _refuse_format(found: Any) -> None:
    if found != FORMAT:
        raise _altered(
            Text(
                fr=f"ce plan est d'un autre format ({found}) que celui que cette version applique ({FORMAT})",
                en=f"this plan is of another format ({found}) than the one this version applies ({FORMAT})",
            )
        )


def _altered(message: Text) -> AlteredPlanError:
    again = Text(fr="refaites-en un : tenu plan -o FICHIER", en="make a new one: tenu plan -o FILE")
    return AlteredPlanError(message, fix=again)


def _plan(said: dict[str, Any]) -> Plan:
    tasks = tuple(
        PlannedTask(
            **{
                **task,
                "rules": tuple(task["rules"]),
                "clauses": tuple(task["clauses"]),
                "reasons": tuple(
                    Reason(**{**reason, "before": date.fromisoformat(reason["before"])})
                    for reason in task["reasons"]
                ),
                "spared": Spared(**task["spared"]),
                "effects": tuple(
                    PlannedEffect(**{**effect, "columns": tuple(effect["columns"])})
                    for effect in task["effects"]
                ),
            }
        )
        for task in said["tasks"]
    )
    dated = {
        "as_of": date.fromisoformat(said["as_of"]),
        "made_at": datetime.fromisoformat(said["made_at"]),
        "expires_at": datetime.fromisoformat(said["expires_at"]),
    }
    limits = said["limits"]
    bounds = Bounds(**{**limits, "tables": tuple(TableBound(**one) for one in limits["tables"])})
    rest = {
        "limits": bounds,
        "tasks": tasks,
        "unreachable": tuple(said["unreachable"]),
        "cause": _cause(said["cause"]),
    }
    return Plan(**{**said, **dated, **rest})


def _cause(said: dict[str, Any] | None) -> Cause | None:
    if said is None:
        return None
    return Requests(requests=tuple(said["requests"])) if "requests" in said else Replay(**said)


def digest_of(value: Any) -> str:
    """Return the SHA-256, in hexadecimal, of *value* in canonical JSON."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Fingerprints:
    """Keyed fingerprints of the people of *place* (``system.table``): the same person always has the same one."""

    def __init__(self, key: bytes, place: str) -> None:
        self._begun = hashlib.blake2b(place.encode(), key=key, digest_size=FINGERPRINT_BYTES)

    def of(self, key: tuple[Any, ...]) -> bytes:
        """Return the fingerprint of the person whose row has this primary key."""
        said = self._begun.copy()
        said.update("".join([f"\x1f{part}" for part in key]).encode())
        return said.digest()


def pack(fates: Mapping[bytes, PlannedFate]) -> str:
    """Return fingerprints and fates sorted, packed and in base64."""
    return base64.b64encode(b"".join(f + fates[f].to_bytes(4) for f in sorted(fates))).decode()


def unpack(packed: str) -> Mapping[bytes, PlannedFate]:
    """Return the fingerprints and fates ``pack`` packed."""
    joined = base64.b64decode(packed)
    width = FINGERPRINT_BYTES + 4
    return {
        joined[i : i + FINGERPRINT_BYTES]: int.from_bytes(joined[i + FINGERPRINT_BYTES : i + width])
        for i in range(0, len(joined), width)
    }
