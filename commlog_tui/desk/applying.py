"""Settings that are changed while the desk is open: kept in the settings file, and in effect at once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from commlog_tui.color_scheme import theme_at_start
from commlog_tui.desk.actions import ACTIONS
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.privacy import PrivacyApp
from commlog_tui.desk.widgets.key_bar import KeyBar
from commlog_tui.text.bars import key_faces

if TYPE_CHECKING:
    from commlog_tui.desk.log.screen import LogScreen


class _Owner(Protocol):
    """What has the preferences."""

    preferences: Preferences


class LiveSettings:
    """Keeps settings, and makes them take effect in every open view."""

    actions = ACTIONS

    def __init__(self, app: PrivacyApp, owner: _Owner, views: "Callable[[], Sequence[LogScreen]]") -> None:
        self._app = app
        self._owner = owner
        self._views = views

    async def keep(self, name: str, value: str | int) -> None:
        """Save a setting, and use it from now on. Raises an error whose words can be shown."""
        saved: object = None
        columns = self._columns()
        if self._owner.preferences.keep is not None:
            saved = await asyncio.to_thread(self._owner.preferences.keep, name, value)
        current = value if saved is None else saved
        self._owner.preferences = self._owner.preferences._replace(**{name: current})  # type: ignore[arg-type] # its name
        if name == "columns":
            self._show_columns(columns)
        self._apply(name)

    async def keep_keys(self, action: str, keys: str) -> Mapping[str, str]:
        """Save the keys of an action, use them, and return all keys that were changed. Raises as ``keep``."""
        preferences = self._owner.preferences
        if preferences.keep_keys is None:
            return preferences.keys
        changed = await asyncio.to_thread(preferences.keep_keys, action, keys)
        self._owner.preferences = preferences._replace(keys=changed)
        self._app.set_keymap(changed)
        for view in self._views():
            view.query_one(KeyBar).faces = key_faces(changed)
        return changed

    def _columns(self) -> tuple[str, ...]:
        return tuple(self._owner.preferences.columns.split())

    def _show_columns(self, before: tuple[str, ...]) -> None:
        """Show the default columns wherever the default before is shown."""
        for view in self._views():
            if view.columns.texts == before:
                view.columns.choose(self._columns())

    def _apply(self, name: str) -> None:
        liked, app = self._owner.preferences, self._app
        match name:
            case "theme":
                app.theme = theme_at_start(liked.theme, liked.machine_folder)
            case "hide_after":
                app.hide_after = float(liked.hide_after)
                app.watch_idleness()
            case "page_size":
                for view in self._views():
                    view.reader.set_page_size(liked.page_size)
            case "times" | "density":
                for view in self._views():
                    if view.state.utc != (liked.times == "utc"):
                        view.reader.toggle("utc")
                    view.on_resize()
