"""Who may do what: roles come from tenu.toml, refusals are journaled by digest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab import Lab, make_lab
from tenu.adapters.staff import account, actor
from tenu.journal.kinds import EventKind
from tenu.operations.acting import NotEntitledError, entitled
from tenu.testing import FixedClock
from tenu.wiring import open_ports


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Give a small company on SQLite."""
    return make_lab(tmp_path, lambda name: f"sqlite:///{tmp_path / name}.db", people=60)


def test_an_act_is_done_under_the_strongest_role_held(lab: Lab) -> None:
    """Of the roles that may, the first one the person holds is the one they act under."""
    roles = {"dpo": ("alice",), "counsel": ("alice", "bruno")}
    with lab.ports() as ports:
        asked = replace(ports, actor=actor("alice", roles, ports.key))
        assert entitled(asked, "hold:approve", "dpo", "counsel") == "dpo"


def test_an_act_without_the_role_is_refused_and_journaled(lab: Lab) -> None:
    """The refusal says what it takes; the journal keeps who asked as a digest, and no name."""
    with lab.ports() as ports:
        asked = replace(ports, actor=actor("bruno", {"dpo": ("alice",)}, ports.key))
        with pytest.raises(NotEntitledError):
            entitled(asked, "archive:open", "archivist")
        refused = [event.body for event in ports.journal.events(kind=EventKind.ACT_REFUSED)]
        assert refused == [{"act": "archive:open", "roles": ("archivist",), "actor": asked.actor.digest}]


def test_the_account_that_runs_tenu_holds_what_the_settings_say(lab: Lab) -> None:
    """At the command line, who asks is the account of the operating system."""
    settings = lab.folder / "tenu.toml"
    settings.write_text(settings.read_text("utf-8") + f'[roles]\narchivist = ["{account()}"]\n', "utf-8")
    with open_ports(lab.folder, clock=FixedClock(lab.clock.at)) as ports:
        assert ports.actor.roles == {"archivist"}
