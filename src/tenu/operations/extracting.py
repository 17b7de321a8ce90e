"""Taking files out of a store for an incident: asked for and approved like any hold, copied, sealed, then left to go on time.

A hold on files keeps nothing where it is. What it needs is copied once, when it is approved, into a sealed case folder with
a digest of each file; the originals go on their day with the rest. Releasing it destroys the key, then the folder.

Source: policy C-SEC-01, C-PUR-12; SM-6; T-25; GDPR 17(3)(e).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from tenu.errors import TamperedError
from tenu.journal.holds import BLOCKING, Hold, HoldGround, HoldKind, decide_by
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.operations.acting import entitled
from tenu.operations.covering import Subject, subject_of
from tenu.operations.filing import walk
from tenu.operations.plan import today
from tenu.operations.register import holds
from tenu.operations.registering import (
    PROPOSERS,
    HoldError,
    digest,
    expected,
    refuse_unnamed,
    say,
    signed,
)
from tenu.plans.extract import Extract, Kept, Piece
from tenu.plans.files import FoundFile
from tenu.ports import Ports
from tenu.terms import Text

OPENERS = ("dpo", "counsel", "archivist")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is asked for: *extract*, on which *ground*; *owner*, *text* and *words* as of any hold."""

    ground: HoldGround
    owner: str
    text: str
    words: str
    extract: Extract


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One file taken out of a case folder: its *path*, and its bytes, verified as they come."""

    path: str
    bytes: Iterator[bytes]


def ask(ports: Ports, demand: Demand) -> tuple[Hold, int, int]:
    """Ask for files to be taken out; nothing is copied until somebody approves. Return how many there are, and their bytes.

    Raises:
        NotEntitledError: The person asking holds none of the roles.
        HoldError: There is no such set of files, its paths have no such name, nothing is there, or the ground is none of a
            legal hold.
        UnreachableError: The store cannot be read.
    """
    role = entitled(ports, "hold:propose", *PROPOSERS)
    refuse_unnamed(demand.owner, demand.text)
    _refuse_vague(ports, demand)
    found = list(_files(ports, demand.extract))
    if not found:
        raise HoldError(
            Text(fr="aucun fichier de ces jours-là ne répond", en="no file of these days answers"),
            fix=Text(
                fr="vérifiez les jours et --where ; ce qui est parti à son terme ne revient pas",
                en="check the days and --where; what went on its day does not come back",
            ),
        )
    day, name, wanted = today(ports), f"H-{secrets.token_hex(4)}", demand.extract
    body: dict[str, Json] = {
        **signed(ports, name, role, day),
        "kind": demand.ground.kind,
        "ground": demand.ground,
        "owner": demand.owner,
        "decide_by": decide_by(day, demand.ground).isoformat(),
        "text": digest(f"{demand.text}\n{demand.words}"),
        "within": [f"{wanted.store}.{wanted.files}"],
        "since": wanted.since.isoformat(),
        "until": wanted.until.isoformat(),
    }
    say(ports, EventKind.HOLD_PROPOSED, body)
    subject = Subject(rows=(), identities=(), text=demand.text, words=demand.words, extract=wanted)
    ports.hold_files.keep(name, subject.to_json())
    return holds(ports)[name], len(found), sum(one.entry.bytes for one in found)


def extract(ports: Ports, hold: Hold, subject: Subject) -> Kept:
    """Copy what *hold* is about into its sealed folder, no run erasing meanwhile; done again, it begins anew.

    Raises:
        HoldError: Nothing of it is there any more.
        BusyError: A run is erasing in this store.
        StoreError: There is no room for the copy.
        UnreachableError: The store, or a file of it, cannot be read.
    """
    wanted, key = subject.extract, secrets.token_bytes(32)
    if wanted is None or wanted.store not in ports.files:
        raise _gone(hold)
    files = ports.files[wanted.store]
    ports.hold_files.keep(hold.id, replace(subject, key=key.hex()).to_json())
    about = {
        "hold": hold.id,
        "ground": hold.ground.value,
        "asked_by": {"owner": hold.owner, "actor": hold.proposer, "on": hold.proposed_on.isoformat()},
        "approved_by": {"actor": ports.actor.digest, "at": ports.clock.now().isoformat()},
        "text": subject.text,
        "words": subject.words,
        "extract": wanted.plain(),
    }
    with files.turn():
        pieces = (
            Piece(path="/".join(one.path), day=one.day, open=partial(files.open, one.path))
            for one in _files(ports, wanted)
        )
        kept = ports.extracts.keep(hold.id, key, about, pieces)
    if not kept.files:
        ports.extracts.destroy(hold.id)
        raise _gone(hold)
    return kept


def open_extract(ports: Ports, name: str) -> tuple[Hold, bytes, Iterator[Copy]]:
    """Open the sealed folder of a hold in force: its manifest, and each file of it. The journal says so first.

    Raises:
        NotEntitledError: The person asking is neither DPO, counsel nor archivist.
        HoldError: There is no such hold, it is not in force, or it is about no file.
        TamperedError: The folder is not what the journal says of it.
    """
    role = entitled(ports, "hold:open", *OPENERS)
    day = today(ports)
    hold = expected(ports, name, day, *BLOCKING)
    subject = subject_of(ports.hold_files.read(name) or '{"rows":[],"identities":[],"text":"","words":""}')
    if hold.manifest is None or subject.key is None:
        raise HoldError(
            Text(fr=f"le gel {name} ne porte sur aucun fichier", en=f"hold {name} is about no file"),
            fix=Text(fr="tenu hold show le décrit", en="tenu hold show describes it"),
        )
    key = bytes.fromhex(subject.key)
    manifest = ports.extracts.manifest(name, key)
    if not hmac.compare_digest(hashlib.sha256(manifest).hexdigest(), hold.manifest):
        raise _another(name)
    say(ports, EventKind.HOLD_OPENED, {**signed(ports, name, role, day), "files": hold.files})
    said = json.loads(manifest)["files"]
    copies = (
        Copy(path=one["path"], bytes=_verified(name, one["sha256"], ports.extracts.take(name, key, number)))
        for number, one in enumerate(said, start=1)
    )
    return hold, manifest, copies


def _verified(name: str, wanted: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
        yield piece
    if not hmac.compare_digest(found.hexdigest(), wanted):
        raise _another(name)


def _files(ports: Ports, wanted: Extract) -> Iterator[FoundFile]:
    before = {wanted.files: wanted.until + timedelta(days=1) if wanted.until < date.max else date.max}
    found = walk(ports, ports.files[wanted.store], before, since=wanted.since)
    return (one for one in found if wanted.takes(one))


def _refuse_vague(ports: Ports, demand: Demand) -> None:
    wanted = demand.extract
    known = {f"{name}.{kind}": f for name, s in ports.files.items() for kind, f in s.store.files.items()}
    described = known.get(f"{wanted.store}.{wanted.files}")
    if described is None:
        listed = ", ".join(known) or "-"
        raise HoldError(
            Text(fr="cette carte n'a pas de tels fichiers", en="the data maps have no such files"),
            fix=Text(fr=f"fichiers connus : {listed}", en=f"known files: {listed}"),
        )
    if unknown := sorted(wanted.names.keys() - described.path.names):
        names = ", ".join(sorted(described.path.names))
        raise HoldError(
            Text(fr=f"ces chemins n'ont pas de « {unknown[0]} »", en=f"these paths have no '{unknown[0]}'"),
            fix=Text(fr=f"noms connus : {names}", en=f"known names: {names}"),
        )
    if demand.ground.kind is not HoldKind.LEGAL_HOLD:
        raise HoldError(
            Text(fr="une limitation ne copie rien", en="a restriction copies nothing"),
            fix=Text(fr="donnez claim, authority ou audit", en="give claim, authority or audit"),
        )


def _gone(hold: Hold) -> HoldError:
    return HoldError(
        Text(
            fr=f"plus aucun fichier de ce que demande le gel {hold.id}",
            en=f"no file is left of what hold {hold.id} asks for",
        ),
        fix=Text(fr=f"tenu hold refuse {hold.id} --reason no_ground", en=f"tenu hold refuse {hold.id} --reason no_ground"),
    )  # fmt: skip


def _another(name: str) -> TamperedError:
    return TamperedError(
        Text(
            fr=f"le dossier scellé du gel {name} n'est pas celui que dit le journal",
            en=f"the sealed folder of hold {name} is not the one the journal speaks of",
        ),
        fix=Text(
            fr="reprenez-le d'une sauvegarde du dossier « extracts » de l'espace de travail",
            en="take it back from a backup of the workspace's folder 'extracts'",
        ),
    )
