"""What a suppression list is about: the addresses and numbers nobody may be solicited at any more, by channel.

Source: GDPR 21(3); SM-3; policy C-RGT-05; INV-02, INV-03.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tenu.datamap.identity import identity, normalise
from tenu.terms import Channel, IdentifierKind

CHANNELS = tuple(Channel)
SHORTEST_NUMBER = 9
"""A shorter number is many people's."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Address:
    """One address of one channel, normalised: an e-mail, a number, a name at a postcode."""

    channel: Channel
    value: str


def addresses(
    values: Mapping[IdentifierKind, Iterable[str]], channels: Collection[Channel]
) -> Iterator[Address]:
    """Yield what somebody is reached at on *channels*, from what identifies them as they or a row write it."""
    for channel in CHANNELS:
        if channel in channels:
            yield from (Address(channel=channel, value=value) for value in _reached(values, channel))


def _reached(values: Mapping[IdentifierKind, Iterable[str]], channel: Channel) -> Iterator[str]:
    match channel:
        case Channel.EMAIL:
            said = (normalise(IdentifierKind.EMAIL, one) for one in values.get(IdentifierKind.EMAIL, ()))
            yield from (one for one in said if "@" in one)
        case Channel.PHONE | Channel.SMS:
            said = (normalise(IdentifierKind.PHONE, one) for one in values.get(IdentifierKind.PHONE, ()))
            yield from (one for one in said if len(one) == SHORTEST_NUMBER)
        case Channel.POST:
            name = identity({IdentifierKind.NAME: tuple(values.get(IdentifierKind.NAME, ()))}).name
            for one in values.get(IdentifierKind.POSTCODE, ()) if name else ():
                yield f"{name}\x1f{normalise(IdentifierKind.POSTCODE, one)}"
