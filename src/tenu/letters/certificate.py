"""The certificate of a run: what was erased, what was searched, what the disks keep and until when. Pure.

It says only what the journal holds, and the journal holds its digest: whoever has the public key checks it offline. It
names nobody, so it is nobody's alone.

Source: GDPR 5(2), 17; policy C-RET-07.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenu.errors import TamperedError
from tenu.journal.checkpoint import Verifier
from tenu.journal.events import Event, event_of
from tenu.journal.kinds import EventKind
from tenu.journal.proof import read_proof
from tenu.plans.disk import Did, DiskState, Horizon, Remains
from tenu.plans.plan import digest_of
from tenu.plans.reason import day_text
from tenu.plans.render import bytes_text, changed_text, files_text, number, unreached_text
from tenu.terms import Language, Text

FORMAT = "tenu-certificate-1"
OF_A_RUN = (
    EventKind.RUN_INTENT,
    EventKind.CHUNK_DONE,
    EventKind.SUBJECTS_SPARED,
    EventKind.SYSTEM_REPLAYED,
    EventKind.RESIDUE_SEARCHED,
    EventKind.FILES_SEARCHED,
    EventKind.DISK_STATED,
    EventKind.LEDGER_ANCHORED,
    EventKind.RUN_FINISHED,
)
"""The kinds of event a certificate is made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What is certified, as plain data, and the receipt of the journal's event that holds its digest."""

    body: Mapping[str, Any]
    proof: str

    @property
    def digest(self) -> str:
        """Return the digest the journal holds."""
        return digest_of(self.body)

    def to_json(self) -> str:
        """Return the certificate as the text of a file."""
        plain = {**self.body, "digest": self.digest, "proof": self.proof}
        return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"

    def verify(self, keys: Sequence[Verifier]) -> None:
        """Check that the journal signed by one of *keys* holds this very certificate; needs neither network nor tenu's stores.

        Raises:
            TamperedError: It does not.
        """
        proof = read_proof(self.proof)
        proof.verify(keys)
        event = event_of(proof.leaf)
        if event.kind is not EventKind.CERTIFICATE_MADE or event.body["certificate"] != self.digest:
            raise _forged()


def read_certificate(text: str) -> Certificate:
    """Return the certificate a file holds, nothing verified yet.

    Raises:
        TamperedError: It is not one.
    """
    try:
        said = json.loads(text)
        proof, _ = said.pop("proof"), said.pop("digest")
        if said["format"] != FORMAT:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _forged() from None
    return Certificate(body=said, proof=str(proof))


def body_of(run: str, events: Iterable[Event], journal: str) -> dict[str, Any]:
    """Return what the journal says of *run*, resumed parts included.

    Args:
        run: Digest of the plan.
        events: Events of the kinds of ``OF_A_RUN`` that name it, in order.
        journal: Origin of the journal.
    """
    rows: Counter[tuple[str, str, str]] = Counter()
    spared: Counter[str] = Counter()
    latest: dict[EventKind, Event] = {}
    disks: dict[str, Mapping[str, Any]] = {}
    weights: Counter[str] = Counter()
    stores: dict[str, Mapping[str, Any]] = {}
    for event in events:
        latest[event.kind] = event
        if event.kind is EventKind.CHUNK_DONE:
            for place, count in _plain(event, "tables").get("tables", {}).items():
                verb, _, table = str(place).partition(":")
                rows[str(event.body["system"]), table or verb, verb] += count
            weights[str(event.body["system"])] += int(str(event.body.get("bytes", 0)))
        elif event.kind is EventKind.FILES_SEARCHED:
            stores[str(event.body["system"])] = _plain(event, "left", "bytes", "undescribed", "links", "mounts",
                                                       "unreadable", "future")  # fmt: skip
        elif event.kind is EventKind.SUBJECTS_SPARED:
            spared[str(event.body["reason"])] = int(str(event.body["subjects"]))
        elif event.kind is EventKind.DISK_STATED:
            disks[str(event.body["system"])] = _plain(event, "system", "engine", "done", "remains", "replicas",
                                                      "backups_until", "backups_declared", "logs_until")  # fmt: skip
    intent, finished = latest[EventKind.RUN_INTENT], latest[EventKind.RUN_FINISHED]
    return {
        "format": FORMAT,
        "journal": journal,
        "run": run,
        "policy": intent.body.get("policy"),
        "as_of": intent.body.get("as_of"),
        "begun_at": intent.at.isoformat(),
        "ended_at": finished.at.isoformat(),
        "complete": finished.body["complete"],
        "people": finished.body.get("subjects", 0),
        "rows": [
            {"system": s, "table": t, "verb": v, "rows": n} for (s, t, v), n in sorted(rows.items()) if n
        ],
        "spared": dict(spared),
        "replay": _of(latest, EventKind.SYSTEM_REPLAYED, "system", "subjects", "rows", "left", "held"),
        "residue": _of(latest, EventKind.RESIDUE_SEARCHED, "subjects", "skipped", "residual", "names", "kept_by_law",
                       "cells", "searched", "unsearched", "unread"),
        "files": [
            {"store": name, "erased_bytes": weights[name], **stores[name]} for name in sorted(stores)
        ],
        "horizons": [disks[name] for name in sorted(disks)],
        "ledger": _of(latest, EventKind.LEDGER_ANCHORED, "entries", "head"),
    }  # fmt: skip


def certificate_lines(certificate: Certificate, language: Language) -> Iterator[str]:
    """Yield *certificate* as people read it; one made before tenu knew files says nothing of any."""
    body, french = certificate.body, language == "fr"
    yield f"{'Certificat d’effacement, exécution' if french else 'Certificate of erasure, run'} {body['run']}"
    ended = date.fromisoformat(str(body["ended_at"])[:10])
    stores = {said["store"] for said in body.get("files", ())}
    people, changed = int(body["people"]), sum(r["rows"] for r in body["rows"] if r["verb"] != "archive")
    rows = changed_text(changed, sum(r["rows"] for r in body["rows"] if r["system"] in stores), language)
    yield (
        f"  terminée le {day_text(ended, language)} : {number(people, language)} fiches de personnes, {rows}"
        if french
        else f"  ended on {day_text(ended, language)}: {number(people, language)} records of people, {rows}"
    )
    for row in body["rows"]:
        yield f"    {row['verb']:<9} {row['system']}.{row['table']}  {number(row['rows'], language)}"
    if not body["complete"]:
        yield "  incomplète" if french else "  not complete"
    yield from _searched(body["residue"], language)
    for said in body.get("files", ()):
        yield from _files(said, language)
    for said in body["horizons"]:
        yield from _horizon(said).lines(language)
    ledger = body["ledger"]
    if ledger:
        yield f"  {'registre' if french else 'ledger'} : {ledger['entries']} · {ledger['head']}"
    yield f"  {'empreinte' if french else 'digest'} : {certificate.digest}"


def _searched(residue: Mapping[str, Any] | None, language: Language) -> Iterator[str]:
    if residue is None:
        said = Text(
            fr="  personne n'a été effacé : rien à chercher", en="  nobody was erased: nothing to search for"
        )
        yield said.in_(language)
        return
    columns, left = residue["searched"], residue["residual"]
    yield Text(
        fr=f"  {columns} colonnes relues, {residue['unsearched']} non lues ; {left} cellules désignent encore quelqu'un",
        en=f"  {columns} columns searched, {residue['unsearched']} not; {left} cells still designate somebody",
    ).in_(language)
    for place, cells in residue["cells"].items():
        yield f"    ! {place}  {cells}"


def _files(said: Mapping[str, Any], language: Language) -> Iterator[str]:
    erased, left = bytes_text(said["erased_bytes"], language), files_text(said["left"], language)
    yield Text(
        fr=f"  {said['store']} : {erased} de fichiers effacés ; restent à leur terme : {left}",
        en=f"  {said['store']}: {erased} of files erased; left past their day: {left}",
    ).in_(language)
    unjudged = {
        kind: said.get(kind, 0) for kind in ("undescribed", "links", "mounts", "unreadable", "future")
    }
    if text := unreached_text(unjudged, language):
        yield f"    ! {text}"


def _horizon(said: Mapping[str, Any]) -> Horizon:
    state = DiskState(
        engine=said["engine"],
        done=tuple(Did(word) for word in said["done"]),
        remains=tuple(Remains(word) for word in said["remains"]),
        replicas=said["replicas"],
    )
    return Horizon(
        system=said["system"],
        state=state,
        backups_until=date.fromisoformat(said["backups_until"]),
        declared=said["backups_declared"],
        logs_until=date.fromisoformat(said["logs_until"]) if said.get("logs_until") else None,
    )


def _of(latest: Mapping[EventKind, Event], kind: EventKind, *keys: str) -> dict[str, Any] | None:
    return _plain(latest[kind], *keys) if kind in latest else None


def _plain(event: Event, *keys: str) -> dict[str, Any]:
    said = json.loads(json.dumps({key: event.body[key] for key in keys if key in event.body}, default=dict))
    return dict(said)


def _forged() -> TamperedError:
    return TamperedError(
        Text(
            fr="ce certificat n'est pas celui que le journal tient",
            en="this certificate is not the one the journal holds",
        ),
        fix=Text(
            fr="reprenez l'original : tenu certificate RUN", en="take the original: tenu certificate RUN"
        ),
    )
