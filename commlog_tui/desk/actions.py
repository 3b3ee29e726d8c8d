"""The one table of actions: bindings, footer, palette, help and the README's key table come from it."""

from dataclasses import dataclass
from typing import Final

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Action:
    """Something the desk can do: its id (the screen's ``action_`` method), its keys, and what it is called."""

    id: str
    keys: str
    words: str
    help: str
    in_footer: bool = True


CHANNEL: Final = "channel"
"""The one action that each of its keys does something else for."""
DIGITS: Final = "123456789"

ACTIONS: Final = (
    Action("search", "slash", "Search", "Find by name, number, address, title, code or reference"),
    Action("filters", "f", "Filters", "Show or hide the filters"),
    Action("new_entry", "n", "New", "Log a call, a conversation or a message, about whom you are on"),
    Action("new_blank", "N", "New, empty", "Log one with somebody else", in_footer=False),
    Action("correct", "e", "Correct", "Correct the manual entry you are on"),
    Action("booking", "b", "Booking", "All messages of this booking"),
    Action("customer", "c", "Customer", "This customer's history"),
    Action(CHANNEL, ",".join(DIGITS), "Channel", "Only this channel, or one more; again to take it back", in_footer=False),
    Action("period", "p", "Days", "Today, yesterday, 7 days, 30 days, this month, any time", in_footer=False),
    Action("go_to_date", "t", "To date", "Go to a date", in_footer=False),
    Action("undo_filter", "backspace", "Undo", "Undo the last filter", in_footer=False),
    Action("clear_filters", "x", "Clear", "Undo all filters"),
    Action("save_filters", "s", "Save", "Save the filters under a name", in_footer=False),
    Action("saved_filters", "v", "Saved", "Bring saved filters back", in_footer=False),
    Action("older", "right_square_bracket,right", "Older", "The next page, of older entries", in_footer=False),
    Action("newer", "left_square_bracket,left", "Newer", "The page before, of newer entries", in_footer=False),
    Action("newest", "g", "Newest", "The newest page", in_footer=False),
    Action("oldest", "G", "Oldest", "The oldest page", in_footer=False),
    Action("copy", "y", "Copy", "Copy the address or number really used", in_footer=False),
    Action("copy_entry", "Y", "Copy all", "Copy the whole entry", in_footer=False),
    Action("browse", "w", "Web", "Open the booking in a browser", in_footer=False),
    Action("toggle_utc", "u", "UTC", "Show times in UTC, or in the location's zone", in_footer=False),
    Action("toggle_detail", "d", "Detail", "Show or hide the detail", in_footer=False),
    Action("refresh_page", "r", "Refresh", "Ask the log again", in_footer=False),
    Action("kept", "o", "Outbox", "Drafts, refused entries and what waits to be sent", in_footer=False),
    Action("back", "q,escape", "Back", "Back to where you were; on the log itself, quit with Ctrl+Q", in_footer=False),
    Action("help", "question_mark", "Help", "All keys"),
)
_NAMES: Final = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "Esc",
    "right": "→",
    "left": "←",
    "backspace": "⌫",
}


def bindings() -> list[Binding]:
    """Return the bindings of the log screen."""
    return [
        Binding(action.keys, action.id, action.words, show=action.in_footer, tooltip=action.help, id=action.id)
        for action in ACTIONS
        if action.id != CHANNEL
    ] + [Binding(digit, f"{CHANNEL}('{digit}')", f"Channel {digit}", show=False, id=f"{CHANNEL}_{digit}") for digit in DIGITS]


def shown_keys(action: Action) -> str:
    """Return an action's keys as people read them."""
    if action.id == CHANNEL:
        return f"{DIGITS[0]} … {DIGITS[-1]}"
    return " ".join(_NAMES.get(key, key) for key in action.keys.split(","))


def key_table() -> str:
    """Return the README's table of keys."""
    rows = [f"| `{shown_keys(action)}` | {action.help} |" for action in ACTIONS]
    moves = "| `↑ ↓ j k PgUp PgDn Home End` | Move; beyond the last row, the next page |"
    return "\n".join(["| key | does |", "|---|---|", moves, *rows, "| `Ctrl+P` | Command palette |", "| `Ctrl+Q` | Quit |"])
