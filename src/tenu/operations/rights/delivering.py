"""Handing a package over: never by e-mail, but behind a link that opens it once, for a while, for one request.

Making a link gives its token, which is kept nowhere; whoever has it opens the package with ``redeem``, whatever face they
come through. A page must redeem on a press of a button, not on a visit: mail programs visit links by themselves.

Source: GDPR 12(3), 32(1); law 5.0; policy C-RGT-02.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tenu.errors import RefusedError
from tenu.journal.cases import Case, CaseError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.letters.access import package_digest
from tenu.letters.page import File
from tenu.letters.port import Parcel
from tenu.operations.rights.requests import request
from tenu.ports import Ports
from tenu.terms import Text

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first day a ZIP can say: the same package makes the same file."""


class LinkError(RefusedError):
    """A link opens nothing: used, too old, or never made. Which of them is not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to a package. *token*: shown once, kept nowhere; *until*: UTC instant it stops opening it."""

    request: str
    token: str
    package: str
    until: datetime


def offer(ports: Ports, number: str, files: Sequence[File]) -> Link:
    """Keep a package for the person of a request to fetch, and return the link that opens it once.

    A new link to the same package ends the former one.

    Args:
        ports: The journal and the vault.
        number: The request.
        files: The package, whole, as it was made.

    Raises:
        CaseError: These files are not the package of this request: its digest is not in the journal.
    """
    case, at = request(ports, number), ports.clock.now()
    digest = package_digest(tuple(files))
    if digest not in _packages(ports, case):
        raise CaseError(
            Text(
                fr=f"{case.id} : ce dossier n'est pas celui qui a été fait pour cette demande",
                en=f"{case.id}: this folder is not the package made for this request",
            ),
            fix=Text(
                fr="donnez le dossier écrit par tenu request fulfil, sans y rien changer",
                en="give the folder tenu request fulfil wrote, nothing in it changed",
            ),
        )
    until = (at + timedelta(days=ports.workspace.settings.requests.link_days)).replace(microsecond=0)
    token = secrets.token_urlsafe(32)
    parcels = ports.mailroom.parcels
    parcels.forget(at)
    parcels.put(Parcel(request=case.id, package=digest, until=until), token, _zipped(files))
    body: dict[str, Json] = {
        "request": case.id,
        "package": digest,
        "link": _link(token),
        "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "actor": ports.actor.digest,
    }
    _write(ports, EventKind.PACKAGE_OFFERED, body)
    return Link(request=case.id, token=token, package=digest, until=until)


def redeem(ports: Ports, number: str, token: str) -> File:
    """Return the package behind a link, as one ZIP, once: it is destroyed here as it is handed over.

    Raises:
        LinkError: The link opens nothing, or not for this request.
    """
    content = ports.mailroom.parcels.take(number.upper(), token, ports.clock.now())
    if content is None:
        raise LinkError(
            Text(
                fr="ce lien n'ouvre rien : il a déjà servi, ou il a expiré",
                en="this link opens nothing: it was used already, or has expired",
            ),
            fix=Text(fr="demandez-en un autre", en="ask for another one"),
        )
    _write(ports, EventKind.PACKAGE_OPENED, {"request": number.upper(), "link": _link(token)})
    return File(name=f"{number.upper()}.zip", content=content)


def _packages(ports: Ports, case: Case) -> set[str]:
    """Return the digests of the packages made for a request."""
    executed = ports.journal.events(kind=EventKind.REQUEST_EXECUTED, request=case.id)
    return {str(e.body["package"]) for e in executed if "package" in e.body}


def _zipped(files: Sequence[File]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, file.content)
    return out.getvalue()


def _link(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _write(ports: Ports, kind: EventKind, body: dict[str, Json]) -> None:
    ports.journal.append(Event(kind=kind, at=ports.clock.now(), body=body))
    ports.journal.seal(ports.signer)
