"""The desk as an application: its sheets, its themes, its keys, its palette. No data."""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import actions, events, work
from textual._compositor import CompositorUpdate
from textual.actions import ActionParseResult
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Input
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.color_scheme import DARK, LIGHT, remember_scheme, theme_at_start
from commlog_tui.desk.action import CHANNEL, shown_keys
from commlog_tui.desk.actions import ACTIONS
from commlog_tui.desk.ascii import with_ascii
from commlog_tui.desk.drawing import SAFE, keeping_columns
from commlog_tui.desk.faults import ENDED, note, show_fault
from commlog_tui.desk.first_rows import NOTHING_PAINTED, FirstRows, Painted
from commlog_tui.desk.line_caches import use_cheap_caches
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.privacy import PrivacyApp
from commlog_tui.desk.replies import ask_scheme
from commlog_tui.desk.scheme_reply import may_ask
from commlog_tui.desk.screens import KeepsTyped
from commlog_tui.desk.sheets import first_sheets, later_sheets
from commlog_tui.desk.supervisor import Supervisor
from commlog_tui.desk.target import Profile, Target
from commlog_tui.desk.terminal_frame import TerminalFrame
from commlog_tui.desk.themes import THEMES
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.private_files import FILE_MODE, make_own_folder
from commlog_tui.text.ascii import is_ascii_terminal
from commlog_tui.text.hygiene import without_invisible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from commlog_tui.desk.days_commands import DaysCommands

_FIRST_STEPS: Final = {
    "search": "find a guest, by anything",
    "new_entry": "log a call or a conversation",
    "customer": "everything this customer was sent",
    "booking": "everything of this booking",
    "worklist": "what did not arrive, why, and what to do",
    "help": "all keys; type there to search",
}
_MARKER: Final = "first-steps-shown"


def _days_commands() -> "type[DaysCommands]":
    from commlog_tui.desk.days_commands import DaysCommands

    return DaysCommands


class DeskApp(PrivacyApp):
    """The desk. ``resolve`` says where to look; it is called in a thread, beside the first frame.

    The rows of ``first_rows`` are shown until the desk has asked for itself; a frame that is
    ``painted`` is taken over.
    """

    TITLE = "commlog"
    COMMANDS = App.COMMANDS | {_days_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "To the shell", show=False, priority=True),
    ]

    def __init__(
        self,
        resolve: Callable[[], Target],
        preferences: Preferences | None = None,
        profiles: tuple[Profile, ...] = (),
        first_rows: FirstRows | None = None,
        painted: Painted = NOTHING_PAINTED,
    ) -> None:
        liked = preferences or Preferences()
        self._painted = painted
        self._frame = TerminalFrame()
        use_cheap_caches()
        # Before Textual begins: a theme set afterwards has every sheet read twice.
        BUILTIN_THEMES.update(THEMES)
        self._kept_theme = theme_at_start(liked.theme, liked.machine_folder)
        self.set_reactive(App.theme, self._kept_theme)
        super().__init__([str(sheet) for sheet in first_sheets()])
        self.supervisor = Supervisor(self, resolve, liked, profiles, None if liked.first_view else first_rows)
        self._ascii = is_ascii_terminal()
        self._steps_shown = False
        self.set_keymap(self.preferences.keys)
        self.hide_after = float(self.preferences.hide_after)

    @property
    def preferences(self) -> Preferences:
        """What the person at the desk likes."""
        return self.supervisor.preferences

    @override
    def get_default_screen(self) -> LogScreen:
        """Begin with the log: a blank screen below it would be laid out, too."""
        return self.supervisor.main

    @override
    def on_mount(self) -> None:
        """Connect, once there is something to see."""
        self.supervisor.begin()

    @override
    def is_ready(self) -> bool:
        """Whether keys are taken: on the log, once there is a page or a reason why not."""
        main = self.supervisor.main
        return (self.screen is not main or main.is_settled) and super().is_ready()

    @override
    def takes_early(self, key: str) -> bool:
        """Whether a key moves on the rows that were read before the desk was connected."""
        main = self.supervisor.main
        return self.screen is main and any(table.is_mounted and table.can_step(key) for table in main.query(LogTable))

    async def on_unmount(self) -> None:
        """Let go of the connection."""
        await self.supervisor.close()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)

    def action_leave(self) -> None:
        """Quit; ask first, where something is not sent yet."""
        self.supervisor.leave()

    def on_ready(self) -> None:
        """Read what the first frame did not need, save themes from now on, show the main keys on the first start."""
        self.stylesheet.read_all([*later_sheets()])  # before anything can be opened over the log
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        self.app_resume_signal.subscribe(self, self._frame.redraw)  # the shell has drawn over it
        self._first_steps()
        self.watch_idleness()
        driver = self._driver
        if driver is not None and not self.is_headless and not self.preferences.theme and may_ask(os.environ):
            ask_scheme(driver, asyncio.get_running_loop().call_soon_threadsafe)

    def _scheme_found(self, light: bool) -> None:  # noqa: FBT001 - as the driver has it
        """Take the terminal's scheme over, unless a theme was chosen, and remember it for the next start."""
        if not self.preferences.theme and self.theme == self._kept_theme:
            remember_scheme(self.preferences.machine_folder, light=light)
            self._kept_theme = LIGHT if light else DARK
            self.theme = self._kept_theme

    # what is drawn

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Hold still: the palette's cursor blinks unless it is told not to."""
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = False

    @override
    def get_line_filters(self) -> Sequence[LineFilter]:
        """Draw what was typed made safe, and in ASCII where the terminal knows nothing else."""
        filters = [*super().get_line_filters(), SAFE]
        return with_ascii(filters) if self._ascii else filters

    @override
    def _display(self, screen: Screen[object], renderable: "RenderableType | CompositorUpdate | None") -> None:
        """Write only what the terminal does not show yet."""
        reduced = self._frame.reduced(renderable) if isinstance(renderable, CompositorUpdate) else renderable
        super()._display(screen, reduced)  # type: ignore[arg-type] # Textual passes updates, too

    @override
    def get_driver_class(self) -> type[Driver]:
        """Keep columns in their places in every terminal."""
        return keeping_columns(super().get_driver_class(), self._end_unseen, self._painted, self._scheme_found)

    @work(group="leave", exit_on_error=False)
    async def _end_unseen(self) -> None:
        """End without a question, as nobody can be asked; what is being typed stays a draft."""
        try:
            await asyncio.gather(*(one.keep_typed() for one in self.screen_stack if isinstance(one, KeepsTyped)))
        finally:
            self.exit()

    @override
    def copy_to_clipboard(self, text: str) -> None:
        """Copy the lines of a text without what cannot be seen in them."""
        super().copy_to_clipboard("\n".join(map(without_invisible, text.splitlines())))

    def _theme_chosen(self, theme: Theme) -> None:
        if theme.name != self._kept_theme:
            self._kept_theme = theme.name
            self._keep_theme(theme.name)

    @work(exclusive=True, group="theme", exit_on_error=False)
    async def _keep_theme(self, name: str) -> None:
        keep = self.preferences.keep
        if keep is not None:
            try:
                await asyncio.to_thread(keep, "theme", name)
            except Exception as error:  # noqa: BLE001 - whatever the keeper of settings raises, its words are for people
                self.notify(f"The theme is not kept for the next time. {error}", severity="warning", markup=False)

    @override
    def _handle_exception(self, error: Exception) -> None:
        """Note what fails while the desk ends already: parts of the screen are gone then."""
        if self._exit:
            note(error)
        else:
            super()._handle_exception(error)

    @override
    def _fatal_error(self) -> None:
        """Exit with a sentence.

        Textual would print a traceback with all local variables, which hold personal data.
        """
        note(self._exception)
        self.panic(ENDED)

    # what can be done

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Ctrl+Z to a field that has something to take back, and F9 to what somebody has it do."""
        if action == "privacy" and isinstance(self.screen, LogScreen):
            return not any("f9" in keys.split(",") for keys in self.preferences.keys.values())
        if action == "suspend_process" and getattr(self.focused, "has_history", False):
            return False
        return super().check_action(action, parameters)

    @override
    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do it, or say why it cannot be done now."""
        done = await super().run_action(action, default_namespace, namespaces)
        if not done and isinstance(default_namespace, LogScreen):
            _, name, given = actions.parse(action) if isinstance(action, str) else action
            if name == "do" and (why := default_namespace.why_not(str(given[0]))):
                self.notify(why, markup=False)
                return True
        return done

    @override
    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Add the log's actions, the themes and a confirmed exit to the command palette.

        Textual's own other commands duplicate these, or write pictures with personal data to the
        disk.
        """
        if isinstance(screen, LogScreen):
            for action in (one for one in ACTIONS if one.id != CHANNEL):
                why = screen.why_not(action.id)
                words = f"{action.help}. Not now: {why}" if why else action.help
                yield SystemCommand(action.words, words, partial(self.run_action, f"do('{action.id}')", screen))
        yield SystemCommand(
            "Theme", "Change the colours: dark, light, high contrast, colour-blind-safe", self.action_change_theme
        )
        yield SystemCommand("Quit", "Leave the desk", partial(self.run_action, "leave"))

    # the very first time

    @work(group="first steps", exit_on_error=False)
    async def _first_steps(self) -> None:
        folder = self.preferences.machine_folder
        if folder is None or (folder / _MARKER).exists():
            return
        try:
            await asyncio.to_thread(make_own_folder, folder)
            await asyncio.to_thread((folder / _MARKER).touch, FILE_MODE)
        except OSError:
            return  # shown every time, it would be a nuisance
        keys = {action.id: shown_keys(action, self.preferences.keys) for action in ACTIONS}
        words = "\n".join(f"{keys[name]}  {what}" for name, what in _FIRST_STEPS.items())
        self._steps_shown = True
        self.notify(words, title="The keys that matter", timeout=86_400, markup=False)

    @override
    async def on_event(self, event: events.Event) -> None:
        """Take the first steps away with the first key, which does what it always does."""
        if self._steps_shown and isinstance(event, events.Key | events.MouseDown):
            self._steps_shown = False
            self.clear_notifications()
        if isinstance(event, events.Resize):
            self._frame.forget()
        await super().on_event(event)
