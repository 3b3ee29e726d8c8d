"""Guests: who somebody is, and their right address."""

from functools import partial
from typing import Final

from commlog_tui.desk.action import NO_ENTRY, Action, View
from commlog_tui.desk.commands.follow import CUSTOMER

_UNNAMED: Final = "This entry names no guest; n with a name makes one."


def _guest(view: View) -> None:
    from commlog_tui.desk.people.guest import HISTORY, GuestScreen

    entry, private = view.entry, view.reader.state.private
    if entry is None:
        return
    if entry.customer is None:
        from commlog_tui.desk.people.wishes import record_wish

        view.start(partial(record_wish, view.app, view.session, "", (entry.to,)), "wish")
        return
    name = entry.customer.name or entry.customer.id

    def closed(wanted: str | None) -> None:
        view.desk.count_kept()
        if wanted == HISTORY:
            CUSTOMER.run(view)

    view.app.push_screen(GuestScreen(view.session, entry.customer.id, name, entry.to, private=private), closed)


def _no_guest(view: View) -> str | None:
    if view.entry is None:
        return NO_ENTRY
    return None if view.entry.customer is not None else _UNNAMED


def _nobody(view: View) -> str | None:
    from commlog_tui.desk.work.saving import why_not_write

    why = _no_guest(view)
    if why != _UNNAMED or view.entry is None or not view.entry.to:
        return why
    return why_not_write(view.session, "customer-records", "A wish")


def _mend(view: View) -> None:
    from commlog_tui.desk.people.contact_form import ContactForm

    entry = view.entry
    if entry is None or entry.customer is None:
        return
    name = entry.customer.name or entry.customer.id

    def saved(words: str | None) -> None:
        if words is not None:
            view.app.notify(words, markup=False)
            view.desk.count_kept()

    view.app.push_screen(ContactForm(view.session, entry.customer.id, name, entry.to), saved)


def _no_mending(view: View) -> str | None:
    from commlog_tui.desk.work.saving import why_not_write

    return _no_guest(view) or why_not_write(view.session, "customer-records", "An address")


_GROUP: Final = "Guests"
_WHO: Final = (
    "The guest: numbers, addresses, wishes, what is recorded, open tasks; merge them with another one. "
    "Where nobody is named, the wishes of the number or address"
)
GUEST: Final = Action("guest", "D", "Guest", _WHO, _GROUP, _guest, _nobody)
_RIGHT: Final = "Correct the guest's address or number; the old one stays findable"
MEND: Final = Action("mend_contact", "M", "Mend", _RIGHT, _GROUP, _mend, _no_mending, writes=True)
