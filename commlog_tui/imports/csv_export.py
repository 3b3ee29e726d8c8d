"""The log's own CSV export: protect cells against formula injection, and read them back exactly.

A cell that a spreadsheet would take for a formula gets a leading apostrophe. So does text that
begins with an apostrophe, and empty text, which would otherwise equal a missing value. On import
one leading apostrophe is removed, but only in files with every column of the export: in other files
an apostrophe is data.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from unicodedata import category

from commlog_tui.contract.entry import Entry

CUSTOMER: Final = tuple(f"customer.{name}" for name in ("id", "name", "addresses", "numbers"))
COLUMNS: Final = (*(name for name in Entry.model_fields if name != "customer"), *CUSTOMER)
LISTS: Final = ("customer.addresses", "customer.numbers")
_MARK: Final = "'"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - as spreadsheets in East Asia take them
_PASSED_OVER: Final = "".join(
    character
    for character in map(chr, range(0x10000))
    if character.isspace() or category(character) in {"Cc", "Cf", "Zs"}
)
_NUMBER: Final = re.compile(r"\+[0-9][0-9 ().-]*", re.ASCII)


def row_of(entry: Entry) -> list[str]:
    """Return the cells of an entry, in the order of the columns."""
    values = entry.model_dump(mode="json")
    customer = values.pop("customer") or {}
    values |= {"to": values["to"] or None} | {name: customer.get(name.partition(".")[2]) for name in CUSTOMER}
    return [cell(values[name]) for name in COLUMNS]


def cell(value: object) -> str:
    """Return a cell that is safe against formula injection; numbers with a plus are unchanged."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = _joined(value) if isinstance(value, list) else str(value)
    is_empty = not text and not isinstance(value, list)
    # Spreadsheets leave out white space, and what cannot be seen, before they look for a formula.
    seen = text.lstrip(_PASSED_OVER)
    is_taken = (text.startswith((*_FORMULA, _MARK)) or seen.startswith(_FORMULA)) and not _NUMBER.fullmatch(text)
    return f"{_MARK}{text}" if is_taken or is_empty else text


def values_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the original values of a row's cells."""
    texts = {name: cell.removeprefix(_MARK) for name, cell in cells.items()}
    return {name: _parts_of(text) if name in LISTS else text for name, text in texts.items()}


def _parts_of(text: str) -> list[Any]:
    if text.startswith("["):
        with suppress(ValueError):
            return list(json.loads(text))
    return list(split(text))


def split(text: str) -> list[str]:
    """Split text at semicolons."""
    return [part.strip() for part in text.split(";") if part.strip()]


def _joined(parts: list[str]) -> str:
    """Join values with semicolons, or as JSON if they could not be split again."""
    text = "; ".join(parts)
    return text if _parts_of(text) == parts else json.dumps(parts, ensure_ascii=False)
