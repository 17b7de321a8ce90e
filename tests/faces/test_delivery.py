"""``tenu request send``, ``outbox`` and ``package`` as a person sees them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from faces.face import problems, tenu
from letters.given import ERASED
from rights.mailbox import HERE, PASSWORD, USER, letterbox
from rights.post_office import post_office
from tenu.operations.rights.outcomes import keep_done
from tenu.operations.rights.requests import EventKind, record
from tenu.wiring import open_ports

NOBODY = "personne@nulle-part.example"


def _new(company: Path, *words: str) -> str:
    asked = ["request", "new", "access", "--channel", "email", "--email", NOBODY, "--json", *words]
    return str(tenu(*asked, folder=company).json()["request"])


def test_a_letter_is_sent_once_and_shown(company: Path) -> None:
    """It says where it goes or refuses, leaves once, is listed; what is printed is as documented."""
    number = _new(company, "--answer-to", NOBODY)
    words = ["request", "send", number, "acknowledgement", "--to-address-on-file", "--json"]
    nowhere = tenu(*words, folder=company)
    with post_office() as post, (company / "tenu.toml").open("a", encoding="utf-8") as toml:
        toml.write(
            f'\n[smtp]\nhost = "127.0.0.1"\nport = {post.port}\nsecurity = "none"\nsender = "dpo@jst.example"\n'
        )
        toml.flush()
        unsaid = tenu(*words[:4], folder=company)
        sent = [tenu(*words, folder=company).json() for _ in range(2)]
        listed = tenu("request", "outbox", "list", "--json", folder=company)
        settled = tenu("request", "outbox", "settle", number, "acknowledgement", "sent", folder=company)
    assert (nowhere.status, unsaid.status, len(post.taken), listed.status, settled.status) == (2, 2, 1, 0, 2)
    assert [one["now"] for one in sent] == [True, False]
    assert [problems("request", one, part="sending") for one in (*sent, *listed.json())] == [[], [], []]
    assert "partie" in tenu("request", "outbox", "list", folder=company).out


def test_a_package_is_kept_behind_a_token_shown_once(company: Path, tmp_path: Path) -> None:
    """The folder that was written, and no other, gives a token on the standard output alone."""
    number, folder = _new(company), tmp_path / "answer"
    for words in (["acknowledge", number], ["verify", number, "--by", "known_address"], ["search", number],
                  ["decide", number, "access", "granted"]):  # fmt: skip
        assert tenu("request", *words, folder=company).told
    tenu("request", "fulfil", "access", number, "-o", folder, "--no-recipient", folder=company)
    made = tenu("request", "package", number, "--from", folder, "--json", folder=company)
    shown = tenu("request", "package", number, "--from", folder, folder=company)
    (folder / "manifest.json").unlink()
    changed = tenu("request", "package", number, "--from", folder, folder=company)
    assert (problems("request", made.json(), part="link"), len(shown.out.strip()), changed.status) == (
        [],
        43,
        2,
    )


def test_recipients_stay_in_sight_until_they_answer(company: Path, tmp_path: Path) -> None:
    """Named, written to, told, acknowledged: the request lists who has said nothing, and what is printed is as documented."""
    asked = ["request", "new", "erasure", "--channel", "post", "--email", NOBODY, "--json"]
    number = tenu(*asked, folder=company).json()["request"]
    for words in (["acknowledge", number], ["verify", number, "--by", "known_address"], ["search", number],
                  ["decide", number, "erasure", "granted"]):  # fmt: skip
        assert tenu("request", *words, folder=company).told
    with open_ports(company) as ports:
        keep_done(ports, number, ERASED)
        record(ports, number, EventKind.REQUEST_EXECUTED, {"right": "erasure"})
    added = tenu("request", "notice", "add", number, "erasure", "operations_providers", "--name", "Routage Exemple",
                 "--address", "1 rue X", "--json", folder=company).json()  # fmt: skip
    notice, paper = ("request", "notice"), tmp_path / "n.pdf"
    waiting = tenu("request", "show", number, "--json", folder=company).json()
    wrote = tenu(*notice, "letter", number, added["notice"], "-o", paper, folder=company)
    told = tenu(
        *notice, "told", number, added["notice"], "--delivery", "post", "--letter", paper, folder=company
    )
    shown = tenu("request", "show", number, folder=company, lang="en")
    ended = tenu(*notice, "acknowledged", number, added["notice"], "--json", folder=company).json()
    listed = tenu(*notice, "list", number, folder=company)
    assert (waiting["unacknowledged"], wrote.status, told.status) == ([added["notice"]], 0, 0)
    assert ("told on" in shown.out, ended["state"], "nul n'est nommé" in listed.out) == (
        True,
        "acknowledged",
        True,
    )
    assert (problems("request", ended, part="notice"), problems("request", waiting)) == ([], [])


def test_a_message_is_read_and_taken(company: Path, tmp_path: Path) -> None:
    """Fetched, listed, shown with the words that propose, taken, dismissed; what is printed is as documented."""
    inbox, secret = ("request", "inbox"), {"TENU_IMAP_PASSWORD": PASSWORD}
    raw = b"From: Odile <odile@ferrand.example>\r\nSubject: Bonjour\r\nMessage-ID: <%d@x.example>\r\n\r\nSupprimez mes %s."
    with letterbox() as box, (company / "tenu.toml").open("a", encoding="utf-8") as toml:
        toml.write(f'\n[imap]\nhost = "{HERE}"\nport = {box.port}\nsecurity = "none"\nuser = "{USER}"\n')
        toml.flush()
        box.put(raw % (1, b"donnees"), raw % (2, b"commandes"), at=datetime(2026, 11, 20, 9, tzinfo=UTC))
        came = tenu(*inbox, "fetch", "--json", folder=company, env=secret)
        again = tenu(*inbox, "fetch", folder=company, env=secret)
    one, two = (said["message"] for said in came.json())
    shown = tenu(*inbox, "show", one, "--eml", tmp_path / "m.eml", folder=company)
    said = tenu(*inbox, "show", one, "--json", folder=company).json()
    taken = tenu(*inbox, "take", one, "erasure", "--json", folder=company)
    left = tenu(*inbox, "list", folder=company, lang="en")
    dismissed = tenu(*inbox, "dismiss", two, folder=company)
    empty = tenu(*inbox, "list", folder=company)
    assert (came.status, again.status, left.status, empty.status) == (1, 0, 1, 0)
    assert ("« supprimez mes »" in shown.out, taken.json()["received_on"], two in left.out, "sans suite" in dismissed.out) == (
        True, "2026-11-20", True, True,
    )  # fmt: skip
    assert (tmp_path / "m.eml").read_bytes() == raw % (1, b"donnees")
    assert [problems("request", one, part="message") for one in (*came.json(), said)] == [[], [], []]
    assert problems("request", taken.json()) == []
