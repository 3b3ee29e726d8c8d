"""Who of a shared desk makes the writes that are sent now, see ``contract.person``."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from commlog_tui.contract.person import PERSON_HEADER, person_header

_PERSON: ContextVar[str] = ContextVar("person", default="")


def person_headers() -> dict[str, str]:
    """Return the header with the name that writes are sent with; nothing for none."""
    return {PERSON_HEADER: person_header(name)} if (name := _PERSON.get()) else {}


@contextmanager
def written_by(name: str | None) -> Iterator[None]:
    """Send the writes of this block with a name."""
    token = _PERSON.set(name or "")
    try:
        yield
    finally:
        _PERSON.reset(token)
