"""Rendering what people read from a template of their language; every value is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tenu.plans.reason import day_text
from tenu.terms import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of an answer: its *name*, with folders, and what it holds."""

    name: str
    content: bytes


def render(name: str, language: Language, **facts: object) -> str:
    """Return the page *name* in *language*; a fact the template asks for and nobody gave is an error, never a blank."""
    return _environment(language).get_template(f"{language}/{name}.html").render(language=language, **facts)


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("tenu.letters", package_path=""),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = lambda day: _day(day, language)
    environment.filters["said"] = lambda text: text.in_(language)
    return environment


def _day(day: date, language: Language) -> str:
    return day_text(day, language)
