"""Export: what the view shows, as a file."""

from datetime import UTC, datetime
from typing import Final

from commlog_tui.desk.action import Action, View
from commlog_tui.desk.filters import Filters, words_of, words_without_names
from commlog_tui.desk.reader.queries import query_within

_NO_FOLDER: Final = "Where exports go is not set. Set export_folder."
_FAULTY: Final = "A filter cannot be asked for yet; its field says why."


def _export(view: View) -> None:
    from commlog_tui.desk.choosers.export import ExportScreen
    from commlog_tui.exports.export import ExportJob
    from commlog_tui.exports.formats import FORMATS, new_file
    from commlog_tui.exports.heading import ExportHeading

    session, folder, scope = view.session, view.desk.preferences.export_folder, view.reader.scope
    if folder is None:
        return

    def filters_for(days: str) -> Filters:
        claimed = view.reader.state.claimed
        return claimed._replace(since=days, until="") if days else claimed

    selected, columns = view.selection.entries[::-1], view.columns.texts

    def in_words(days: str, without_names: bool = False) -> str:  # noqa: FBT001, FBT002 - as the card asks
        if selected and not days:
            return "1 entry, selected by hand" if len(selected) == 1 else f"{len(selected)} entries, selected by hand"
        filters = filters_for(days).within(scope.filters)
        return words_without_names(filters) if without_names else words_of(filters)

    def make_job(suffix: str, days: str, everything: bool) -> ExportJob:  # noqa: FBT001 - a toggle of the card
        now = datetime.now(UTC)
        query = query_within(scope.query, filters_for(days), session.zone, view.reader.today())
        heading = ExportHeading(session.place.location.name, in_words(days), session.zone, now)
        path = new_file(folder, session.location, now.astimezone(session.zone), suffix)
        entries = () if days else selected
        return ExportJob(session.location, query, heading, FORMATS[suffix][1], everything, path, columns, entries)

    view.app.push_screen(ExportScreen(session, make_job, in_words, folder))


def _no_export(view: View) -> str | None:
    if not view.session.may("export"):
        return f"A token with the role {view.session.me.role.value} may not export; ask for a manager's."
    if view.fields.are_faulty:
        return _FAULTY
    return None if view.desk.preferences.export_folder else _NO_FOLDER


_HELP: Final = "Export what is shown as CSV, plain text, PDF or JSON; m for last month"
EXPORT: Final = Action("export", "E", "Export", _HELP, "Follow", _export, _no_export)
