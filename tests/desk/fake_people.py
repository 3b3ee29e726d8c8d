"""What is recorded about customers of the log in memory."""

from collections.abc import Callable
from typing import Any

from commlog_tui.contract.customer import Customer, Preference
from commlog_tui.contract.customer_record import (
    Contact,
    CustomerRecords,
    LocalCustomer,
    Merge,
    NewContact,
    NewLocalCustomer,
    NewMerge,
    NewPreference,
    PreferenceQuery,
    Preferences,
    local_customer_id,
)
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.identity import id_of_key
from tests.desk.samples import NOW


class FakePeople:
    """Answers as ``client.people_calls`` does. ``fail`` raises what every call of the log raises."""

    def __init__(self, fail: Callable[[], None], receipt: Callable[[str], Receipt]) -> None:
        self._fail = fail
        self._receipt = receipt
        self.known: list[Customer] = []
        """Customers beside those of the entries."""
        self.contacts: list[Contact] = []
        self.made: list[LocalCustomer] = []
        self.merges: list[Merge] = []
        self.wishes: list[Preference] = []

    async def add_contact(self, location: str, customer_id: str, key: str, contact: NewContact) -> Receipt:
        self._fail()
        self.contacts.append(Contact(**contact.model_dump(), customer_id=customer_id, **_made(key)))
        return self._receipt(id_of_key(key))

    async def add_customer(self, location: str, key: str, customer: NewLocalCustomer) -> Receipt:
        self._fail()
        fields, new = customer.model_dump(), local_customer_id(key)
        self.made.append(LocalCustomer(**fields, customer_id=new, **_made(key)))
        self.known.append(Customer(**fields, id=new, last_seen=NOW, local=True))
        return self._receipt(id_of_key(key))

    async def add_merge(self, location: str, key: str, merge: NewMerge) -> Receipt:
        self._fail()
        self.merges.append(Merge(**merge.model_dump(), **_made(key)))
        return self._receipt(id_of_key(key))

    async def add_preference(self, location: str, key: str, preference: NewPreference) -> Receipt:
        self._fail()
        self.wishes.append(Preference(**preference.model_dump(), **_made(key)))
        return self._receipt(id_of_key(key))

    async def records(self, location: str, customer_id: str) -> CustomerRecords:
        self._fail()
        ids = (customer_id, *self.merged(customer_id))
        return CustomerRecords(
            customer_ids=ids,
            made=tuple(one for one in self.made if one.customer_id in ids),
            contacts=tuple(one for one in self.contacts if one.customer_id in ids),
            merges=tuple(one for one in self.merges if {one.customer_id, one.into} & set(ids)),
            preferences=tuple(one for one in self.wishes if one.customer_id in ids),
        )

    async def preferences(self, location: str, query: PreferenceQuery) -> Preferences:
        self._fail()
        found = [one for one in self.wishes if one.customer_id == query.customer_id or (one.to and one.to == query.to)]
        return Preferences(preferences=tuple(found))

    def merged(self, customer_id: str) -> tuple[str, ...]:
        """Return the ids that a customer is merged with."""
        last = {frozenset((one.customer_id, one.into)): one.step.value for one in self.merges}
        pairs = [pair for pair, step in last.items() if step == "merged" and customer_id in pair]
        return tuple(other for pair in pairs for other in pair if other != customer_id)

    def seen(self, customer: Customer) -> Customer:
        """Return a customer with what is recorded about them."""
        new = [one for one in self.contacts if one.customer_id == customer.id]
        fields: dict[str, Any] = {
            "addresses": tuple(dict.fromkeys((*(one.new for one in new if "@" in one.new), *customer.addresses))),
            "numbers": tuple(dict.fromkeys((*(one.new for one in new if "@" not in one.new), *customer.numbers))),
            "replaced": tuple(one.old for one in new if one.old),
            "merged": self.merged(customer.id),
            "preferences": tuple(one for one in self.wishes if one.customer_id == customer.id),
        }
        return customer.model_copy(update=fields)


def _made(key: str) -> dict[str, Any]:
    return {"id": id_of_key(key), "seq": 970, "actor": "Front desk", "recorded_at": NOW}
