"""Text for a terminal that knows ASCII alone, in characters that it has."""

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from unicodedata import category, normalize

from commlog_tui.text.widths import cell_len

_VERTICAL: Final = "│┃║▏▎▍▌▐▕▊▋▉▁█"
_HORIZONTAL: Final = "─━╸╺═▔▀▄▂▃▅▆▇"
_CORNERS: Final = "╭╮╯╰┌┐└┘├┤┬┴┼╔╗╚╝┏┓┗┛▛▜▙▟▖▗▘▝▚▞"
_STAND_INS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_VERTICAL, "|"),
    **dict.fromkeys(_HORIZONTAL, "-"),
    **dict.fromkeys(_CORNERS, "+"),
    **dict.fromkeys("–—‐‑‒―−", "-"),  # noqa: RUF001 - every dash
    **dict.fromkeys("‘’‚′", "'"),  # noqa: RUF001 - every quotation mark
    **dict.fromkeys("“”„″", '"'),
    **dict.fromkeys("·•∙●◦", "*"),
    **dict.fromkeys("○◌", "."),  # what is not ticked must not look like what is
    "█": " ",
    "…": ".",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "▲": "^",
    "▼": "v",
    "▶": ">",
    "◀": "<",
    "▸": ">",
    "▾": "v",
    "◂": "<",
    **dict.fromkeys("✓✔", "+"),  # an x would say the opposite
    **dict.fromkeys("✗✘", "!"),
    "✎": "~",
    "↻": "&",
    "🔎": "/ ",
    "×": "x",  # noqa: RUF001 - the sign for times
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "\u0131": "i",
    "\xa0": " ",
}


def is_ascii_terminal(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the locale or the kind of terminal says that it has no UTF-8.

    The locale is the first of LC_ALL, LC_CTYPE and LANG that is not empty (POSIX.1-2017, section
    8.2). Without any, nothing is known, and UTF-8 is what terminals have nowadays. The Linux
    console has 512 glyphs at most.
    """
    if environment.get("TERM") == "linux":
        return True
    setting = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environment.get(name))), None)
    if setting is None:
        return False
    charset = setting.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return charset != "utf8" and setting.lower() not in {"utf-8", "utf8"}


@lru_cache(8192)
def as_ascii(text: str) -> str:
    """Return the text in ASCII with the same width: ``-|+`` for lines, ``?`` as a fallback."""
    if text.isascii():
        return text
    shown: list[str] = []
    for character in text:
        cells = cell_len(character)
        plain = _STAND_INS.get(character) or (character if character.isascii() else _plain(character))
        shown.append(plain if len(plain) == cells else "?" * cells)
    exact = "".join(shown)
    # What is joined takes fewer cells than its parts.
    return exact[: cell_len(text)].ljust(cell_len(text))


def _plain(character: str) -> str:
    parts = normalize("NFKD", character)
    return "".join(part for part in parts if part.isascii() and category(part)[0] != "C")
