"""Import Twilio's message and call logs: Console CSV exports, and JSON of resources and BulkExport.

CSV columns: From, To, Body, Status, SentDate, ApiVersion, NumSegments, ErrorCode, AccountSid, Sid,
Direction, Price, PriceUnit. JSON fields, statuses and directions are those of Twilio's Message
resource, whose dates are RFC 2822; BulkExport's are ISO 8601 in UTC. A date without a zone is in
the zone of the options.

A call has a Sid that begins with CA. Its fields are those of the Call resource: Status, Direction,
StartTime, Duration in seconds.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
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
from commlog_tui.imports.rows import Row, csv_rows, json_rows
from commlog_tui.providers.twilio import CALL, CALL_KINDS, MESSAGE_KINDS, SLUG, error_code, event_id

COLUMNS: Final = frozenset({"From", "To", "Body", "Status", "SentDate", "Sid", "Direction"})
_TITLE: Final = 80
_CODE: Final = 100
CALL_COLUMNS: Final = frozenset({"From", "To", "Status", "Direction", "Duration", "StartTime"})
_DATES: Final = ("StartTime", "SentDate", "DateSent", "DateCreated")
_CHANNELS: Final = {"whatsapp": "whatsapp", "messenger": "messenger", "rcs": "rcs"}


def is_header(names: frozenset[str]) -> bool:
    """Return whether these columns are an export of messages or calls."""
    fields = {_field(name) for name in names}
    return names >= COLUMNS or (fields >= CALL_COLUMNS and not fields.isdisjoint({"Sid", "CallSid"}))


def read_csv(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each row of a Console export."""
    for row in csv_rows(path, options, progress, is_header):
        yield _outcome(str(path), row, options)


def read_json(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each Message or Call resource, one a line or in an API page."""
    for row in json_rows(path, options, progress, _resources):
        yield _outcome(str(path), row, options)


def _resources(value: Any) -> Any:  # noqa: ANN401 - whatever JSON held
    pages = (value.get(name) for name in ("messages", "calls")) if isinstance(value, dict) else ()
    return next((page for page in pages if isinstance(page, list)), value)


def _field(name: str) -> str:
    """Normalize a field name: ``call_sid`` and ``Call Sid`` become ``CallSid``."""
    return "".join(f"{word[:1].upper()}{word[1:]}" for word in name.replace("_", " ").split())


def _outcome(where: str, row: Row, options: ImportOptions) -> Outcome:
    raw = (row.raw,) if row.raw else ()
    if row.fault:
        return Refusal(where, row.line, row.fault, raw, row.position)
    try:
        fields = {
            _field(name): str(value)
            for name, value in row.values.items()
            if isinstance(value, str | int) and value != ""
        }
        sid = fields.get("Sid") or fields.get("CallSid") or fields.get("MessageSid")
        if not sid:
            raise UnreadableError("there is no Sid")
        values = (_call if sid.startswith(CALL) else _message)(fields, options)
        if "events" in values:
            values = _identified(values, sid, fields)
        entry = entry_of(values, options.constants)
        return Item(where, row.line, key_of("twilio", sid), entry, raw, row.position, is_one_message=True)
    except UnreadableError as error:
        return Refusal(where, row.line, str(error), raw, row.position)


def _identified(values: dict[str, Any], sid: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of an outbound message with the identities that its callbacks have."""
    status, code = fields["Status"].lower(), error_code(fields.get("ErrorCode", ""))
    same = {"code": code[:_CODE]} if code else {}
    events = [{**event, **same, "event_id": event_id(sid, status, event["kind"])} for event in values["events"]]
    return {**values, "events": events, "message": {"provider": SLUG, "id": sid}}


def _call(fields: Mapping[str, str], options: ImportOptions) -> dict[str, Any]:
    status, inbound, sent_at = _common(fields, options, CALL_KINDS)
    length = fields.get("Duration", "")
    minutes, seconds = divmod(int(length), 60) if length.isascii() and length.isdecimal() else (0, 0)
    lasted = f", {minutes}:{seconds:02}" if minutes or seconds else ""
    scheme, colon, number = fields.get("From" if inbound else "To", "").partition(":")
    values: dict[str, Any] = {
        "via": "phone",
        "to": number if colon and scheme in {"client", "sip", "whatsapp"} else f"{scheme}{colon}{number}",
        "title": f"Call ({status}{lasted})",
        "source": "system",
        "direction": "inbound" if inbound else "outbound",
        "sent_at": sent_at,
    }
    return values if inbound else values | {"events": _events(fields, CALL_KINDS[status], status, sent_at)}


def _message(fields: Mapping[str, str], options: ImportOptions) -> dict[str, Any]:
    status, inbound, sent_at = _common(fields, options, MESSAGE_KINDS)
    channel, colon, number = fields.get("From" if inbound else "To", "").partition(":")
    body = fields.get("Body", "")
    first = title_of(body, "(no text)")
    values: dict[str, Any] = {
        "via": _CHANNELS.get(channel, "sms") if colon else "sms",
        "to": number if colon else channel,  # the guest's number, whoever wrote
        "title": first if len(first) <= _TITLE else f"{first[: _TITLE - 1]}…",
        "source": "system",
        "direction": "inbound" if inbound else "outbound",
        "sent_at": sent_at,
    }
    if body:
        values["body"] = body_of(body)
    return values if inbound else values | {"events": _events(fields, MESSAGE_KINDS[status], status, sent_at)}


def _common(
    fields: Mapping[str, str], options: ImportOptions, kinds: Mapping[str, object]
) -> tuple[str, bool, datetime]:
    """Return status, whether it is inbound, and the time."""
    status, direction = fields.get("Status", "").lower(), fields.get("Direction", "").lower()
    if status not in kinds:
        raise UnreadableError("Status is none that Twilio documents")
    if not direction.startswith(("inbound", "outbound", "incoming", "outgoing")):
        raise UnreadableError("Direction is neither inbound nor outbound")
    date = next((fields[name] for name in _DATES if name in fields), None)
    if date is None:
        raise UnreadableError("there is no SentDate")
    return status, direction.startswith("in"), read_moment(date, options)


def _events(
    fields: Mapping[str, str], kinds: tuple[DeliveryKind, ...], status: str, sent_at: datetime
) -> list[dict[str, Any]]:
    code = error_code(fields.get("ErrorCode", ""))
    words = (
        f"Twilio: {status}",
        f"error {code}" if code else "",
        fields.get("ErrorMessage", ""),
        "the export gives the status no time of its own",
    )
    detail = "; ".join(filter(None, words))
    return [{"kind": kind, "at": sent_at, "detail": detail[:2000]} for kind in kinds]
