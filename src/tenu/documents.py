"""Workspace files: YAML whose every value knows its line and column, validated into frozen dataclasses.

A model is declared once, with ``@document``: that is its type, its validation and its JSON Schema.
A model that inherits ``Located`` knows where it was written, and where each of its fields was.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar, dataclass_transform, get_args

import pydantic
import yaml
from pydantic import ConfigDict, SkipValidation, TypeAdapter, ValidationError, model_validator
from pydantic.json_schema import SkipJsonSchema
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.resolver import Resolver

from tenu.errors import Finding, FindingsError, Place
from tenu.terms import Severity, Text

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def document(cls: type[T]) -> type[T]:
    """Declare *cls* a frozen part of a workspace file; keys it does not have are refused."""
    decorate = pydantic.dataclasses.dataclass(
        frozen=True, kw_only=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    )
    return decorate(cls)  # type: ignore[return-value]  # the class itself, made a dataclass in place


@document
class Located:
    """A part of a file that knows its place.

    ``at["field"]`` is the place of one field's value, ``at["field.2"]`` that of the third item of a list.
    A model that may be written as one text says in *short* which field that text is.
    """

    short: ClassVar[str | None] = None
    place: SkipJsonSchema[SkipValidation[Place]] = dataclasses.field(
        default=Place(file="<code>"), compare=False, repr=False
    )
    at: SkipJsonSchema[SkipValidation[Mapping[str, Place]]] = dataclasses.field(
        default_factory=dict, compare=False, repr=False
    )

    @model_validator(mode="before")
    @classmethod
    def _locate(cls, value: Any) -> Any:
        if isinstance(value, _Written):
            if value.keys() & {"place", "at"}:
                raise ValueError("'place' and 'at' are not keys of a file")
            return {**value, "place": value.place, "at": value.at}
        if cls.short is not None and isinstance(value, _Scalar):
            return {cls.short: str(value), "place": value.place, "at": {cls.short: value.place}}
        if cls.short is not None and isinstance(value, str):
            return {cls.short: value}
        return value


class _Written(dict[str, Any]):
    """A mapping as read, with the places its keys' values were written at."""

    __slots__ = ("at", "place")
    place: Place
    at: dict[str, Place]


class _Scalar(str):
    """A text as read, with the place it was written at."""

    __slots__ = ("place",)
    place: Place


class _Core(Composer, CParser, Resolver):
    """YAML 1.2 core schema: NO, on and 12:30 stay text; dates stay text and are parsed by the model.

    libyaml reads the text, eight times as fast as Python alone would. Aliases are refused: a value has one place, and a few
    lines of them can weigh gigabytes.
    """

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        Resolver.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _AliasError(self.peek_event())
        return super().compose_node(parent, index)


class _AliasError(yaml.MarkedYAMLError):
    """An alias, where a value was expected."""

    def __init__(self, event: Any) -> None:
        super().__init__(problem="write the value again, aliases are not read", problem_mark=event.start_mark)


_Core.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", r"^(?:~|null|Null|NULL)$", "~nN"),
    ("null", r"^$", ""),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first) or [""])


def read(text: str, *, file: str, model: type[T]) -> T:
    """Return *text* as *model*, every located part knowing its place.

    Args:
        text: The whole file, already decoded.
        file: Name shown in findings, relative to the workspace.
        model: A class declared with ``@document``.

    Raises:
        FindingsError: With every syntax error, duplicate key, unknown key and bad value of the file.
    """
    source = _Source(text, file)
    try:
        node = _Core(text).get_single_node()
        value = {} if node is None else source.plain(node)
    except yaml.YAMLError as error:
        raise FindingsError((source.syntax(error),)) from None
    except RecursionError:
        raise FindingsError((source.syntax(yaml.YAMLError("nested too deeply")),)) from None
    if source.findings:
        raise FindingsError(tuple(source.findings))
    try:
        return TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        found = {f: None for e in error.errors(include_url=False) for f in source.invalid(e, node, model)}
        raise FindingsError(tuple(found)) from None


def json_schema(model: type[Any], *, identifier: str, title: str) -> dict[str, Any]:
    """Return the JSON Schema editors use to complete and check a file of *model*."""
    schema = TypeAdapter(model).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        **schema,
        "title": title,
    }


class _Source:
    """One file being read: its lines, and what is wrong with it so far."""

    def __init__(self, text: str, file: str) -> None:
        self.lines = text.splitlines()
        self.file = file
        self.findings: list[Finding] = []

    def place(self, node: yaml.Node | None) -> Place:
        if node is None:
            return Place(file=self.file)
        width = len(str(node.value)) if isinstance(node, yaml.ScalarNode) else 1
        return self._at(node.start_mark.line, node.start_mark.column, width)

    def _at(self, line: int, column: int, width: int = 1) -> Place:
        excerpt = self.lines[line] if line < len(self.lines) else ""
        room = max(1, len(excerpt) - column)
        return Place(
            file=self.file, line=line + 1, column=column + 1, excerpt=excerpt, width=max(1, min(width, room))
        )

    def plain(self, node: yaml.Node) -> Any:
        """Return *node* as Python values, mappings remembering where they were written."""
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item) for item in node.value]
        written = _Written()
        written.place, written.at = self.place(node), {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in written:
                self.findings.append(
                    Finding(
                        code="W-YAML-02",
                        severity=Severity.BLOCKER,
                        place=self.place(key_node),
                        message=Text(
                            fr=f"la clé « {key} » est écrite deux fois",
                            en=f"the key '{key}' is written twice",
                        ),
                        fix=Text(fr="n'en gardez qu'une", en="keep only one"),
                    )
                )
            written[key] = self.plain(value_node)
            written.at[key] = self.place(value_node)
            items = value_node.value if isinstance(value_node, yaml.SequenceNode) else ()
            written.at.update({f"{key}.{index}": self.place(item) for index, item in enumerate(items)})
        return written

    def scalar(self, node: yaml.ScalarNode) -> Any:
        """Return *node* as a Python value, a text remembering where it was written."""
        if not isinstance(value := _scalar(node), str):
            return value
        text = _Scalar(value)
        text.place = self.place(node)
        return text

    def syntax(self, error: yaml.YAMLError) -> Finding:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)
        return Finding(
            code="W-YAML-01",
            severity=Severity.BLOCKER,
            place=self._at(mark.line, mark.column) if mark else Place(file=self.file),
            message=Text(
                fr=f"ce n'est pas du YAML valide : {problem}", en=f"this is not valid YAML: {problem}"
            ),
            fix=Text(
                fr="corrigez l'indentation ou les guillemets ici",
                en="mend the indentation or the quotes here",
            ),
        )

    def invalid(self, error: Any, root: yaml.Node | None, model: type[Any]) -> Iterator[Finding]:
        """Yield what one validation error says, at the place of the value (or of the key) it speaks of."""
        keys = [part for part in error["loc"] if isinstance(part, str | int)]
        node, key_node, path = _descend(root, keys)
        if error["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
            yield self._unknown_key(str(keys[-1]), key_node, model, path)
        elif error["type"] == "missing" or error["type"] == "missing_argument":
            yield Finding(
                code="W-KEY-02",
                severity=Severity.BLOCKER,
                place=self.place(node),
                message=Text(fr=f"il manque « {keys[-1]} » ici", en=f"'{keys[-1]}' is missing here"),
                fix=Text(fr=f"ajoutez « {keys[-1]}: … »", en=f"add '{keys[-1]}: …'"),
            )
        else:
            said = error["msg"].removeprefix("Value error, ")
            name = ".".join(path) or self.file
            yield Finding(
                code="W-VALUE-01",
                severity=Severity.BLOCKER,
                place=self.place(node),
                message=Text(fr=f"{name} : valeur refusée ({said})", en=f"{name}: value refused ({said})"),
                fix=Text(fr="corrigez cette valeur", en="mend this value"),
            )

    def _unknown_key(
        self, key: str, key_node: yaml.Node | None, model: type[Any], path: list[str]
    ) -> Finding:
        known = _fields_at(model, path[:-1])
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        allowed = ", ".join(known)
        fix = (
            Text(fr=f"vouliez-vous écrire « {near[0]} » ?", en=f"did you mean '{near[0]}'?")
            if near
            else Text(fr=f"clés connues ici : {allowed}", en=f"known keys here: {allowed}")
        )
        return Finding(
            code="W-KEY-01",
            severity=Severity.BLOCKER,
            place=self.place(key_node),
            message=Text(fr=f"clé inconnue « {key} »", en=f"unknown key '{key}'"),
            fix=fix,
        )


def _scalar(node: yaml.ScalarNode) -> Any:
    """Return the value of *node*, or its text when a tag or a size makes it no number."""
    try:
        return _core_value(node)
    except ValueError:
        return node.value


def _core_value(node: yaml.ScalarNode) -> Any:
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "bool":
            return node.value.lower() == "true"
        case "int":
            return int(node.value)
        case "float":
            return float(node.value)
        case "null":
            return None
        case _:
            return node.value


def _descend(
    root: yaml.Node | None, keys: list[str | int]
) -> tuple[yaml.Node | None, yaml.Node | None, list[str]]:
    """Follow *keys* as far as the file goes; union branch names pydantic puts in the path are stepped over."""
    node, key_node, path = root, None, []
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            for candidate, value in node.value:
                if candidate.value == str(key):
                    node, key_node = value, candidate
                    path.append(str(key))
                    break
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node, key_node = node.value[key], node.value[key]
            path.append(str(key))
    return node, key_node, path


def _fields_at(model: Any, path: list[str]) -> list[str]:
    """Return the keys a mapping at *path* may have: the fields of every model that could stand there."""
    models = list(_models(model))
    for step in path:
        below: list[Any] = []
        for candidate in models:
            field = getattr(candidate, "__pydantic_fields__", {}).get(step)
            if field is not None:
                below.extend(_models(field.annotation))
        models = below or models
    hidden = {"place", "at"}
    return list(dict.fromkeys(name for model in models for name in _keys(model) if name not in hidden))


def _keys(model: Any) -> list[str]:
    if hasattr(model, "__pydantic_fields__"):
        return [field.alias or name for name, field in model.__pydantic_fields__.items()]
    return [field.name for field in dataclasses.fields(model)]


def _models(annotation: Any) -> Iterator[Any]:
    if hasattr(annotation, "__pydantic_fields__") or dataclasses.is_dataclass(annotation):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
