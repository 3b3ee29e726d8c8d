"""Items that waited in the outbox, and name a guest whom the log does not know any more.

Whoever was redacted meanwhile would be back in the log with what was typed before, so such items
are held back until somebody decides. A guest whom the log never knew looks the same, so what has
just been saved is sent as it is.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from commlog_tui.client.errors import NotFoundError, NotPermittedError
from commlog_tui.client.outbox_item import OutboxItem
from commlog_tui.contract.customer_record import local_customer_id

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient

HELD_BACK: Final = "The log does not know this guest any more, who may have been redacted while this waited."
"""Beginning of the reason of items that are held back."""
_FRESH: Final = timedelta(minutes=1)
"""How long after it was saved an item is sent without asking whether its guest is known."""
_BOOKING: Final = frozenset({"customer", "to", "reference", "code"})
_PERSONAL: Final = {"entry": _BOOKING | {"body"}, "task": _BOOKING | {"entry"}}
"""Fields that an item can do without; of other actions nothing would remain."""


class HeldBackError(Exception):
    """An item is held back; the message says why."""


def is_held_back(item: OutboxItem) -> bool:
    """Return whether an item is held back for its guest."""
    return item.state == "refused" and (item.reason or "").startswith(HELD_BACK)


async def require_known_guest(client: "LogClient", item: OutboxItem, items: Iterable[OutboxItem]) -> None:
    """Ask whether the log knows whom an item names, unless it has just been saved.

    ``items`` are all of the outbox: a guest whom one of them makes is known.

    Raises:
        HeldBackError: it does not.
        ClientError: the log did not say.
    """
    if datetime.now(UTC) - item.saved_at < _FRESH:
        return
    made = {local_customer_id(one.key) for one in items if one.action == "customer"}
    for guest in sorted({*_guests(item)} - made):
        try:
            await client.customer(item.location, guest)
        except NotFoundError:
            raise HeldBackError(f"{HELD_BACK} Nothing was sent.") from None
        except NotPermittedError:
            return  # a token that may ask for nobody belongs to a program, which names whom it likes


def without_guest(item: OutboxItem) -> OutboxItem | None:
    """Return an item that waits again without guest, address, booking and text; None if nothing would remain of it."""
    if item.action not in _PERSONAL:
        return None
    content = {name: value for name, value in item.content.items() if name not in _PERSONAL[item.action]}
    return released(item.model_copy(update={"content": content}))


def released(item: OutboxItem) -> OutboxItem:
    """Return an item that waits again as if it had just been saved."""
    return item.model_copy(update={"state": "waiting", "reason": None, "saved_at": datetime.now(UTC)})


def _guests(item: OutboxItem) -> Iterator[str]:
    content = item.content
    customer = content.get("customer") or content.get("changes", {}).get("customer") or {}
    named = [customer.get("id"), content.get("customer_id"), content.get("into")]
    named += [item.entry_id] if item.action == "contact" else []
    return (str(one) for one in named if one)
