"""Calls about messages that are sent again, see ``log_client.LogClient.again``."""

from commlog_tui.client.transport import Transport
from commlog_tui.client.wire import at, its_own, params, read, to_json
from commlog_tui.client.work_calls import Require
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.location import Capability
from commlog_tui.contract.resend import EntryResends, NewCallOff, NewResend, ResendQuery
from commlog_tui.contract.resend_list import ResendListQuery, Resends

_OTHERWISE = "Send it in the booking system"


class ResendCalls:
    """Sends messages again, and reads what became of that. Every method raises ``ClientError``."""

    def __init__(self, transport: Transport, require: Require) -> None:
        self._transport = transport
        self._require = require

    async def send(self, location: str, entry_id: str, key: str, resend: NewResend) -> Receipt:
        """Send a message again under a key. Repeating it is safe and returns the same receipt."""
        await self._require(Capability.RESENDS, _OTHERWISE)
        raw = await self._transport.post(at(location, "entries", entry_id, "resends"), to_json(resend), key)
        return its_own(read(raw, Receipt), location, key)

    async def call_off(self, location: str, entry_id: str, call_off: NewCallOff) -> Receipt:
        """Call off a message that waits to be sent again. Repeating it is safe and returns the same receipt."""
        await self._require(Capability.CALL_OFFS, "Nothing is called off there")
        path = at(location, "entries", entry_id, "call-offs")
        return read(await self._transport.post(path, to_json(call_off), call_off.resend), Receipt)

    async def of_entry(self, location: str, entry_id: str, to: str | None = None) -> EntryResends:
        """Return how often a message was sent again, how it can be, and what to know of an address before."""
        await self._require(Capability.RESENDS, _OTHERWISE)
        path = at(location, "entries", entry_id, "resends")
        return read(await self._transport.get(path, params(ResendQuery(to=to or None))), EntryResends)

    async def page(self, location: str, query: ResendListQuery | None = None) -> Resends:
        """Return a page of messages that were sent again, newest first."""
        await self._require(Capability.RESENDS, "Nothing is sent again there")
        return read(await self._transport.get(at(location, "resends"), params(query or ResendListQuery())), Resends)
