"""Delivery events of an entry as lines: what was reported, why, and what to do."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from commlog_tui.text.hygiene import safe
from commlog_tui.text.lines import Kind, Line, field_lines, wrapped
from commlog_tui.text.moments import brief_local, local
from commlog_tui.text.wording import CHANNEL_WORDS, NEWER_CHANNEL, RESENT, UNSIGNED, event_words

if TYPE_CHECKING:
    from commlog_tui.contract.delivery import DeliveryEvent
    from commlog_tui.contract.entry import Entry, EntryDetail

_MOST_UNTRANSLATED: Final = 200
"""Characters of a provider's words that are shown where nothing translates them."""


class Meaning(NamedTuple):
    """What a delivery event means, as ``expectations.meanings`` finds it."""

    sentence: str = ""
    """Why it came about, as a sentence without a full stop; empty where that is not known."""
    advice: str = ""
    """What to do, in a sentence."""


def why_lines(detail: "EntryDetail", meanings: Mapping[str, Meaning], width: int) -> Iterator[Line]:
    """Yield why an entry has its status, and what to do about it."""
    deciding = [event for event in detail.events if event.kind.value == detail.entry.status.value]
    meaning = meanings.get(max(deciding, key=lambda event: event.at).id) if deciding else None
    if meaning is not None:
        yield from field_lines("Why", meaning.sentence, width)
        yield from field_lines("To do", meaning.advice, width)


def event_lines(
    detail: "EntryDetail", zone: ZoneInfo, width: int, meanings: Mapping[str, Meaning], *, raw: bool
) -> Iterator[Line]:
    """Yield the events in order of time; ``raw`` adds the provider's own words and how it reported them."""
    year = detail.entry.sent_at.astimezone(zone).year
    if detail.events:
        yield from (Line(""), Line("What became of it", "label"))
    for event in detail.events:
        yield from wrapped(f"{brief_local(event.at, zone, year)}  {safe(event.kind.value)}", width)
        for words in _words(event, detail.entry, meanings.get(event.id, Meaning()), raw=raw):
            yield from wrapped(words, width, "muted", "  ")
        if raw:
            yield from _source(event, zone, width)


def _words(event: "DeliveryEvent", entry: "Entry", meaning: Meaning, *, raw: bool) -> Iterator[str]:
    if event.channel is None or event.channel.value != RESENT:  # the detail says what happened here
        yield event_words(event.kind.value, entry.via)
    if meaning.sentence:
        yield f"{meaning.sentence} (code {safe(event.code)})" if event.code else meaning.sentence
    elif event.code:
        yield f"code {safe(event.code)}"
    if event.to and event.to != entry.to:
        yield f"to {safe(event.to)}"
    if event.detail and (raw or not meaning.sentence):
        words = safe(event.detail)
        yield words if raw or len(words) <= _MOST_UNTRANSLATED else f"{words[: _MOST_UNTRANSLATED - 1]}…"
    if event.channel is not None and event.channel.value == UNSIGNED:
        yield CHANNEL_WORDS[UNSIGNED]


def _source(event: "DeliveryEvent", zone: ZoneInfo, width: int) -> Iterator[Line]:
    """Yield on which way an event came, its identity and its record."""
    kind: Kind = "muted"
    way = event.channel.value if event.channel is not None else "api"
    if way != UNSIGNED:
        yield from wrapped(CHANNEL_WORDS.get(way, NEWER_CHANNEL), width, kind, "  ")
    if event.event_id:
        yield from wrapped(f"its id there: {safe(event.event_id)}", width, kind, "  ")
    recorded = f"recorded as no. {event.seq} by {safe(event.actor)}, {local(event.recorded_at, zone)}"
    yield from wrapped(recorded, width, kind, "  ")
