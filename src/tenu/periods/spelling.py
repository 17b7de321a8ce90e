"""What lets a value written as text be the type of a field of a workspace file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema


class Spelled(ABC):
    """A value spelled as text: ``parse`` reads it, ``str`` writes it.

    *pattern* and *examples* are what editors know of it through the JSON Schema.
    """

    __slots__ = ()
    pattern: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """Return the value *text* spells; ValueError says what is wrong and gives an example."""

    @classmethod
    def _accept(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        return cls.parse(str(value))

    @classmethod
    def __get_pydantic_core_schema__(
        cls,
        source: Any,
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        # Imported here: who only counts days does not wait for the validation library.
        from pydantic_core import core_schema  # noqa: PLC0415

        write = core_schema.to_string_ser_schema()
        return core_schema.no_info_plain_validator_function(cls._accept, serialization=write)

    @classmethod
    def __get_pydantic_json_schema__(
        cls,
        schema: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.pattern, "examples": list(cls.examples)}
