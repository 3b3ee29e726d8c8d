"""Messages on their way out of this service: what a store can do about them, and when they are tried again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from commlog_tui.contract.resend import ResendState, Route
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.records.instants import optional_instant
from commlog_tui.records.rows import DetailRow, EntryRow, ResendRow
from commlog_tui.store.rows import ResendsRow

DELAYS: Final = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 1800, 3600, 3600, 3600))
"""After each attempt but the last, until the next one: nearly four hours in all."""
ATTEMPTS: Final = len(DELAYS) + 1
"""After so many a message has failed."""
OPEN: Final = (ResendState.WAITING.value, ResendState.BEGUN.value)
"""States in which something is still to be done."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send, claimed for a while."""

    location: str
    seq: int
    """Of the new entry."""
    entry: EntryRow
    resend: ResendRow
    is_begun: bool
    """Whether an attempt was begun and never reported, so that the message may have been sent."""
    attempts: int
    """Begun or made before."""


class Resends(Protocol):
    """Messages that were sent again, and what of them waits to be sent by this service."""

    async def page(self, location: str, query: ResendListQuery) -> ResendsRow:
        """Return a page of messages sent again, newest first. Raises ``CursorError``."""
        ...

    async def next_at(self, location: str, routes: Collection[Route]) -> datetime | None:
        """Return when the next message on one of these routes is due that nobody has claimed; None without any."""
        ...

    async def claim(
        self, location: str, routes: Collection[Route], now: datetime, until: datetime, limit: int
    ) -> Sequence[Outgoing]:
        """Return due messages, oldest first, which nobody else gets before ``until``.

        Of the route ``webhook`` at most the oldest one that is open, so that they go in order.
        """
        ...

    async def renew(self, location: str, seqs: Sequence[int], until: datetime) -> None:
        """Claim messages for longer."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a message is."""

    state: str
    attempts: int
    next_at: int
    status: str


def with_progress(row: ResendRow, progress: Progress | None) -> ResendRow:
    """Return a resend with how far it is; as it is where nothing of that is listed any more."""
    if progress is None:
        return row
    waits = progress.state == ResendState.WAITING.value
    return msgspec.structs.replace(
        row,
        state=progress.state,
        attempts=progress.attempts,
        next_at=optional_instant(progress.next_at) if waits else None,
        status=progress.status,
    )


def detail_with_progress(detail: DetailRow, progress: Mapping[int, Progress]) -> DetailRow:
    """Return a detail whose resends say how far they are, given that by the seq of the resend."""
    if isinstance(detail.resends, msgspec.UnsetType):
        return detail
    rows = tuple(with_progress(row, progress.get(row.seq)) for row in detail.resends)
    return msgspec.structs.replace(detail, resends=rows)


def due_after(step: str, attempt: int, at: int) -> int:
    """Return when something is to be done next, in microseconds, after a step of an attempt at an instant."""
    if step != ResendState.WAITING.value:
        return at
    return at + DELAYS[min(max(attempt, 1), len(DELAYS)) - 1] // timedelta(microseconds=1)
