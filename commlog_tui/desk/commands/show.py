"""View and desk: what is shown of the log, which log it is, and the help."""

from typing import Final

from commlog_tui.desk.action import NO_ENTRY, Action, View, needs_entry
from commlog_tui.text.hygiene import safe


def _utc(view: View) -> None:
    view.reader.toggle("utc")


def _detail(view: View) -> None:
    view.toggle_detail()


def _raw(view: View) -> None:
    view.reader.toggle("raw")
    if view.reader.state.raw:
        view.toggle_detail(only_show=True)


def _text(view: View) -> None:
    from commlog_tui.desk.pager import message_text, read_text

    entry = view.entry
    if entry is not None:
        seconds = view.desk.preferences.hide_after * 60
        read_text(view.app, safe(entry.title), message_text(entry, view.session.zone), seconds)


def _no_text(view: View) -> str | None:
    if view.entry is None:
        return NO_ENTRY
    if view.reader.state.private:
        return "The text is hidden with the names; h shows both."
    return None if view.entry.body else "The log has no text of this entry."


def _privacy(view: View) -> None:
    view.desk.toggle_private()


def _profiles(view: View) -> None:
    view.desk.choose_profile()


def _settings(view: View) -> None:
    from commlog_tui.desk.choosers.settings import SettingsScreen

    view.app.push_screen(SettingsScreen(view.desk))


def _help(view: View) -> None:
    view.show_help()


_RAW: Final = "Show or hide the provider's own words and ids in the detail"
_READ: Final = "The text as it was recorded, in a pager (PAGER, else less)"
_HIDE: Final = "Hide names, addresses and numbers from whoever sees the screen; F9 does so in forms, too"
_OTHER: Final = "Another log: a profile of the settings, or another location"
UTC: Final = Action(
    "toggle_utc", "u", "UTC", "Show times in UTC, or in the location's zone", "View", _utc, needs_log=False
)
DETAIL: Final = Action("toggle_detail", "d", "Detail", "Show or hide the detail", "View", _detail, needs_log=False)
RAW: Final = Action("provider_words", "R", "Raw", _RAW, "View", _raw, needs_entry)
TEXT: Final = Action("read_text", "B", "Text", _READ, "View", _text, _no_text)
PRIVACY: Final = Action("privacy", "h", "Hide", _HIDE, "View", _privacy, needs_log=False)
PROFILES: Final = Action("profiles", "P", "Profiles", _OTHER, "Desk", _profiles, needs_log=False)
_SET: Final = "Settings: theme, density, entries a page, zone of times, when names are hidden, keys"
SETTINGS: Final = Action("settings", "comma", "Settings", _SET, "Desk", _settings, needs_log=False)
HELP: Final = Action("help", "question_mark", "Help", "All keys", "Desk", _help, needs_log=False)
