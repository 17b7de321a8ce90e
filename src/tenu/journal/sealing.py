"""What every seal must see before it signs: the past it builds on is the one that was signed."""

from __future__ import annotations

from collections.abc import Sequence

from tenu.errors import TamperedError
from tenu.journal.checkpoint import Signer, Verifier, verify_checkpoint
from tenu.journal.tiles import Frontier, ReadTile
from tenu.terms import Text

VERIFY_FIRST = Text(
    fr="lancez « tenu journal verify » et restaurez la base de tenu avant toute autre exécution",
    en="run 'tenu journal verify' and restore tenu's database before any other run",
)


def signed_frontier(
    note: str | None, read: ReadTile, signer: Signer, earlier: Sequence[Verifier]
) -> Frontier:
    """Return the frontier to extend: that of the latest checkpoint's *note*, or of an empty tree when None.

    Raises:
        TamperedError: *note* is signed by none of these keys, or the tiles no longer have its root.
    """
    if note is None:
        return Frontier()
    latest = verify_checkpoint(note, (signer.verifier, *earlier))
    frontier = Frontier.resume(latest.size, read)
    if frontier.root() != latest.root:
        raise TamperedError(
            Text(
                fr="les empreintes du journal ne sont plus celles du dernier point de contrôle signé",
                en="the journal's hashes are no longer those of the latest signed checkpoint",
            ),
            fix=VERIFY_FIRST,
        )
    return frontier
