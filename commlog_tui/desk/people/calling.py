"""Opening the desk on whoever is calling."""

from typing import TYPE_CHECKING

from commlog_tui.desk.filters import Filters
from commlog_tui.desk.reader.state import Scope
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.desk.action import View
    from commlog_tui.desk.session import Session


async def open_caller(view: "View", session: "Session", number: str) -> None:
    """Go to the history of the only guest with exactly this number, else to what a search for it finds."""
    from commlog_tui.client.callers import find_callers
    from commlog_tui.client.errors import ClientError
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.contract.regions import region_of_zone

    try:
        found = await find_callers(session.client, session.location, number, region_of_zone(session.zone.key))
    except ClientError:
        view.filter(Filters(q=number))  # the page's request says how things stand
        return
    customers = [one.customer for one in found.callers if one.customer is not None]
    if not (found.is_exact and len(customers) == 1 and not found.more):
        view.filter(Filters(q=number))
        return
    customer = customers[0]
    filters = Filters(customer=customer.id, customer_name=customer.name or "")
    heading = f"History of {safe(customer.name or customer.id)}"
    view.open(Scope(EntryQuery(customer_id=customer.id), heading, filters))
