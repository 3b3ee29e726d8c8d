"""Reads one view of the log and publishes a ``ViewState`` for each change."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from commlog_tui.desk.filters import Filters, chips
from commlog_tui.desk.reader.history import History, Spot
from commlog_tui.desk.reader.news import with_entry
from commlog_tui.desk.reader.source import LogSource
from commlog_tui.desk.reader.state import NEWEST, At, Direction, Position, Scope, Trouble, Turn, ViewState
from commlog_tui.desk.reader.tasks import TaskSlots, at_once

if TYPE_CHECKING:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.client.outbox import SendReport
    from commlog_tui.contract.page import FeedItem, Page
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.session import Session

_CALM_SECONDS: Final = 0.5
_SLOW_SECONDS: Final = 1.0


class LogReader:
    """One view of the log.

    Args:
        scope: what the view is fixed on.
        page_size: how many entries a page has.
        publish: is called with every new state.
        settle: is awaited after a page was published, before others are prefetched.
        on_fault: is called with an error that is none of the client's.
    """

    def __init__(
        self,
        scope: Scope | None = None,
        *,
        page_size: int = 50,
        publish: Callable[[ViewState], None] = lambda _: None,
        settle: Callable[[], Awaitable[None]] = at_once,
        on_fault: Callable[[BaseException], None] = lambda _: None,
    ) -> None:
        self.scope = scope or Scope()
        self.state = ViewState()
        self._publish = publish
        self._settle = settle
        self._on_fault = on_fault
        self._source = LogSource(self.scope.query, page_size)
        self.pages = self._source.pages
        self._asked, self.history = NEWEST, History()
        self._awaited: str | None = None
        self._tasks = TaskSlots(self._failed)
        self.today = self._source.today

    @property
    def session(self) -> "Session | None":
        """The session whose log is read; None before there is one."""
        return self._source.session

    @property
    def zone(self) -> ZoneInfo | None:
        """The location's time zone; None before it is known."""
        return self._source.zone

    def start(self, session: "Session") -> None:
        """Read the log of a session from now on."""
        self._source.session, self._source.zone = session, session.zone
        self.note("trouble")
        self.read(self._asked._replace(keep=self._asked.keep or self._entry_id()))

    def prefetched(self, page: "Page", zone: ZoneInfo, row: int = 0) -> None:
        """Show the newest page as it was read before, on one of its rows, until the session answers."""
        if self.session is None and not self.state.claimed and self.state.trouble is None:
            self._source.zone, notes = zone, (("trouble", "Connecting…"),)
            here = Position(keep=page.entries[row].id if page.entries else None)
            self._show(page, here, answered=Filters(), shown_at=datetime.now(UTC), loading=True, notes=notes)

    def close(self) -> None:
        """Stop reading."""
        self._tasks.close()

    def ask(self, filters: Filters, position: Position = NEWEST) -> None:
        """Read what these filters leave. Raises ``FiltersError``; then nothing was changed."""
        chips(filters, self.today())
        self._source.question(filters)
        self._set(claimed=filters, loosened=())
        if self.state.trouble is not None:
            self._show_known()
        self.read(position)

    def turn(self, where: Turn, at: At = "first") -> bool:
        """Turn to another page of the same query; whether there is one to turn to."""
        cursor = getattr(self.state.page, where) if self.state.page is not None else None
        if cursor is None or self.state.loading:
            return False
        if (page := self.pages.get(cursor)) is None:
            self.read(Position(cursor, at), turning=True)
        else:
            self._tasks.cancel("read")
            self._asked = Position(cursor, at)
            self._answered(page, self._asked)
            self._prefetch("newer" if where == "newer" else "older")
        return True

    def refresh(self) -> None:
        """Ask again, and stay on the row."""
        self.read(self._asked._replace(keep=self._entry_id()))

    def jump(self, filters: Filters, position: Position = NEWEST) -> None:
        """Go elsewhere, so that the way back leads here. Raises ``FiltersError``; then nothing was changed."""
        here = self.spot
        self.ask(filters, position)
        self.history.jump(here)

    @property
    def spot(self) -> Spot:
        """Where the view is."""
        return Spot(self.state.claimed, self._source.query, self._asked._replace(keep=self._entry_id()))

    def return_to(self, spot: Spot) -> None:
        """Go where a view was before."""
        self._source.query = spot.query
        self.ask(spot.filters, spot.position)

    def set_page_size(self, size: int) -> None:
        """Read pages of so many entries from now on, and stay on the row."""
        self._source.page_size = size
        self.read(Position(keep=self._entry_id()))

    def move_to(self, row: int) -> None:
        """Take over which row is the current one."""
        entry = self.state.entries[row] if row < len(self.state.entries) else None
        self._set(row=row, detail=self._source.details.latest(entry) if entry is not None else None)

    def load_details(self) -> None:
        """Fetch the details of the current entry and its neighbours, one after the other."""
        if self.session is not None and not self._tasks.is_running("detail"):
            self._tasks.run("detail", self._load_details())

    def toggle(self, name: Literal["utc", "raw"]) -> None:
        """Show times in UTC or in the location's zone, or the providers' own words or only what they mean."""
        self._set(**{name: not getattr(self.state, name)}, cursor=Position(keep=self._entry_id()))

    def set_private(self, *, private: bool) -> None:
        """Hide, or show again, whom the entries are about."""
        self._set(private=private)

    def await_written(self, key: str) -> None:
        """Go to what was saved under this key, once the log has it."""
        self._awaited = key

    def connection(self, *, connected: bool) -> None:
        """Take over that the service is gone; ask again when it is back."""
        from commlog_tui.client.errors import UnreachableError

        if not connected:
            self.no_answer(UnreachableError())
        elif self.state.trouble is not None:
            self.refresh()

    def record(self, item: "FeedItem") -> None:
        """Count a new entry of the view, or update a known one. No row moves."""
        entry, session, source = item.entry, self.session, self._source
        if entry is None:
            source.known.recorded(item.kind)
            return
        source.details.forget(entry.id, entry.resend_of)  # the original says how far this one is
        self.pages.clear()
        self._prefetch("older", _CALM_SECONDS)
        before = source.known.replace(entry)
        if self.state.page is None or session is None:
            return
        filters = self.state.claimed
        is_new = item.kind == "entry" or (before is not None and not source.belongs(before, filters))
        news = is_new and entry.id not in session.written
        self._replace(with_entry(self.state, entry, belongs=source.belongs(entry, filters), is_news=news))

    def sent(self, report: "SendReport") -> None:
        """Go to what was just written here."""
        for item, receipt in report.sent:
            if item.key == self._awaited:
                self._awaited = None
                entry = self.state.entry
                corrected = entry is not None and entry.id == item.entry_id
                self.read(Position(self._asked.cursor if corrected else None, keep=item.entry_id or receipt.id))

    def fail(self, words: str, *, heading: str = "The log cannot be opened", is_final: bool = True) -> None:
        """Take over why there is no answer."""
        self._set(trouble=Trouble(heading, words, is_final), loading=self.state.loading and not is_final, slow=False)
        self._show_known()

    def note(self, kind: str, words: str = "") -> None:
        """Say something in the bar until it is taken back; ``kind`` is what is replaced."""
        rest = tuple(one for one in self.state.notes if one[0] != kind)
        self._set(notes=(*rest, (kind, words)) if words else rest)

    def alarm(self, words: str) -> None:
        """Say what must not be overlooked."""
        self._set(alarm=words)

    def _set(self, **changes: object) -> None:
        self._replace(replace(self.state, **changes))  # type: ignore[arg-type] # the names of the state's own fields

    def _replace(self, state: ViewState) -> None:
        self.state = state
        self._publish(state)

    def _show(self, page: "Page", position: Position, **changes: object) -> None:
        ids = [entry.id for entry in page.entries]
        end = 0 if position.at == "first" else max(len(ids) - 1, 0)
        row = ids.index(position.keep) if position.keep in ids else end
        self._set(page=page, cursor=position, row=row, detail=None, **changes)

    def _entry_id(self) -> str | None:
        return self.state.entry.id if self.state.entry is not None else None

    def _failed(self, error: BaseException) -> None:
        self._set(loading=False, slow=False)
        self._on_fault(error)

    def read(self, position: Position, *, turning: bool = False) -> None:
        """Read the page at a position."""
        self._asked = position
        if self.session is None:
            return  # asked for as soon as there is one
        query = (position.cursor and self._source.query) or self._source.question(self.state.claimed)
        if not turning:
            self._tasks.cancel("prefetch")
            self.pages.clear()
            self._set(loading=True)
        self._tasks.run("read", self._read(position, query, self._entry_id(), turning=turning))

    async def _read(self, position: Position, query: "EntryQuery", here: str | None, *, turning: bool) -> None:
        from commlog_tui.client.errors import ClientError

        slow = asyncio.get_running_loop().call_later(_SLOW_SECONDS, self._say_slow)
        try:
            asked = self._source.answer(query, position, turning=turning, on_trouble=self.no_answer)
            page = await self._tasks.answer("read", asked)
        except ClientError as error:
            self.fail(str(error))
            return
        finally:
            slow.cancel()
        self._source.query = query
        # Keys may have moved from the row that was to be stayed on.
        self._answered(page, position._replace(keep=self._entry_id()) if position.keep == here else position)
        await self._settle()
        if not page.entries:
            await self._loosen()
        self._prefetch("newer" if position.at == "last" else "older")

    def _answered(self, page: "Page", position: Position) -> None:
        arrived = self.state.arrived if page.newer is not None else frozenset[str]()
        settled = {"trouble": None, "loading": False, "slow": False, "loosened": (), "shown_at": datetime.now(UTC)}
        self._show(page, position, answered=self.state.claimed, arrived=arrived, **settled)

    def no_answer(self, error: "ClientError") -> None:
        """Take over that there is no answer, and that it is asked again."""
        self.fail(f"{error}\nTrying again.", heading="No answer yet", is_final=False)

    def _say_slow(self) -> None:
        self._set(slow=True)
        self._show_known()

    def _show_known(self) -> None:
        """Show the known entries that match filters the log did not answer."""
        if self.state.page is None or self.state.claimed == self.state.answered:
            return
        page = self._source.known_page(self.state.claimed)
        if page != self.state.page or self.state.answered is not None:
            self._show(page, Position(keep=self._entry_id()), answered=None, arrived=frozenset())

    def _prefetch(self, direction: Direction, calm: float = 0.0) -> None:
        if self.session is not None:
            self._tasks.run("prefetch", self._source.reach(lambda: self.state.page, direction, calm))

    async def _load_details(self) -> None:
        from commlog_tui.client.errors import ClientError

        with suppress(ClientError):  # the page's request says how things stand; what the row knows is shown
            while (entry := self._source.details.next_wanted(self.state.entries, self.state.row)) is not None:
                detail = await self._source.details.load(entry)
                if self.state.entry == entry:
                    self._set(detail=detail)

    async def _loosen(self) -> None:
        """Find out what each filter keeps away, where nothing is left."""
        from commlog_tui.client.errors import ClientError

        with suppress(ClientError):
            loosened = await self._source.counts_without(self.state.claimed)
            if not self.state.entries:
                self._set(loosened=loosened)
