"""What the lines above and below a page say: which log it is, where one is in it, and the keys."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from commlog_tui.text.hygiene import cut, safe
from commlog_tui.text.widths import cell_len

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page

SEPARATOR: Final = "  ·  "
_SHORTEST_NAME: Final = 12
"""Cells of a name in the heading, however little room there is."""
CONNECTING: Final = "Connecting…"
BACK, HELP, CLEAR = "back", "help", "clear_filters"
FIRST_DIMMED: Final = frozenset({BACK, CLEAR})
"""Actions that can do nothing on the first page."""
KEYS: Final[Mapping[str, tuple[str, str]]] = {
    "search": ("slash", "Search"),
    "filters": ("f", "Filters"),
    "new_entry": ("n", "New"),
    "correct": ("e", "Correct"),
    "booking": ("b", "Booking"),
    "customer": ("c", "Customer"),
    CLEAR: ("x", "Clear"),
    "worklist": ("w", "Worklist"),
    "task": ("exclamation_mark", "Task"),
    "send_again": ("A", "Again"),
    "toggle_detail": ("d", "Detail"),
    "period": ("p", "Days"),
    "status": ("a", "Arrived?"),
    "go_to_date": ("t", "To date"),
    "copy": ("y", "Copy"),
    "proof": ("z", "Proof"),
    "kept": ("o", "Outbox"),
    "saved_filters": ("v", "Saved"),
    "toggle_utc": ("u", "UTC"),
    "filter_by": ("F", "Filter by"),
    "privacy": ("h", "Hide"),
    "profiles": ("P", "Profiles"),
    BACK: ("q,escape,alt+left", "Back"),
    HELP: ("question_mark", "Help"),
}
"""Keys and words of the key bar by action, the most useful first, as the actions have them."""
_NAMES: Final = {
    "slash": "/",
    "comma": ",",
    "exclamation_mark": "!",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "Esc",
    "right": "→",
    "left": "←",
    "alt+left": "Alt+←",
    "alt+right": "Alt+→",
    "backspace": "Backspace",
    "space": "Space",
    "asterisk": "*",
    "ctrl+a": "Ctrl+A",
}


def log_heading(location: str, zone: str, user: str, width: int, *, scope: str = "") -> str:
    """Return which log this is, and who looks at it, after what a view is fixed on.

    What does not fit into so many cells is cut from the names: times always name their zone.
    """
    end = SEPARATOR.join(("", zone, cut(safe(user), max(width // 4, _SHORTEST_NAME))))
    name = SEPARATOR.join(filter(None, (scope, safe(location))))
    return f"{cut(name, max(width - cell_len(end), _SHORTEST_NAME))}{end}"


def position(page: "Page") -> str:
    """Return where a page is in the whole: rows 51 to 100 of 1,204, or of over 10,000."""
    total, first, rows = page.total, page.first, len(page.entries)
    count = f"{total.count:,}" if total.exact else f"over {total.count:,}"
    if not rows:
        return f"0 of {count}"
    if not first:
        return f"{'some' if page.older else 'the oldest'} {rows} of {count}"
    return f"{first:,}–{first + rows - 1:,} of {count}"  # noqa: RUF001 - ranges take an en dash


def turner(position: str, *, newer: bool, older: bool) -> str:
    """Return the position of a page between the arrows that turn it."""
    return f"{'◂' if newer else ' '} {position} {'▸' if older else ' '}" if position else ""


def key_words(keys: str) -> str:
    """Return keys as people read them, given as Textual's keymaps have them."""
    return " ".join(_NAMES.get(key.strip(), key.strip()) for key in keys.split(","))


def key_faces(keymap: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return first key and words of the actions in the key bar, the most useful first."""
    faces = {name: (key_words(keymap.get(name, keys)), words) for name, (keys, words) in KEYS.items()}
    return {name: (safe(keys.partition(" ")[0]), words) for name, (keys, words) in faces.items()}


def key_face(key: str, words: str) -> str:
    """Return a key with its words, as the bar shows them."""
    return f" {key} {words} "


def keys_shown(faces: Mapping[str, tuple[str, str]], dimmed: Collection[str], room: int) -> list[str]:
    """Return the actions there is room for; the way back only where there is one."""
    last = [BACK, HELP] if BACK not in dimmed else [HELP]
    room -= sum(cell_len(key_face(*faces[action])) for action in last)
    shown: list[str] = []
    for action in (one for one in faces if one not in {BACK, HELP}):
        room -= cell_len(key_face(*faces[action]))
        if room < 0:
            break
        shown.append(action)
    return shown + last
