"""Canonical JSON: the byte form in which records are hashed.

A subset of RFC 8785 (JSON Canonicalization Scheme): objects with sorted keys, no white space,
shortest escapes, UTF-8. Numbers are integers within the exact range of a double, and keys are
ASCII, so the subtle parts of JCS (fractions, key order in UTF-16) do not arise.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

Value = str | int | bool | None | Sequence["Value"] | Mapping[str, "Value"] | msgspec.Struct

_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def canonical(value: Value) -> bytes:
    """Return the canonical bytes of a value.

    Raises:
        UnicodeEncodeError: a text contains a lone surrogate, which UTF-8 cannot encode.
    """
    return _ENCODER.encode(value)
