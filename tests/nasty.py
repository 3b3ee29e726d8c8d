"""Texts from outside at their worst; every screen, toast and command is shown each of them."""

from typing import Final
from unicodedata import category

NASTY: Final[dict[str, str]] = {
    "closing markup": "[/foo]",
    "link markup": "[@click=app.quit]x[/]",
    "style markup": "[red]Refund[/red] [bold reverse]",
    "backslash at the end": "C:\\bookings\\",
    "backslash before markup": "\\[red]",
    "clipboard write (OSC 52)": "a\x1b]52;c;aGk=\x07b",
    "hyperlink (OSC 8)": "\x1b]8;;https://evil.example\x1b\\pay here\x1b]8;;\x1b\\",
    "window title (OSC 0)": "\x1b]0;owned\x07",
    "cursor and colour (CSI)": "\x1b[2J\x1b[1;1H\x1b[31mred\x1b[0m",
    "C1 control sequence": "a\x9b31mb\x9d0;t\x9c",
    "NUL": "a\x00b",
    "backspaces": "good\x08\x08\x08\x08evil",
    "DEL": "a\x7fb",
    "newlines": "one\ntwo\r\nthree\rfour",
    "line separators": "one\u2028two\u2029three\x85four\x0bfive\x0csix",
    "tabs": "a\tb\t\tc",
    "bidi override": "invoice\u202efdp.exe",
    "bidi isolates": "\u2066a\u2067b\u2068c\u2069",
    "bidi marks": "\u200eleft\u200fright\u061c",
    "right to left": "שלום עולם — مرحبا",
    "right to left with joiners": "می\u200cشود",
    "zero width": "pay\u200bpal\u2060.ex\ufeffample",
    "soft hyphen": "hy\u00adphen",
    "tags": "flag\U000e0067\U000e0062\U000e007f",
    "invisible letters": "a\u3164b\u115fc\u1160d\uffa0e\u2800f",
    "lone surrogates": "a\ud800b\udfffc",
    "private use": "\ue000\uf8ff\U000f0000",
    "unassigned": "\u0378\U000e0fff",
    "noncharacters": "\ufdd0\uffff\U0010ffff",
    "combining storm": "Z" + "\u0300\u0351\u0363\u036f" * 200,
    "marks without a base": "\u0301\u0302abc \u0303",
    "enclosing marks": "a\u20dd\u20e3b",
    "storm of spacing marks": "Booking " + "\u0903" * 26 + "✓ delivered",
    "storm of Hangul vowels": "Booking " + "\u1161\u11a8" * 13 + "✓ delivered",
    "storm of joiners": "a" + "\u034f\u200d\ufe0f" * 60 + "b",
    "marks of Indic scripts": "राधिका शर्मा, கவிதா ராமசாமி, ស្ត្រី, မြို့",
    "Hangul in parts": "\u1112\u1161\u11ab\u1100\u1173\u11af \ud7b0\ud7cb\u302e",
    "selectors beyond the first plane": "漢\U000e0100字\U000e01ef",
    "letters of flags by themselves": "🇬a🇧🇬🇧🇬",
    "skin tones by themselves": "🏽 a🏿",
    "ambiguous widths": "°±×÷→←·–—“”§®αβγ①②③",  # noqa: RUF001 - every one of them
    "prefixed marks": "\u0600123\u06dd456",
    "wide letters": "漢字テスト、한국어",
    "wide, many": "漢" * 300,
    "half and full width": "ｱｲｳ ＷＫ漢\u3000",
    "emoji": "🎉🛶⛵ boat",
    "emoji family": "👨\u200d👩\u200d👧\u200d👦",
    "emoji with skin tone": "👍🏽 ok",
    "emoji by selector": "❤\ufe0f ☎\ufe0f 1\ufe0f\u20e3",
    "flags": "🇬🇧🇳🇿",
    "joiner at the end": "boat\u200d",
    "selector at the start": "\ufe0fboat",
    "one very long word": "x" * 5000,
    "many words": "word " * 1000,
    "spaces only": "   ",
    "empty": "",
}
"""What makes each nasty, and the text itself."""


def is_harmless(text: str) -> bool:
    """Whether no character is a control, format, surrogate, private or unassigned one, or ends a line."""
    return not any(category(character)[0] == "C" or category(character) in {"Zl", "Zp"} for character in text)
