"""Light or dark as the terminal is, remembered from one start to the next.

The terminal is asked after the first frame, so the first frame uses the answer of the last time.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

DARK, LIGHT = "commlog-dark", "commlog-light"
_FILE: Final = "scheme"


def theme_at_start(theme: str, folder: Path | None) -> str:
    """Return the theme of the first frame: the one that is set, else as the terminal was last."""
    if theme:
        return theme
    if folder is not None:
        with suppress(OSError, ValueError):
            if (folder / _FILE).read_text(encoding="ascii").strip() == "light":
                return LIGHT
    return DARK


def remember_scheme(folder: Path | None, *, light: bool) -> None:
    """Save whether the terminal is light. Failures are ignored."""
    if folder is not None and (theme_at_start("", folder) == LIGHT) != light:
        from commlog_tui.private_files import (  # noqa: PLC0415 - not on the way to the first frame
            make_own_folder,
            write_private,
        )

        with suppress(OSError):
            make_own_folder(folder)
            write_private(folder / _FILE, b"light\n" if light else b"dark\n")
