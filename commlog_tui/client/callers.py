"""Who may be calling: the customers with a number, what they were sent last, and their open tasks."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commlog_tui.client.errors import ClientError
from commlog_tui.contract.addresses import contact_form
from commlog_tui.contract.customer import Customer, Preference, without_merged
from commlog_tui.contract.customer_record import PreferenceQuery
from commlog_tui.contract.entry import Entry
from commlog_tui.contract.phone_numbers import digits
from commlog_tui.contract.query import EntryQuery
from commlog_tui.contract.task import Task, TaskQuery

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient

MOST_PEOPLE: Final = 3
_MOST_ENTRIES: Final = 3
_AMONG: Final = 20
"""Matches among which those with exactly this number are looked for."""
_WHOLE_NUMBER: Final = 7
"""Digits from which the end of a number is unambiguous enough."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may be calling; without a customer, whoever has the number."""

    customer: Customer | None
    entries: tuple[Entry, ...]
    """The newest ones first."""
    tasks: tuple[Task, ...] = ()
    address_preferences: tuple[Preference, ...] = ()
    """Without a customer, those of the number or address alone."""

    @property
    def preferences(self) -> tuple[Preference, ...]:
        """The preferences that hold now."""
        return self.customer.preferences if self.customer is not None else self.address_preferences


@dataclass(frozen=True, slots=True)
class Callers:
    """Whoever may be calling, those with exactly the number before others, and whether there are more."""

    callers: tuple[Caller, ...]
    more: bool = False
    is_exact: bool = False
    """Whether these have the whole number, and not only a part of it."""


async def find_callers(client: "LogClient", location: str, text: str, region: str | None) -> Callers:
    """Return who has a number, address or name, or else a part of it. Asks at once. Raises ``ClientError``."""
    found, nobody = await asyncio.gather(
        client.customers(location, text, limit=_AMONG),
        client.page(location, EntryQuery(q=text), limit=_MOST_ENTRIES),
    )
    customers = without_merged(found.customers)
    exact = [one for one in customers if has_contact(one, text, region)]
    people = exact or list(customers)
    if not people:
        wishes = await preferences_of(client, location, text) if contact_form(text, region) else ()
        return Callers((Caller(None, nobody.entries, (), wishes),) if nobody.entries or wishes else ())
    callers = await asyncio.gather(*(_caller(client, location, one) for one in people[:MOST_PEOPLE]))
    return Callers(tuple(callers), len(people) > MOST_PEOPLE or (found.more and not exact), bool(exact))


def has_contact(customer: Customer, text: str, region: str | None) -> bool:
    """Return whether a customer has exactly this number or address, or one that ends in these many digits."""
    form = contact_form(text, region)
    if form is None:
        return False
    typed = digits(text).lstrip("0")
    for known in (*customer.numbers, *customer.addresses):
        other = contact_form(known, region) or ""
        if other == form or ("@" not in other and len(typed) >= _WHOLE_NUMBER and digits(other).endswith(typed)):
            return True
    return False


async def preferences_of(client: "LogClient", location: str, to: str) -> tuple[Preference, ...]:
    """Return the preferences about an address or number; none where the service keeps none."""
    try:
        return (await client.people.preferences(location, PreferenceQuery(to=to))).preferences
    except ClientError:
        return ()


async def _caller(client: "LogClient", location: str, customer: Customer) -> Caller:
    page, tasks = await asyncio.gather(
        client.page(location, EntryQuery(customer_id=customer.id), limit=_MOST_ENTRIES),
        _tasks(client, location, customer.id),
    )
    return Caller(customer, page.entries, tasks)


async def _tasks(client: "LogClient", location: str, customer_id: str) -> tuple[Task, ...]:
    """Return the open tasks; none where the service keeps none."""
    try:
        return (await client.todo.tasks(location, TaskQuery(customer_id=customer_id))).tasks
    except ClientError:
        return ()
