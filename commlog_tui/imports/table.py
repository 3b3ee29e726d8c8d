"""CSV and JSON Lines in our own words, or in others' with a mapping."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.entry import Direction, Entry, NewEntry
from commlog_tui.imports import exported
from commlog_tui.imports.dates import read_moment
from commlog_tui.imports.headers import NAMED, Header, IsHeader, column_name
from commlog_tui.imports.items import Item, Outcome, Plan, Progress, Refusal, UnreadableError, entry_of, given_key, hashed_key
from commlog_tui.imports.recipient_cells import require_recipients
from commlog_tui.imports.rows import Row, csv_rows, header_of, json_rows

_OURS: Final = tuple(name for name in NewEntry.model_fields if name not in {"customer", "events"})
_KEYS: Final = ("key", "id")
_MOMENT: Final = ("sent_at.date", "sent_at.time")
"""What sent_at is put together from where a file keeps them apart."""
FIELDS: Final = (*_KEYS, *_OURS, *_MOMENT, *exported.CUSTOMER, "status", "status_at")
"""What a column may be: the contract's names, and a delivery status with its time."""
CALLER: Final = "from"
"""Whom an inbound entry is from, where that is in another column than ``to``. Read only where it is mapped."""
MAPPED: Final = (*FIELDS, CALLER)
_ALWAYS: Final = ("via", "title", "source", "sent_at")
_TOLD: Final = frozenset(Entry.model_fields)
"""What the log's own export holds and an entry does not bring: no mistake, and not read."""
_OWN_JSON: Final = frozenset({"seq", "recorded_at", "location"})
_WORDS: Final = ("via", "source", "direction")
"""Fields that take a word of a list, whose case does not matter but for the channel's."""


def header_test(plan: Plan) -> IsHeader:
    """Return how the header of a table is known: by the columns that no entry can do without."""
    is_split = plan.columns.keys() >= set(_MOMENT)
    always = [name for name in _ALWAYS if name not in plan.constants and not (is_split and name == "sent_at")]
    needed = {_column(name, plan) for name in always}
    needed |= {_column(name, plan) for name in plan.columns}
    return lambda names: bool(needed) and names >= needed


def read_csv(path: Path, plan: Plan, progress: Progress) -> Iterator[Outcome]:
    """Give an outcome for each row of a CSV file; a cell with nothing in it says nothing."""
    where = str(path)
    test = header_test(plan)
    header = header_of(path, plan, test)
    if problem := header.fault or _header_problem(header, plan):
        yield Refusal(where, header.first_line, problem)
        return
    is_own = set(exported.COLUMNS) <= set(header.names)
    for row in csv_rows(path, plan, progress, test):
        cells = {name: cell for name, cell in row.values.items() if cell != ""}
        yield _outcome(where, row, exported.values_of(cells) if is_own else cells, plan, progress, is_own=is_own)


def _header_problem(header: Header, plan: Plan) -> str | None:
    """Return why no row below this header can become an entry, if none can."""
    for name in MAPPED:
        is_mapped = name in plan.columns
        if (is_mapped or name in FIELDS) and name not in plan.constants:
            problem = header.column_problem(_column(name, plan), is_required=is_mapped)
            if problem:
                return problem
    found = {name for name in FIELDS if name in plan.constants or _column(name, plan) in header.names}
    found |= {"sent_at"} if found.issuperset(_MOMENT) else set()
    missing = [name for name in _ALWAYS if name not in found]
    if missing:
        ways = " or ".join((f"--map {missing[0]}=THEIR_COLUMN", f"--set {missing[0]}=VALUE"))
        names = ", ".join(filter(None, header.names[:NAMED]))
        return f"there is no column for {', '.join(missing)}: say where it is with {ways}; the columns are: {names}"
    if not found.isdisjoint(exported.CUSTOMER) and exported.CUSTOMER[0] not in found:
        ways = "say where it is with --map customer.id=THEIR_COLUMN; a column of numbers or addresses will do"
        return f"there is no column for customer.id, without which a customer cannot be told of: {ways}"
    return None


def read_json(path: Path, plan: Plan, progress: Progress) -> Iterator[Outcome]:
    """Give an outcome for each object; ``customer`` may be an object of its own, and dotted names reach into objects."""
    unmet = dict.fromkeys(plan.columns.values())
    for row in json_rows(path, plan, progress, _entries):
        for name in [name for name in unmet if _at(row.values, name) is not None]:
            del unmet[name]
        values = {name: value for name, value in row.values.items() if value is not None}
        yield _outcome(str(path), row, values, plan, progress, is_own=row.values.keys() >= _OWN_JSON)
    if unmet:
        progress.notes.append(f"No object has {', '.join(unmet)}, which --map names.")


def _entries(value: Any) -> Any:  # noqa: ANN401 - whatever JSON held
    return value["entries"] if isinstance(value, dict) and isinstance(value.get("entries"), list) else value


def _outcome(where: str, row: Row, values: Mapping[str, Any], plan: Plan, progress: Progress, *, is_own: bool) -> Outcome:
    raw = (row.raw,) if row.raw else ()
    if row.fault:
        return Refusal(where, row.line, row.fault, raw, row.position)
    try:
        told = _told(values, plan, progress)
        if not is_own:  # what a log holds already is not judged again
            require_recipients(told)
        given = [told.pop(name) for name in _KEYS if name in told]
        key = given_key("row", str(given[0])) if given and given[0] else _hash(row.values)
        return Item(where, row.line, key, _entry(told, plan), raw, row.position)
    except UnreadableError as error:
        return Refusal(where, row.line, str(error), raw, row.position)


def _entry(told: Mapping[str, Any], plan: Plan) -> NewEntry:
    try:
        return entry_of(told, plan.constants)
    except UnreadableError as error:
        name = next((name for name in _WORDS if str(error).startswith(f"{name} ")), None)
        raise UnreadableError(
            f"{error}; --value {name}:THEIRS=OURS says what a word of theirs means" if name else str(error)
        ) from None


def _hash(values: Mapping[str, Any]) -> str:
    return hashed_key("row", json.dumps(values, sort_keys=True))


def _told(values: Mapping[str, Any], plan: Plan, progress: Progress) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in (*FIELDS, "customer", "events", *(name for name in (CALLER,) if name in plan.columns)):
        found = _at(values, _column(name, plan))
        if found is not None:
            told[name] = found
    columns = [_column(name, plan) for name in (*told, *plan.columns)]
    used = {column.partition(".")[0] for column in columns} | set(columns)
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
    return _with_status(_with_moment(_in_our_words(told, plan), plan), plan)


def _with_moment(told: dict[str, Any], plan: Plan) -> dict[str, Any]:
    parts = [str(told.pop(name)) for name in _MOMENT if name in told]
    if parts and isinstance(told.get("sent_at", {}), Mapping):
        told["sent_at"] = " ".join(parts)
    return {**told, "sent_at": read_moment(str(told["sent_at"]), plan)} if "sent_at" in told else told


def _in_our_words(told: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """Return the fields with the values that ``--value`` explains in our words, and the guest as the recipient."""
    for name, words in plan.words.items():
        meant = words.get(str(told[name]).strip().casefold()) if name in told else None
        if meant is not None:
            told[name] = meant
        if meant == "" and name != "to":
            del told[name]
    for name in ("source", "direction"):
        if isinstance(told.get(name), str):
            told[name] = told[name].strip().lower()
    if CALLER in told or CALLER in plan.columns:
        caller = told.pop(CALLER, "")
        if plan.constants.get("direction", told.get("direction")) == Direction.INBOUND.value:
            told["to"] = caller
    return told


def _column(name: str, plan: Plan) -> str:
    return column_name(plan.columns.get(name, name))


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
        ways = "--value status:THEIRS=OURS says what a word of theirs means"
        raise UnreadableError(f"status must be logged, {', '.join(DeliveryKind)}; {ways}")
    event: dict[str, Any] = {"kind": kind}
    if at:
        event["at"] = read_moment(str(at), plan)
    else:
        event |= {"at": told["sent_at"], "detail": "Imported with the message's time: the file gave the status none of its own."}
    return {**told, "events": [event]}
