"""CSV and JSON Lines in our own words, or in others' with a mapping."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.entry import Entry, NewEntry
from commlog_tui.imports import exported
from commlog_tui.imports.dates import read_moment
from commlog_tui.imports.items import Item, Outcome, Plan, Progress, Refusal, UnreadableError, entry_of, given_key, hashed_key
from commlog_tui.imports.rows import Row, columns_of, csv_rows, header_of, json_rows

_OURS: Final = tuple(name for name in NewEntry.model_fields if name not in {"customer", "events"})
_KEYS: Final = ("key", "id")
_MOMENT: Final = ("sent_at.date", "sent_at.time")
"""What sent_at is put together from where a file keeps them apart."""
FIELDS: Final = (*_KEYS, *_OURS, *_MOMENT, *exported.CUSTOMER, "status", "status_at")
"""What a column may be: the contract's names, and a delivery status with its time."""
_ALWAYS: Final = ("via", "title", "source", "sent_at")
_TOLD: Final = frozenset(Entry.model_fields)
"""What the log's own export holds and an entry does not bring: no mistake, and not read."""


def read_csv(path: Path, plan: Plan, progress: Progress) -> Iterator[Outcome]:
    """Give an outcome for each row of a CSV file; a cell with nothing in it says nothing."""
    where = str(path)
    columns = columns_of(header_of(path, plan)[0])
    found = {name for name in FIELDS if name in plan.constants or plan.columns.get(name, name) in columns}
    found |= {"sent_at"} if found.issuperset(_MOMENT) else set()
    missing = [name for name in _ALWAYS if name not in found]
    if columns and not missing and not found.isdisjoint(exported.CUSTOMER) and exported.CUSTOMER[0] not in found:
        ways = "say where it is with --map customer.id=THEIR_COLUMN; a column of numbers or addresses will do"
        yield Refusal(where, 1, f"there is no column for customer.id, without which a customer cannot be told of: {ways}")
        return
    if columns and missing:
        ways = " or ".join((f"--map {missing[0]}=THEIR_COLUMN", f"--set {missing[0]}=VALUE"))
        yield Refusal(where, 1, f"there is no column for {', '.join(missing)}: say where it is with {ways}")
        return
    is_own = set(exported.COLUMNS) <= set(columns)
    for row in csv_rows(path, plan, progress):
        cells = {name: cell for name, cell in row.values.items() if cell != ""}
        yield _outcome(where, row, exported.values_of(cells) if is_own else cells, plan, progress)


def read_json(path: Path, plan: Plan, progress: Progress) -> Iterator[Outcome]:
    """Give an outcome for each object; ``customer`` may be an object of its own, and dotted names reach into objects."""
    for row in json_rows(path, plan, progress, _entries):
        values = {name: value for name, value in row.values.items() if value is not None}
        yield _outcome(str(path), row, values, plan, progress)


def _entries(value: Any) -> Any:  # noqa: ANN401 - whatever JSON held
    return value["entries"] if isinstance(value, dict) and isinstance(value.get("entries"), list) else value


def _outcome(where: str, row: Row, values: Mapping[str, Any], plan: Plan, progress: Progress) -> Outcome:
    raw = (row.raw,) if row.raw else ()
    if row.fault:
        return Refusal(where, row.line, row.fault, raw)
    try:
        told = _told(values, plan, progress)
        given = [told.pop(name) for name in _KEYS if name in told]
        key = given_key("row", str(given[0])) if given and given[0] else _hash(row.values)
        return Item(where, row.line, key, entry_of(told, plan.constants), raw)
    except UnreadableError as error:
        return Refusal(where, row.line, str(error), raw)


def _hash(values: Mapping[str, Any]) -> str:
    return hashed_key("row", json.dumps(values, sort_keys=True))


def _told(values: Mapping[str, Any], plan: Plan, progress: Progress) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in (*FIELDS, "customer", "events"):
        found = _at(values, plan.columns.get(name, name))
        if found is not None:
            told[name] = found
    used = {plan.columns.get(name, name).partition(".")[0] for name in told} | {plan.columns.get(name, name) for name in told}
    for name in values:
        if name not in used and name not in _TOLD and name:
            progress.unused.setdefault(name)
    if isinstance(told.get("customer"), Mapping):
        told = {name: value for name, value in told.items() if not name.startswith("customer.")}
    elif isinstance(told.get("customer"), str):
        told.setdefault("customer.id", told.pop("customer"))
    for name in exported.LISTS:
        if isinstance(told.get(name), str):
            told[name] = exported.split(told[name])
    return _with_status(_with_moment(told, plan), plan)


def _with_moment(told: dict[str, Any], plan: Plan) -> dict[str, Any]:
    parts = [str(told.pop(name)) for name in _MOMENT if name in told]
    if parts and isinstance(told.get("sent_at", {}), Mapping):
        told["sent_at"] = " ".join(parts)
    return {**told, "sent_at": read_moment(str(told["sent_at"]), plan)} if "sent_at" in told else told


def _at(values: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - whatever JSON held
    if path in values:
        return values[path]
    found: Any = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _with_status(told: dict[str, Any], plan: Plan) -> dict[str, Any]:
    status, at = told.pop("status", None), told.pop("status_at", None)
    if status in (None, "", "logged") or "events" in told or "sent_at" not in told:
        return told
    kind = str(status).lower()
    if kind not in set(DeliveryKind):
        raise UnreadableError(f"status must be logged, {', '.join(DeliveryKind)}")
    event: dict[str, Any] = {"kind": kind}
    if at:
        event["at"] = read_moment(str(at), plan)
    else:
        event |= {"at": told["sent_at"], "detail": "Imported with the message's time: the file gave the status none of its own."}
    return {**told, "events": [event]}
