"""Read from CSV whether people may be written to: a row for each preference."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from commlog_tui.contract.customer_record import NewPreference
from commlog_tui.imports.dates import read_moment
from commlog_tui.imports.headers import NAMED
from commlog_tui.imports.items import ImportOptions, Progress, Refusal, UnreadableError, hashed_key, reasons
from commlog_tui.imports.rows import Row, csv_rows, header_of

COLUMNS: Final = ("customer_id", "to", "via", "allowed", "words", "said_at")
"""What a column can provide. Each row needs a customer or an address or number (``to``)."""
_SAME: Final = {"customer.id": "customer_id"}
"""Other names of columns: that of the log's own export of entries."""
_ABOUT: Final = frozenset({"customer_id", "to"})
_ALLOWED: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class PreferenceItem:
    """A preference ready to send, with its idempotency key and its line in the file."""

    where: str
    line: int
    key: str
    preference: NewPreference


def read_preferences(path: Path, options: ImportOptions, progress: Progress) -> Iterator[PreferenceItem | Refusal]:
    """Yield an outcome for each row. An empty cell is a missing value; without ``allowed``, not allowed.

    The same row has the same key in every file, so that importing it again adds nothing.

    Raises:
        OSError: the file cannot be read.
    """
    where = str(path)
    header = header_of(path, options, _is_header)
    if not header.fault and not _is_header(frozenset(header.names)):
        names = ", ".join(filter(None, header.names[:NAMED]))
        yield Refusal(where, header.first_line, f"there is no column customer_id or to; the columns are: {names}")
        return
    progress.unused.update(dict.fromkeys(name for name in header.names if name and _name(name) not in COLUMNS))
    for row in csv_rows(path, options, progress, _is_header):
        yield _outcome(where, row, options)


def _is_header(names: frozenset[str]) -> bool:
    return not _ABOUT.isdisjoint(map(_name, names))


def _name(column: str) -> str:
    name = column.strip().casefold()
    return _SAME.get(name, name)


def _outcome(where: str, row: Row, options: ImportOptions) -> PreferenceItem | Refusal:
    if row.fault:
        return Refusal(where, row.line, row.fault)
    given = {_name(name): text.strip() for name, text in row.values.items() if str(text).strip()}
    try:
        preference = _preference({name: given[name] for name in COLUMNS if name in given}, options)
    except UnreadableError as error:
        return Refusal(where, row.line, str(error))
    content = preference.model_dump(mode="json", exclude_unset=True)
    return PreferenceItem(where, row.line, hashed_key("preference", json.dumps(content, sort_keys=True)), preference)


def _preference(given: Mapping[str, str], options: ImportOptions) -> NewPreference:
    values: dict[str, Any] = dict(given)
    if "allowed" in given:
        allowed = _ALLOWED.get(given["allowed"].casefold())
        if allowed is None:
            raise UnreadableError("allowed must be yes or no")
        values["allowed"] = allowed
    if "said_at" in given:
        values["said_at"] = read_moment(given["said_at"], options)
    try:
        return NewPreference.model_validate(values)
    except ValidationError as error:
        raise UnreadableError(reasons(error)) from None
