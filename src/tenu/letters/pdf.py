"""A letter as a PDF anybody's reader can read aloud: tagged, with its language, its title and its fonts inside.

The document is PDF/A-2a (it will open in thirty years) and PDF/UA-1 (it can be used without eyes); the maker refuses to write
one that would not be. The words come as data: nothing a person wrote can be taken for an instruction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from tenu.letters.blocks import Block
from tenu.terms import Language, Text

_PAGE = Text(fr="page", en="page")
_REGION = {"fr": "FR", "en": "GB"}


def pdf_of(
    blocks: list[Block], *, title: str, author: str, reference: str, on: date, language: Language
) -> bytes:
    """Return the letter made of *blocks* as a PDF, the same bytes for the same facts.

    Args:
        blocks: What it says.
        title: Its subject, which a reader announces first.
        author: The company.
        reference: What the foot of each page says beside its number.
        on: Day written, the date the file gives itself.
        language: Language of its words.
    """
    import typst  # noqa: PLC0415 - only whoever prints loads it

    said = {
        "title": title,
        "author": author,
        "reference": reference,
        "lang": language,
        "region": _REGION[language],
        "page": _PAGE.in_(language),
        "blocks": list(_grouped(blocks)),
    }
    made = typst.compile(
        _source(),
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(said, ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(on, time(12), ZoneInfo("UTC")),
    )
    assert isinstance(made, bytes)  # noqa: S101 - one document, no output file
    return made


@cache
def _source() -> bytes:
    return files("tenu.letters").joinpath("letter.typ").read_bytes()


def _grouped(blocks: list[Block]) -> Iterator[dict[str, Any]]:
    """Yield the blocks, the items of a list together, the terms of a list with what they say."""
    rest = list(blocks)
    while rest:
        block = rest.pop(0)
        if block.element == "li":
            items = [block]
            while rest and rest[0].element == "li":
                items.append(rest.pop(0))
            yield {"element": "ul", "role": "", "items": [_runs(item) for item in items]}
        elif block.element == "dt":
            yield {"element": "dl", "role": "", "items": list(_terms(block, rest))}
        else:
            yield {"element": block.element, "role": block.role, "runs": _runs(block)}


def _terms(first: Block, rest: list[Block]) -> Iterator[dict[str, Any]]:
    term = first
    while True:
        says = []
        while rest and rest[0].element == "dd":
            says.append(_runs(rest.pop(0)))
        yield {"term": _runs(term), "says": says}
        if not (rest and rest[0].element == "dt"):
            return
        term = rest.pop(0)


def _runs(block: Block) -> list[dict[str, Any]]:
    return [{"text": run.text, "strong": run.strong, "href": run.href} for run in block.runs]
