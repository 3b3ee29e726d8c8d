"""View and desk: what is shown of the log, which log it is, and the help."""

from typing import Final

from commlog_tui.desk.action import Action, View, needs_entry


def _utc(view: View) -> None:
    view.reader.toggle("utc")


def _detail(view: View) -> None:
    view.toggle_detail()


def _raw(view: View) -> None:
    view.reader.toggle("raw")
    if view.reader.state.raw:
        view.toggle_detail(only_show=True)


def _privacy(view: View) -> None:
    view.desk.toggle_private()


def _profiles(view: View) -> None:
    view.desk.choose_profile()


def _help(view: View) -> None:
    view.show_help()


_RAW: Final = "Show or hide the provider's own words and ids in the detail"
_HIDE: Final = "Hide names, addresses and numbers from whoever sees the screen"
_OTHER: Final = "Another log: a profile of the settings, or another location"
UTC: Final = Action(
    "toggle_utc", "u", "UTC", "Show times in UTC, or in the location's zone", "View", _utc, needs_log=False
)
DETAIL: Final = Action("toggle_detail", "d", "Detail", "Show or hide the detail", "View", _detail, needs_log=False)
RAW: Final = Action("provider_words", "R", "Raw", _RAW, "View", _raw, needs_entry)
PRIVACY: Final = Action("privacy", "h", "Hide", _HIDE, "View", _privacy, needs_log=False)
PROFILES: Final = Action("profiles", "P", "Profiles", _OTHER, "Desk", _profiles, needs_log=False)
HELP: Final = Action("help", "question_mark", "Help", "All keys", "Desk", _help, needs_log=False)
