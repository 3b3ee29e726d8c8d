"""The desk's background work as one object: connection, feed, sender and witness."""

import asyncio
import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from commlog_tui.desk.action import View, Work, start_work
from commlog_tui.desk.applying import LiveSettings
from commlog_tui.desk.commands.views import open_saved
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.first_rows import FirstRows
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.outbox_notices import kept_words, leave, say_sent, say_shorter
from commlog_tui.desk.person import bar_person
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.privacy import PrivacyApp
from commlog_tui.desk.screens import choose_location, tell_record
from commlog_tui.desk.target import Profile, Target, TargetError
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.client.outbox import SendReport
    from commlog_tui.desk.proofs import ProofSubject
    from commlog_tui.desk.session import Session

_LOOK_SECONDS: Final = 0.02
_REST_SECONDS: Final = 0.2
_RENEW_SECONDS: Final = 1.0
_GROUPS: Final = (
    "first rows", "connect", "follow", "send", "settle", "witness", "hooks", "due", "proof", "count", "tidy", "ended",
    "call",
)  # fmt: skip


class Supervisor:
    """Connects the desk to one log at a time. Each log is a Textual mode with its own screens."""

    def __init__(
        self,
        app: PrivacyApp,
        resolve: Callable[[], Target],
        preferences: Preferences,
        profiles: tuple[Profile, ...],
        first_rows: FirstRows | None,
    ) -> None:
        self._app = app
        self._resolve = resolve
        self.profiles = profiles
        self.first_rows = first_rows
        self._notes, self._alarm = dict[str, str](), ""
        self._logs = 0
        self.preferences = preferences
        self.session: Session | None = None
        self.settings = LiveSettings(app, self, self.views)
        self.main = LogScreen(self)
        if first_rows is not None and (first := first_rows.page(0)) is not None:
            self.main.show_first(first)

    def begin(self) -> None:
        """Connect, once there is something to see."""
        self.main.call_after_refresh(lambda: self._run("connect", self._connect))
        if self.first_rows is not None and self.main.state.page is None:
            self._run("first rows", partial(self._show_first, self.first_rows))

    async def close(self) -> None:
        """Let go of the connection."""
        if self.session is not None:
            from commlog_tui.desk.request_log import stop_log

            await self.session.client.aclose()
            stop_log()

    def _run(self, group: str, work: Work, *, exclusive: bool = True) -> None:
        start_work(self._app, work, group, exclusive=exclusive)

    @property
    def is_private(self) -> bool:
        """Whether whom the entries are about is hidden."""
        return self._app.is_private

    def toggle_private(self) -> None:
        """Hide whom the entries are about, or show it again."""
        self._app.action_privacy()

    def joined(self, view: View) -> None:
        """Pass an opened view what concerns every view. The first one is connected later."""
        view.reader.set_private(private=self.is_private)
        if self.preferences.times == "utc":
            view.reader.toggle("utc")
        for kind, words in self._notes.items():
            view.reader.note(kind, words)
        view.reader.alarm(self._alarm)
        if self.session is not None and isinstance(view, LogScreen):
            view.connect(self.session)

    def views(self) -> list[LogScreen]:
        """Return the views that are open."""
        return [screen for screen in self._app.screen_stack if isinstance(screen, LogScreen) and screen.is_mounted]

    def leave_for(self, filters: Filters) -> None:
        """Go back to the log itself, for filters of another customer or booking."""
        log, *views = self.views()
        for view in reversed(views):
            view.dismiss(None)
        log.filter(filters)

    def _note(self, kind: str, words: str = "") -> None:
        """Say something in the bar of every view, also of those to come."""
        self._notes[kind] = words
        for view in self.views():
            view.reader.note(kind, words)

    def count_kept(self) -> None:
        """Say in the bar how many drafts and refused entries are kept."""
        if self.session is not None:
            self._run("count", partial(self._count, self.session))

    def must_ask_person(self) -> bool:
        """Whether to ask who is at the keyboard, as the desk has been idle for as long as is set."""
        return 0 < self.preferences.ask_person_after * 60 <= self._app.longest_pause

    def set_person(self, name: str) -> None:
        """Write with a name from now on, empty for none, and say so in the bar of every view."""
        self._app.longest_pause = 0.0
        if self.session is not None:
            self.session.desk_person.be(name, self.preferences.people)
            self._note("person", bar_person(name))

    async def _count(self, session: "Session") -> None:
        self._note("kept", await kept_words(session))

    async def _show_first(self, first_rows: FirstRows) -> None:
        """Show the prefetched page if it comes before the desk's own."""
        if (first := await asyncio.to_thread(first_rows.page)) is not None:
            self.main.show_first(first)

    async def _connect(self) -> None:
        from commlog_tui.desk.connecting import connected, first_view

        self.session = await connected(self._app, self._resolved, self.main.reader)
        if self.session is None:
            return
        first = first_view(self._app, self.preferences, quiet=self._logs > 0)
        if first is not None and not first.scope:
            self.main.filter(first.filters)
            self.main.columns.choose(first.columns or self.main.columns.texts)
        self.main.connect(self.session)
        if first is not None and first.scope:
            open_saved(cast("View", self.main), first)
        if self.preferences.call and not self._logs:
            from commlog_tui.desk.people.calling import open_caller

            self._run("call", partial(open_caller, self.main, self.session, self.preferences.call))
        self._note("person", bar_person(self.session.desk_person.name))
        self.count_kept()
        self._run("follow", partial(self._renew_and_follow, self.session))
        self._run("send", partial(self.session.sender.run, self._sent, partial(self._note, "waiting")))
        self._run("settle", partial(self._settle, self.session))

    async def _renew_and_follow(self, session: "Session") -> None:
        """Replace a session from last time by the service's own, then follow the log."""
        from commlog_tui.client.errors import BusyError, ClientError, UnreachableError
        from commlog_tui.desk.session import renew
        from commlog_tui.desk.versions import mismatch
        from commlog_tui.desk.watching import fail_all

        while session.is_remembered:
            try:
                session = await renew(session, partial(choose_location, self._app))
            except (UnreachableError, BusyError) as error:
                await asyncio.sleep(max(_RENEW_SECONDS, error.pause))
            except (TargetError, ClientError) as error:
                fail_all(self.views(), safe(str(error)))
                return
        if session is not self.session:
            self.session = session
            for view in self.views():
                view.connect(session)
        self._note("version", mismatch(session.me.version))
        await self._follow(session)

    async def _settle(self, session: "Session") -> None:
        """After the first rows, load what the next keys need, and enable garbage collection."""
        while not self.main.is_settled:  # noqa: ASYNC110 - screens tell nobody when
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.sleep(_REST_SECONDS)
        await asyncio.to_thread(__import__, "commlog_tui.desk.entry.form")
        from commlog_tui.desk.watching import watch_checkpoints, watch_hooks
        from commlog_tui.desk.widgets.notes import read_sheets
        from commlog_tui.desk.work.due_now import watch_due

        read_sheets(self._app)
        if not gc.isenabled():
            gc.freeze()  # what the program is made of is never garbage
            gc.enable()
        if self.preferences.folder is not None:
            note, folder = partial(self._note, "evidence"), self.preferences.folder
            self._run("witness", partial(watch_checkpoints, self._app, session, folder, self._sound_alarm, note))
        self._run("hooks", partial(watch_hooks, session, partial(self._note, "hooks")))
        signal = self.preferences.due_signal
        self._run("due", partial(watch_due, self._app, session, partial(self._note, "due"), signal))
        self._tidy(session)

    def _tidy(self, session: "Session", entry_id: str = "") -> None:
        """Remove what this machine still holds of redacted entries."""
        from commlog_tui.desk.redacted_copies import tidy

        self._run("tidy", partial(tidy, self._app, self.preferences, session, entry_id), exclusive=False)

    def _sound_alarm(self, words: str) -> None:
        self._alarm = words
        for view in self.views():
            view.reader.alarm(words)

    async def _follow(self, session: "Session") -> None:
        """Tell every view what is new, and whether the service is there."""
        from commlog_tui.client.errors import ClientError
        from commlog_tui.client.feed import follow
        from commlog_tui.desk.watching import explain_end, fail_all

        def live(connected: bool) -> None:  # noqa: FBT001 - the client gives a state
            for view in self.views():
                view.reader.connection(connected=connected)
            if connected:
                session.sender.wake()
                session.tasks.news.set()
            else:
                self._run("ended", partial(explain_end, session, self.views))

        try:
            place, shorter = session.place, partial(say_shorter, self._app, self.views)
            async for item in follow(session.client, place.location.id, place.seq, on_state=live, on_shorter=shorter):
                if item.entry is not None and item.entry.redacted:
                    self._tidy(session, item.entry.id)
                session.tasks.record(item)
                tell_record(self._app, item)
        except ClientError as error:
            fail_all(self.views(), str(error))

    def _sent(self, report: "SendReport") -> None:
        say_sent(self._app, report)
        self._note("waiting", f"{report.waiting} waiting" if report.waiting else "")
        for view in self.views():
            view.reader.sent(report)
        if report.refused:
            self.count_kept()

    def leave(self) -> None:
        """Quit; ask first, where something is not sent yet."""
        self._run("leave", partial(leave, self._app, self.session))

    def prove(self, session: "Session", subject: "ProofSubject", folder: Path) -> None:
        """Make a proof sheet while the desk is used."""
        from commlog_tui.desk.proofs import make_and_report

        note = partial(self._note, "proof")
        self._run("proof", partial(make_and_report, self._app, session, subject, folder, note), exclusive=False)

    def choose_profile(self) -> None:
        """Ask for another profile or location, having said what waits here, and go to it."""
        self._run("switch", self._choose_profile)

    async def _choose_profile(self) -> None:
        from commlog_tui.desk.choosers.profile import ProfileChooser, choices

        items = await asyncio.to_thread(self.session.outbox.items) if self.session is not None else ()
        offered = choices(self.profiles, self._resolve, self.session)
        chosen = await self._app.push_screen_wait(ProfileChooser(offered, len(items)))
        if chosen is not None:
            await self._go_to(chosen.resolve)

    async def _go_to(self, resolve: Callable[[], Target]) -> None:
        app = self._app
        for group in _GROUPS:
            app.workers.cancel_group(app, group)
        session, self.session = self.session, None
        if session is not None:
            await session.client.aclose()
        self._notes, self._alarm = {}, ""
        self._resolve = resolve
        self.main, before = LogScreen(self), app.current_mode
        self._logs += 1
        app.add_mode(f"log {self._logs}", lambda: self.main)
        for screen in app.screen_stack:
            app.workers.cancel_node(screen)
        await app.switch_mode(f"log {self._logs}")
        if before != app.DEFAULT_MODE:  # which Textual keeps
            await app.remove_mode(before)
        self._run("connect", self._connect)

    def _resolved(self) -> Target:
        """Return where to look, having taken over where what is kept for it lies."""
        target = self._resolve()
        if target.folder is not None:
            self.preferences = self.preferences._replace(folder=target.folder)
        return target
