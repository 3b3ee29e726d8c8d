"""What an import adds about messages that the log knows already: reports that no webhook brought."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.client import errors

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.contract.delivery import NewEvent, NewMessageEvent
    from commlog_tui.contract.entry import Entry, EntryDetail, NewEntry
    from commlog_tui.contract.page import EventAnswer
    from commlog_tui.imports.items import Item

_NEAR: Final = timedelta(days=1)
"""How far the instants of a sender and a provider may be apart."""
_PAGE: Final = 200
_MOST_PAGES: Final = 50
_ADDED: Final = 201
_LATER: Final = ("event_id", "code", "reason", "channel")
"""Fields of events that 0.1.0 does not know."""
MessageKey = tuple[str, str, str]
"""Provider, message and recipient."""


@dataclass
class Gap:
    """Reports about known messages that the log did not have."""

    reports: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def add(self, at: datetime) -> None:
        """Count a report."""
        self.reports += 1
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)

    def words(self, zone: str) -> list[str]:
        """Return what was closed as sentences, none if there was no gap."""
        if self.first is None or self.last is None:
            return []
        first, last = (at.astimezone(ZoneInfo(zone)) for at in (self.first, self.last))
        end = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
        reports = "report" if self.reports == 1 else "reports"
        between = f"at {first:%Y-%m-%d %H:%M}" if first == last else f"between {first:%Y-%m-%d %H:%M} and {end}"
        return [f"Closed a gap: {self.reports:,} {reports} {between} that no webhook had brought."]


@dataclass
class KnownMessages:
    """The messages that entries near a batch name."""

    keys: set[MessageKey] = field(default_factory=set)
    earlier: set[str] = field(default_factory=set)
    """Ids of entries that name no message, as 0.1.0 imported them."""

    def has(self, item: "Item") -> bool:
        """Whether the log has an entry of this message and recipient."""
        return item.is_one_message and key_of(item.entry) in self.keys

    def is_earlier(self, item: "Item") -> bool:
        """Whether 0.1.0 imported this message."""
        from commlog_tui.contract.identity import id_of_key

        return item.entry.message is not None and id_of_key(item.key) in self.earlier


def key_of(entry: "NewEntry | Entry") -> MessageKey | None:
    """Return what an entry's message is known by; None if it names none."""
    if entry.message is None:
        return None
    return entry.message.provider, entry.message.id, (entry.to or "").strip().casefold()


async def find_known(client: "LogClient", location: str, batch: "Sequence[Item]") -> KnownMessages:
    """Return the messages of a batch that entries of about the same time name.

    A token without read permission cannot look: none are returned. Raises ``ClientError``.
    """
    from commlog_tui.contract.query import EntryQuery

    wanted = {key for item in batch if item.is_one_message and (key := key_of(item.entry)) is not None}
    if not wanted:
        return KnownMessages()
    sent = [item.entry.sent_at for item in batch if item.is_one_message]
    query, known, cursor = EntryQuery(since=min(sent) - _NEAR, until=max(sent) + _NEAR), KnownMessages(), None
    for _ in range(_MOST_PAGES):
        try:
            page = await client.page(location, query, limit=_PAGE, cursor=cursor)
        except errors.NotPermittedError:
            break
        known.keys |= wanted & {key for entry in page.entries if (key := key_of(entry)) is not None}
        known.earlier |= {entry.id for entry in page.entries if entry.message is None}
        cursor = page.older
        if cursor is None or known.keys == wanted:
            break
    return known


def message_events(items: "Iterable[Item]") -> "list[NewMessageEvent]":
    """Return the events of items about their messages."""
    from commlog_tui.contract.delivery import NewMessageEvent

    return [
        NewMessageEvent.model_validate(
            event.model_dump(exclude_none=True) | {"to": event.to or item.entry.to, "message": item.entry.message}
        )
        for item in items
        for event in item.entry.events
    ]


def count_added(gap: Gap, events: "Sequence[NewMessageEvent]", answers: "Sequence[EventAnswer]") -> None:
    """Count the events that were new and that a webhook reports, which have an identity."""
    for event, answer in zip(events, answers, strict=True):
        if answer.status == _ADDED and event.event_id is not None:
            gap.add(event.at)


def is_repeated(event: "NewEvent", recorded: "EntryDetail | None") -> bool:
    """Whether 0.1.0 imported this report, perhaps as another kind of event. It named no messages."""
    if recorded is None or recorded.entry.message is not None or event.detail is None:
        return False
    return any(one.at == event.at and one.detail == event.detail for one in recorded.events)


async def takes_messages(client: "LogClient") -> bool:
    """Return whether the service knows providers' messages, as 0.1.0 does not. Raises ``ClientError``."""
    from commlog_tui.contract.location import Capability

    return await client.can(Capability.MESSAGE_EVENTS)


def without_message(item: "Item") -> "Item":
    """Return an item as a service of 0.1.0 takes it."""
    entry = item.entry.model_dump(exclude_unset=True, exclude={"message"})
    for event in entry.get("events", ()):
        for name in _LATER:
            event.pop(name, None)
    return replace(item, entry=type(item.entry).model_validate(entry))


def as_imported(item: "Item") -> "Item":
    """Return an item whose events say that they were imported."""
    from commlog_tui.contract.delivery import EventChannel

    events = tuple(event.model_copy(update={"channel": EventChannel.IMPORT}) for event in item.entry.events)
    return replace(item, entry=item.entry.model_copy(update={"events": events}))
