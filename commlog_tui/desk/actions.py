"""The one table of actions: bindings, footer, palette, help and the README's key table come from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Action:
    """Something the desk can do: its id (the screen's ``action_`` method), its keys, what it is called, its group in the help."""

    id: str
    keys: str
    words: str
    help: str
    group: str = "Desk"


CHANNEL: Final = "channel"
"""The one action that each of its keys does something else for."""
DIGITS: Final = "123456789"

ACTIONS: Final = (
    Action("search", "slash", "Search", "Find by name, number, address, title, code or reference", group="Find"),
    Action("filters", "f", "Filters", "Show or hide the filters", group="Find"),
    Action("new_entry", "n", "New", "Log a call, a conversation or a message, about whom you are on", group="Write"),
    Action("new_blank", "N", "New, empty", "Log one with somebody else", group="Write"),
    Action("correct", "e", "Correct", "Correct the manual entry you are on", group="Write"),
    Action("booking", "b", "Booking", "All messages of this booking", group="Follow"),
    Action("customer", "c", "Customer", "This customer's history", group="Follow"),
    Action(
        CHANNEL,
        ",".join(DIGITS),
        "Channel",
        "Only this channel, or one more; again to take it back",
        group="Find",
    ),
    Action("period", "p", "Days", "Today, yesterday, 7 days, 30 days, this month, any time", group="Find"),
    Action("go_to_date", "t", "To date", "Go to a date", group="Pages"),
    Action("undo_filter", "backspace", "Undo", "Undo the last filter", group="Find"),
    Action("clear_filters", "x", "Clear", "Undo all filters", group="Find"),
    Action("save_filters", "s", "Save", "Save the filters under a name", group="Find"),
    Action("saved_filters", "v", "Saved", "Bring saved filters back", group="Find"),
    Action("older", "right_square_bracket,right", "Older", "The next page, of older entries", group="Pages"),
    Action("newer", "left_square_bracket,left", "Newer", "The page before, of newer entries", group="Pages"),
    Action("newest", "g", "Newest", "The newest page", group="Pages"),
    Action("oldest", "G", "Oldest", "The oldest page", group="Pages"),
    Action("copy", "y", "Copy", "Copy the address or number really used", group="Follow"),
    Action("copy_entry", "Y", "Copy all", "Copy the whole entry", group="Follow"),
    Action("browse", "w", "Web", "Open the booking in a browser", group="Follow"),
    Action("proof", "z", "Proof", "Make a proof sheet of the entry, its booking or its customer", group="Follow"),
    Action("proofs", "Z", "Proofs", "Proof sheets made before: open one, or copy where it is", group="Follow"),
    Action("toggle_utc", "u", "UTC", "Show times in UTC, or in the location's zone", group="View"),
    Action("toggle_detail", "d", "Detail", "Show or hide the detail", group="View"),
    Action("privacy", "h", "Hide", "Hide names, addresses and numbers from whoever sees the screen", group="View"),
    Action("refresh_page", "r", "Refresh", "Ask the log again", group="Pages"),
    Action("kept", "o", "Outbox", "Drafts, refused entries and what waits to be sent", group="Write"),
    Action("back", "q,escape", "Back", "Back to where you were; on the log itself, quit with Ctrl+Q", group="Follow"),
    Action("profiles", "P", "Profiles", "Another log: a profile of the settings, or another location", group="Desk"),
    Action("help", "question_mark", "Help", "All keys", group="Desk"),
)
IN_FOOTER: Final = (
    "search", "filters", "new_entry", "correct", "booking", "customer", "clear_filters", "toggle_detail", "period", "go_to_date",
    "copy", "proof", "kept", "saved_filters", "toggle_utc", "privacy", "profiles",
)  # fmt: skip
"""What the footer says where it has room for it, the most useful first; after it the way back, if there is one, and help."""
NEED_A_LOG: Final = frozenset(action.id for action in ACTIONS) - {
    "toggle_utc",
    "toggle_detail",
    "privacy",
    "back",
    "profiles",
    "help",
}
"""What can be done only with a log to do it in."""
ALWAYS: Final = (
    ("Move", "↑ ↓ j k", "Move; beyond the last row, the next page"),
    ("Move", "PgUp PgDn Home End", "A windowful, the first row, the last row"),
    ("Move", "Enter", "Into the detail, to scroll it; from a field, back to the table"),
    ("Move", "Tab Shift+Tab", "To the next part, or the one before: filters, table, detail"),
    ("In the form", "Enter", "The next field; from the last one, save"),
    ("In the form", "↑ ↓ Tab Shift+Tab", "The field before, the next field"),
    ("In the form", "Ctrl+J", "A new line in the notes"),
    ("In the form", "Ctrl+S", "Save; it is on the disk before it is sent"),
    ("In the form", "Esc", "Leave; with something typed, Esc again keeps a draft"),
    ("In the form", "Ctrl+D", "After Esc: throw away what was typed"),
    ("Desk", "Ctrl+P", "Command palette: everything by name, and the themes"),
    ("Desk", "Ctrl+Z", "Back to the shell for now; fg comes back here. In a field, undo what was typed"),
    ("Desk", "Ctrl+Q", "Quit"),
)
"""Group, keys and words of what is no action of the log: it is always there, and its keys stay as they are."""
_NAMES: Final = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "Esc",
    "right": "→",
    "left": "←",
    "backspace": "Backspace",
}


def bindings() -> list[Binding]:
    """Return the bindings of the log screen."""
    return [
        Binding(action.keys, action.id, action.words, show=False, tooltip=action.help, id=action.id)
        for action in ACTIONS
        if action.id != CHANNEL
    ] + [Binding(digit, f"{CHANNEL}('{digit}')", f"Channel {digit}", show=False, id=f"{CHANNEL}_{digit}") for digit in DIGITS]


def shown_keys(action: Action, keymap: Mapping[str, str] | None = None) -> str:
    """Return an action's keys, or those that a keymap gives it, as people read them."""
    if action.id == CHANNEL:
        return f"{DIGITS[0]} … {DIGITS[-1]}"
    keys = (keymap or {}).get(action.id, action.keys)
    return " ".join(_NAMES.get(key.strip(), key.strip()) for key in keys.split(","))


def key_table() -> str:
    """Return the table of docs/reference/keys.md."""
    rows = [f"| `{shown_keys(action)}` | {action.help} |" for action in ACTIONS]
    moves = "| `↑ ↓ j k PgUp PgDn Home End` | Move; beyond the last row, the next page |"
    return "\n".join(["| key | does |", "|---|---|", moves, *rows, "| `Ctrl+P` | Command palette |", "| `Ctrl+Q` | Quit |"])
