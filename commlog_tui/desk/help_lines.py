"""Lines of the help: keys by group, search, and why actions are unavailable."""

from collections.abc import Callable, Mapping
from typing import Final

from commlog_tui.desk.action import shown_keys
from commlog_tui.desk.actions import ACTIONS, ALWAYS
from commlog_tui.text.details import Kind, Line
from commlog_tui.text.hygiene import wrap

_KEYS: Final = 20
_GROUPS: Final = ("Move", "Find", "Follow", "Delivery", "Pages", "Write", "In the form", "View", "Desk")


def help_lines(needle: str, keymap: Mapping[str, str], why_not: Callable[[str], str | None], width: int) -> list[Line]:
    """Return the help in lines of at most ``width`` cells, filtered by the words of a search."""
    rows: list[tuple[str, str, str, str | None]] = [(group, keys, words, None) for group, keys, words in ALWAYS]
    rows += [(action.group, shown_keys(action, keymap), action.help, why_not(action.id)) for action in ACTIONS]
    wanted = needle.casefold().split()
    lines: list[Line] = []
    for group in dict.fromkeys((*_GROUPS, *(action.group for action in ACTIONS))):
        found = [
            row
            for row in rows
            if row[0] == group and all(one in " ".join((group, *row[1:3])).casefold() for one in wanted)
        ]
        if found:
            lines += [Line("", "text")] if lines else []
            lines.append(Line(group, "label"))
        for _, keys, words, reason in found:
            lines += _row(keys, words, width, "muted" if reason else "text")
            lines += _row("", f"Not now: {reason}", width, "muted") if reason else []
    return lines or [Line("No key does that. Ctrl+P finds commands by name.", "muted")]


def _row(keys: str, words: str, width: int, kind: Kind) -> list[Line]:
    first, *rest = wrap(words, max(width - _KEYS, 10))
    return [Line(f"{keys:{_KEYS}}{first}", kind), *(Line(" " * _KEYS + one, kind) for one in rest)]
