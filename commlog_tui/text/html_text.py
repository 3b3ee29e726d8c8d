"""HTML mail as readable text: nothing is fetched, and links are shown as text.

``html.parser`` of the standard library takes quadratic time for unclosed markup (CVE-2025-6069, and
86 s for 100 kB of ``<a``), so a scanner of linear time finds the tags, and the parser is given one
short tag at a time.
"""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

LONGEST: Final = 100_000
"""Characters that are read; the rest of a longer text is left out, which its last line says."""
_LONGEST_TAG: Final = 2_048
_LONGEST_LINK: Final = 500
_MOST_LINES_OF_LINK: Final = 5
_MARKUP: Final = re.compile(
    r"<(?:!doctype html|html|body)\b|</(?:a|b|body|div|em|h[1-6]|html|i|li|p|span|strong|table|td|u|ul)\s*>|<br\s*/?>",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript"})
_PARAGRAPHS: Final = frozenset(
    {"p", "div", "table", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section"}
)
_LINES: Final = frozenset({"br", "tr", "li", "dt", "dd"})
_TAG_BEGINS: Final = re.compile("<[A-Za-z/!?]")
_BLANKS: Final = re.compile(r"[ \t\r\n\f\v\xa0]+")


def is_html(text: str) -> bool:
    """Return whether a text is HTML."""
    return "<" in text and _MARKUP.search(text[:LONGEST]) is not None


def readable(html: str) -> str:
    """Return the text of HTML with its paragraphs, lists and tables as lines, and links in brackets."""
    page = _Page()
    for piece in _pieces(html[:LONGEST]):
        if piece.startswith("<") and (name := _NAME.match(piece)):
            page.tag(name[1].lower(), piece, closing=piece.startswith("</"))
        elif not piece.startswith("<"):
            page.text(unescape(piece))
    lines = page.lines()
    if len(html) > LONGEST:
        lines += ["", "(The rest is too long to be shown.)"]
    return "\n".join(lines)


def _pieces(html: str) -> Iterator[str]:
    """Yield tags and the texts between them, without comments and what is not for reading."""
    low = html.lower()
    at, size = 0, len(html)
    while at < size:
        if html[at] != "<":
            end = html.find("<", at)
            end = size if end < 0 else end
            yield html[at:end]
            at = end
            continue
        if html.startswith("<!--", at):
            end = html.find("-->", at + 4)
            at = size if end < 0 else end + 3
            continue
        close, following = html.find(">", at + 1, at + _LONGEST_TAG), html.find("<", at + 1, at + _LONGEST_TAG)
        is_tag = close >= 0 and not 0 <= following < close and _TAG_BEGINS.match(html, at)
        if not is_tag:  # a sign in the text, or a tag too long to be read, such as a picture within the text
            name = _NAME.match(html, at)
            end = html.find(">", at) if name and close < 0 and following < 0 else -1
            if end >= 0:
                at = end + 1
            else:
                yield "&lt;"
                at += 1
            continue
        tag = html[at : close + 1]
        at = close + 1
        name = _NAME.match(tag)
        if name and name[1].lower() in _SILENT and not tag.startswith("</"):
            end = low.find(f"</{name[1].lower()}", at)
            at = size if end < 0 else end
            continue
        yield tag


class _Tag(HTMLParser):
    """Reads the attributes of one tag."""

    def __init__(self, tag: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self.feed(tag)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = {name: value or "" for name, value in reversed(attrs)}


class _Page:
    """The lines of a page as they grow."""

    def __init__(self) -> None:
        self._lines = [""]
        self._links: list[tuple[str, int, int]] = []
        """Address, and the line and column where its text begins."""
        self._pre = 0

    def text(self, text: str) -> None:
        """Add text: white space as it is within ``pre``, else as one space."""
        if self._pre:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._lines[-1] += first
            self._lines += rest
            return
        text = _BLANKS.sub(" ", text)
        if not self._lines[-1] or self._lines[-1].endswith(" "):
            text = text.lstrip(" ")
        self._lines[-1] += text

    def tag(self, name: str, tag: str, *, closing: bool) -> None:
        """Take over what a tag means for the lines."""
        if name == "pre":
            self._pre = max(0, self._pre + (-1 if closing else 1))
        if name in _PARAGRAPHS:
            self._new_line(blank=name not in {"div", "section", "table"})
        elif name in _LINES and not (closing and name == "br"):
            self._new_line(force=name == "br")
        if closing:
            if name in {"td", "th"} and self._lines[-1].strip():
                self._lines[-1] = f"{self._lines[-1].rstrip()}  "
            elif name == "a":
                self._end_link()
        elif name == "li":
            self._lines[-1] += "- "
        elif name == "hr":
            self._lines[-1] += "-----"
            self._new_line()
        elif name in {"a", "img"}:
            self._begin(name, _Tag(tag).found)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "a" and "href" in attributes:
            self._links.append((_one_line(attributes["href"]), len(self._lines), len(self._lines[-1])))
        elif name == "img" and (words := _one_line(attributes.get("alt", ""))):
            self.text(f"[picture: {words}]")

    def _end_link(self) -> None:
        if not self._links:
            return
        address, line, column = self._links.pop()
        if not address or address.startswith("#"):
            return
        first = self._lines[line - 1][column : column + _LONGEST_LINK]
        shown = " ".join([first, *self._lines[line : line + _MOST_LINES_OF_LINK]])[:_LONGEST_LINK]
        if _bare(shown) != _bare(address):
            self.text(f" ({address})" if shown.strip() else address)

    def _new_line(self, *, blank: bool = False, force: bool = False) -> None:
        if self._lines[-1].strip() or force:
            self._lines.append("")
        if blank and len(self._lines) > 1 and self._lines[-2].strip():
            self._lines.append("")

    def lines(self) -> list[str]:
        """Return the lines, with at most one empty one between two."""
        lines: list[str] = []
        for line in map(str.rstrip, self._lines):
            if line or (lines and lines[-1]):
                lines.append(line)
        return lines[:-1] if lines and not lines[-1] else lines


def _one_line(text: str) -> str:
    """Return a short text on one line."""
    line = _BLANKS.sub(" ", text).strip()
    return line if len(line) <= _LONGEST_LINK else f"{line[:_LONGEST_LINK]}…"


def _bare(address: str) -> str:
    """Return an address as people write it, to compare it with what a link shows."""
    return address.strip().lower().removeprefix("mailto:").removeprefix("tel:").split("://")[-1].rstrip("/")
