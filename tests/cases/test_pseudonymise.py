"""A feed for analytics: pseudonyms only the key leads back from, nobody on hold, nothing that joins two feeds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cases.world import World, make_world
from tenu.errors import FindingsError, RefusedError
from tenu.journal.kinds import EventKind
from tenu.operations.acting import NotEntitledError
from tenu.operations.pseudonymise import pseudonymise, reidentify
from tenu.ports import Ports

MAP = """
people: {client: {collected_at: collected_at, identified_by: {email: email}}}
tables:
  client:
    purposes: prospecting
    columns: {email: identity, city: identity, born_on: identity, collected_at: identity}
    not_personal: [id, disputed]
holds: [{reason: {fr: litige, en: claim}, table: client, when: {disputed: 1}}]
feeds:
  - {feed: ages, table: client, purpose: improvement, pseudonyms: [email], columns: {born_on: year, city: as_is}}
  - {feed: cities, table: client, purpose: improvement, pseudonyms: [email], columns: {city: {first: 2}}}
"""
TABLES = (
    "CREATE TABLE client (id INTEGER PRIMARY KEY, email VARCHAR(80), city VARCHAR(40), born_on DATE,"
    " collected_at {instant}, disputed INTEGER NOT NULL)",
    "INSERT INTO client VALUES (1, 'Lea@people.example', 'Rennes', '1980-05-06', '2025-05-06 10:00:00', 0)",
    "INSERT INTO client VALUES (2, 'lea@people.example ', 'Nantes', '1990-05-06', '2025-05-06 10:00:00', 0)",
    "INSERT INTO client VALUES (3, 'max@people.example', 'Nantes', '1991-05-06', '2025-05-06 10:00:00', 1)",
)


def _world(tmp_path: Path, url: str, datamap: str = MAP) -> World:
    return make_world(tmp_path / "workspace", url, datamap, *TABLES)


def _as(ports: Ports, *roles: str) -> Ports:
    return replace(ports, actor=replace(ports.actor, roles=frozenset(roles)))


def _rows(ports: Ports, feed: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    pseudonymise(_as(ports, "dpo"), f"unknown.{feed}", rows.append)
    return rows


def test_a_feed_holds_pseudonyms_and_what_is_left(engine_url: str, tmp_path: Path) -> None:
    """One person, however spelled, has one pseudonym; whoever is on hold is left out."""
    with _world(tmp_path, engine_url).ports() as ports:
        rows = _rows(ports, "ages")
    said = {(len(row["email"]), str(row["born_on"]), row["city"]) for row in rows}
    assert said == {(32, "1980-01-01", "Rennes"), (32, "1990-01-01", "Nantes")}
    assert len({row["email"] for row in rows}) == 1


def test_two_feeds_cannot_be_joined(tmp_path: Path) -> None:
    """The same person has another pseudonym in another feed."""
    with _world(tmp_path, f"sqlite:///{tmp_path}/it.db").ports() as ports:
        both = [{row["email"] for row in _rows(ports, feed)} for feed in ("ages", "cities")]
    assert both[0].isdisjoint(both[1])


def test_the_key_leads_back(engine_url: str, tmp_path: Path) -> None:
    """Somebody entitled, with a motive, learns who stands behind a pseudonym, and the journal knows it."""
    with _world(tmp_path, engine_url).ports() as ports:
        pseudonym = _rows(ports, "ages")[0]["email"]
        who = reidentify(_as(ports, "dpo"), "unknown.ages", pseudonym, "case-42")
        opened = [event.body for event in ports.journal.events(kind=EventKind.PSEUDONYM_OPENED)]
    assert who is not None
    assert who.value.strip().lower() == "lea@people.example"
    assert [(body["motive"], body["role"], body["found"]) for body in opened] == [("case-42", "dpo", True)]


def test_another_key_leads_nowhere(tmp_path: Path) -> None:
    """Whoever holds the feed and the database, but not the key, finds nobody."""
    with _world(tmp_path, f"sqlite:///{tmp_path}/it.db").ports() as ports:
        pseudonym = _rows(ports, "ages")[0]["email"]
        stranger = replace(_as(ports, "dpo"), pseudonym_key=bytes(32))
        assert reidentify(stranger, "unknown.ages", pseudonym, "case-42") is None


@pytest.mark.parametrize("roles", [(), ("dba",)])
def test_only_the_dpo_goes_back(tmp_path: Path, roles: tuple[str, ...]) -> None:
    """Whoever makes the feed cannot undo it."""
    with (
        _world(tmp_path, f"sqlite:///{tmp_path}/it.db").ports() as ports,
        pytest.raises(NotEntitledError),
    ):
        reidentify(_as(ports, *roles), "unknown.ages", "0" * 32, "case-42")


def test_a_motive_is_not_a_sentence_about_somebody(tmp_path: Path) -> None:
    """The journal takes a case, never free words."""
    with _world(tmp_path, f"sqlite:///{tmp_path}/it.db").ports() as ports, pytest.raises(RefusedError):
        reidentify(_as(ports, "dpo"), "unknown.ages", "0" * 32, "because of Léa")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("table: client, purpose: improvement, pseudonyms: [email], columns: {born_on: year, city: as_is}",
         "table: clients, purpose: improvement, pseudonyms: [email]", "D-FEED-01"),
        ("purpose: improvement", "purpose: something", "D-FEED-01"),
        ("city: as_is", "town: as_is", "D-FEED-01"),
        ("city: as_is", "city: year", "D-FEED-02"),
        ("born_on: year", "born_on: {shift: 9}", "D-FEED-02"),
        ("city: as_is", "id: as_is", "D-FEED-03"),
        ("pseudonyms: [email], columns: {city: {first: 2}}", "pseudonyms: [id], columns: {email: {first: 2}}", "D-FEED-03"),
    ],
)  # fmt: skip
def test_a_feed_that_would_tell_too_much_does_not_leave(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    """A wrong name, a method of another type, an identifier in clear: nothing is written."""
    assert before in MAP
    feed = "cities" if "first: 2" in before else "ages"
    world = _world(tmp_path, f"sqlite:///{tmp_path}/it.db", MAP.replace(before, after, 1))
    with world.ports() as ports, pytest.raises(FindingsError) as refused:
        _rows(ports, feed)
    assert code in {found.code for found in refused.value.findings}
