"""The newest page as another process printed it, shown before the desk connects."""

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page

_ABSENT: Final = {
    "kind": None, "starts_at": None, "audience": None, "message": None, "attachments": (), "matched": (),
    "person": None,
}  # fmt: skip
"""The fields of an entry that are not printed where they are empty."""
_PAGE_ABSENT: Final = {"suggestions": (), "searched_back_to": None}
"""The fields of a page that are not printed where they are empty: it is of no search."""
_WORDS: Final = ("source", "direction", "status", "audience")
_TIMES: Final = ("sent_at", "recorded_at", "starts_at")


class FirstRows(Protocol):
    """Prefetches the newest page while the desk is being loaded."""

    def answer(self) -> dict[str, Any]:
        """Wait for the page and its zone as values of JSON; empty without. Runs in a thread."""
        ...

    def close(self) -> None:
        """Stop prefetching."""
        ...


class _Values(SimpleNamespace):
    """Fields of a response model: pydantic would have to be loaded for the model itself."""

    def model_copy(self, *, update: Mapping[str, object]) -> "_Values":
        """Return a copy with other values, as models do."""
        return _Values(**{**self.__dict__, **update})


class _Word(str):
    """A value of an enum, as of any version."""

    __slots__ = ()
    value = property(str)


def first_page(answer: Mapping[str, Any]) -> "tuple[Page, ZoneInfo] | None":
    """Return the printed page, with the fields of the API's models, and its location's zone."""
    if not answer:
        return None
    page = answer["page"]
    entries = tuple(map(_entry, page["entries"]))
    values = _Values(**{**_PAGE_ABSENT, **page, "entries": entries, "total": _Values(**page["total"])})
    return cast("Page", values), ZoneInfo(answer["zone"])


def _entry(printed: Mapping[str, Any]) -> _Values:
    entry = {**_ABSENT, **printed}
    entry.update((name, _Word(entry[name])) for name in _WORDS if entry[name])
    entry.update((name, datetime.fromisoformat(entry[name])) for name in _TIMES if entry[name])
    entry.update((name, _Values(**entry[name])) for name in ("customer", "message") if entry[name])
    return _Values(**{**entry, "attachments": tuple(_Values(**file) for file in entry["attachments"])})
