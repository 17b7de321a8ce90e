"""The journal cannot hold a person."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.making import NOON, PLAN, RUN, chunk
from tenu.errors import TamperedError
from tenu.journal.bodies import BODIES
from tenu.journal.events import Event, event_of, leaf
from tenu.journal.kinds import EventError, EventKind
from tenu.journal.shapes import as_name, is_name


def test_a_leaf_is_one_line_of_sorted_json_without_spaces() -> None:
    """The bytes that are hashed never depend on who writes them."""
    assert leaf(chunk(7)) == (
        b'{"at":"2026-03-01T12:00:07.000000Z","body":{"chunk":7,"rows":5000,'
        b'"run":"6f1c9a52e0b74d3c8a15f2d07b9e4c36","system":"crm"},"kind":"chunk:done","v":1}'
    )


def test_a_leaf_gives_its_event_back() -> None:
    """Nothing is lost between the event and its bytes."""
    event = Event(
        kind=EventKind.PLAN_MADE,
        at=NOON.replace(microsecond=12),
        body={
            "plan": PLAN,
            "policy": PLAN,
            "as_of": "2026-03-01",
            "systems": ["crm"],
            "tables": {"crm.orders": 3},
        },
    )
    assert event_of(leaf(event)) == event


@pytest.mark.parametrize(
    "changed",
    [
        lambda said: said | {"v": 2},
        lambda said: said | {"kind": "person:erased"},
        lambda said: said | {"body": said["body"] | {"email": "x"}},
        lambda said: {key: value for key, value in said.items() if key != "at"},
        lambda said: [said],
    ],
)
def test_a_leaf_that_is_not_ours_is_refused(changed) -> None:
    """A line of another form is not read as an event."""
    written = json.dumps(changed(json.loads(leaf(chunk(1)))), sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(TamperedError):
        event_of(written)


def test_a_leaf_with_a_space_more_is_refused() -> None:
    """Two spellings of one event cannot both be in the journal."""
    with pytest.raises(TamperedError):
        event_of(leaf(chunk(1)).replace(b",", b", ", 1))


@pytest.mark.parametrize("at", [NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=1)))])
def test_an_instant_that_is_not_utc_is_refused(at: datetime) -> None:
    """A civil time would mean another instant elsewhere."""
    with pytest.raises(EventError):
        Event(kind=EventKind.RUN_INTENT, at=at, body={"run": RUN, "plan": PLAN})


@pytest.mark.parametrize(
    "value",
    [
        "camille.martin@courrier.example",
        "Camille Martin",
        "Hélène",
        "0612345678",
        "+33612345678",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "192.168.100.200",
        "123456789",
        "x" * 121,
        "",
        "a\nb",
        12,
        None,
        1.5,
        ["crm"],
    ],
)
def test_a_value_that_could_be_personal_is_refused_as_a_name(value) -> None:
    """No e-mail, written name, accent, telephone or address passes for the name of a system."""
    with pytest.raises(EventError):
        Event(kind=EventKind.SCHEMA_PREPARED, at=NOON, body={"system": value})


@pytest.mark.parametrize(
    "value",
    [
        "crm",
        "public.orders",
        "C-RET-13",
        "12345678",
        "events_20260301",
        "x" * 120,
        PLAN,
        RUN,
        "1" * 64,
        "12345678-1234-1234-1234-123456789012",
    ],
)
def test_a_technical_name_is_accepted(value: str) -> None:
    """Systems, tables, clauses, digests and run ids can be named."""
    assert Event(kind=EventKind.SCHEMA_PREPARED, at=NOON, body={"system": value}).body["system"] == value


@pytest.mark.parametrize("value", [-1, True, "1", 1.0, None])
def test_a_count_is_a_whole_number(value) -> None:
    """A float has several spellings, a flag is no count."""
    with pytest.raises(EventError):
        Event(kind=EventKind.CHECK_DONE, at=NOON, body={"findings": value})


@pytest.mark.parametrize("value", ["2026-02-29", "20260301", "1 mars", 20260301])
def test_a_day_is_an_iso_day(value) -> None:
    """A day has one spelling and exists."""
    with pytest.raises(EventError):
        Event(kind=EventKind.CLAUSE_COMPUTED, at=NOON, body={"as_of": value, "statuses": {}})


def test_a_status_is_one_of_the_four() -> None:
    """A clause cannot be « ok »."""
    with pytest.raises(EventError):
        Event(
            kind=EventKind.CLAUSE_COMPUTED, at=NOON, body={"as_of": "2026-03-01", "statuses": {"C-1": "ok"}}
        )


def test_a_name_used_as_a_key_is_checked_too() -> None:
    """A person cannot be the key of a mapping either."""
    body = {"as_of": "2026-03-01", "statuses": {"camille@courrier.example": "kept"}}
    with pytest.raises(EventError):
        Event(kind=EventKind.CLAUSE_COMPUTED, at=NOON, body=body)


def test_a_missing_key_is_refused() -> None:
    """A run without its plan proves nothing."""
    with pytest.raises(EventError, match="'plan': this key is missing"):
        Event(kind=EventKind.RUN_INTENT, at=NOON, body={"run": RUN})


def test_the_error_does_not_repeat_the_refused_value() -> None:
    """What must not be in the journal must not be in a log because of it."""
    with pytest.raises(EventError) as caught:
        Event(kind=EventKind.SCHEMA_PREPARED, at=NOON, body={"system": "camille@courrier.example"})
    assert "camille" not in f"{caught.value.message} {caught.value.fix}"


def test_changing_the_mapping_afterwards_changes_nothing() -> None:
    """An event is frozen when it is made."""
    tables = {"orders": 1}
    body = {"run": RUN, "chunk": 0, "system": "crm", "tables": tables}
    event = Event(kind=EventKind.CHUNK_DONE, at=NOON, body=body)
    tables["camille@courrier.example"] = 1
    assert b"camille" not in leaf(event)


def test_every_kind_declares_its_body() -> None:
    """An event without a declared body could say anything."""
    assert set(BODIES) == set(EventKind)


@given(st.text())
def test_no_name_holds_an_at_sign_a_space_or_nine_digits(value: str) -> None:
    """Whatever is accepted as a name is free of what writes an e-mail, a full name or a number to call."""
    personal = set(value) & set("@ +\n") or (value.isdigit() and 9 <= len(value) < 32)
    assert not (is_name(value) and personal)


@given(st.from_regex(r"[0-9](?:[.-]?[0-9]){8,14}", fullmatch=True))
def test_no_telephone_number_is_a_name(value: str) -> None:
    """Nine digits or more, however separated, are refused."""
    assert not is_name(value)


def test_a_table_called_anything_has_a_name_in_the_journal() -> None:
    """What the journal cannot spell gets an opaque name, always the same, that the journal accepts."""
    odd = ["erase:Commandes été", "erase:0199000000", "x" * 200]
    assert all(is_name(as_name(text)) and as_name(text) != text for text in odd)
