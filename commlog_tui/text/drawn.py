"""Lines of pieces as what a terminal is sent."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from commlog_tui.text.ascii import as_ascii, is_ascii_terminal
from commlog_tui.text.pieces import Row
from commlog_tui.text.widths import placed

_MORE_COLOURS: Final = {"256color", "kitty"}
"""Last parts of the names of terminals that have 256 colours."""
_SHARES: Final = (0.2126, 0.7152, 0.0722)
"""Red, green and blue in a grey, as ``textual.color`` has them."""


def drawn(rows: Iterable[Row], palette: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Return rows drawn from the top left corner, in the colours and characters that a terminal has."""
    ink, ground = (_colours(palette, environment, foreground=foreground) for foreground in (True, False))
    plain = as_ascii if is_ascii_terminal(environment) else str
    lines = []
    for y, row in enumerate(rows, 1):
        lines.append(f"\x1b[{y};1H")
        for text, on, behind, bold in row:
            lines.append(f"\x1b[{'1;' if bold else ''}{ink(on)};{ground(behind)}m{placed(plain(text))}\x1b[0m")
    return "".join(lines)


def _colours(palette: Mapping[str, str], environment: Mapping[str, str], *, foreground: bool) -> Callable[[str], str]:
    """Return a function from a role to the parameters of SGR for text, or for what is behind it.

    How many colours there are is decided as Rich does.
    """
    is_grey = "NO_COLOR" in environment
    has_all = environment.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}
    has_more = environment.get("TERM", "").strip().lower().rpartition("-")[2] in _MORE_COLOURS

    @lru_cache(None)
    def colour(role: str) -> str:
        channels = [int(palette[role][at : at + 2], 16) for at in (0, 2, 4)]
        if is_grey:
            channels = [round(sum(share * one for share, one in zip(_SHARES, channels, strict=True)))] * 3
        if has_all:
            return ";".join(map(str, (38 if foreground else 48, 2, *channels)))
        from rich.color import Color, ColorSystem  # noqa: PLC0415 - most terminals have all colours

        system = ColorSystem.EIGHT_BIT if has_more else ColorSystem.STANDARD
        return ";".join(Color.from_rgb(*channels).downgrade(system).get_ansi_codes(foreground))

    return colour
