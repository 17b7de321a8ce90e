"""``tenu certificate``: what one run erased and what remains where, from the journal, provable offline.

Source: GDPR 5(2), 17; policy C-RET-07.
"""

from __future__ import annotations

from collections.abc import Iterator

from tenu.errors import RefusedError
from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.letters.certificate import OF_A_RUN, Certificate, body_of
from tenu.operations.journal import prove
from tenu.plans.plan import digest_of
from tenu.ports import Ports
from tenu.terms import Text

SHORTEST = 6
"""How many digits of a run's digest may stand for it."""


def certify(ports: Ports, run: str) -> Certificate:
    """Return the certificate of *run*, its digest in the journal; the same one as long as nothing more is known.

    Args:
        ports: The journal, and the key that signs it.
        run: Digest of the plan, or its first digits.

    Raises:
        RefusedError: No run that ended has this digest, or several have.
    """
    whole = _run(ports, run)
    body = body_of(whole, _events(ports, whole), ports.signer.name)
    digest = digest_of(body)
    index = _index(ports, digest)
    if index is None:
        said = {"run": whole, "certificate": digest}
        ports.journal.append(Event(kind=EventKind.CERTIFICATE_MADE, at=ports.clock.now(), body=said))
        ports.journal.seal(ports.signer)
        index = _index(ports, digest)
    proof = prove(ports.journal, index or 0, (ports.signer.verifier,))
    return Certificate(body=body, proof=proof.render())


def _run(ports: Ports, run: str) -> str:
    ended = {str(event.body["run"]) for event in ports.journal.events(kind=EventKind.RUN_FINISHED)}
    found = [whole for whole in ended if whole.startswith(run) and len(run) >= SHORTEST]
    if len(found) != 1:
        raise RefusedError(
            Text(
                fr=f"{len(found)} exécutions terminées commencent par « {run} »",
                en=f"{len(found)} runs that ended begin with '{run}'",
            ),
            fix=Text(
                fr="donnez l'empreinte du plan (« plan » de tenu apply --json), ou ses premiers chiffres",
                en="give the digest of the plan ('plan' in tenu apply --json), or its first digits",
            ),
        )
    return found[0]


def _events(ports: Ports, run: str) -> Iterator[Event]:
    for kind in OF_A_RUN:
        yield from (event for event in ports.journal.events(kind=kind) if event.body.get("run") == run)


def _index(ports: Ports, digest: str) -> int | None:
    """Return where the journal holds the certificate *digest*, None when it does not yet."""
    entries = ports.journal.entries(kind=EventKind.CERTIFICATE_MADE)
    return next((e.index for e in entries if e.event.body["certificate"] == digest), None)
