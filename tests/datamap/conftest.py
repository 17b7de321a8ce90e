"""What the tests of data maps share: ports whose policy is read once, for many small databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from cases.light import Small, opened, small
from tenu.ports import Ports


@pytest.fixture(scope="package")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Give ports whose policy is read once: each small database takes the place of their system."""
    with opened(tmp_path_factory.mktemp("small")) as ports:
        yield ports


@pytest.fixture
def make_small(base: Ports, engine_url: str) -> Iterator[Callable[..., Small]]:
    """Give a function that makes a small database from a data map and statements, on each engine in turn."""
    with ExitStack() as stack:
        yield lambda datamap, *said: stack.enter_context(small(base, engine_url, datamap, *said))
