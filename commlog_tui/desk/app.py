"""The desk as an application: its sheets, its palette, its lifetimes. No data."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from typing_extensions import override

from commlog_tui.desk.actions import ACTIONS
from commlog_tui.desk.screens.log import LogScreen
from commlog_tui.desk.session import Session, connect
from commlog_tui.desk.sheets import sheets
from commlog_tui.desk.target import Target, TargetError


class DeskApp(App[None]):
    """The desk. ``resolve`` says where to look; it is called in a thread, beside the first frame."""

    TITLE = "commlog"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False)]

    def __init__(self, resolve: Callable[[], Target]) -> None:
        super().__init__(css_path=[str(sheet) for sheet in sheets()])
        self._resolve = resolve
        self._session: Session | None = None
        self._main = LogScreen()

    def on_mount(self) -> None:
        """Show the log, and connect beside it."""
        self.push_screen(self._main)
        self._connect()

    async def on_unmount(self) -> None:
        """Let go of the connection."""
        if self._session is not None:
            await self._session.client.aclose()

    @work(exit_on_error=False)
    async def _connect(self) -> None:
        import asyncio

        while self._session is None:
            try:
                self._session = await connect(self._resolve)
            except TargetError as error:
                self._main.say(str(error))
                return
            except Exception as error:  # noqa: BLE001 - client errors' classes are not loaded yet; the rest must not reach a clerk
                from commlog_tui.client.errors import BusyError, ClientError, UnreachableError

                self._main.say(
                    str(error) if isinstance(error, ClientError) else "The desk met a fault of its own while connecting."
                )
                if not isinstance(error, UnreachableError | BusyError):
                    return
                await asyncio.sleep(1)
        self._main.start(self._session)

    @override
    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every action of the log, then Textual's own."""
        if isinstance(screen, LogScreen):
            for action in ACTIONS:
                yield SystemCommand(action.words, action.help, getattr(screen, f"action_{action.id}"))
        yield from super().get_system_commands(screen)
