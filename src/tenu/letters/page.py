"""Rendering what people read from a template of their language; every value is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tenu.errors import RefusedError
from tenu.plans.reason import day_text
from tenu.plans.render import rows_text
from tenu.terms import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of an answer: its *name*, with folders, and what it holds."""

    name: str
    content: bytes


class MissingFactError(RefusedError):
    """A letter needs a fact nobody gave; *what* is named, and how to give it."""

    def __init__(self, what: Text, *, fix: Text) -> None:
        message = Text(fr=f"la lettre a besoin de : {what.fr}", en=f"the letter needs: {what.en}")
        super().__init__(message, fix=fix)


MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def long_day(day: date, language: Language) -> str:
    """Return *day* as a letter writes it, the month in full."""
    number = "1er" if (day.day, language) == (1, "fr") else str(day.day)
    return f"{number} {MONTHS[language][day.month - 1]} {day.year}"


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
        finalize=_there,
    )
    environment.filters["long_day"] = lambda day: long_day(day, language)
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["rows"] = lambda rows: rows_text(rows, language)
    environment.filters["day"] = lambda day: _day(day, language)
    environment.filters["said"] = lambda text: text.in_(language)
    return environment


def _there(value: object) -> object:
    """Return *value*: None is no word of any letter."""
    if value is None:
        raise MissingFactError(
            Text(fr="un fait qui manque", en="a fact that is missing"),
            fix=Text(
                fr="le dossier de la demande ne le dit pas : relisez-le avec tenu request show",
                en="the file of the request does not say it: read it again with tenu request show",
            ),
        )
    return value


def _day(day: date, language: Language) -> str:
    return day_text(day, language)
