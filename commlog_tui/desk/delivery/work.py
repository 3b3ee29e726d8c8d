"""What did not arrive, as the worklist shows it; ticking off goes by way of the outbox."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.reader.details import DetailCache

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commlog_tui.contract.entry import Entry, EntryDetail
    from commlog_tui.contract.worklist import WorkItem
    from commlog_tui.desk.session import Session

_MOST_PAGES: Final = 4
_MOST_DETAILS: Final = 50
"""Items whose reason is asked for in advance."""
_LONGEST_NOTE: Final = 500
RESOLUTIONS: Final = "resolutions"


@dataclass(frozen=True, slots=True)
class Work:
    """The worklist as it was answered last."""

    items: "tuple[WorkItem, ...]" = ()
    arrived: "tuple[WorkItem, ...]" = ()
    """What was delivered after all, and so ticked off by itself."""
    has_more: bool = False


class Worklist:
    """Reads the worklist and ticks off what was dealt with."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self.work = Work()
        self.ticked: set[str] = set()
        """Ids of entries that were ticked off here and may still be listed by the service."""
        self.details = DetailCache(self._ask_detail)

    async def _ask_detail(self, entry_id: str) -> "EntryDetail":
        return await self._session.client.detail(self._session.location, entry_id)

    async def load(self) -> None:
        """Ask for the worklist. Raises ``ClientError``."""
        client, location = self._session.client, self._session.location
        page = await client.worklist(location)
        items, arrived = [*page.items], page.arrived
        for _ in range(_MOST_PAGES - 1):
            if page.next is None:
                break
            page = await client.worklist(location, cursor=page.next)
            items += page.items
        waiting = await asyncio.to_thread(self._waiting)
        self.ticked = waiting | {entry_id for entry_id in self.ticked if any(one.entry.id == entry_id for one in items)}
        self.work = Work(tuple(items), arrived, has_more=page.next is not None)

    def _waiting(self) -> set[str]:
        """Return the entries whose tick waits in the outbox to be sent."""
        items = self._session.outbox.items()
        return {one.entry_id for one in items if one.action == "resolution" and one.state == "waiting" and one.entry_id}

    def next_wanted(self, row: int) -> "Entry | None":
        """Return the next entry to ask for its events: around a row, then the first ones of the list."""
        entries = [item.entry for item in self.work.items]
        near = self.details.next_wanted(entries, row)
        return near or next((one for one in entries[:_MOST_DETAILS] if self.details.get(one) is None), None)

    @property
    def count(self) -> int:
        """How many are to be dealt with."""
        return sum(item.entry.id not in self.ticked for item in self.work.items)

    async def tick(self, entry: "Entry", note: str = "") -> None:
        """Record that somebody dealt with an entry.

        Raises ``OutboxError``; then nothing was saved.
        """
        await tick(self._session, {"entry": entry.id}, note)
        self.ticked.add(entry.id)


def why_not_tick(session: "Session") -> str | None:
    """Return why nothing can be ticked off, as a sentence."""
    if RESOLUTIONS not in {known.value for known in session.me.capabilities}:
        return "This service cannot record that something was dealt with. Log a note with n instead."
    return None if session.may("add-manual") else "Your token's role may not tick anything off."


async def tick(session: "Session", what: "Mapping[str, str]", note: str = "") -> None:
    """Save a resolution in the outbox, from where it is sent at once.

    Raises ``OutboxError``; then nothing was saved.

    Args:
        session: the session whose outbox and location it is for.
        what: the entry, or the booking and the kind of message that was expected.
        note: why, in a few words.
    """
    from commlog_tui.client.outbox_item import OutboxItem

    content = {**what, "note": note} if note else dict(what)
    item = OutboxItem(location=session.location, action="resolution", entry_id=what.get("entry"), content=content)
    await asyncio.to_thread(session.outbox.save, item)
    session.sender.wake()


def understand_note(text: str) -> str:
    """Accept a note. Raises ``ValueError`` for one that is too long."""
    if len(text.strip()) > _LONGEST_NOTE:
        raise ValueError(f"At most {_LONGEST_NOTE} characters.")
    return ""
