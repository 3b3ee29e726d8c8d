"""To whom a message went, from headers as they really are: groups, comments, encoded names and worse."""

import re
from collections.abc import Iterable
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry
from typing import Final

_SIMPLE: Final = re.compile(
    r"\s*(?:[^<>@,:;\"()\\\[\]]*<\s*([^\s<>@,:;\"()\\]+@[^\s<>@,:;\"()\\]+)\s*>|([^\s<>@,:;\"()\\]+@[^\s<>@,:;\"()\\]+))\s*"
)
_ADDRESS: Final = re.compile(r"[^\s<>@,:;\"()\\\[\]]+@[^\s<>@,:;\"()\\\[\]]+")
_LONGEST: Final = 20_000
"""Characters beyond which the standard library's grammar, whose time grows faster than the text, is not asked."""
_registry: Final = HeaderRegistry()


def addresses_of(headers: Iterable[str]) -> list[str]:
    """Return the addresses that these header values name, each once, in their order; groups give their members."""
    found: dict[str, str] = {}
    for header in headers:
        for address in _addresses(" ".join(header.split())):
            local, _, domain = address.rpartition("@")
            found.setdefault(f"{local}@{domain.lower()}", address)
    return list(found.values())


def _addresses(text: str) -> list[str]:
    parts = [_SIMPLE.fullmatch(part) for part in text.split(",")]
    if all(parts):
        return [match[1] or match[2] for match in parts if match]
    if len(text) > _LONGEST:
        return _ADDRESS.findall(text)
    try:
        parsed: tuple[Address, ...] = getattr(_registry("to", text), "addresses", ())
        found = [address.addr_spec for address in parsed if address.username and address.domain]
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        found = []  # the grammar of the standard library fails in many ways on headers that are none
    return found or _ADDRESS.findall(text)
