"""Import Postmark's Messages API: pages of outbound messages, and messages in detail.

Fields: MessageID, Recipients, Subject, ReceivedAt, Status, Sandboxed, TextBody, HtmlBody and
MessageEvents with Recipient, Type, ReceivedAt and Details, as in Postmark's reference. ReceivedAt
is when Postmark accepted the message, in ISO 8601 with an offset.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.imports.dates import read_moment
from commlog_tui.imports.items import (
    ImportOptions,
    Item,
    Outcome,
    Progress,
    Refusal,
    UnreadableError,
    body_of,
    entry_of,
    key_of,
    title_of,
)
from commlog_tui.imports.mail_text import plain
from commlog_tui.imports.rows import Row, json_rows
from commlog_tui.providers.postmark import EVENTS, IGNORED, SLUG, STATUSES, event_id

_WORDS: Final = ("DeliveryMessage", "Summary", "Link")
_MOST_EVENTS: Final = 50


def read_json(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each recipient of each outbound message."""
    where = str(path)
    for row in json_rows(path, options, progress, _messages):
        raw = (row.raw,) if row.raw else ()
        if row.fault:
            yield Refusal(where, row.line, row.fault, raw, row.position)
            continue
        try:
            recipients = _recipients(row)
        except UnreadableError as error:
            yield Refusal(where, row.line, str(error), raw, row.position)
            continue
        for recipient in recipients:
            try:
                key = key_of("postmark", str(row.values["MessageID"]), recipient)
                for values in _parts(_values(row.values, recipient, options)):
                    yield Item(
                        where,
                        row.line,
                        key,
                        entry_of(values, options.constants),
                        raw,
                        row.position,
                        is_one_message=True,
                    )
            except UnreadableError as error:
                yield Refusal(where, row.line, str(error), raw, row.position)


def _messages(value: Any) -> Any:  # noqa: ANN401 - whatever JSON held
    return value["Messages"] if isinstance(value, dict) and isinstance(value.get("Messages"), list) else value


def _recipients(row: Row) -> list[str]:
    if not row.values.get("MessageID"):
        raise UnreadableError("there is no MessageID")
    named = row.values.get("Recipients")
    if not isinstance(named, list) or not named or not all(isinstance(one, str) for one in named):
        raise UnreadableError("Recipients is no list of addresses")
    return list(dict.fromkeys(named))


def _values(message: Mapping[str, Any], recipient: str, options: ImportOptions) -> dict[str, Any]:
    sent_at = read_moment(str(message.get("ReceivedAt", "")), options)
    status = STATUSES.get(str(message.get("Status", "")).lower())
    if status is None:
        raise UnreadableError("Status is none that Postmark documents")
    events: list[dict[str, Any]] = [{"kind": status, "at": sent_at}]  # which no webhook reports
    listed = message.get("MessageEvents")
    for event in listed if isinstance(listed, list) else []:
        if isinstance(event, dict) and str(event.get("Recipient", "")).lower() == recipient.lower():
            events += _event(event, options)
    events.sort(key=lambda event: event["kind"] in {DeliveryKind.OPENED, DeliveryKind.CLICKED})
    values: dict[str, Any] = {
        "via": "email",
        "to": recipient,
        "title": title_of(str(message.get("Subject") or ""), "(no subject)"),
        "source": "system",
        "sent_at": sent_at,
        "events": events,
        "message": {"provider": SLUG, "id": str(message["MessageID"])},
    }
    body = str(message.get("TextBody") or "") or plain(str(message.get("HtmlBody") or ""))
    return {**values, "body": body_of(body)} if body else values


def _parts(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Split a message with more events than one request may have."""
    events = values["events"]
    for first in range(0, len(events), _MOST_EVENTS):
        yield {**values, "events": events[first : first + _MOST_EVENTS]}


def _event(event: Mapping[str, Any], options: ImportOptions) -> list[dict[str, Any]]:
    kind = str(event.get("Type", ""))
    if kind in IGNORED:
        return []
    if kind not in EVENTS:
        raise UnreadableError("a message event is of a type that Postmark does not document")
    details = event.get("Details")
    words = [str(details[name]) for name in _WORDS if details.get(name)] if isinstance(details, dict) else []
    at = read_moment(str(event.get("ReceivedAt", "")), options)
    bounce = str(details.get("BounceID") or "") if isinstance(details, dict) else ""
    same = event_id(EVENTS[kind], str(event.get("Recipient", "")), at, bounce)
    values = {"kind": EVENTS[kind], "at": at, "event_id": same}
    return [{**values, "detail": "; ".join(words)[:2000]} if words else values]
