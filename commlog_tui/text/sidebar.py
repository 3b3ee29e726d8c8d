"""The filters beside the table before one can type in them, line by line."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

from commlog_tui.text.hygiene import fit, safe
from commlog_tui.text.pieces import Piece, Row, filled, scrolled

if TYPE_CHECKING:
    from commlog_tui.contract.location import Channel

_Kind = Literal["label", "field", "choice", "text"]
"""What a line is: the name of a field, an empty field, a chosen word, or other text."""
_COLOURS: Final = {
    "text": ("foreground", "surface"),
    "label": ("text-muted", "surface"),
    "field": ("text-muted", "boost"),
    "choice": ("foreground", "boost"),
}
WHOLE: Final = "Exactly"
WHOLE_VALUES: Final = {"code": "booking code", "to": "address or number", "title": "title", "kind": "kind: reminder…"}
"""Placeholders of the last fields, by what they filter by as a whole."""
CUSTOMER: Final = "name, number…"
_HEADING: Final = ("text-accent", "surface")


def channel_line(row: int, mark: str, channel: "Channel", width: int) -> str:
    """Return a channel's digit, tick, name and count."""
    count = f"{channel.count:,}"
    key = str(row + 1) if row < 9 else " "  # noqa: PLR2004 - there are nine digits to tick with
    return f"{key} {mark} {fit(safe(channel.via), max(width - len(count) - 5, 1))} {count}"


def side_rows(channels: "Sequence[Channel]", width: int, height: int, *, headings: bool = False) -> list[Row]:
    """Return the lines of filters that nothing is filled in, with a scrollbar where they are more.

    With ``headings`` the names of the fields stand out.
    """
    count = len(list(_lines(channels, width)))
    has_bar = count > height
    inner = width - 2 - has_bar
    blank = Piece(" ", "foreground", "surface")
    rows: list[Row] = []
    for text, kind in _lines(channels, inner):
        shown = fit(f" {text}" if kind in {"field", "choice"} else text, inner)
        stands_out = headings and kind == "label"
        ink, ground = _HEADING if stands_out else _COLOURS[kind]
        rows.append([blank, Piece(shown, ink, ground, bold=stands_out), blank])
    rows = filled(rows[:height], height, width - has_bar, "surface")
    return scrolled(rows, count) if has_bar else rows


def _lines(channels: "Sequence[Channel]", width: int) -> Iterator[tuple[str, _Kind]]:
    yield from _field("Search  /", "name, number, code…")
    yield from (("", "text"), ("Channels", "label"))
    yield from ((channel_line(row, "○", channel, width), "text") for row, channel in enumerate(channels))
    yield from _field("Days  p", "from: 3 nov, 7 days")
    yield "to: the same day", "field"
    yield from _field("Status", "any", "choice")
    yield from _field("Source", "◂ any ▸", "choice")
    yield from _field("Customer", CUSTOMER)
    yield from _field("Reference", "a whole UUID")
    yield from (("", "text"), (WHOLE, "label"))
    yield from ((placeholder, "field") for placeholder in WHOLE_VALUES.values())


def _field(label: str, text: str, kind: _Kind = "field") -> Iterator[tuple[str, _Kind]]:
    yield from (("", "text"), (label, "label"), (text, kind))
