"""Keeps the focus on a visible widget, whatever is hidden, removed or disabled."""

from weakref import WeakSet

from textual.errors import NoWidget
from textual.screen import Screen
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.notices import PoliteApp


class FocusedApp(PoliteApp):
    """An application whose screens never lose the focus, so that no action has to restore it.

    The focus is checked after every layout (a resize, a fold, another theme, a widget shown, hidden
    or removed), whenever a screen's focus is cleared, and before every key.
    """

    def __init__(self, css_path: list[str]) -> None:
        super().__init__(css_path)
        self._guarded = WeakSet[Screen[object]]()

    @override
    def on_mount(self) -> None:
        """Guard the first screen, and every one after it."""
        self.screen_change_signal.subscribe(self, self.guard_focus)
        self.guard_focus(self.screen)

    def guard_focus(self, screen: Screen[object]) -> None:
        """Check the focus of a screen from now on."""
        if screen not in self._guarded:
            self._guarded.add(screen)
            screen.screen_layout_refresh_signal.subscribe(self, self.keep_focus)
            self.watch(screen, "focused", lambda: self.call_next(self.keep_focus, screen), init=False)
        self.call_next(self.keep_focus, screen)

    def keep_focus(self, screen: Screen[object]) -> None:
        """Move the focus to a visible widget unless one has it, and scroll it into view."""
        if not (screen.is_active and screen.is_mounted and self.app_focus):
            return
        if not takes_keys(screen.focused):
            preferred = screen.query(screen.AUTO_FOCUS or self.AUTO_FOCUS or "*").results(Widget)
            screen.set_focus(next((one for one in (*preferred, *screen.focus_chain) if takes_keys(one)), None))
        elif screen.focused is not None and is_out_of_sight(screen.focused):
            screen.focused.scroll_visible(animate=False)


def takes_keys(widget: Widget | None) -> bool:
    """Whether a widget can have the focus and is displayed.

    Textual's ``focusable`` is true of a widget in a hidden container.
    """
    if widget is None or not widget.is_attached or not widget.focusable:
        return False
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))


def is_out_of_sight(widget: Widget) -> bool:
    """Whether no part of a widget that was laid out is inside its container's window."""
    try:
        geometry = widget.screen.find_widget(widget)
    except NoWidget:  # its layout is due
        return False
    return bool(geometry.region) and not geometry.visible_region
