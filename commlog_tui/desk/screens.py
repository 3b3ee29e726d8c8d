"""What concerns every open screen: records of the feed, hiding names, and an end without a question."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.app import App

from commlog_tui.desk.action import start_work
from commlog_tui.desk.log.screen import LogScreen

if TYPE_CHECKING:
    from commlog_tui.contract.location import Location
    from commlog_tui.contract.page import FeedItem


@runtime_checkable
class DeliveryScreen(Protocol):
    """A screen beside the log that shows entries, and so changes with them."""

    def record(self, item: "FeedItem") -> None:
        """Take over a record of the feed."""
        ...

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
            if item.entry is None:  # such as a resolution of a message that was expected
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
        elif isinstance(screen, DeliveryScreen):
            screen.set_private(private=private)
        else:
            screen.set_class(private, "-private")


async def choose_location(app: App[None], locations: "tuple[Location, ...]") -> str:
    """Ask which of several locations to open."""
    from commlog_tui.desk.choosers.location import LocationChooser

    return await app.push_screen_wait(LocationChooser(locations))
