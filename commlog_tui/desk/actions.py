"""The table of actions: bindings, palette, help and the README's key table come from it."""

from collections.abc import Mapping
from typing import Final

from textual.binding import Binding

from commlog_tui.desk.action import CHANNEL, DIGITS, Action, shown_keys
from commlog_tui.desk.commands import (
    by_value,
    columns,
    delivery,
    export,
    find,
    follow,
    pages,
    people,
    resend,
    select,
    show,
    views,
    work,
    write,
)  # fmt: skip

ACTIONS: Final = (
    find.SEARCH, find.SUGGESTION, find.FILTERS, by_value.BY_VALUE, write.NEW, write.NEW_BLANK, write.CORRECT,
    follow.BOOKING, follow.CUSTOMER,
    people.GUEST, people.MEND,
    find.CHANNELS,
    find.PERIOD, find.STATUS, pages.TO_DATE, find.UNDO, find.CLEAR, views.SAVE, views.SAVED, pages.OLDER, pages.NEWER,
    pages.NEWEST_PAGE,
    pages.OLDEST, follow.COPY, follow.COPY_ENTRY, delivery.WORKLIST, work.TASK, resend.RESEND,
    work.HANDOVER, work.PERSON,
    delivery.TICK, delivery.NUMBERS, delivery.SAY, follow.BROWSE, follow.PROOF, follow.PROOFS,
    export.EXPORT, select.SELECT, select.RANGE, select.PAGE, select.REDACT, columns.COLUMNS, show.UTC,
    show.DETAIL, show.RAW, show.TEXT, show.PRIVACY, pages.REFRESH, write.OUTBOX, follow.BACK, follow.FORWARD,
    show.PROFILES, show.SETTINGS, show.HELP,
)  # fmt: skip
BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in ACTIONS}
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
"""Group, keys and words of the app's own fixed keys, which are no actions of the log."""


def bindings() -> list[Binding]:
    """Return the bindings of the log screen."""
    return [
        Binding(action.keys, f"do('{action.id}')", action.words, show=False, tooltip=action.help, id=action.id)
        for action in ACTIONS
        if action.id != CHANNEL
    ] + [
        Binding(digit, f"do('{CHANNEL}', '{digit}')", f"Channel {digit}", show=False, id=f"{CHANNEL}_{digit}")
        for digit in DIGITS
    ]


def key_table() -> str:
    """Return the table of docs/reference/keys.md."""
    rows = [f"| `{shown_keys(action)}` | {action.help} |" for action in ACTIONS]
    moves = "| `↑ ↓ j k PgUp PgDn Home End` | Move; beyond the last row, the next page |"
    return "\n".join(
        ["| key | does |", "|---|---|", moves, *rows, "| `Ctrl+P` | Command palette |", "| `Ctrl+Q` | Quit |"]
    )
