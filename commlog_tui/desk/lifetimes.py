"""The lifetimes of the desk: a connection, what it is told and what it sends, and another in its place."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import work
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.desk.discretion import DiscreetApp
from commlog_tui.desk.faults import FAULT, own_up
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.screens.log import LogScreen
from commlog_tui.desk.session import Session, connect
from commlog_tui.desk.sight import Lookout
from commlog_tui.desk.target import Profile, Target, TargetError
from commlog_tui.desk.versions import mismatch
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.client.outbox import SendReport
    from commlog_tui.contract.location import Location
    from commlog_tui.desk.proofs import ProofSubject

_LONGEST_PAUSE: Final = 10.0
_WITNESS_SECONDS: Final = 600.0
_PREVIEW_SECONDS: Final = 0.1
_READ_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.02
_REST_SECONDS: Final = 0.2


class ConnectedApp(DiscreetApp):
    """An application on one log at a time. Each is a mode of Textual's, with its own screens."""

    def __init__(
        self,
        resolve: Callable[[], Target],
        preferences: Preferences,
        profiles: tuple[Profile, ...],
        sheets: list[str],
        lookout: Lookout | None,
    ) -> None:
        super().__init__(sheets)
        self._lookout = lookout
        self._previewed = asyncio.Event()
        self._resolve = resolve
        self._profiles = profiles
        self.preferences = preferences
        self._session: Session | None = None
        self._main = LogScreen()
        self._logs = 0

    @override
    def get_default_screen(self) -> LogScreen:
        """Begin with the log: a blank screen below it would be laid out, too."""
        return self._main

    @override
    def on_mount(self) -> None:
        """Connect, once there is something to see."""
        self._main.call_after_refresh(self._connect)
        if self._lookout is not None:
            self._preview(self._lookout)

    @override
    def is_ready(self) -> bool:
        """Whether keys are taken: on the log, once there is a page or a reason why not."""
        return (self.screen is not self._main or self._main.is_settled) and super().is_ready()

    async def on_unmount(self) -> None:
        """Let go of the connection."""
        if self._lookout is not None:
            self._lookout.close()
        if self._session is not None:
            from commlog_tui.desk.request_log import stop_log

            await self._session.client.aclose()
            stop_log()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        own_up(event)

    @work(group="preview", exit_on_error=False)
    async def _preview(self, lookout: Lookout) -> None:
        """Show what was seen while the desk was loaded, if that is sooner than what it asks for itself."""
        rows = await asyncio.to_thread(lookout.rows)
        self._main.preview(rows)
        self._main.call_after_refresh(self._previewed.set)

    @work(exclusive=True, group="connect", exit_on_error=False)
    async def _connect(self) -> None:
        if self._lookout is not None:
            with suppress(TimeoutError):  # what is loaded from here on would slow down what is about to be shown
                await asyncio.wait_for(self._previewed.wait(), _PREVIEW_SECONDS)
        pause = 1.0
        while self._session is None:
            try:
                self._session = await connect(self._resolve, self._choose)
            except TargetError as error:
                self._main.show_trouble(safe(str(error)))
                return
            except Exception as error:  # noqa: BLE001 - client errors' classes are not loaded yet; the rest must not reach a clerk
                from commlog_tui.client.errors import BusyError, ClientError, UnreachableError

                if not isinstance(error, UnreachableError | BusyError):
                    self._main.show_trouble(str(error) if isinstance(error, ClientError) else FAULT)
                    return
                self._main.show_trouble(f"{error}\nTrying again.", heading="No answer yet")
                await asyncio.sleep(max(pause, error.pause))
                pause = min(pause * 2, _LONGEST_PAUSE)
        self._main.start(self._session)
        self._main.note("version", mismatch(self._session.me.version))
        self._follow(self._session)
        self._send(self._session)
        self._settle()

    @work(exclusive=True, group="settle", exit_on_error=False)
    async def _settle(self) -> None:
        """Once the first rows are there, load what the next keys may need, and collect garbage again."""
        while not self._main.is_settled:  # noqa: ASYNC110 - screens tell nobody when
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.sleep(_REST_SECONDS)
        await asyncio.to_thread(import_module, "commlog_tui.desk.screens.entry_form")
        if not gc.isenabled():
            gc.freeze()  # what the program is made of is never garbage
            gc.enable()
        if self._session is not None and self.preferences.folder is not None:
            self._witness(self._session, self.preferences.folder)
        if self._session is not None:
            self._tidy(self._session)

    @work(group="tidy", exit_on_error=False)
    async def _tidy(self, session: Session, entry_id: str = "") -> None:
        """Remove what this machine still holds of redacted entries."""
        from commlog_tui.desk.redacted_copies import tidy

        await tidy(self, self.preferences, session, entry_id)

    @work(exclusive=True, group="witness", exit_on_error=False)
    async def _witness(self, session: Session, folder: Path) -> None:
        """Hold the log to what this desk has seen of it, now and then."""
        from commlog_tui.client.errors import ClientError
        from commlog_tui.evidence.witness import CheckpointFileError, Witness
        from commlog_tui.ledger.witness import WitnessError

        witness = Witness(folder, session.location)
        while True:
            try:
                await witness.check(session.client, session.location)
            except WitnessError as error:
                words = f"{error} Tell whoever runs the log. What this desk saw before is in {witness.path}."
                self.notify(words, title="The log is not what it was", severity="error", timeout=86_400, markup=False)
                for view in self._views():
                    view.show_alarm(str(error))
                return
            except (CheckpointFileError, OSError) as error:
                for view in self._views():
                    view.note("evidence", f"This desk cannot be a witness: {error}")
                return
            except ClientError:
                pass  # the page's worker says how things stand
            await asyncio.sleep(_WITNESS_SECONDS)

    async def _choose(self, locations: "tuple[Location, ...]") -> str:
        from commlog_tui.desk.screens.location_chooser import LocationChooser

        return await self.push_screen_wait(LocationChooser(locations))

    @work(group="follow", exit_on_error=False)
    async def _follow(self, session: Session) -> None:
        """Tell every view what is new, and whether the service is there."""
        from commlog_tui.client.errors import ClientError
        from commlog_tui.client.feed import follow

        def live(connected: bool) -> None:  # noqa: FBT001 - the client gives a state
            for view in self._views():
                view.show_connection(connected=connected)
            if connected:
                session.sender.wake()

        try:
            start = session.place.seq
            async for item in follow(session.client, session.location, start, on_state=live, on_shorter=self._log_is_shorter):
                if item.entry is not None and item.entry.redacted:
                    self._tidy(session, item.entry.id)
                for view in self._views():
                    view.show_record(item)
        except ClientError as error:
            for view in self._views():
                view.show_trouble(str(error))

    def _log_is_shorter(self, end: int) -> None:
        """Ask every view again, and say why: what was read before may not be in the log any more."""
        for view in self._views():
            view.action_refresh_page()
        words = f"The log ends at no. {end} now: it was restored from a backup. Later records are not in it any more."
        self.notify(words, severity="warning", markup=False, timeout=60)

    @work(group="send", exit_on_error=False)
    async def _send(self, session: Session) -> None:
        """Send what waits in the outbox, as long as the desk is open."""
        await session.sender.run(self._sent, self._not_sent)

    def _sent(self, report: "SendReport") -> None:
        for item in report.refused:
            words = f"Refused: {safe(item.reason or '')} It is kept: o opens it."
            self.notify(words, severity="error", markup=False, timeout=20)
        if len(report.sent) == 1:
            self.notify(f"Recorded as no. {report.sent[0][1].seq}.", markup=False)
        elif report.sent:
            self.notify(f"{len(report.sent)} entries that waited are recorded.", markup=False)
        for view in self._views():
            view.show_report(report)

    def _not_sent(self, words: str) -> None:
        for view in self._views():
            view.note("waiting", words)

    def _views(self) -> list[LogScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, LogScreen) and screen.is_mounted]

    @work(exclusive=True, group="leave", exit_on_error=False)
    async def action_leave(self) -> None:
        """Quit; ask first, where something is not sent yet."""
        session = self._session
        items = await asyncio.to_thread(session.outbox.items) if session is not None else ()
        unsent = sum(item.state != "draft" for item in items)
        if unsent:
            from commlog_tui.desk.screens.leave import LeaveScreen

            if not await self.push_screen_wait(LeaveScreen(unsent)):
                return
        self.exit()

    # proof sheets

    @work(group="proof", exit_on_error=False)
    async def prove(self, session: Session, subject: "ProofSubject", folder: Path) -> None:
        """Make a proof sheet while the desk is used."""
        from commlog_tui.client.errors import ClientError
        from commlog_tui.desk.proofs import ProofError, make

        for view in self._views():
            view.note("proof", "making a proof sheet")
        try:
            await make(session, subject, folder)
        except ProofError as error:
            self.notify(safe(str(error)), title="No proof sheet", severity="error", timeout=_READ_SECONDS, markup=False)
        except ClientError as error:
            words = f"{error} No proof sheet was made."
            self.notify(words, title="No proof sheet", severity="error", timeout=_READ_SECONDS, markup=False)
        else:
            self.notify("Proof sheet made. Z opens it.", markup=False)
        finally:
            for view in self._views():
                view.note("proof")

    # another log in its place

    @work(exclusive=True, group="switch", exit_on_error=False)
    async def action_profiles(self) -> None:
        """Ask for another profile or location, having said what waits here, and go to it."""
        from commlog_tui.desk.screens.profile_chooser import ProfileChooser, choices

        session = self._session
        items = await asyncio.to_thread(session.outbox.items) if session is not None else ()
        offered = choices(self._profiles, self._resolve, session)
        chosen = await self.push_screen_wait(ProfileChooser(offered, len(items)))
        if chosen is not None:
            await self._go_to(chosen.resolve)

    async def _go_to(self, resolve: Callable[[], Target]) -> None:
        for group in ("preview", "connect", "follow", "send", "settle", "witness", "proof"):
            self.workers.cancel_group(self, group)
        session, self._session = self._session, None
        if session is not None:
            await session.client.aclose()
        self._resolve = partial(self._told, resolve)
        self._main, before = LogScreen(), self.current_mode
        self._logs += 1
        self.add_mode(f"log {self._logs}", lambda: self._main)
        for screen in self.screen_stack:
            self.workers.cancel_node(screen)
        await self.switch_mode(f"log {self._logs}")
        if before != self.DEFAULT_MODE:  # which Textual keeps
            await self.remove_mode(before)
        self._connect()

    def _told(self, resolve: Callable[[], Target]) -> Target:
        """Return where to look, having taken over where what is kept for it lies."""
        target = resolve()
        if target.folder is not None:
            self.preferences = replace(self.preferences, folder=target.folder)
        return target
