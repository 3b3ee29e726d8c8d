"""What the headings of a view say: which log it is, and whose history."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from commlog_tui.text.bars import log_heading
from commlog_tui.text.hygiene import cut, safe

if TYPE_CHECKING:
    from commlog_tui.contract.booking import BookingQuery
    from commlog_tui.contract.customer import Customer
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.session import Session


_LONGEST: Final = 48
"""Cells of a name or address above a history; the guest's screen has all of it."""


def heading(session: "Session", scope: str, width: int) -> str:
    """Return which log this is, after what the view is fixed on, in so many cells."""
    location = session.place.location
    return log_heading(location.name, location.zone, session.me.name, width, scope=scope)


async def introduction(session: "Session", fixed: "EntryQuery | None") -> str:
    """Return the name, addresses and numbers of the customer of this history, wishes and open tasks, or ""."""
    from commlog_tui.client.errors import ClientError

    if fixed is None or fixed.customer_id is None:
        return ""
    try:
        known = await session.client.customer(session.location, fixed.customer_id)
    except ClientError:
        return ""  # the page's request says how things stand
    reach = "  ".join(
        cut(safe(one), _LONGEST) for one in (*known.numbers, *known.addresses) if one not in known.replaced
    )
    ids = ", ".join(map(safe, (known.id, *known.merged)))
    first = f"{cut(safe(known.name or known.id), _LONGEST)}  ·  {reach}  ·  {ids}"
    return "\n".join(filter(None, (first, await _to_know(session, known))))


async def _to_know(session: "Session", customer: "Customer") -> str:
    """Return what a guest does not want, and the open tasks about them."""
    from commlog_tui.client.errors import ClientError
    from commlog_tui.contract.task import TaskQuery
    from commlog_tui.text.customers import objection_words
    from commlog_tui.text.due import due_words

    now, zone = datetime.now(UTC), session.zone
    try:
        tasks = (await session.client.todo.tasks(session.location, TaskQuery(customer_id=customer.id))).tasks
    except ClientError:
        tasks = ()
    todo = [f"! {safe(one.words)}, due {due_words(one.due_at, zone, now)}" for one in tasks]
    return "  ·  ".join(filter(None, (objection_words(customer.preferences, zone), *todo)))


def booking_of(fixed: "EntryQuery | None") -> "BookingQuery | None":
    """Return which booking a view is fixed on, if it is on one."""
    if fixed is None or not (fixed.reference or fixed.q):
        return None
    from commlog_tui.contract.booking import BookingQuery

    try:
        return BookingQuery(reference=fixed.reference, code=None if fixed.reference else fixed.q)
    except ValueError:
        return None  # of another version, perhaps
