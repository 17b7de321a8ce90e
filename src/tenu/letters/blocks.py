"""A letter as blocks of text: what its page, its PDF and its plain text all say, read once from the page itself.

The templates use few elements, and any other is an error: nothing can be in the page that the PDF would leave out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

BLOCKS = ("h1", "h2", "h3", "p", "li", "dt", "dd", "address")
AROUND = ("article", "ul", "dl", "footer")
INLINE = ("strong", "a", "br")
WIDTH = 78
_SPACES = re.compile("[ \t\r\n]+")
"""What a page shows as one space; a space that does not break is none of these."""

Element = Literal["h1", "h2", "h3", "p", "li", "dt", "dd", "address"]


@dataclass(slots=True)
class Run:
    """Some words of a block: *strong*, or a link to *href*."""

    text: str
    strong: bool = False
    href: str = ""


@dataclass(slots=True)
class Block:
    """One paragraph, heading, item or address; *role* is its class in the page."""

    element: str
    role: str
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return its words; a line break where the page has one."""
        return "".join(run.text for run in self.runs)


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of the article of *page*.

    Raises:
        ValueError: The page uses an element letters have no use for, or text outside any block.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return [_tidy(block) for block in reader.blocks]


def plain_text(blocks: list[Block]) -> str:
    """Return the letter as plain text, for the body of an e-mail and for whoever reads no page."""
    return "\n".join(_lines(blocks)).strip() + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._inside = False
        self._open: Block | None = None
        self._strong = False
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "article":
            self._inside = True
        elif not self._inside:
            return
        elif tag in BLOCKS:
            self._open = Block(element=tag, role=said.get("class") or "")
            self.blocks.append(self._open)
        elif tag == "strong":
            self._strong = True
        elif tag == "a":
            self._href = said.get("href") or ""
        elif tag == "br":
            self._add("\n")
        elif tag not in AROUND:
            raise ValueError(f"a letter has no use for <{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._inside = False
        elif tag in BLOCKS:
            self._open = None
        elif tag == "strong":
            self._strong = False
        elif tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._add(data.replace("\n", " "))

    def _add(self, text: str) -> None:
        if self._open is not None:
            self._open.runs.append(Run(text=text, strong=self._strong, href=self._href))
        elif text.strip():
            raise ValueError(f"text outside any block: {len(text)} characters")


def _tidy(block: Block) -> Block:
    """Return *block* with single spaces, none at the ends of a line."""
    runs: list[Run] = []
    for run in block.runs:
        text = run.text if run.text == "\n" else _SPACES.sub(" ", run.text)
        before = runs[-1].text[-1:] if runs else "\n"
        text = text.lstrip(" ") if before in (" ", "\n") and text != "\n" else text
        if text == "\n" and runs:
            runs[-1].text = runs[-1].text.rstrip(" ")
        if text:
            runs.append(Run(text=text, strong=run.strong, href=run.href))
    if runs:
        runs[-1].text = runs[-1].text.rstrip(" ")
    return Block(element=block.element, role=block.role, runs=[run for run in runs if run.text])


def _lines(blocks: list[Block]) -> Iterator[str]:
    for before, block in zip([None, *blocks], blocks, strict=False):
        together = ("li", "dd") if before and before.element in ("li", "dt", "dd") else ()
        if block.element not in together:
            yield ""
        lead = {"li": "- ", "dd": "  "}.get(block.element, "")
        for line in block.text.split("\n"):
            yield from textwrap.wrap(
                line,
                WIDTH,
                initial_indent=lead,
                subsequent_indent=" " * len(lead),
                break_long_words=False,
                break_on_hyphens=False,
            )
        if block.element in ("h1", "h2"):
            yield ("=" if block.element == "h1" else "-") * min(WIDTH, len(block.text))
