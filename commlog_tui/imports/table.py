"""Import CSV and JSON Lines with our field names, or with a mapping of others."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.entry import Direction, Entry, NewEntry
from commlog_tui.imports import csv_export
from commlog_tui.imports.dates import read_moment
from commlog_tui.imports.headers import NAMED, Header, IsHeader, column_name
from commlog_tui.imports.items import (
    ImportOptions,
    Item,
    Outcome,
    Progress,
    Refusal,
    UnreadableError,
    entry_of,
    given_key,
    hashed_key,
)
from commlog_tui.imports.recipient_cells import require_recipients
from commlog_tui.imports.rows import Row, csv_rows, header_of, json_rows

_OURS: Final = tuple(name for name in NewEntry.model_fields if name not in {"customer", "events"})
_KEYS: Final = ("key", "id")
_MOMENT: Final = ("sent_at.date", "sent_at.time")
"""Fields for sent_at if a file has date and time in separate columns."""
FIELDS: Final = (*_KEYS, *_OURS, *_MOMENT, *csv_export.CUSTOMER, "status", "status_at")
"""Fields that a column can provide: those of an entry, and a delivery status with its time."""
CALLER: Final = "from"
"""Sender of an inbound entry, if that is in a column other than ``to``. Only if mapped."""
MAPPED: Final = (*FIELDS, CALLER)
_REQUIRED: Final = ("via", "title", "source", "sent_at")
_EXPORT_FIELDS: Final = frozenset(Entry.model_fields)
"""Fields of the log's own export that an import ignores without a remark."""
_OWN_JSON: Final = frozenset({"seq", "recorded_at", "location"})
_WORDS: Final = ("via", "source", "direction")
"""Enumerated fields; case is ignored, except for the channel."""


def header_test(options: ImportOptions) -> IsHeader:
    """Return the function that recognizes the header: by the required columns."""
    is_split = options.columns.keys() >= set(_MOMENT)
    required = [name for name in _REQUIRED if name not in options.constants and not (is_split and name == "sent_at")]
    needed = {_column(name, options) for name in required}
    needed |= {_column(name, options) for name in options.columns}
    return lambda names: bool(needed) and names >= needed


def read_csv(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each row of a CSV file. An empty cell is a missing value."""
    where = str(path)
    test = header_test(options)
    header = header_of(path, options, test)
    if problem := header.fault or _header_problem(header, options):
        yield Refusal(where, header.first_line, problem)
        return
    is_own = set(csv_export.COLUMNS) <= set(header.names)
    for row in csv_rows(path, options, progress, test):
        cells = {name: cell for name, cell in row.values.items() if cell != ""}
        yield _outcome(where, row, csv_export.values_of(cells) if is_own else cells, options, progress, is_own=is_own)


def _header_problem(header: Header, options: ImportOptions) -> str | None:
    """Return why no row of this table can be imported; None if rows can."""
    for name in MAPPED:
        is_mapped = name in options.columns
        if (is_mapped or name in FIELDS) and name not in options.constants:
            problem = header.column_problem(_column(name, options), is_required=is_mapped)
            if problem:
                return problem
    found = {name for name in FIELDS if name in options.constants or _column(name, options) in header.names}
    found |= {"sent_at"} if found.issuperset(_MOMENT) else set()
    missing = [name for name in _REQUIRED if name not in found]
    if missing:
        ways = " or ".join((f"--map {missing[0]}=THEIR_COLUMN", f"--set {missing[0]}=VALUE"))
        names = ", ".join(filter(None, header.names[:NAMED]))
        return f"there is no column for {', '.join(missing)}: say where it is with {ways}; the columns are: {names}"
    if not found.isdisjoint(csv_export.CUSTOMER) and csv_export.CUSTOMER[0] not in found:
        ways = "say where it is with --map customer.id=THEIR_COLUMN; a column of numbers or addresses will do"
        return f"there is no column for customer.id, without which a customer cannot be recorded: {ways}"
    return None


def read_json(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each object. ``customer`` may be nested, and dotted names are paths."""
    unmet = dict.fromkeys(options.columns.values())
    for row in json_rows(path, options, progress, _entries):
        for name in [name for name in unmet if _at(row.values, name) is not None]:
            del unmet[name]
        values = {name: value for name, value in row.values.items() if value is not None}
        yield _outcome(str(path), row, values, options, progress, is_own=row.values.keys() >= _OWN_JSON)
    if unmet:
        progress.notes.append(f"No object has {', '.join(unmet)}, which --map names.")


def _entries(value: Any) -> Any:  # noqa: ANN401 - whatever JSON held
    return value["entries"] if isinstance(value, dict) and isinstance(value.get("entries"), list) else value


def _outcome(
    where: str, row: Row, values: Mapping[str, Any], options: ImportOptions, progress: Progress, *, is_own: bool
) -> Outcome:
    raw = (row.raw,) if row.raw else ()
    if row.fault:
        return Refusal(where, row.line, row.fault, raw, row.position)
    try:
        fields = _mapped_fields(values, options, progress)
        if not is_own:  # what a log holds already is not judged again
            require_recipients(fields)
        given = [fields.pop(name) for name in _KEYS if name in fields]
        key = given_key("row", str(given[0])) if given and given[0] else _hash(row.values)
        return Item(where, row.line, key, _entry(fields, options), raw, row.position)
    except UnreadableError as error:
        return Refusal(where, row.line, str(error), raw, row.position)


def _entry(fields: Mapping[str, Any], options: ImportOptions) -> NewEntry:
    try:
        return entry_of(fields, options.constants)
    except UnreadableError as error:
        name = next((name for name in _WORDS if str(error).startswith(f"{name} ")), None)
        raise UnreadableError(
            f"{error}; --value {name}:THEIRS=OURS says what a word of theirs means" if name else str(error)
        ) from None


def _hash(values: Mapping[str, Any]) -> str:
    return hashed_key("row", json.dumps(values, sort_keys=True))


def _mapped_fields(values: Mapping[str, Any], options: ImportOptions, progress: Progress) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in (*FIELDS, "customer", "events", *(name for name in (CALLER,) if name in options.columns)):
        found = _at(values, _column(name, options))
        if found is not None:
            fields[name] = found
    columns = [_column(name, options) for name in (*fields, *options.columns)]
    used = {column.partition(".")[0] for column in columns} | set(columns)
    for name in values:
        if name not in used and name not in _EXPORT_FIELDS and name:
            progress.unused.setdefault(name)
    if isinstance(fields.get("customer"), Mapping):
        fields = {name: value for name, value in fields.items() if not name.startswith("customer.")}
    elif isinstance(fields.get("customer"), str):
        fields.setdefault("customer.id", fields.pop("customer"))
    for name in csv_export.LISTS:
        if isinstance(fields.get(name), str):
            fields[name] = csv_export.split(fields[name])
    return _with_status(_with_moment(_in_our_words(fields, options), options), options)


def _with_moment(fields: dict[str, Any], options: ImportOptions) -> dict[str, Any]:
    parts = [str(fields.pop(name)) for name in _MOMENT if name in fields]
    if parts and isinstance(fields.get("sent_at", {}), Mapping):
        fields["sent_at"] = " ".join(parts)
    return {**fields, "sent_at": read_moment(str(fields["sent_at"]), options)} if "sent_at" in fields else fields


def _in_our_words(fields: dict[str, Any], options: ImportOptions) -> dict[str, Any]:
    """Translate values as ``--value`` says, and use the caller as recipient."""
    for name, words in options.words.items():
        meant = words.get(str(fields[name]).strip().casefold()) if name in fields else None
        if meant is not None:
            fields[name] = meant
        if meant == "" and name != "to":
            del fields[name]
    for name in ("source", "direction"):
        if isinstance(fields.get(name), str):
            fields[name] = fields[name].strip().lower()
    if CALLER in fields or CALLER in options.columns:
        caller = fields.pop(CALLER, "")
        if options.constants.get("direction", fields.get("direction")) == Direction.INBOUND.value:
            fields["to"] = caller
    return fields


def _column(name: str, options: ImportOptions) -> str:
    return column_name(options.columns.get(name, name))


def _at(values: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - whatever JSON held
    if path in values:
        return values[path]
    found: Any = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _with_status(fields: dict[str, Any], options: ImportOptions) -> dict[str, Any]:
    status, at = fields.pop("status", None), fields.pop("status_at", None)
    if status in (None, "", "logged") or "events" in fields or "sent_at" not in fields:
        return fields
    kind = str(status).lower()
    if kind not in set(DeliveryKind):
        ways = "--value status:THEIRS=OURS says what a word of theirs means"
        raise UnreadableError(f"status must be logged, {', '.join(DeliveryKind)}; {ways}")
    event: dict[str, Any] = {"kind": kind}
    if at:
        event["at"] = read_moment(str(at), options)
    else:
        event |= {
            "at": fields["sent_at"],
            "detail": "Imported with the message's time: the file gave the status none of its own.",
        }
    return {**fields, "events": [event]}
