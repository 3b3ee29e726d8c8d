"""What concerns every open screen: records of the feed, hiding names, and an end without a question."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from textual.app import App
from textual.screen import Screen

from commlog_tui.desk.action import start_work
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.reader.known_entries import GUEST_KINDS
from commlog_tui.desk.widgets.personal import Personal, is_private

if TYPE_CHECKING:
    from commlog_tui.contract.location import Location
    from commlog_tui.contract.page import FeedItem


_HIDDEN: Final = "names hidden, F9 shows them"


@runtime_checkable
class DeliveryScreen(Protocol):
    """A screen beside the log that shows entries, and so changes with them."""

    def record(self, item: "FeedItem") -> None:
        """Take over a record of the feed."""
        ...


@runtime_checkable
class HidesNames(Protocol):
    """A screen that shows personal data beside what its ``Personal`` widgets hide by themselves."""

    def set_private(self, *, private: bool) -> None:
        """Hide names, addresses and numbers, or show them again."""
        ...


@runtime_checkable
class KeepsTyped(Protocol):
    """A screen with something typed, which the desk saves before it ends without a question."""

    async def keep_typed(self) -> bool:
        """Save what was typed; false if that failed."""
        ...


def tell_record(app: App[None], item: "FeedItem") -> None:
    """Pass a record of the feed to every open screen that shows entries."""
    for screen in app.screen_stack:
        if isinstance(screen, LogScreen):
            if screen.is_mounted:
                screen.reader.record(item)
            if item.kind in GUEST_KINDS:
                start_work(screen, partial(screen.parts.renew_guest, is_merge=item.kind == "merge"), "who")
            elif item.entry is None:  # such as a resolution of a message that was expected
                from commlog_tui.desk.delivery.checklist import ChecklistPane

                for pane in screen.query(ChecklistPane):
                    start_work(screen, pane.load, "checklist")
        elif isinstance(screen, DeliveryScreen):
            screen.record(item)


def tell_private(app: App[None], *, private: bool) -> None:
    """Hide names on every open screen, or show them again."""
    for screen in app.screen_stack:
        if isinstance(screen, LogScreen):
            screen.reader.set_private(private=private)
        else:
            mark_private(screen)
            for widget in screen.query("*"):
                if isinstance(widget, Personal):
                    widget.hide_or_show()
            if isinstance(screen, HidesNames):
                screen.set_private(private=private)


def mark_private(screen: Screen[Any]) -> None:
    """Say on the border of a card or form whether names are hidden, and how to show them."""
    private = is_private(screen)
    if isinstance(screen, LogScreen) or not screen.is_mounted:
        return
    screen.set_class(private, "-private")
    for frame in screen.query(".card, #form"):
        frame.border_subtitle = _HIDDEN if private else None


async def choose_location(app: App[None], locations: "tuple[Location, ...]") -> str:
    """Ask which of several locations to open."""
    from commlog_tui.desk.choosers.location import LocationChooser

    return await app.push_screen_wait(LocationChooser(locations))
