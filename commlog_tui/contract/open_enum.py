"""Enums of responses that accept values of a newer version."""

from enum import StrEnum
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_LONGEST: Final = 64


class OpenEnum:
    """Annotation of a response field that accepts enum values unknown to this version.

    An unknown value becomes a member-like object with that value, equal to no member. Request
    models stay strict.
    """

    def __init__(self, kind: type[StrEnum]) -> None:
        self._kind = kind

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - a type
        """Handle unknown values before pydantic validates the enum."""
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe an extensible enum."""
        del schema, handler
        return {"type": "string", "x-extensible-enum": [word.value for word in self._kind]}

    def _read(self, value: Any) -> Any:  # noqa: ANN401 - whatever was answered; pydantic refuses what is no text
        is_word = (
            isinstance(value, str)
            and not isinstance(value, self._kind)
            and len(value) <= _LONGEST
            and value.isprintable()
        )
        return value if not is_word or value in self._kind._value2member_map_ else _newer(self._kind, value)


def is_known(word: StrEnum) -> bool:
    """Return whether an enum value is known to this version."""
    return word.value in type(word)._value2member_map_


def _newer(kind: type[StrEnum], value: str) -> StrEnum:
    word = str.__new__(kind, value)
    word._name_ = "NEWER"
    word._value_ = value
    return word
