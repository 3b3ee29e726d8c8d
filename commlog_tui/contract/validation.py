"""Turn pydantic's validation errors into messages that never repeat the input."""

from collections.abc import Mapping
from typing import Any, Final

_WORDS: Final = {
    "missing": "is required",
    "extra_forbidden": "has a field that is not known here",
    "string_type": "must be text",
    "string_unicode": "must be text that UTF-8 can carry",
    "string_too_long": "is too long; at most {max_length} characters",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "has characters that do not belong here",
    "too_long": "is too long; at most {max_length}",
    "too_short": "must not be empty",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "enum": "must be {expected}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
_SLUG: Final = "^[a-z]"


def field_name(fault: Mapping[str, Any]) -> str:
    """Return the dotted name of the field that an error is about; empty for the whole input."""
    path = (
        fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    )  # a name of the caller's own is input
    return ".".join(map(str, path))


def field_message(fault: Mapping[str, Any]) -> str:
    """Return the message for an error that carries its context."""
    context = fault.get("ctx", {})
    if fault["type"] == "value_error":
        return str(context["error"])
    if fault["type"] == "string_pattern_mismatch" and str(context["pattern"]).startswith(_SLUG):
        return "must be lower-case letters, digits and hyphens, such as in-person"
    return _WORDS.get(fault["type"], "is not valid").format_map(context)
