"""Filtering a view: the filters in force, and every way to change them."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from textual import on, work
from textual.widget import AwaitMount
from typing_extensions import override

from commlog_tui.desk.filters import Filters, FiltersError, chips, query_of
from commlog_tui.desk.reader.pages import NEWEST, Asked
from commlog_tui.desk.saved_filters import SavedFilters, SavedFiltersError
from commlog_tui.desk.screens.reading import ReadingScreen
from commlog_tui.desk.session import Session
from commlog_tui.desk.widgets.chip_bar import ChipBar
from commlog_tui.desk.widgets.notice import Notice
from commlog_tui.text.days import ambiguity
from commlog_tui.text.spans import parse_days

if TYPE_CHECKING:
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.widgets.filter_sidebar import FilterSidebar

_LONGEST_NAME = 60
NO_FILTERS = Filters()
NOTHING_FILTERED = "Nothing is filtered."
ONLY_THE_VIEW = "Nothing is filtered beside what this view is of; q goes back to the whole log."
HIDDEN = "The filters are hidden with the names; h shows both."


class FilteringScreen(ReadingScreen):
    """A view of the log under filters, beside what is fixed for it."""

    def __init__(
        self, session: Session | None = None, query: "EntryQuery | None" = None, heading: str = "", view: Filters = NO_FILTERS
    ) -> None:
        super().__init__(session, query, heading)
        self._view = view
        """What is fixed, as filters: what it is saved as."""
        self._filters = Filters()
        self._sidebar: FilterSidebar | None = None
        self._mounting = AwaitMount(self, ())
        self._places: list[tuple[Filters, EntryQuery | None, Asked, str | None]] = []
        """Where one was each time one went to a date: filters, query, what was asked, and the entry one was on."""

    @property
    def has_place(self) -> bool:
        """Whether there is a place to go back to after going to a date."""
        return bool(self._places)

    def return_to_place(self) -> bool:
        """Go back to where one was before going to a date; whether there was such a place."""
        if not self._places:
            return False
        filters, self._query, asked, keep = self._places.pop()
        self.filter(filters, asked=asked, keep=keep)
        return True

    @property
    def filters(self) -> Filters:
        """The filters in force."""
        return self._filters

    def filter(self, filters: Filters, *, asked: Asked = NEWEST, keep: str | None = None) -> None:
        """Show what these filters leave, from its newest entry on, or the page that was asked for."""
        try:
            self.show_chips(filters)
        except FiltersError as error:  # saved by another version, perhaps
            self.notify(str(error), severity="warning", markup=False)
            return
        self._filters = filters
        if self._sidebar is not None:
            self._sidebar.show(filters)
        cursor, at, _, before = asked
        self._load(cursor, at, keep, before=before)

    def show_chips(self, filters: Filters) -> None:
        """Show the filters in words. Raises ``FiltersError``."""
        self.query_one(ChipBar).chips = tuple(chips(filters, self._today()))

    @override
    def question(self) -> "EntryQuery":
        return self._question(self._filters)

    def _question(self, filters: Filters) -> "EntryQuery":
        if self._session is None:
            return super().question()
        asked = query_of(filters, self._session.zone, self._today())
        fixed = self._fixed.model_dump(exclude_defaults=True) if self._fixed is not None else {}
        if "q" in fixed and asked.q:
            fixed["q"] = f"{fixed['q']} {asked.q}"
        return asked.model_copy(update=fixed)

    @override
    def nothing_found(self) -> tuple[str, str]:
        if not self._filters:
            return super().nothing_found()
        self._loosen()
        return "Nothing found", f"{self._words()}\nx undoes all filters, Backspace the last one."

    @override
    async def rows_shown(self, session: Session) -> None:
        """Add the filters once the first rows are there, which must not wait for them."""
        if self._sidebar is None:
            from commlog_tui.desk.widgets.filter_sidebar import FilterSidebar

            self._sidebar = FilterSidebar(session.place.channels, session.zone, session.find_customers, id="filters")
            self._mounting = self.query_one("#side").mount(self._sidebar)
            await self._mounting
            self._sidebar.show(self._filters)
        await self._mounting

    @work(exclusive=True, group="loosen", exit_on_error=False)
    async def _loosen(self) -> None:
        """Say what each filter keeps away, where nothing is left."""
        from commlog_tui.client.errors import ClientError

        session, asked = self._session, self._filters
        given = chips(asked, self._today())
        if session is None or len(given) < 2:  # noqa: PLR2004 - of one filter there is nothing to tell
            return
        told = []
        for chip in given:
            query = self._question(asked.without(chip.name))
            try:
                total = (await session.client.page(session.location, query, limit=1)).total
            except ClientError:
                return
            if self._filters != asked:
                return
            if total.count:
                told.append(f"without {chip.words}: {'' if total.exact else 'over '}{total.count:,}")
        if told and self._page is not None and not self._page.entries:
            words = f"{self._words()}\n{', '.join(told)}.\nx undoes all filters, Backspace the last one."
            self.query_one(Notice).tell("Nothing found", words)

    def _words(self) -> str:
        return "  ".join(chip.words for chip in chips(self._filters, self._today()))

    def _today(self) -> date:
        return datetime.now(self._session.zone if self._session else None).date()

    # what the parts say

    def on_filter_sidebar_changed(self, event: "FilterSidebar.Changed") -> None:
        """Show what the fields ask for."""
        self._filters = event.filters
        self.show_chips(event.filters)
        self._load()

    @on(ChipBar.Removed)
    def _removed(self, event: ChipBar.Removed) -> None:
        self.filter(self._filters.without(event.name))

    # actions, as in the table of actions

    async def action_search(self) -> None:
        """Find by anything one was told."""
        await self._show_sidebar(shown=True)

    def why_not_search(self) -> str | None:
        """Return why the filters cannot be shown: what is searched for may be a guest's name."""
        return HIDDEN if self.is_private else None

    def why_not_filters(self) -> str | None:
        """Return why the filters cannot be shown."""
        return self.why_not_search()

    async def action_filters(self) -> None:
        """Show or hide the filters."""
        await self._show_sidebar(shown=not self.query_one("#side").display)

    async def _show_sidebar(self, *, shown: bool) -> None:
        if self._session is None:
            return
        await self.rows_shown(self._session)
        self.set_class(shown, "-filters")
        self.set_class(not shown, "-no-filters")
        self.set_focus(self.query_one("#q" if shown else "#table"))

    def action_clear_filters(self) -> None:
        """Undo all filters."""
        self.filter(Filters())

    def why_not_clear_filters(self) -> str | None:
        """Return why there is nothing to undo."""
        faulty = self._sidebar is not None and self._sidebar.is_faulty
        return None if self._filters or faulty else self._nothing_filtered

    def action_undo_filter(self) -> None:
        """Undo the last filter."""
        self.filter(self._filters.without(self.query_one(ChipBar).chips[-1].name))

    def why_not_undo_filter(self) -> str | None:
        """Return why there is nothing to undo."""
        return None if self._filters else self._nothing_filtered

    @property
    def _nothing_filtered(self) -> str:
        return NOTHING_FILTERED if self._fixed is None else ONLY_THE_VIEW

    def action_channel(self, digit: str) -> None:
        """Show only a channel, or one more; the same digit takes it back."""
        channels = self._session.place.channels if self._session else ()
        if int(digit) <= len(channels):
            self.filter(self._filters.toggled(channels[int(digit) - 1].via))

    def action_period(self) -> None:
        """Show today, yesterday, 7 days, 30 days, this month, any time in turn."""
        self.filter(self._filters.next_preset())

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_go_to_date(self) -> None:
        """Show the log from a day back; filters stay, but for days, which may not have that one."""
        from commlog_tui.desk.screens.prompt import Prompt

        session = self._session
        if session is None:
            return

        def understand(text: str) -> str:
            day = parse_days(text, self._today())[1]
            return f"{day:%A} {day.day} {day:%B %Y}\n{ambiguity(text)}".rstrip()

        text = await self.app.push_screen_wait(Prompt("Go to a date", "3 nov, yesterday, -14, 2026-11-03", understand))
        if text:
            entry, day = self.entry, parse_days(text, self._today())[1] + timedelta(days=1)
            self._places.append((self._filters, self._query, self._asked, entry.id if entry else None))
            before = datetime.combine(day, time(), session.zone)
            self.filter(self._filters.without("days"), asked=(None, "first", None, before))

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_save_filters(self) -> None:
        """Keep the filters under a name."""
        from commlog_tui.desk.screens.prompt import Prompt

        saved = self._saved()
        known = saved.load()

        def understand(text: str) -> str:
            if not 0 < len(text.strip()) <= _LONGEST_NAME:
                raise ValueError(f"A name has 1 to {_LONGEST_NAME} characters.")
            return "Replaces the filters of that name." if text.strip() in known else ""

        name = await self.app.push_screen_wait(Prompt("Save these filters as", "a name", understand))
        if name:
            try:
                saved.save(name.strip(), self._filters.within(self._view))
            except SavedFiltersError as error:
                self.notify(str(error), severity="error", markup=False)
            else:
                self.notify("Saved; v brings them back.", markup=False)

    def why_not_save_filters(self) -> str | None:
        """Return why there is nothing to save."""
        return None if self._filters or self._view else NOTHING_FILTERED

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_saved_filters(self) -> None:
        """Bring saved filters back."""
        from commlog_tui.desk.screens.saved_filters import SavedFiltersScreen

        saved = self._saved()
        named = saved.load()
        if not named and not saved.newer():
            self.notify("No filters are saved yet: set some, then s saves them.", markup=False)
            return
        chosen = await self.app.push_screen_wait(SavedFiltersScreen(saved, named))
        if chosen is None:
            return
        if self._fixed is None:
            self.filter(chosen)
        elif chosen.belong_to(self._view):
            self.filter(chosen.beside(self._view))
        else:
            self._leave_for(chosen)

    def _leave_for(self, filters: Filters) -> None:
        """Go back to the log itself, for filters that are of another customer or booking than this view."""
        log, *views = (screen for screen in self.app.screen_stack if isinstance(screen, FilteringScreen))
        for view in reversed(views):
            view.dismiss(None)
        log.filter(filters)

    def _saved(self) -> SavedFilters:
        return SavedFilters(self.preferences.folder)
