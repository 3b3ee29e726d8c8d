"""Select: rows for what is done with several entries at once."""

from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from commlog_tui.desk.action import NO_ENTRY, Action, View, needs_entry
from commlog_tui.desk.selection import MOST

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry

_PAGE: Final = 200
_FULL: Final = f"{MOST} entries are selected; that is the most at once."
_LONGEST_REASON: Final = 500


def _select(view: View) -> None:
    if view.entry is not None:
        view.selection.toggle(view.entry)
        if len(view.selection) == MOST:
            view.app.notify(_FULL, markup=False)
        view.move(1)


def _range(view: View) -> None:
    entry, selection = view.entry, view.selection
    if entry is None:
        return
    entries = view.reader.state.entries
    ids = [one.id for one in entries]
    if selection.anchor not in ids:  # also where the page was turned meanwhile
        selection.begin(entry)
        return
    first, last = sorted((ids.index(str(selection.anchor)), ids.index(entry.id)))
    selection.add(entries[first : last + 1])


def _page(view: View) -> None:
    entries = view.reader.state.entries
    if all(entry in view.selection for entry in entries):
        view.start(partial(_everything, view), "select")
    else:
        view.selection.add(entries)


async def _everything(view: View) -> None:
    """Select all that match, as many as may be."""
    from commlog_tui.client.errors import ClientError
    from commlog_tui.desk.reader.queries import query_within

    session, reader = view.session, view.reader
    claimed = reader.state.claimed
    query = query_within(reader.scope.query, claimed, session.zone, reader.today())
    found: list[Entry] = []
    cursor: str | None = None
    try:
        while len(found) < MOST:
            page = await session.client.page(session.location, query, limit=_PAGE, cursor=cursor)
            found += page.entries
            cursor = page.older
            if cursor is None:
                break
    except ClientError as error:
        view.app.notify(f"{error} Nothing more was selected.", severity="warning", markup=False)
        return
    if reader.state.claimed == claimed:
        view.selection.add(found)
        is_all = cursor is None and len(found) <= MOST
        words = f"All {len(found):,} that match are selected." if is_all else _FULL
        view.app.notify(words, markup=False)


def _redact(view: View) -> None:
    view.start(partial(_ask_and_redact, view), "ask")


def _may_not_redact(view: View) -> str | None:
    if not view.session.may("redact"):
        return f"A token with the role {view.session.me.role.value} may not redact; ask for a manager's."
    return None if view.entry is not None or view.selection else NO_ENTRY


async def _ask_and_redact(view: View) -> None:
    """Remove the personal data of the selected entries, once that is confirmed with their number."""
    from commlog_tui.desk.choosers.prompt import Prompt
    from commlog_tui.desk.choosers.question import Question

    entries = view.selected
    count = "1 entry" if len(entries) == 1 else f"{len(entries):,} entries"

    def understand(text: str) -> str:
        if not 0 < len(text.strip()) <= _LONGEST_REASON:
            raise ValueError(f"A reason has 1 to {_LONGEST_REASON} characters.")
        return "Kept for ever, so without personal data."

    reason = await view.app.push_screen_wait(Prompt(f"Redact {count}: why?", "the reason", understand))
    if not reason:
        return
    gone = f"Names, addresses and texts of {count} are removed for good."
    words = f"{gone}\nPositions and proofs remain. This cannot be undone."
    if await view.app.push_screen_wait(Question(f"Redact {count}?", words, yes=f"redact {count}", no="leave them")):
        view.start(partial(_redact_all, view, entries, reason.strip()), "redact")


async def _redact_all(view: View, entries: "tuple[Entry, ...]", reason: str) -> None:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.contract.entry import NewRedaction

    session, done = view.session, 0
    for entry in entries:
        try:
            await session.client.redact(session.location, entry.id, str(uuid4()), NewRedaction(reason=reason))
        except ClientError as error:
            words = f"{error} {done:,} of {len(entries):,} were redacted; X goes on with the others."
            view.app.notify(words, severity="error", markup=False)
            return
        done += 1
        view.selection.remove([entry.id])
        view.reader.note("redact", f"{done:,} of {len(entries):,} redacted" if done < len(entries) else "")
    view.app.notify("1 entry was redacted." if done == 1 else f"{done:,} entries were redacted.", markup=False)


_GROUP: Final = "Select"
_ROW: Final = "Select the row one is on, or no longer; Esc selects nothing"
_BETWEEN: Final = "Begin a range of rows; again at its other end selects them"
_ALL: Final = f"Select all rows of the page; again, all that match, up to {MOST}"
_GONE: Final = "Remove the personal data of the entry, or of the selected ones, for good; for managers"
SELECT: Final = Action("select", "space", "Select", _ROW, _GROUP, _select, needs_entry)
RANGE: Final = Action("select_range", "V", "Range", _BETWEEN, _GROUP, _range, needs_entry)
PAGE: Final = Action("select_page", "asterisk,ctrl+a", "Select all", _ALL, _GROUP, _page, needs_entry)
REDACT: Final = Action("redact", "X", "Redact", _GONE, _GROUP, _redact, _may_not_redact, writes=True)
