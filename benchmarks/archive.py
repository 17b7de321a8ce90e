"""Seal, change the key, shred: python benchmarks/archive.py --people 100000 [--archive URL --vault URL]

CPU seconds of this process and wall seconds, on SQLite files by default; "wrap" is wrapping every key under one secret in
memory, what the archive did before there were envelopes. Each figure is of one run: run it several times.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenu.adapters.archive import Archive
from tenu.adapters.envelopes import close_envelope, seal
from tenu.ports import Fate, Sealed, Unit
from tenu.terms import IdentifierKind
from tenu.testing import MemoryKeyStore

CHUNK = 1_000
ENDING, STAYING = date(2030, 1, 1), date(2031, 1, 1)
PACKAGE = b'{"orders":{"columns":["id","placed_on","amount"],"rows":[[1,"2020-01-02","12.50"]]}}' * 4


def people(first: int, until: date) -> list[Sealed]:
    """Return one chunk of people, each with an e-mail and a reference of their own."""
    return [
        Sealed(
            system="shop",
            root="customer",
            package=PACKAGE,
            rows=4,
            until=until,
            identifiers=(
                (IdentifierKind.EMAIL, f"a{n}@mail.example"),
                (IdentifierKind.CUSTOMER_REFERENCE, f"C{n}"),
            ),
        )
        for n in range(first, first + CHUNK)
    ]


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the CPU and wall seconds *work* takes."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def wrap(count: int, *, envelopes: bool) -> None:
    """Wrap *count* keys, in envelopes of one chunk each or under one secret."""
    keys = MemoryKeyStore()
    keys.begin()
    cipher = AESGCM(bytes(32))
    for _ in range(count // CHUNK):
        if envelopes:
            batch = AESGCM.generate_key(256)
            cipher = AESGCM(batch)
            close_envelope(keys.sealing_key(), batch, os.urandom(16))
        for _ in range(CHUNK):
            seal(cipher, bytes(32), bytes(16))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--archive")
    parser.add_argument("--vault")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = [
            asked.archive or f"sqlite:///{Path(folder) / 'a.db'}",
            asked.vault or f"sqlite:///{Path(folder) / 'v.db'}",
        ]
        archive = Archive(*urls, MemoryKeyStore())

        def put(until: date, run: str) -> None:
            for number in range(asked.people // CHUNK):
                unit = Unit(fate=Fate.ARCHIVE, chunk=number)
                archive.put(
                    run, "shop.customer:contract", unit, people(number * CHUNK, until), ground="evidence"
                )

        table = {
            "wrap under one secret": timed(lambda: wrap(asked.people, envelopes=False)),
            "wrap in envelopes": timed(lambda: wrap(asked.people, envelopes=True)),
            "seal those who end": timed(lambda: put(ENDING, "one")),
            "seal those who stay": timed(lambda: put(STAYING, "two")),
            "change the key": timed(lambda: archive.rotate(lambda _at, _total: None)),
            "destroy the keys that end": timed(lambda: archive._vault.destroy_past(ENDING)),
            "end their packages": timed(lambda: archive.end(ENDING)),
            "verify, one in 100": timed(
                lambda: archive.verify(ENDING, "ff" * 16, 100, lambda _at, _all: None)
            ),
        }
        archive.close()
    for what, (cpu, wall) in table.items():
        print(f"{what:<28} {cpu:8.2f} s CPU {wall:8.2f} s")


if __name__ == "__main__":
    main()
