"""Calls about customers, beside the directory."""

from pydantic import BaseModel

from commlog_tui.client.transport import Transport
from commlog_tui.client.wire import at, its_own, params, read, to_json
from commlog_tui.client.work_calls import Require
from commlog_tui.contract.customer_record import (
    CustomerRecords,
    NewContact,
    NewLocalCustomer,
    NewMerge,
    NewPreference,
    PreferenceQuery,
    Preferences,
)
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.location import Capability

_INSTEAD = "Write an entry about it"


class PeopleCalls:
    """Reads and writes what is recorded about customers. Every method raises ``ClientError``."""

    def __init__(self, transport: Transport, require: Require) -> None:
        self._transport = transport
        self._require = require

    async def add_customer(self, location: str, key: str, customer: NewLocalCustomer) -> Receipt:
        """Record a customer of the log's own; ``contract.customer_record.local_customer_id`` has the id."""
        return await self._record(location, ("customers",), customer, key)

    async def add_contact(self, location: str, customer_id: str, key: str, contact: NewContact) -> Receipt:
        """Record that a customer's address or number is another one."""
        return await self._record(location, ("customers", customer_id, "contacts"), contact, key)

    async def add_merge(self, location: str, key: str, merge: NewMerge) -> Receipt:
        """Record that two ids are of one customer, or are not after all."""
        return await self._record(location, ("merges",), merge, key)

    async def add_preference(self, location: str, key: str, preference: NewPreference) -> Receipt:
        """Record whether somebody may be written to."""
        return await self._record(location, ("preferences",), preference, key)

    async def records(self, location: str, customer_id: str) -> CustomerRecords:
        """Return everything recorded about a customer and those merged with them."""
        await self._require(Capability.CUSTOMER_RECORDS, "Nothing of the sort is recorded there")
        return read(await self._transport.get(at(location, "customers", customer_id, "records")), CustomerRecords)

    async def preferences(self, location: str, query: PreferenceQuery) -> Preferences:
        """Return the preferences that hold now."""
        await self._require(Capability.CUSTOMER_RECORDS, "No preferences are recorded there")
        return read(await self._transport.get(at(location, "preferences"), params(query)), Preferences)

    async def _record(self, location: str, parts: tuple[str, ...], model: BaseModel, key: str) -> Receipt:
        await self._require(Capability.CUSTOMER_RECORDS, _INSTEAD)
        raw = await self._transport.post(at(location, *parts), to_json(model), key)
        return its_own(read(raw, Receipt), location, key)
