"""Why an entry is among the results of a search: in words, and as what to mark in a row."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from commlog_tui.text.hygiene import cut, safe

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry, Match

_NAMES: Final[Mapping[str, str]] = {
    "name": "name",
    "to": "recipient",
    "title": "title",
    "code": "code",
    "reference": "reference",
    "body": "text",
    "customer_id": "customer id",
    "other_number": "other number",
    "other_address": "other address",
    "other_name": "other name",
}
_COLUMNS: Final[Mapping[str, str]] = {
    "name": "Customer",
    "customer_id": "Customer",
    "to": "To",
    "title": "Title",
    "code": "Ref",
    "reference": "Ref",
}
"""Where a row shows a field, if at all."""
_BETWEEN: Final = 3
"""Characters between two matches that a row's remark shows; more become an ellipsis."""

Marks = dict[str, list[tuple[int, int]]]
"""Cells to mark, by the column that has them."""


def match_words(match: "Match") -> str:
    """Return a match in words, with what matched in brackets: ``other number [+44 7911 123456]``."""
    pieces, at = [], 0
    for begin, end in match.spans:
        pieces += [safe(match.text[at:begin]), f"[{safe(match.text[begin:end])}]"]
        at = end
    pieces.append(safe(match.text[at:]))
    return f"{_name(match)}: {''.join(pieces)}"


def marks(entry: "Entry", parts: Mapping[str, str], widths: Mapping[str, int]) -> Marks:
    """Return what to mark in the cells of a row: the parts that matched and can be seen."""
    found: Marks = {}
    for match in entry.matched:
        column = _COLUMNS.get(match.field, "")
        for begin, end in _visible(match, parts.get(column, ""), widths.get(column, 0)):
            found.setdefault(column, []).append((begin, end))
    return found


def remark(entry: "Entry", parts: Mapping[str, str], widths: Mapping[str, int]) -> str:
    """Return why a row is there, where its cells do not show it: the first such match, in a few words."""
    for match in entry.matched:
        column = _COLUMNS.get(match.field, "")
        if column == "Title":  # the remark would take the room of the title itself
            continue
        if not list(_visible(match, parts.get(column, ""), widths.get(column, 0))):
            return f"{_name(match)}: {safe(_essence(match))}"
    return ""


def with_remark(title: str, words: str, width: int) -> str:
    """Return a title with a remark behind it that can be seen, both cut as need be."""
    if not words:
        return title
    room = max(width - cell_len(title) - 2, width * 3 // 4)
    words = cut(words, max(room, 1))
    return f"{cut(title, max(width - cell_len(words) - 2, 0))}  {words}".lstrip()


def _visible(match: "Match", cell: str, width: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a match that a cell of this width shows, in cells."""
    at = cell.find(safe(match.text)) if match.text else -1
    shown = width if cell_len(cell) <= width else width - 1  # an ellipsis ends what is cut
    for begin, end in match.spans if at >= 0 else ():
        start = at + len(safe(match.text[:begin]))
        text = safe(match.text[begin:end])
        first = cell_len(cell[:start])
        if cell[start : start + len(text)] == text and first < shown:
            yield first, min(first + cell_len(text), shown)


def _essence(match: "Match") -> str:
    """Return what matched: of a text only that, of another number or address all of it."""
    if match.field != "body" or not match.spans:
        return match.text
    pieces, last = "", None
    for begin, end in match.spans:
        if last is not None:
            pieces += match.text[last:begin] if begin - last <= _BETWEEN else "…"
        pieces += match.text[begin:end]
        last = end
    return pieces


def _name(match: "Match") -> str:
    return _NAMES.get(match.field, safe(match.field.replace("_", " ")))
