"""Layout of A4 PDF documents: headings, labelled values, paragraphs. The only user of fpdf2."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from fpdf import FPDF
from fpdf.drawing_primitives import gray8
from fpdf.enums import MethodReturnValue, TextMode
from fpdf.fonts import TTFFont
from typing_extensions import override

from commlog_tui.evidence.fonts import FILES, MAIN, font_of, needs_shaping, printable

_MARGIN: Final = 20.0
_LABEL: Final = 30.0
_NUMBER: Final = 12.0
_PAGE_NUMBER: Final = 28.0
"""Room of "Page 99 of 100", left of the document's name."""
_GAP: Final = 0.5
"""Between two columns, at least."""
_BOTTOM: Final = 22.0
_ROOM_FOR_HEADING: Final = 34.0
_MOST_TOGETHER: Final = 8
_MOST_LETTERS_TOGETHER: Final = 1_200
_BLACK: Final = 20
_GREY: Final = 95
_RULE: Final = 170
"""Levels of grey: no page has a colour, so that it can be faxed and scanned."""
_BOLD: Final = 0.14
"""Stroke width in mm that emboldens letters, in all scripts alike."""

_SUBSETTING: Final = logging.getLogger("fontTools.subset")


class Paper(FPDF):
    """A PDF document of portrait A4 pages. Sizes are points, lengths millimetres.

    All text is made printable here.
    """

    def __init__(self, title: str, foot: str, made_at: datetime) -> None:
        super().__init__(format="A4")
        _SUBSETTING.setLevel(logging.WARNING)  # it tells every glyph at INFO, and glyphs are letters of guests' names
        self._foot = foot
        self._fallbacks: list[str] = []
        self.add_font(MAIN, fname=FILES[MAIN])
        self.set_title(title)
        self.set_creator("commlog")
        self.set_lang("en")
        self.set_creation_date(made_at.astimezone(UTC))
        self.set_margins(_MARGIN, 18, _MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=_BOTTOM)
        self._use(10)
        self.add_page()

    @override
    def footer(self) -> None:
        """Print the document's name and the page number on every page."""
        self.set_y(-15)
        self.set_x(_MARGIN)  # a page may end within something indented, or bold
        mode, self.text_mode = self.text_mode, TextMode.FILL
        shaping = self.text_shaping
        self.set_text_shaping(use_shaping_engine=False)
        self._rule(self.get_y() - 1.5)
        self._use(8, _GREY)
        self.cell(0, 5, f"Page {self.page_no()} of {self.str_alias_nb_pages}")
        self.set_x(_MARGIN)
        self.cell(0, 5, self.fitted(self.printable_lines(self._foot)[0], self.epw - _PAGE_NUMBER), align="R")
        self.text_mode, self.text_shaping = mode, shaping

    def printable_lines(self, text: str) -> list[str]:
        """Return the printable lines of a text, and load the fonts that they need."""
        lines = printable(text)
        for character in {character for line in lines for character in line}:
            font = font_of(character)
            if font is not None and font != MAIN and font not in self._fallbacks:
                self.add_font(font, fname=FILES[font])
                self._fallbacks.append(font)
                self.set_fallback_fonts(sorted(self._fallbacks, key=list(FILES).index), exact_match=False)
        return lines

    def title_line(self, text: str) -> None:
        """Print the title."""
        self._bold(text, 22, 10)
        self._rule(self.get_y() + 1)
        self.ln(4)

    def heading(self, text: str, number: int = 0) -> None:
        """Print a heading, with a number if given. Starts a new page if little room is left."""
        if self.will_page_break(_ROOM_FOR_HEADING):
            self.add_page()
        else:
            self.ln(5)
        self._numbered(text, number, 13, 6.5)
        self._rule(self.get_y() + 0.5)
        self.ln(2.5)

    def subheading(self, text: str, number: int = 0) -> None:
        """Print a heading within a section, with a number if given. It stays with the field below it."""
        if self.will_page_break(_ROOM_FOR_HEADING):
            self.add_page()
        else:
            self.ln(2)
        self._numbered(text, number, 10, 5.5)

    def paragraph(self, text: str, *, muted: bool = False, size: float = 10) -> None:
        """Print running text."""
        self._use(size, _GREY if muted else _BLACK)
        lines = self.printable_lines(text)
        self._keep_together(lines, size)
        self._lines(lines, size)
        self.ln(1.5)

    def pair(self, label: str, *parts: str, muted: str = "", size: float = 10, width: float = _LABEL) -> None:
        """Print a label and its value; each part starts a line, the last one is muted."""
        lines = [line for part in parts for line in self.printable_lines(part)]
        less = self.printable_lines(muted) if muted else []
        self.set_left_margin(_MARGIN + width)
        self._use(size, _GREY)
        self._keep_together([*lines, *less], size)
        self.set_x(_MARGIN)
        self.cell(width, _height(size), self.printable_lines(label)[0])
        self._use(size)
        self._lines(lines, size)
        self._use(size, _GREY)
        self._lines(less, size)
        self.set_left_margin(_MARGIN)
        self.set_x(_MARGIN)
        self.ln(0.8)

    def columns(self, rows: Iterable[tuple[str, ...]], widths: tuple[float, ...], size: float = 7) -> None:
        """Print a table of short texts; its first row is repeated on every page."""
        heads, *rest = rows
        height = _height(size)
        self._row(heads, widths, size, _GREY)
        for row in rest:
            if self.will_page_break(height):
                self.add_page()
                self._row(heads, widths, size, _GREY)
            self._row(row, widths, size, _BLACK)

    def fitted(self, line: str, width: float) -> str:
        """Return a line cut to a width in the font that is set, with an ellipsis."""
        if self.get_string_width(line) <= width:
            return line
        while line and self.get_string_width(f"{line}…") > width:
            line = line[:-1]
        return f"{line}…"

    def attach(self, name: str, raw: bytes, made_at: datetime) -> None:
        """Attach a file to the document."""
        at = made_at.astimezone(UTC)
        self.embed_file(bytes=raw, basename=name, creation_date=at, modification_date=at, compress=True)

    def to_bytes(self) -> bytes:
        """Return the PDF."""
        return bytes(self.output())

    def close_fonts(self) -> None:
        """Close the font files of a document that is not written after all."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def _row(self, texts: tuple[str, ...], widths: tuple[float, ...], size: float, colour: int) -> None:
        self._use(size, colour)
        for text, width in zip(texts, widths, strict=True):
            line = self.fitted(self.printable_lines(text)[0], width - _GAP)
            self.set_text_shaping(use_shaping_engine=needs_shaping(line))  # without it, Arabic runs backwards
            self.cell(width, _height(size), line)
        self.ln()

    def _keep_together(self, lines: list[str], size: float) -> None:
        """Start a new page if these lines do not fit, unless they are too many."""
        if len(lines) > _MOST_TOGETHER or sum(map(len, lines)) > _MOST_LETTERS_TOGETHER:
            return
        most = sum(len(line) * size / self.k / self.epw + 1 for line in lines) * _height(
            size
        )  # no letter is wider than high
        if self.will_page_break(most) and self.will_page_break(sum(self._tall(line, size) for line in lines)):
            self.add_page()

    def _tall(self, line: str, size: float) -> float:
        """Return the height of a line after wrapping."""
        self.set_text_shaping(use_shaping_engine=needs_shaping(line))
        tall = self.multi_cell(0, _height(size), line, align="L", dry_run=True, output=MethodReturnValue.HEIGHT)
        return max(tall, _height(size)) if isinstance(tall, float) else _height(size)

    def _lines(self, lines: list[str], size: float) -> None:
        for line in lines:
            if line.strip():
                self.set_text_shaping(use_shaping_engine=needs_shaping(line))
                self.multi_cell(0, _height(size), line, align="L", new_x="LMARGIN", new_y="NEXT")
            else:
                self.ln(_height(size))

    def _numbered(self, text: str, number: int, size: float, height: float) -> None:
        """Print a bold line, its number apart from the text, which may run from right to left."""
        if number:
            self._bold(f"{number}.", size, height, stay=True)
            self.set_left_margin(_MARGIN + _NUMBER * size / 13)
        self._bold(text, size, height)
        self.set_left_margin(_MARGIN)
        self.set_x(_MARGIN)

    def _bold(self, text: str, size: float, height: float, *, stay: bool = False) -> None:
        self._use(size)
        lines = self.printable_lines(text)
        self.set_line_width(_BOLD * size / 10)  # no local context: a page may end within, and would be torn
        self.set_draw_color(_BLACK)
        self.text_mode = TextMode.FILL_STROKE
        for line in lines:
            self.set_text_shaping(use_shaping_engine=needs_shaping(line))
            self.multi_cell(0, height, line, align="L", new_x="LMARGIN", new_y="TOP" if stay else "NEXT")
        self.text_mode = TextMode.FILL

    def _use(self, size: float, colour: int = _BLACK) -> None:
        self.set_font(MAIN, size=size)
        self.set_text_color(colour)

    def _rule(self, y: float) -> None:
        with self.local_context(line_width=0.2, draw_color=gray8(_RULE)):
            self.line(_MARGIN, y, self.w - _MARGIN, y)


def _height(size: float) -> float:
    return round(size * 0.48, 2)
