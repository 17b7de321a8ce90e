"""What a command line got wrong, said in the language of the person who typed it."""

from __future__ import annotations

from typing import Literal

import click


def usage_lines(error: click.ClickException, language: Literal["fr", "en"]) -> list[str]:
    """Return what to print for *error*: what is wrong, then where the options are listed."""
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "tenu"
    if language == "en":
        return [error.format_message(), f"-> {path} --help"]
    return [_french(error), f"-> {path} --help"]


def _french(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            near = ", ".join(error.possibilities or ())
            return f"option inconnue : {error.option_name}" + (
                f" ; vouliez-vous dire {near} ?" if near else ""
            )
        case click.MissingParameter():
            return f"il manque {_name(error)}"
        case click.BadParameter():
            return f"{_name(error)} : {_expected(error.param)}"
        case click.BadOptionUsage():
            return f"l'option {error.option_name} demande une valeur"
        case click.UsageError():
            return _misplaced(error)
    return error.format_message()


def _name(error: click.BadParameter) -> str:
    param = error.param
    if isinstance(param, click.Option):
        return param.opts[-1]
    return param.human_readable_name if param else "une valeur"


def _expected(param: click.Parameter | None) -> str:
    match param.type if param else None:
        case click.Choice() as choice:
            return f"choisissez parmi {', '.join(map(str, choice.choices))}"
        case click.DateTime():
            return "une date s'écrit AAAA-MM-JJ"
        case click.types.IntParamType():
            return "un nombre entier est attendu"
        case click.Path() as path if path.exists:
            return "ce fichier n'existe pas ou ne peut pas être lu"
        case click.Path():
            return "ce chemin ne convient pas"
    return "cette valeur ne convient pas"


def _misplaced(error: click.UsageError) -> str:
    """Return the sentence for a command nobody knows, or a word too many: all that click says without a class."""
    said = error.message.partition("'")[2].rpartition("'")[0]
    if "command" in error.message and said:
        return f"commande inconnue : {said}"
    extra = error.message.partition("(")[2].rstrip(")")
    return f"un mot de trop : {extra}" if extra else "cette ligne de commande est incomplète"
