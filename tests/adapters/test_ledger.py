"""The ledger, in a folder and in memory: chained, keyed, durable, and able to forget."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tenu.adapters.ledger import FileLedger
from tenu.datamap.identity import Identity
from tenu.errors import StoreError, TamperedError
from tenu.plans.erasures import Act, Head, Person, Portion
from tenu.plans.recall import Memory
from tenu.ports import Ledger
from tenu.testing import MemoryLedger

KEY = bytes(range(32))
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2027, 1, 5, 12, tzinfo=UTC)
MARIE = Identity(
    references=frozenset({"C000123"}), emails=frozenset({"marie@a.example"}), name="marie martin"
)
ROW = Person(place="crm.contact", key=(7,), identity=MARIE)


@pytest.fixture(params=["file", "memory"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    """Give an empty ledger of each kind."""
    return FileLedger(tmp_path / "ledger", KEY) if request.param == "file" else MemoryLedger()


def portion(chunk: int = 0, run: str = "r") -> Portion:
    """Return one chunk of a run."""
    return Portion(system="crm", task="crm.contact:prospecting", run=run, fate=2, chunk=chunk)


def erase(ledger: Ledger, chunk: int = 0, at: datetime = AT) -> None:
    """Write that Marie's row was erased."""
    ledger.write(at, Act.INTENT, portion(chunk), [ROW])
    ledger.settle(at, portion(chunk), done=True)


def remembered(ledger: Ledger, key: int, identity: Identity) -> list[Memory]:
    """Return what the ledger says of a row of the same table."""
    recall = ledger.recall(ledger.done("crm"), lambda at: at.date())
    return list(recall.of("crm.contact", (key,), identity))


def test_an_intent_waits_for_its_outcome(ledger: Ledger) -> None:
    """What was intended and has no outcome is pending, and not done."""
    ledger.write(AT, Act.INTENT, portion(), [ROW])
    assert (ledger.pending("crm"), ledger.done("crm")) == ([portion()], [])


def test_an_outcome_is_written_once(ledger: Ledger) -> None:
    """Whoever settles second changes nothing."""
    erase(ledger)
    before = ledger.head()
    ledger.settle(AT, portion(), done=False)
    assert (ledger.head(), [e.portion for e in ledger.done("crm")]) == (before, [portion()])


def test_what_was_void_is_not_done(ledger: Ledger) -> None:
    """A chunk that was cut before its commit erased nobody."""
    ledger.write(AT, Act.INTENT, portion(), [ROW])
    ledger.settle(AT, portion(), done=False)
    assert (ledger.pending("crm"), ledger.done("crm")) == ([], [])


def test_the_same_row_is_remembered(ledger: Ledger) -> None:
    """By its key, whatever it says of its person today."""
    erase(ledger)
    nobody = Identity(references=frozenset(), emails=frozenset())
    assert [m.same_row for m in remembered(ledger, 7, nobody)] == [True]


def test_the_same_person_under_another_key_is_remembered(ledger: Ledger) -> None:
    """By their reference or their e-mail."""
    erase(ledger)
    assert [m.same_row for m in remembered(ledger, 99, MARIE)] == [False]


def test_a_stranger_is_not_remembered(ledger: Ledger) -> None:
    """Another key and other identifiers say nothing."""
    erase(ledger)
    stranger = Identity(
        references=frozenset({"C9"}), emails=frozenset({"paul@a.example"}), name="marie martin"
    )
    assert remembered(ledger, 8, stranger) == []


def test_a_month_no_backup_reaches_is_forgotten(ledger: Ledger) -> None:
    """Its lines and its pepper go, the others stay."""
    erase(ledger)
    erase(ledger, 1, LATER)
    closed = ledger.forget(date(2026, 12, 1))
    assert ([c.epoch for c in closed], [e.portion.chunk for e in ledger.done("crm")]) == (["2026-11"], [1])


def test_a_month_some_backup_still_reaches_is_kept(ledger: Ledger) -> None:
    """On its very last day, nothing is forgotten yet."""
    erase(ledger)
    erase(ledger, 1, LATER)
    assert (ledger.forget(date(2026, 11, 30)), len(ledger.done("crm"))) == ([], 2)


def test_the_present_month_is_never_forgotten(ledger: Ledger) -> None:
    """There is always a pepper to write with."""
    erase(ledger)
    assert ledger.forget(date(2030, 1, 1)) == []


def test_the_chain_goes_on_over_months(ledger: Ledger) -> None:
    """What was known before a month was forgotten is not contradicted after."""
    erase(ledger)
    old = ledger.head()
    erase(ledger, 1, LATER)
    new = ledger.head()
    ledger.forget(date(2026, 12, 1))
    assert ledger.contradicts([old, new]) is False


def test_a_ledger_cut_short_is_contradicted(ledger: Ledger) -> None:
    """A head known elsewhere that it does not reach any more shows it."""
    erase(ledger)
    head = ledger.head()
    assert ledger.contradicts([Head(number=head.number + 1, digest=head.digest)]) is True


def test_nothing_personal_is_on_the_disk(tmp_path: Path) -> None:
    """Neither an identifier nor a key in the clear."""
    erase(FileLedger(tmp_path, KEY))
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [word for word in (b"marie", b"C000123", b"a.example", b"martin") if word in written] == []


def test_a_line_cut_by_a_crash_is_cut_off(tmp_path: Path) -> None:
    """The next writer goes on after the last whole line; what was announced never began."""
    erase(FileLedger(tmp_path, KEY))
    with (tmp_path / "2026-11.ledger").open("ab") as file:
        file.write(b'{"n":4,"at":"2026')
    erase(FileLedger(tmp_path, KEY), 1)
    assert [e.portion.chunk for e in FileLedger(tmp_path, KEY).done("crm")] == [0, 1]


def test_a_first_line_cut_by_a_crash_is_written_again(tmp_path: Path) -> None:
    """A month whose very first line is not whole opens again."""
    (tmp_path / "2026-11.ledger").write_bytes(b'{"n":1,"at"')
    erase(FileLedger(tmp_path, KEY))
    assert len(FileLedger(tmp_path, KEY).done("crm")) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'"chunk":0', b'"chunk":1', 1),
        lambda text: b"".join(text.splitlines(keepends=True)[:1] + text.splitlines(keepends=True)[2:]),
        lambda text: text + text.splitlines(keepends=True)[-1],
        lambda text: text.replace(b"\n", b"\n\n", 1),
    ],
    ids=["changed", "removed", "repeated", "slipped in"],
)
def test_whatever_was_tampered_with_is_refused(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    """A line changed, removed, repeated or slipped in breaks the chain."""
    erase(FileLedger(tmp_path, KEY))
    path = tmp_path / "2026-11.ledger"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(TamperedError):
        FileLedger(tmp_path, KEY).head()


def test_without_its_key_the_ledger_recognises_nobody(tmp_path: Path) -> None:
    """The peppers are wrapped: the folder alone is not enough."""
    erase(FileLedger(tmp_path, KEY))
    with pytest.raises(TamperedError):
        remembered(FileLedger(tmp_path, bytes(32)), 7, MARIE)


def test_a_forgotten_pepper_leaves_the_folder(tmp_path: Path) -> None:
    """Neither lines nor pepper are there any more."""
    ledger = FileLedger(tmp_path, KEY)
    erase(ledger)
    erase(ledger, 1, LATER)
    ledger.forget(date(2026, 12, 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2027-01.ledger", "2027-01.pepper", "lock"]


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """The error names the setting to look at."""
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="nothing is erased without it"):
        erase(FileLedger(tmp_path / "file", KEY))


def _write_many(folder: Path, first: int) -> None:
    ledger = FileLedger(folder, KEY)
    for chunk in range(first, first + 40):
        erase(ledger, chunk)


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Three processes write side by side; every line is whole and chained."""
    processes = multiprocessing.get_context("forkserver")
    writers = [processes.Process(target=_write_many, args=(tmp_path, first)) for first in (0, 40, 80)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(e.portion.chunk for e in FileLedger(tmp_path, KEY).done("crm")) == list(range(120))


def test_threads_share_one_ledger(tmp_path: Path) -> None:
    """Whoever reads beside a writer in the same process reads whole lines, each once."""
    ledger, over = FileLedger(tmp_path, KEY), threading.Event()
    with ThreadPoolExecutor(max_workers=4) as pool:
        readers = [pool.submit(_read_until, ledger, over) for _ in range(3)]
        try:
            for chunk in range(60):
                erase(ledger, chunk)
        finally:
            over.set()
        read = [reader.result() for reader in readers]
    assert (all(read), len(ledger.done("crm"))) == (True, 60)


def _read_until(ledger: FileLedger, over: threading.Event) -> bool:
    """Read one ledger until it is *over*; return whether it never went back."""
    seen = 0
    while not over.is_set():
        known = len(ledger.done("crm"))
        if known < seen:
            return False
        seen = known
    return True
