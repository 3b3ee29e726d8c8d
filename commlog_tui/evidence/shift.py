"""Gathers what a shift is from the log and from the outbox of this machine."""

from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from commlog_tui.client.errors import ClientError, NotSupportedError
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import OutboxItem
from commlog_tui.contract.entry import Entry, Source
from commlog_tui.contract.handover import Handover
from commlog_tui.contract.location import Location
from commlog_tui.contract.query import MAX_PAGE_SIZE, EntryQuery, ListQuery
from commlog_tui.contract.task import Task, TaskQuery
from commlog_tui.contract.worklist import OverdueMessage, WorkItem
from commlog_tui.text.handover import Shift

Part = TypeVar("Part")
_MOST_PAGES: Final = 5
_MOMENT: Final = timedelta(microseconds=1)


async def last_handover(client: LogClient, location: str) -> Handover | None:
    """Return the handover that was recorded last. Raises ``ClientError``."""
    found = (await client.todo.handovers(location, ListQuery(limit=1))).handovers
    return found[0] if found else None


async def gather_shift(
    client: LogClient,
    place: Location,
    items: Sequence[OutboxItem],
    now: datetime,
    *,
    since: datetime | None = None,
    known_tasks: Sequence[Task] = (),
) -> Shift:
    """Return the shift since the last handover, or since a chosen time; without either, since midnight.

    What cannot be read is named in its notes. ``known_tasks`` stand in for the log's.
    """
    gathering = _Gathering(client, place.id)
    last = await gathering.part((), "the last handover", last_handover(client, place.id), None)
    begun = since or (last.until if last is not None else _midnight(now, ZoneInfo(place.zone)))
    begun = min(begun, now)
    logged = await gathering.part(("logged",), "what was logged by hand", gathering.logged(begun, now), ())
    failed, overdue = await gathering.part(("failed", "overdue"), "what did not arrive", gathering.failed(), ((), ()))
    tasks = await gathering.part(("tasks",), "all open tasks", gathering.tasks(), tuple(known_tasks))
    waiting = [item for item in items if item.location in {place.id, ""} and item.state != "draft"]
    tasks = tuple(known_tasks) or tasks  # which has what waits here
    return Shift(
        name=place.name,
        since=begun,
        until=now,
        last=last,
        logged=logged,
        failed=failed,
        overdue=overdue,
        tasks=tasks,
        waiting=tuple(item.title for item in waiting),
        notes=gathering.notes,
        unknown=frozenset(gathering.unknown),
    )


class _Gathering:
    """Reads the parts of a shift, and remembers what could not be read."""

    def __init__(self, client: LogClient, location: str) -> None:
        self._client = client
        self._location = location
        self._missing: list[str] = []
        self._partial: list[str] = []
        self._reason = ""
        self.unknown: set[str] = set()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is missing, in sentences."""
        missing = f"{self._reason} Not known: {', '.join(self._missing)}." if self._missing else ""
        return tuple(filter(None, (missing, *self._partial)))

    async def part(self, parts: tuple[str, ...], name: str, reading: Awaitable[Part], otherwise: Part) -> Part:
        """Return parts of a shift, or what stands in for them if they cannot be read."""
        try:
            return await reading
        except NotSupportedError:
            self.unknown.update(parts)
            return otherwise
        except ClientError as error:
            self.unknown.update(parts)
            self._missing.append(name)
            self._reason = str(error)
            return otherwise

    async def logged(self, since: datetime, until: datetime) -> tuple[Entry, ...]:
        """Return what was written by hand, oldest first."""
        query = EntryQuery(source=Source.MANUAL, since=since, until=until + _MOMENT)
        found, cursor = list[Entry](), None
        for _ in range(_MOST_PAGES):
            page = await self._client.page(self._location, query, limit=MAX_PAGE_SIZE, cursor=cursor)
            found += page.entries
            if (cursor := page.older) is None:
                break
        else:
            self._partial.append(f"Only the last {len(found)} entries written by hand are shown.")
        return tuple(reversed(found))

    async def failed(self) -> tuple[tuple[WorkItem, ...], tuple[OverdueMessage, ...]]:
        """Return what did not arrive, and what is overdue."""
        page = await self._client.worklist(self._location, limit=MAX_PAGE_SIZE)
        if page.next is not None:
            self._partial.append(f"Only the first {len(page.items)} messages that did not arrive are shown.")
        if page.overdue_note:
            self._partial.append(page.overdue_note)
        return page.items, page.overdue

    async def tasks(self) -> tuple[Task, ...]:
        """Return open tasks, soonest due first."""
        page = await self._client.todo.tasks(self._location, TaskQuery(limit=MAX_PAGE_SIZE))
        if page.next is not None:
            self._partial.append(f"Only the first {len(page.tasks)} tasks are shown.")
        return page.tasks


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
