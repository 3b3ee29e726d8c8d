"""An entry as the lines of the detail pane."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from commlog_tui.text.hygiene import safe, safe_lines, wrap
from commlog_tui.text.moments import ago, brief_local, local, utc
from commlog_tui.text.wording import EVENT_WORDS, FIELD_NAMES, NEWER_EVENT

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry, EntryDetail, Redaction

Kind = Literal["title", "label", "text", "muted"]

_BODIES_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what kind of line it is."""

    text: str
    kind: Kind = "text"


def entry_lines(entry: "Entry", zone: ZoneInfo, now: datetime, width: int) -> list[Line]:
    """Return what the entry itself says."""
    return list(_entry(entry, zone, now, width))


def detail_lines(detail: "EntryDetail", zone: ZoneInfo, now: datetime, width: int) -> list[Line]:
    """Return the entry with its events, corrections, original and receipt."""
    lines = [*_entry(detail.entry, zone, now, width)]
    for event in detail.events:
        if event is detail.events[0]:
            lines += [Line(""), Line("What became of it", "label")]
        year = detail.entry.sent_at.astimezone(zone).year
        lines += _wrapped(f"{brief_local(event.at, zone, year)}  {safe(event.kind.value)}", width)
        lines += _wrapped(EVENT_WORDS.get(event.kind.value, NEWER_EVENT), width, "muted", "  ")
        lines += (
            _wrapped(f"to {safe(event.to)}", width, "muted", "  ") if event.to and event.to != detail.entry.to else []
        )
        lines += _wrapped(safe(event.detail), width, "muted", "  ") if event.detail else []
    lines += _history(detail, zone, width)
    if detail.redaction is not None:
        lines += _redaction(detail.redaction, zone, width)
    for other in detail.other:
        words = f"{safe(other.kind)} no. {other.seq}, {local(other.recorded_at, zone)} by {safe(other.actor)}"
        lines += [Line(""), *_wrapped(f"{words}: recorded by a newer version", width, "muted")]
    receipt = detail.receipt
    lines += [
        Line(""),
        Line("Receipt", "label"),
        *_wrapped(f"no. {receipt.seq}, recorded {local(receipt.recorded_at, zone)}", width),
    ]
    return lines + [Line(text, "muted") for text in wrap(safe(receipt.leaf_hash), width)]


def _entry(entry: "Entry", zone: ZoneInfo, now: datetime, width: int) -> Iterator[Line]:
    yield from _wrapped(safe(entry.title), width, "title")
    yield from _field("To" if entry.direction.value == "outbound" else "With", safe(entry.to) or "nobody named", width)
    yield from _field("Via", f"{safe(entry.via)}, {safe(entry.direction.value)}", width)
    yield from _field("When", f"{local(entry.sent_at, zone)} ({ago(entry.sent_at, now)})", width)
    yield from _field("", utc(entry.sent_at), width)
    yield from _field("Status", safe(entry.status.value), width)
    if entry.customer:
        known = [entry.customer.name or "", entry.customer.id, *entry.customer.addresses, *entry.customer.numbers]
        yield from _field("Who", ", ".join(safe(part) for part in known if part), width)
    yield from _field("Code", safe(entry.code or ""), width)
    yield from _field("Ref", safe(entry.reference or ""), width)
    yield from _field("Source", f"{safe(entry.source.value)}, by {safe(entry.actor)}", width)
    yield from _field("Id", entry.id, width)
    if entry.body:
        yield Line("")
        yield from (Line(text) for text in _body(entry.body, width))


def _history(detail: "EntryDetail", zone: ZoneInfo, width: int) -> Iterator[Line]:
    """What the entry said first, then what each correction made of it."""
    changed = {name for correction in detail.corrections for name in correction.changes.model_fields_set}
    if detail.original is not None:
        yield from (Line(""), Line("As first recorded", "label"))
        yield from _said(dict(detail.original), changed, zone, width)
    for correction in detail.corrections:
        yield Line("")
        head = f"Corrected {local(correction.recorded_at, zone)} by {safe(correction.actor)}"
        yield from _wrapped(head, width, "label")
        yield from _said(dict(correction.changes), correction.changes.model_fields_set, zone, width)
        if correction.reason:
            yield from _wrapped(f"because {safe(correction.reason)}", width, "muted", "  ")


def _redaction(redaction: "Redaction", zone: ZoneInfo, width: int) -> Iterator[Line]:
    yield Line("")
    yield from _wrapped(f"Redacted {local(redaction.recorded_at, zone)} by {safe(redaction.actor)}", width, "label")
    yield from _wrapped(
        "Its text and whom it was about were removed for good. That it was sent, and when, still stands.", width
    )
    yield from _wrapped(f"because {safe(redaction.reason)}", width, "muted", "  ")


def _said(fields: Mapping[str, object], names: set[str], zone: ZoneInfo, width: int) -> Iterator[Line]:
    for name in (name for name in FIELD_NAMES if name in names):
        first, *rest = _words(fields[name], zone)
        yield from _wrapped(f"{FIELD_NAMES[name]}: {first}", width, "text", "  ")
        for part in rest:
            yield from _wrapped(part, width, "text", "  ")


def _words(value: object, zone: ZoneInfo) -> list[str]:
    if value is None or not value:
        return ["nothing"]
    if isinstance(value, datetime):
        return [local(value, zone)]
    if isinstance(value, str):
        return safe_lines(value)
    return [safe(str(getattr(value, "name", None) or getattr(value, "id", "")))]


@lru_cache(_BODIES_KEPT)
def _body(text: str, width: int) -> tuple[str, ...]:
    return tuple(line for part in safe_lines(text) for line in wrap(part, width))


def _field(label: str, text: str, width: int) -> Iterator[Line]:
    if not text:
        return
    room = max(width - 8, 8)
    longest = max((size for word in text.split(" ") if (size := cell_len(word)) <= width), default=0)
    if longest > room and label:  # below its label a UUID or an address has room for all of it
        yield Line(label)
        yield from _wrapped(text, width, indent=" " * min(2, width - longest))
        return
    first, *rest = wrap(text, room)
    yield Line(f"{label:7} {first}")
    yield from (Line(f"{'':7} {part}") for part in rest)


def _wrapped(text: str, width: int, kind: Kind = "text", indent: str = "") -> list[Line]:
    return [Line(indent + part, kind) for part in wrap(text, max(width - len(indent), 4))]
