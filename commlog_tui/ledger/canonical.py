"""The one way a record is written down before it is hashed.

A subset of RFC 8785 (JSON Canonicalization Scheme): objects with sorted keys, no white space, shortest escapes, UTF-8.
Numbers are integers within the exact range of a double, and keys are ASCII, so the two places where JCS is subtle (the form
of fractions, the order of keys in UTF-16) do not arise.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

Value = str | int | bool | None | Sequence["Value"] | Mapping[str, "Value"]

_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def canonical(value: Value) -> bytes:
    """Return the canonical bytes of a value.

    Raises:
        UnicodeEncodeError: a text holds half of a surrogate pair, which UTF-8 cannot say.
    """
    return _ENCODER.encode(value)
