"""The desk's actions as objects: keys, words, ``run``, and why they are unavailable."""

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias

from textual.app import App
from textual.dom import DOMNode

from commlog_tui.text.bars import key_words

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.desk.columns import ChosenColumns
    from commlog_tui.desk.filters import Filters
    from commlog_tui.desk.preferences import Preferences
    from commlog_tui.desk.proofs import ProofSubject
    from commlog_tui.desk.reader.reader import LogReader
    from commlog_tui.desk.reader.state import Scope, Turn
    from commlog_tui.desk.selection import Selection
    from commlog_tui.desk.session import Session
    from commlog_tui.desk.travel import Travel

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
"""Something to do in the background. A desk that ends before it begins has made no coroutine."""
NOT_CONNECTED: Final = "The log is not connected yet."
NO_ENTRY: Final = "There is no entry here."
CHANNEL: Final = "channel"
"""The one action that each of its keys does something else for."""
DIGITS: Final = "123456789"


class Settings(Protocol):
    """What keeps settings, and makes them take effect."""

    @property
    def actions(self) -> "tuple[Action, ...]":
        """The actions whose keys can be changed."""
        ...

    async def keep(self, name: str, value: str | int) -> None:
        """Save a setting, and use it from now on. Raises an error whose words can be shown."""
        ...

    async def keep_keys(self, action: str, keys: str) -> Mapping[str, str]:
        """Save the keys of an action, use them, and return all keys that were changed. Raises as ``keep``."""
        ...


class Desk(Protocol):
    """What a view asks of the desk that it is part of."""

    @property
    def preferences(self) -> "Preferences":
        """What the person at the desk likes."""
        ...

    @property
    def is_private(self) -> bool:
        """Whether whom the entries are about is hidden."""
        ...

    def joined(self, view: "View") -> None:
        """Take a view in: it is told what concerns every view."""
        ...

    def toggle_private(self) -> None:
        """Hide whom the entries are about, or show it again."""
        ...

    def choose_profile(self) -> None:
        """Ask for another log, and go to it."""
        ...

    def leave_for(self, filters: "Filters") -> None:
        """Go back to the log itself, for filters of another customer or booking."""
        ...

    def count_kept(self) -> None:
        """Count anew what is kept in the outbox."""
        ...

    def prove(self, session: "Session", subject: "ProofSubject", folder: Path) -> None:
        """Make a proof sheet while the desk is used."""
        ...

    @property
    def settings(self) -> "Settings":
        """Keeps settings, and makes them take effect."""
        ...

    def must_ask_person(self) -> bool:
        """Whether to ask who is at the keyboard before something is written."""
        ...

    def set_person(self, name: str) -> None:
        """Write with a name from now on, empty for none, and say so in the bar of every view."""
        ...


class FieldsOfView(Protocol):
    """The filters beside the table."""

    @property
    def are_shown(self) -> bool:
        """Whether the filters are shown."""
        ...

    @property
    def are_faulty(self) -> bool:
        """Whether a field holds what cannot be asked for."""
        ...

    async def fold(self, *, shown: bool) -> None:
        """Show or hide the filters."""
        ...


class View(Protocol):
    """What an action needs of the view that it is done in."""

    @property
    def desk(self) -> Desk:
        """The desk that the view is part of."""
        ...

    @property
    def reader(self) -> "LogReader":
        """What reads the log, and has the state of the view."""
        ...

    @property
    def app(self) -> App[object]:
        """The application."""
        ...

    @property
    def session(self) -> "Session":
        """The session. Raises ``LookupError`` before there is one."""
        ...

    @property
    def entry(self) -> "Entry | None":
        """The entry in the current row."""
        ...

    @property
    def columns(self) -> "ChosenColumns":
        """The columns of the table."""
        ...

    @property
    def selection(self) -> "Selection":
        """What is selected."""
        ...

    @property
    def selected(self) -> "tuple[Entry, ...]":
        """What is selected, the oldest first; else the entry in the current row."""
        ...

    def move(self, rows: int) -> None:
        """Move the cursor of the table."""
        ...

    @property
    def is_in_table(self) -> bool:
        """Whether the table has the focus."""
        ...

    @property
    def fields(self) -> FieldsOfView:
        """The filters beside the table."""
        ...

    def filter(self, filters: "Filters", *, anew: bool = False, jump: bool = False) -> None:
        """Show what these filters leave, or say why that cannot be asked for. The way back undoes a jump."""
        ...

    def open(self, scope: "Scope", filters: "Filters | None" = None) -> None:
        """Open a view that is fixed on something."""
        ...

    @property
    def travel(self) -> "Travel":
        """The way back and forward."""
        ...

    def turn(self, where: "Turn") -> None:
        """Turn to another page."""
        ...

    def to_table(self) -> None:
        """Give the focus to the table."""
        ...

    def toggle_detail(self, *, only_show: bool = False) -> None:
        """Show or hide the detail."""
        ...

    def show_help(self) -> None:
        """Show all keys."""
        ...

    def start(self, work: Work, group: str) -> None:
        """Do something in the background, in place of what is under way in the same group."""
        ...


def start_work(node: DOMNode, work: Work, group: str, *, exclusive: bool = True) -> None:
    """Do something in the background; if exclusive, in place of what is under way in the same group."""
    run: Any = work  # mypy finds no single reading of the type that Textual declares
    node.run_worker(run, group=group, exclusive=exclusive, exit_on_error=False)


def always(_: View) -> str | None:
    """Return no reason: it can be done at any time."""
    return None


def needs_entry(view: View) -> str | None:
    """Return why nothing can be done with an entry."""
    return NO_ENTRY if view.entry is None else None


class Action(NamedTuple):
    """Something that can be done in a view."""

    id: str
    keys: str
    words: str
    help: str
    group: str
    run: Callable[..., object]
    """Called with the view, and for the channels the digit. An awaitable result is awaited."""
    why_not: Callable[[View], str | None] = always
    """Return why the action is unavailable, as a sentence.

    It is called when the key is pressed, so ``run`` need not check again.
    """
    writes: bool = False
    """Whether it writes something, so that it may be asked first who does."""
    needs_log: bool = True
    """Whether it can be done only with a log to do it in."""

    def reason(self, view: View, *, connected: bool) -> str | None:
        """Return why it cannot be done now; None if it can."""
        return NOT_CONNECTED if self.needs_log and not connected else self.why_not(view)


def shown_keys(action: Action, keymap: Mapping[str, str] | None = None) -> str:
    """Return an action's keys, or those that a keymap gives it, as people read them."""
    if action.id == CHANNEL:
        return f"{DIGITS[0]} … {DIGITS[-1]}"
    return key_words((keymap or {}).get(action.id, action.keys))
