"""What a process of the race tests does."""

from __future__ import annotations

from journal.making import SIGNER, chunk
from tenu.adapters.journal_store import JournalStore


def work(url: str, first: int, count: int) -> None:
    """Append *count* events from number *first* on, sealing after each, and print each number once it is
    durable.
    """
    store = JournalStore(url)
    for number in range(first, first + count):
        store.append(chunk(number))
        print(number, flush=True)
        store.seal(SIGNER)
