"""What ``check`` says of the archive: an account, a file or a system that can reach it and should not."""

from __future__ import annotations

from collections.abc import Iterator

from tenu.errors import Finding, Place, StoreError, UnreachableError
from tenu.ports import Ports
from tenu.terms import Severity, Text

CLAUSES = ("C-RET-05",)


def archive_findings(ports: Ports) -> Iterator[Finding]:
    """Yield a finding for each way into the archive that is not the archivist's; none while it does not answer.

    Source: policy C-RET-05; GDPR 32; INV-08.
    """
    try:
        reach = ports.archive.reach()
    except (UnreachableError, StoreError):
        return
    for place in reach.accounts or ():
        store, _, account = place.partition(":")
        yield _found(
            store,
            Text(
                fr=f"le compte « {account} » a un droit sur les tables de « {store} »",
                en=f"the account '{account}' has a right on the tables of '{store}'",
            ),
            Text(
                fr=f"REVOKE ALL sur ces tables pour {account} (docs/how-to/open-the-archive.md)",
                en=f"REVOKE ALL on these tables for {account} (docs/how-to/open-the-archive.md)",
            ),
        )
    for store in reach.files:
        yield _found(
            store,
            Text(
                fr=f"le fichier de « {store} » est ouvert à d'autres comptes de cette machine",
                en=f"the file of '{store}' is open to other accounts of this machine",
            ),
            Text(fr="chmod 600 sur ce fichier", en="chmod 600 on this file"),
        )
    for system in reach.shared:
        yield _found(
            "archive",
            Text(
                fr=f"l'archive ou le coffre s'ouvre avec le compte du système « {system} »",
                en=f"the archive or the vault opens with the account of the system '{system}'",
            ),
            Text(
                fr="donnez à l'archive et au coffre un compte à eux : tenu.toml, [stores]",
                en="give the archive and the vault an account of their own: tenu.toml, [stores]",
            ),
        )


def _found(store: str, message: Text, fix: Text) -> Finding:
    place = Place(file="tenu.toml", excerpt=f"[stores] {store}", width=len(f"[stores] {store}"))
    return Finding(
        code="A-REACH-01", severity=Severity.MAJOR, place=place, message=message, fix=fix, clauses=CLAUSES
    )
