"""Who sits at the command line: the account of the operating system, and the roles tenu.toml gives it."""

from __future__ import annotations

import hmac
import os
import pwd
from collections.abc import Mapping

from tenu.ports import Actor


def present_actor(roles: Mapping[str, tuple[str, ...]], key: bytes) -> Actor:
    """Return the account this process runs as, with its roles.

    Args:
        roles: Accounts by role, as tenu.toml says.
        key: 32 bytes that key the digest; whoever reads the journal without it cannot tell who it was.
    """
    return actor(account(), roles, key)


def account() -> str:
    """Return the name of the account this process runs as; its number where it has no name, as in containers."""
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def actor(name: str, roles: Mapping[str, tuple[str, ...]], key: bytes) -> Actor:
    """Return the actor of the account *name*."""
    digest = hmac.digest(key, f"actor\x1f{name}".encode(), "sha256").hex()
    return Actor(
        name=name, digest=digest, roles=frozenset(role for role, people in roles.items() if name in people)
    )
