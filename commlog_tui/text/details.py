"""An entry as the lines of the detail pane."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.text.authors import author
from commlog_tui.text.events import Meaning, event_lines, why_lines
from commlog_tui.text.hygiene import safe, safe_lines, wrap
from commlog_tui.text.lines import Kind, Line, field_lines, wrapped
from commlog_tui.text.matches import match_words
from commlog_tui.text.moments import ago, local, utc
from commlog_tui.text.resends import resend_lines
from commlog_tui.text.wording import FIELD_NAMES

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Attachment, Entry, EntryDetail, Redaction
    from commlog_tui.contract.resolution import Resolution

__all__ = ["Kind", "Line", "Meaning", "detail_lines", "entry_lines"]

_BODIES_KEPT: Final = 64
_UNITS: Final = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))


def entry_lines(entry: "Entry", zone: ZoneInfo, now: datetime, width: int) -> list[Line]:
    """Return what the entry itself says."""
    return list(_entry(entry, zone, now, width))


def detail_lines(
    detail: "EntryDetail",
    zone: ZoneInfo,
    now: datetime,
    width: int,
    *,
    meanings: Mapping[str, Meaning] | None = None,
    raw: bool = False,
) -> list[Line]:
    """Return the entry with its events, corrections, original and receipt.

    ``meanings`` says by their ids what events mean. ``raw`` adds the providers' own words and ids,
    also where they have a meaning.
    """
    known = meanings or {}
    lines = [*_entry(detail.entry, zone, now, width, tuple(why_lines(detail, known, width)), raw=raw)]
    lines += event_lines(detail, zone, width, known, raw=raw)
    for resend in detail.resends:
        lines += resend_lines(resend, zone, width)
    for resolution in detail.resolutions:
        lines += _resolution(resolution, zone, width)
    lines += _history(detail, zone, width)
    if detail.redaction is not None:
        lines += _redaction(detail.redaction, zone, width)
    for other in detail.other:
        words = f"{safe(other.kind)} no. {other.seq}, {local(other.recorded_at, zone)} by {safe(other.actor)}"
        lines += [Line(""), *wrapped(f"{words}: recorded by a newer version", width, "muted")]
    receipt = detail.receipt
    lines += [
        Line(""),
        Line("Receipt", "label"),
        *wrapped(f"no. {receipt.seq}, recorded {local(receipt.recorded_at, zone)}", width),
    ]
    return lines + [Line(text, "muted") for text in wrap(safe(receipt.leaf_hash), width)]


def _entry(
    entry: "Entry", zone: ZoneInfo, now: datetime, width: int, why: Sequence[Line] = (), *, raw: bool = False
) -> Iterator[Line]:
    yield from wrapped(safe(entry.title), width, "title")
    for match in entry.matched:
        yield from wrapped(f"Matched {match_words(match)}", width, "label")
    to = safe(entry.to) or "nobody named"
    yield from field_lines("To" if entry.direction.value == "outbound" else "With", to, width)
    yield from field_lines("Via", f"{safe(entry.via)}, {safe(entry.direction.value)}", width)
    yield from field_lines("When", f"{local(entry.sent_at, zone)} ({ago(entry.sent_at, now)})", width)
    yield from field_lines("", utc(entry.sent_at), width)
    yield from field_lines("Status", safe(entry.status.value), width)
    yield from why
    yield from field_lines("Kind", safe(entry.kind or ""), width)
    if entry.starts_at is not None:
        yield from field_lines("Starts", f"{local(entry.starts_at, zone)} ({ago(entry.starts_at, now)})", width)
    yield from field_lines("For", safe(entry.audience.value) if entry.audience is not None else "", width)
    if entry.customer:
        known = [entry.customer.name or "", entry.customer.id, *entry.customer.addresses, *entry.customer.numbers]
        yield from field_lines("Who", ", ".join(safe(part) for part in known if part), width)
    yield from field_lines("Code", safe(entry.code or ""), width)
    yield from field_lines("Ref", safe(entry.reference or ""), width)
    yield from field_lines("Source", f"{safe(entry.source.value)}, by {author(entry)}", width)
    yield from field_lines("Id", entry.id, width)
    yield from field_lines("Repeats", entry.resend_of or "", width)
    if raw and entry.message is not None:
        yield from field_lines("Message", f"{safe(entry.message.provider)} {safe(entry.message.id)}", width)
    if entry.body:
        yield Line("")
        html = entry.source.value != "manual" and _is_html(entry.body)
        if html:
            yield from wrapped("HTML, shown as text; links were not opened", width, "muted")
        yield from (Line(text) for text in _body(entry.body, width, html=html))
    yield from _attachments(entry.attachments, width)


def _attachments(attachments: "Sequence[Attachment]", width: int) -> Iterator[Line]:
    if attachments:
        yield from (Line(""), Line("Attachments (not stored here)", "label"))
    for attachment in attachments:
        yield from wrapped(f"{safe(attachment.name)}, {_size(attachment.size)}", width)
        yield from wrapped(f"SHA-256 {safe(attachment.sha256)}", width, "muted", "  ")


def _size(size: int) -> str:
    """Return a number of bytes in the largest unit: ``12.3 kB``."""
    unit, least = next(((name, least) for name, least in _UNITS if size >= least), ("bytes", 1))
    return f"{size / least:.1f} {unit}" if least > 1 else f"{size} {unit}"


def _resolution(resolution: "Resolution", zone: ZoneInfo, width: int) -> Iterator[Line]:
    yield Line("")
    head = f"Ticked off {local(resolution.recorded_at, zone)} by {author(resolution)}"
    yield from wrapped(head, width, "label")
    if resolution.note:
        yield from wrapped(safe(resolution.note), width, "muted", "  ")


def _history(detail: "EntryDetail", zone: ZoneInfo, width: int) -> Iterator[Line]:
    """The entry's first value, then the value after each correction."""
    changed = {name for correction in detail.corrections for name in correction.changes.model_fields_set}
    if detail.original is not None:
        yield from (Line(""), Line("As first recorded", "label"))
        yield from _said(dict(detail.original), changed, zone, width)
    for correction in detail.corrections:
        yield Line("")
        head = f"Corrected {local(correction.recorded_at, zone)} by {author(correction)}"
        yield from wrapped(head, width, "label")
        yield from _said(dict(correction.changes), correction.changes.model_fields_set, zone, width)
        if correction.reason:
            yield from wrapped(f"because {safe(correction.reason)}", width, "muted", "  ")


def _redaction(redaction: "Redaction", zone: ZoneInfo, width: int) -> Iterator[Line]:
    yield Line("")
    yield from wrapped(f"Redacted {local(redaction.recorded_at, zone)} by {author(redaction)}", width, "label")
    yield from wrapped(
        "Its text and whom it was about were removed for good. That it was sent, and when, still stands.", width
    )
    yield from wrapped(f"because {safe(redaction.reason)}", width, "muted", "  ")


def _said(fields: Mapping[str, object], names: set[str], zone: ZoneInfo, width: int) -> Iterator[Line]:
    for name in (name for name in FIELD_NAMES if name in names):
        first, *rest = _words(fields[name], zone)
        yield from wrapped(f"{FIELD_NAMES[name]}: {first}", width, "text", "  ")
        for part in rest:
            yield from wrapped(part, width, "text", "  ")


def _words(value: object, zone: ZoneInfo) -> list[str]:
    if value is None or not value:
        return ["nothing"]
    if isinstance(value, datetime):
        return [local(value, zone)]
    if isinstance(value, str):
        return safe_lines(value)
    return [safe(str(getattr(value, "name", None) or getattr(value, "id", "")))]


@lru_cache(_BODIES_KEPT)
def _body(text: str, width: int, *, html: bool) -> tuple[str, ...]:
    if html:
        from commlog_tui.text.html_text import readable  # noqa: PLC0415 - as below

        text = readable(text)
    return tuple(line for part in safe_lines(text) for line in wrap(part, width))


def _is_html(text: str) -> bool:
    if "<" not in text:
        return False
    from commlog_tui.text.html_text import is_html  # noqa: PLC0415 - not on the way to the first frame

    return is_html(text)
