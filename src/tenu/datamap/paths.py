"""Values inside values: which keys of a JSON document a path names, and what of a document no path does.

A path is ``$.address.city``, or ``$."postal code"`` where a key is no plain word. It leads from object to object and names
everything below; a list is named whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Keys = tuple[str, ...]
"""The keys a path goes through, outermost first."""

_KEY = r'\.(?:[A-Za-z_][\w-]*|"[^"\\]+")'
PATH = rf"^\$(?:{_KEY})+$"
_PLAIN = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_SHOWN = re.compile(r"[A-Za-z_][\w-]{0,40}", re.ASCII)
HIDDEN = "…"
"""Stands for a key that is no plain word: it may be somebody's address."""


def keys_of(path: str) -> Keys:
    """Return the keys *path* goes through.

    Raises:
        ValueError: It is no path.
    """
    if not is_path(path):
        raise ValueError(f'write {path!r} as $.key, $.key.key or $."a key"; a list is named whole')
    return tuple(key[1:].strip('"') for key in re.findall(_KEY, path, re.ASCII))


def is_path(path: str) -> bool:
    """Return whether *path* leads from object to object."""
    return re.fullmatch(PATH, path, re.ASCII) is not None


def path_of(keys: Keys) -> str:
    """Return the path through *keys*, as a data map writes it."""
    return "$" + "".join(f".{key}" if _PLAIN.fullmatch(key) else f'."{key}"' for key in keys)


def shown(keys: Keys) -> str:
    """Return the path through *keys* with every key that is no plain word hidden."""
    return "$" + "".join(f".{key if _SHOWN.fullmatch(key) else HIDDEN}" for key in keys)


def parsed(text: str) -> Any:
    """Return the document *text* holds, None when it holds none: no JSON, or a single value."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict | list) else None


def value_at(document: Any, keys: Keys) -> Any:
    """Return what *document* holds at *keys*, None when nothing."""
    for key in keys:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document


def without(document: Any, paths: Iterable[Keys]) -> Any:
    """Return *document* without what is at *paths*; *document* itself stays as it is."""
    gone = [keys for keys in paths if keys]
    if not gone or not isinstance(document, dict):
        return document
    here = {keys[0] for keys in gone if len(keys) == 1}
    return {
        key: without(value, [keys[1:] for keys in gone if keys[0] == key])
        for key, value in document.items()
        if key not in here
    }


def leaves(document: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Yield where *document* holds something: each value that is no object, a list being one value."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from leaves(value, (*keys, key))
    elif document is not None and document != []:
        yield keys


def inside(keys: Keys, other: Keys) -> bool:
    """Return whether *keys* lie at *other* or below."""
    return keys[: len(other)] == other
