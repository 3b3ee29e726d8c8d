"""Import SendGrid's activity: CSV exports of the Email Activity feed, and webhook events in JSON.

One row is one event. CSV columns: processed (the event's time), message_id, event, subject, email,
reason and more. Webhook fields: email, timestamp (Unix seconds), event, sg_message_id, sg_event_id,
response, reason; a message of the Email Activity API includes its events. Event names are those of
both references. The webhook has no subject: the category is used instead.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from commlog_tui.contract.base import LATEST
from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.imports.dates import parse_epoch, read_moment
from commlog_tui.imports.grouping import grouped
from commlog_tui.imports.items import (
    ImportOptions,
    Item,
    Outcome,
    Progress,
    Refusal,
    UnreadableError,
    entry_of,
    key_of,
    title_of,
)
from commlog_tui.imports.rows import Row, csv_rows, json_rows
from commlog_tui.providers.sendgrid import IGNORED, KINDS, SLUG, event_id, words_of
from commlog_tui.providers.sendgrid import message_id as api_id

COLUMNS: Final = frozenset({"processed", "message_id", "event", "email"})
_MOST_EVENTS: Final = 50
_TITLES: Final = ("subject", "singlesend_name", "marketing_campaign_name", "category", "categories")


def is_header(names: frozenset[str]) -> bool:
    """Return whether these columns are an activity export."""
    return names >= COLUMNS


def read_csvs(paths: Sequence[Path], options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each message of activity exports, with its events of all files."""
    yield from _messages(paths, lambda path: csv_rows(path, options, progress, is_header), options, progress)


def read_jsons(paths: Sequence[Path], options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each message of webhook events or of the Email Activity API."""
    yield from _messages(paths, lambda path: json_rows(path, options, progress, _events), options, progress)


def read_csv(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each message of one activity export."""
    return read_csvs((path,), options, progress)


def read_json(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each message of one JSON file."""
    return read_jsons((path,), options, progress)


def _events(value: Any) -> Any:  # noqa: ANN401 - whatever JSON held
    if not isinstance(value, dict) or not isinstance(value.get("events"), list):
        return value
    own = {"message_id": value.get("msg_id"), "email": value.get("to_email"), "subject": value.get("subject")}
    return [
        {**event, **own, "event": event.get("event_name")} if isinstance(event, dict) else event
        for event in value["events"]
    ]


def _identity(row: Row) -> str:
    if row.fault:
        return f"fault {row.where} {row.line} {row.position}"
    fields = row.values
    return json.dumps(
        [str(fields.get("message_id") or fields.get("sg_message_id") or ""), str(fields.get("email") or "").lower()]
    )


def _messages(
    paths: Sequence[Path], read: Callable[[Path], Iterator[Row]], options: ImportOptions, progress: Progress
) -> Iterator[Outcome]:
    rows = (replace(row, where=str(path)) for path in paths for row in read(path))
    undated = 0
    for group in grouped(rows, _identity, sum(path.stat().st_size for path in paths)):
        undated += not any(row.fault or _name(row) in {"processed", *IGNORED} for row in group)
        yield from _outcomes(group, options)
    if undated:
        is_one = "message has" if undated == 1 else "messages have"
        advice = "import the file that has it before, or together with this one"
        progress.notes.append(
            f"{undated:,} {is_one} no processed event here, so the first event gives the time: {advice}."
        )


def _outcomes(rows: Sequence[Row], options: ImportOptions) -> Iterator[Outcome]:
    raw = tuple(row.raw for row in rows if row.raw)
    where, line, position = rows[0].where, rows[0].line, rows[0].position
    try:
        message_id, _ = _named(rows)
        rows = _in_order(rows, options)
        events = sorted((event for row in rows for event in _event(row, options)), key=lambda event: event["at"])
        if not events:
            raise UnreadableError("only subscription events: they are no messages")
        values = _values(rows, events) | {"message": {"provider": SLUG, "id": api_id(message_id)}}
        key = key_of("sendgrid", message_id, values["to"].lower())
        for first in range(0, len(events), _MOST_EVENTS):
            some = events[first : first + _MOST_EVENTS]
            yield Item(
                where,
                line,
                key,
                entry_of({**values, "events": some}, options.constants),
                raw,
                position,
                is_one_message=True,
            )
    except UnreadableError as error:
        yield Refusal(where, line, str(error), raw, position)


def _named(rows: Sequence[Row]) -> tuple[str, str]:
    if rows[0].fault:
        raise UnreadableError(rows[0].fault)
    message_id, address = json.loads(_identity(rows[0]))
    if not message_id or not address:
        raise UnreadableError("there is no message id, or no address")
    return message_id, address


def _in_order(rows: Sequence[Row], options: ImportOptions) -> list[Row]:
    """Sort rows by time, so that the order in the files does not matter."""

    def position(row: Row) -> tuple[datetime, str]:
        moment = _moment(row.values, options) if _name(row) in KINDS else LATEST
        return moment, json.dumps(row.values, sort_keys=True)

    return sorted(rows, key=position)


def _name(row: Row) -> str:
    return str(row.values.get("event") or "").lower()


def _event(row: Row, options: ImportOptions) -> list[dict[str, Any]]:
    name = _name(row)
    if name in IGNORED:
        return []
    if name not in KINDS:
        raise UnreadableError("the event is none that SendGrid documents")
    words = words_of(row.values)
    at = _moment(row.values, options)
    same = event_id(KINDS[name], str(row.values.get("email") or ""), at)
    values: dict[str, Any] = {"kind": KINDS[name], "at": at, "event_id": same}
    return [{**values, "detail": words[:2000]} if words else values]


def _moment(fields: Mapping[str, Any], options: ImportOptions) -> datetime:
    if fields.get("timestamp") is not None:
        return parse_epoch(str(fields["timestamp"]))
    return read_moment(str(fields.get("processed") or ""), options)


def _values(rows: Sequence[Row], events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    accepted = [event["at"] for event in events if event["kind"] is DeliveryKind.QUEUED]
    titles = (_title(row.values.get(name)) for name in _TITLES for row in rows)
    return {
        "via": "email",
        "to": str(rows[0].values["email"]),
        "title": title_of(next(filter(None, titles), ""), "(no subject)"),
        "source": "system",
        "sent_at": (accepted or [events[0]["at"]])[0],
    }


def _title(value: Any) -> str:  # noqa: ANN401 - whatever JSON held
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
