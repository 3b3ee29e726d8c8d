"""Twilio's message log: the Console's CSV export, and the JSON of its Message resource and BulkExport.

Columns of the CSV: From, To, Body, Status, SentDate, ApiVersion, NumSegments, ErrorCode, AccountSid, Sid, Direction,
Price, PriceUnit. JSON fields, statuses and directions: Twilio's reference of the Message resource, whose dates are
RFC 2822; BulkExport's are ISO 8601 in UTC. A date without a zone is read in the zone that the caller names.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.imports.dates import read_moment
from commlog_tui.imports.items import Item, Outcome, Plan, Progress, Refusal, UnreadableError, body_of, entry_of, key_of, title_of
from commlog_tui.imports.rows import Row, csv_rows, json_rows

COLUMNS: Final = frozenset({"From", "To", "Body", "Status", "SentDate", "Sid", "Direction"})
_TITLE: Final = 80
_KINDS: Final[dict[str, tuple[DeliveryKind, ...]]] = {
    "accepted": (DeliveryKind.QUEUED,),
    "scheduled": (DeliveryKind.SCHEDULED,),
    "queued": (DeliveryKind.QUEUED,),
    "sending": (DeliveryKind.QUEUED,),
    "sent": (DeliveryKind.SENT,),
    "partially_delivered": (DeliveryKind.SENT,),
    "delivered": (DeliveryKind.DELIVERED,),
    "read": (DeliveryKind.DELIVERED, DeliveryKind.OPENED),
    "undelivered": (DeliveryKind.FAILED,),
    "failed": (DeliveryKind.FAILED,),
    "canceled": (DeliveryKind.CANCELED,),
    "receiving": (),
    "received": (),
}
_CHANNELS: Final = {"whatsapp": "whatsapp", "messenger": "messenger", "rcs": "rcs"}


def read_csv(path: Path, plan: Plan, progress: Progress) -> Iterator[Outcome]:
    """Give an outcome for each row of the Console's export."""
    for row in csv_rows(path, plan, progress):
        yield _outcome(str(path), row, row.values, plan)


def read_json(path: Path, plan: Plan, progress: Progress) -> Iterator[Outcome]:
    """Give an outcome for each Message resource, one a line or in a page of the API."""
    for row in json_rows(path, plan, progress, _messages):
        named = {name.replace("_", " ").title().replace(" ", ""): value for name, value in row.values.items()}
        yield _outcome(str(path), row, named, plan)


def _messages(value: Any) -> Any:  # noqa: ANN401 - whatever JSON held
    return value["messages"] if isinstance(value, dict) and isinstance(value.get("messages"), list) else value


def _outcome(where: str, row: Row, values: Mapping[str, Any], plan: Plan) -> Outcome:
    raw = (row.raw,) if row.raw else ()
    if row.fault:
        return Refusal(where, row.line, row.fault, raw)
    try:
        said = {name: str(value) for name, value in values.items() if isinstance(value, str | int) and value != ""}
        if "Sid" not in said:
            raise UnreadableError("there is no Sid")
        return Item(where, row.line, key_of("twilio", said["Sid"]), entry_of(_values(said, plan), plan.constants), raw)
    except UnreadableError as error:
        return Refusal(where, row.line, str(error), raw)


def _values(said: Mapping[str, str], plan: Plan) -> dict[str, Any]:
    status, direction = said.get("Status", "").lower(), said.get("Direction", "").lower()
    if status not in _KINDS:
        raise UnreadableError("Status is none that Twilio documents")
    if direction != "inbound" and not direction.startswith("outbound"):
        raise UnreadableError("Direction is neither inbound nor outbound")
    date = next((said[name] for name in ("SentDate", "DateSent", "DateCreated") if name in said), None)
    if date is None:
        raise UnreadableError("there is no SentDate")
    sent_at = read_moment(date, plan)
    inbound = direction == "inbound"
    channel, colon, number = said.get("From" if inbound else "To", "").partition(":")
    body = said.get("Body", "")
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
    if not inbound:
        error = f"error {said['ErrorCode']}" if said.get("ErrorCode", "0") != "0" else ""
        words = (f"Twilio: {status}", error, said.get("ErrorMessage", ""), "the export gives the status no time of its own")
        detail = "; ".join(filter(None, words))
        values["events"] = [{"kind": kind, "at": sent_at, "detail": detail[:2000]} for kind in _KINDS[status]]
    return values
