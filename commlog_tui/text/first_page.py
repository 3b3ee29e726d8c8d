"""The newest page as values of JSON, shown before the models of the API are loaded."""

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from commlog_tui.text.bars import log_heading

if TYPE_CHECKING:
    from commlog_tui.contract.location import Channel
    from commlog_tui.contract.page import Page

_ABSENT: Final = {
    "kind": None, "starts_at": None, "audience": None, "message": None, "attachments": (), "matched": (),
    "person": None,
    "resend_of": None,
}  # fmt: skip
"""The fields of an entry that are not printed where they are empty."""
_PAGE_ABSENT: Final = {"suggestions": (), "searched_back_to": None}
"""The fields of a page that are not printed where they are empty: it is of no search."""
_WORDS: Final = ("source", "direction", "status", "audience")
_TIMES: Final = ("sent_at", "recorded_at", "starts_at")


class FirstPage(NamedTuple):
    """The newest page of a location's log, and what is shown around it."""

    page: "Page"
    zone: ZoneInfo
    location: str
    """The location's name."""
    user: str
    """The name of the token."""
    channels: "tuple[Channel, ...]"
    """Most used first."""
    row: int = 0
    """The entry one is on, from 0."""
    show_utc: bool = False
    """Whether the first frame has times of UTC, not of the location."""

    def heading(self, width: int) -> str:
        """Return which log it is, and who looks at it, in so many cells."""
        return log_heading(self.location, self.zone.key, self.user, width)


class _Values(SimpleNamespace):
    """Fields of a response model: pydantic would have to be loaded for the model itself."""

    def model_copy(self, *, update: Mapping[str, object]) -> "_Values":
        """Return a copy with other values, as models do."""
        return _Values(**{**self.__dict__, **update})


class _Word(str):
    """A value of an enum, as of any version."""

    __slots__ = ()
    value = property(str)


def first_page(answer: Mapping[str, Any]) -> FirstPage:
    """Return the page of an answer, with the fields of the API's models.

    Raises what reading an answer of another shape raises: ``LookupError``, ``TypeError``,
    ``ValueError``.
    """
    page, location = answer["page"], answer["location"]
    entries = tuple(map(_entry, page["entries"]))
    values = _Values(**{**_PAGE_ABSENT, **page, "entries": entries, "total": _Values(**page["total"])})
    channels = tuple(_Values(**one) for one in answer["channels"])
    return FirstPage(
        cast("Page", values),
        ZoneInfo(location["zone"]),
        location["name"],
        answer["user"],
        cast("tuple[Channel, ...]", channels),
    )


def _entry(printed: Mapping[str, Any]) -> _Values:
    entry = {**_ABSENT, **printed}
    entry.update((name, _Word(entry[name])) for name in _WORDS if entry[name])
    entry.update((name, datetime.fromisoformat(entry[name])) for name in _TIMES if entry[name])
    entry.update((name, _Values(**entry[name])) for name in ("customer", "message") if entry[name])
    return _Values(**{**entry, "attachments": tuple(_Values(**file) for file in entry["attachments"])})
