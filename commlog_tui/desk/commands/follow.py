"""Follow: from an entry to its booking, its customer, its proof, and out of the desk."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.action import NO_ENTRY, Action, View, needs_entry
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.outside import BookingAddressError, booking_address, copied, has_browser
from commlog_tui.desk.reader.state import Scope
from commlog_tui.text.details import detail_lines, entry_lines
from commlog_tui.text.hygiene import safe, without_invisible

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.task import Task
    from commlog_tui.contract.worklist import OverdueMessage
    from commlog_tui.desk.proofs import ProofSubject

NO_FOLDER: Final = "Where proof sheets go is not set. Set proof_folder."
_UNBROKEN: Final = 10_000
"""Cells of a line that no window breaks."""


def scope_of(subject: "Entry | OverdueMessage | Task") -> Scope | None:
    """Return a view of the booking that something names; of a task without one, of whom it is about."""
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.contract.task import Task

    if subject.reference or subject.code:
        return booking_scope(subject)
    if isinstance(subject, Task) and subject.customer is not None:
        name = subject.customer.name or ""
        filters = Filters(customer=subject.customer.id, customer_name=name)
        heading = f"History of {safe(name or subject.customer.id)}"
        return Scope(EntryQuery(customer_id=subject.customer.id), heading, filters)
    if isinstance(subject, Task) and subject.to:
        return Scope(EntryQuery(to=subject.to), f"Everything to {safe(subject.to)}", Filters(q=subject.to))
    return None


def booking_scope(entry: "Entry | OverdueMessage | Task") -> Scope:
    """Return a view of all messages of the booking that an entry or an overdue message names."""
    from commlog_tui.contract.query import EntryQuery

    query = EntryQuery(reference=entry.reference) if entry.reference else EntryQuery(q=entry.code)
    filters = Filters(reference=entry.reference) if entry.reference else Filters(q=entry.code or "")
    return Scope(query, f"Booking {safe(entry.code or entry.reference or '')}", filters)


def _booking(view: View) -> None:
    if view.entry is not None:
        view.open(booking_scope(view.entry))


def _no_booking(view: View) -> str | None:
    if view.entry is None:
        return NO_ENTRY
    return None if view.entry.reference or view.entry.code else "This entry belongs to no booking."


def _customer(view: View) -> None:
    from commlog_tui.contract.query import EntryQuery

    entry = view.entry
    if entry is None or entry.customer is None:
        return
    filters = Filters(customer=entry.customer.id, customer_name=entry.customer.name or "")
    heading = f"History of {safe(entry.customer.name or entry.customer.id)}"
    view.open(Scope(EntryQuery(customer_id=entry.customer.id), heading, filters))


def _no_customer(view: View) -> str | None:
    if view.entry is None:
        return NO_ENTRY
    named = view.entry.customer is not None
    return None if named else "This entry names no customer; / finds everything sent to an address or number."


def _copy(view: View) -> None:
    addresses = dict.fromkeys(without_invisible(entry.to) for entry in view.selected if entry.to)
    _copy_text(view, "\n".join(addresses), "The address" if len(addresses) == 1 else f"{len(addresses)} addresses")


def _no_address(view: View) -> str | None:
    if view.entry is None:
        return NO_ENTRY
    named = any(entry.to for entry in view.selected)
    return None if named else "This entry names no address or number."


def _copy_entry(view: View) -> None:
    view.start(partial(_copy_with_detail, view), "copy")


async def _copy_with_detail(view: View) -> None:
    from commlog_tui.client.errors import ClientError

    session, entry = view.session, view.entry
    if entry is None:
        return
    now = datetime.now(UTC)
    if view.selection:
        every = [entry_lines(one, session.zone, now, _UNBROKEN) for one in view.selected]
        text = "\n\n".join("\n".join(line.text for line in lines) for lines in every)
        _copy_text(view, text, "1 entry" if len(every) == 1 else f"{len(every)} entries")
        return
    try:
        lines = detail_lines(await session.client.detail(session.location, entry.id), session.zone, now, _UNBROKEN)
    except ClientError:
        lines = entry_lines(entry, session.zone, now, _UNBROKEN)
    _copy_text(view, "\n".join(line.text for line in lines), "The entry")


def _copy_text(view: View, text: str, name: str) -> None:
    view.app.copy_to_clipboard(text)
    view.app.notify(copied(name, os.environ), markup=False)


def _browse(view: View) -> None:
    if view.entry is None:
        return
    url = booking_address(view.desk.preferences.booking_url, view.entry)
    if has_browser(sys.platform, os.environ):
        view.app.open_url(url)
    else:
        view.app.copy_to_clipboard(url)
        words = f"No browser can be opened from here. {copied('The address of the booking', os.environ)}"
        view.app.notify(words, markup=False)


def _no_page(view: View) -> str | None:
    if view.entry is None:
        return NO_ENTRY
    try:
        booking_address(view.desk.preferences.booking_url, view.entry)
    except BookingAddressError as error:
        return str(error)
    return None


def _proof(view: View) -> None:
    from commlog_tui.desk.choosers.proof import ProofChooser
    from commlog_tui.desk.proofs import subject_of, subjects

    session, entry, folder = view.session, view.entry, view.desk.preferences.proof_folder
    if entry is None or folder is None:
        return

    def chosen(subject: "ProofSubject | None") -> None:
        if subject is not None:
            view.desk.prove(session, subject, folder)

    offered = subjects(entry)
    if view.selection:
        offered = (subject_of(view.selection.entries), *offered)
    view.app.push_screen(ProofChooser(offered, folder), chosen)


def _no_proof(view: View) -> str | None:
    from commlog_tui.evidence.extras import HOW_TO_INSTALL, has_proof_extra

    if view.entry is None:
        return NO_ENTRY
    return _no_folder(view) if has_proof_extra() else HOW_TO_INSTALL


def _no_folder(view: View) -> str | None:
    return None if view.desk.preferences.proof_folder else NO_FOLDER


def _proofs(view: View) -> None:
    view.start(partial(_show_proofs, view), "ask")


async def _show_proofs(view: View) -> None:
    from commlog_tui.desk.choosers.made_proofs import MadeProofs
    from commlog_tui.desk.proofs import made_in

    folder = view.desk.preferences.proof_folder
    if folder is None:
        return
    made = await asyncio.to_thread(made_in, folder)
    if made:
        view.app.push_screen(MadeProofs(made, view.session.zone))
    else:
        view.app.notify("No proof sheet is in the folder yet; z makes one.", markup=False)


def _back(view: View) -> None:
    if not view.is_in_table:
        view.to_table()
    else:
        view.travel.back()


def _forward(view: View) -> None:
    view.travel.forward()


def _nowhere_to_go_forward(view: View) -> str | None:
    return None if view.reader.history.can_go_forward else "Nothing was gone back from; q goes back."


def _nowhere_to_go_back(view: View) -> str | None:
    here = view.is_in_table and view.reader.scope.query is None and not view.reader.history.can_go_back
    return "This is the log itself; Ctrl+Q quits." if here else None


_GROUP: Final = "Follow"
_BACK: Final = "Back to where you were; on the log itself, quit with Ctrl+Q"
_FORWARD: Final = "Forward to where you went back from, to its page and row"
_MADE: Final = "Proof sheets made before: open one, or copy where it is"
_MAKE: Final = "Make a proof sheet of the entry, its booking or its customer"
BOOKING: Final = Action("booking", "b", "Booking", "All messages of this booking", _GROUP, _booking, _no_booking)
CUSTOMER: Final = Action("customer", "c", "Customer", "This customer's history", _GROUP, _customer, _no_customer)
COPY: Final = Action("copy", "y", "Copy", "Copy the address or number really used", _GROUP, _copy, _no_address)
COPY_ENTRY: Final = Action("copy_entry", "Y", "Copy all", "Copy the whole entry", _GROUP, _copy_entry, needs_entry)
BROWSE: Final = Action("browse", "W", "Web", "Open the booking in a browser", _GROUP, _browse, _no_page)
PROOF: Final = Action("proof", "z", "Proof", _MAKE, _GROUP, _proof, _no_proof)
PROOFS: Final = Action("proofs", "Z", "Proofs", _MADE, _GROUP, _proofs, _no_folder)
BACK: Final = Action("back", "q,escape,alt+left", "Back", _BACK, _GROUP, _back, _nowhere_to_go_back, needs_log=False)
FORWARD: Final = Action("forward", "Q,alt+right", "Forward", _FORWARD, _GROUP, _forward, _nowhere_to_go_forward)
