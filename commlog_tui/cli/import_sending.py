"""What a reader gives, sent to the log in batches and counted."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

from commlog_tui.cli.import_gaps import (
    Gap,
    as_imported,
    count_added,
    find_known,
    is_repeated,
    message_events,
    takes_messages,
    without_message,
)
from commlog_tui.client import errors

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.contract.entry import EntryDetail
    from commlog_tui.contract.page import BatchAnswer, BatchItem
    from commlog_tui.contract.problem import Problem
    from commlog_tui.imports.items import Item, Outcome, Refusal
    from commlog_tui.imports.refused_file import RefusedFile

Answer = TypeVar("Answer")

PAUSES: Final = (0.5, 2.0, 5.0)
"""Seconds before a batch that got no answer is sent again; its keys make that harmless."""
_IN_FLIGHT: Final = 3
_BATCH_BYTES: Final = 7 << 20
_KEPT_BYTES: Final = 16 << 20
_FRAME: Final = 64
_LONGEST_PAUSE: Final = 60.0
"""Whoever is asked to wait longer had better come back."""
_ADDED: Final = 201
_THERE: Final = 200
_NOT_PERMITTED: Final = 403
_KEY_REUSED: Final = "urn:commlog:problem:key-reused"
SHOWN: Final = 20
"""Reasons that are printed one by one."""


@dataclass
class Tally:
    """What became of a file's rows."""

    added: int = 0
    there: int = 0
    refused: int = 0
    shown: list[str] = field(default_factory=list)
    warned: int = 0
    warnings: list[str] = field(default_factory=list)
    gap: Gap = field(default_factory=Gap)

    def warn(self, one: "Item", words: str) -> None:
        """Count a warning about an entry."""
        self.warned += 1
        if len(self.warnings) < SHOWN:
            self.warnings.append(f"  {one.where}:{one.line}: {words}")

    def refuse(self, one: "Item | Refusal", reason: str, file: "RefusedFile") -> None:
        """Count a refused row and keep it to be mended.

        Raises:
            OSError: it cannot be written.
        """
        from commlog_tui.imports.items import name_of

        self.refused += 1
        if len(self.shown) < SHOWN:
            self.shown.append(f"  {name_of(one)}: {reason}")
        file.add(one.raw, reason)


async def send(
    client: "LogClient",
    location: str,
    outcomes: "Iterable[Outcome]",
    tally: Tally,
    file: "RefusedFile",
    *,
    advance: Callable[[], None] = lambda: None,
    pauses: Sequence[float] = PAUSES,
) -> None:
    """Send what a reader gives in batches, a few under way at a time, and count what became of it.

    Raises:
        ClientError: the log does not take it; what is counted is safely in.
        OSError: the file cannot be read, or the refused rows not be written.
    """
    under_way: set[asyncio.Task[None]] = set()
    try:
        for batch in _batches(outcomes, tally, file):
            advance()
            if batch:
                under_way.add(asyncio.create_task(_deliver(client, location, batch, tally, file, pauses)))
            await asyncio.sleep(0)  # lets the batch go out, and a Ctrl+C in
            while len(under_way) >= _IN_FLIGHT:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.gather(*done)
        for task in list(under_way):
            await task
    finally:
        await asyncio.gather(*under_way, return_exceptions=True)  # what is on its way is counted


def _batches(outcomes: "Iterable[Outcome]", tally: Tally, file: "RefusedFile") -> "Iterator[list[Item]]":
    """Yield the entries in batches that fit a request and memory.

    A batch may be empty where there are many refusals.
    """
    from commlog_tui.contract.page import MAX_BATCH
    from commlog_tui.imports.items import Refusal

    batch: list[Item] = []
    sent = held = seen = 0
    last: tuple[bytes, ...] = ()
    for outcome in outcomes:
        seen += 1
        if isinstance(outcome, Refusal):
            tally.refuse(outcome, outcome.reason, file)
            if seen % MAX_BATCH == 0:
                yield []
            continue
        weight = len(outcome.entry.model_dump_json().encode()) + len(outcome.key.encode()) + _FRAME
        if batch and (len(batch) == MAX_BATCH or sent + weight > _BATCH_BYTES or held > _KEPT_BYTES):
            yield batch
            batch, sent, held = [], 0, 0
        batch.append(outcome)
        sent += weight
        held += sum(map(len, outcome.raw)) if outcome.raw is not last else 0
        last = outcome.raw
    yield batch


async def _deliver(
    client: "LogClient",
    location: str,
    batch: "Sequence[Item]",
    tally: Tally,
    file: "RefusedFile",
    pauses: Sequence[float],
) -> None:
    from commlog_tui.contract.page import BatchItem

    if any(item.entry.message or item.entry.events for item in batch):
        is_known = await _patiently(partial(takes_messages, client), pauses)
        batch = [as_imported(item) if is_known else without_message(item) for item in batch]
    batch, count = await _without_earlier(client, location, batch, pauses)
    tally.there += count
    batch = await _without_known(client, location, batch, tally, file, pauses)
    if not batch:
        return
    items = [BatchItem(key=item.key, entry=item.entry) for item in batch]
    answers = await _patiently(lambda: client.add_batch(location, items), pauses)
    forbidden = None
    for item, answer in zip(batch, answers, strict=True):
        if answer.status == _ADDED:
            tally.added += 1
        elif answer.status == _THERE:
            tally.there += 1
        elif answer.status == _NOT_PERMITTED and answer.problem:
            forbidden = answer.problem.detail
        elif item.is_one_message and answer.problem and answer.problem.type == _KEY_REUSED:
            await _add_events(client, location, item, tally, file, pauses)
        else:
            tally.refuse(item, _reason(answer.problem), file)
    if forbidden:
        raise errors.NotPermittedError(forbidden)


async def _without_known(
    client: "LogClient",
    location: str,
    batch: "Sequence[Item]",
    tally: Tally,
    file: "RefusedFile",
    pauses: Sequence[float],
) -> "list[Item]":
    """Add to messages that the log has what it does not know of them; return the other items."""
    known = await _patiently(partial(find_known, client, location, batch), pauses)
    await _close_gap(client, location, [item for item in batch if known.has(item)], tally, pauses)
    for item in batch:
        if known.is_earlier(item):
            await _add_events(client, location, without_message(item), tally, file, pauses)
    return [item for item in batch if not known.has(item) and not known.is_earlier(item)]


async def _close_gap(
    client: "LogClient", location: str, items: "Sequence[Item]", tally: Tally, pauses: Sequence[float]
) -> None:
    """Add what the log does not know yet of messages that it has."""
    from commlog_tui.contract.page import MAX_BATCH

    events = message_events(items)
    for first in range(0, len(events), MAX_BATCH):
        some = events[first : first + MAX_BATCH]
        answers = await _patiently(partial(client.add_message_events, location, some), pauses)
        count_added(tally.gap, some, answers)
    tally.there += len(items)


async def _add_events(
    client: "LogClient", location: str, item: "Item", tally: Tally, file: "RefusedFile", pauses: Sequence[float]
) -> None:
    """Add what a file tells of a message to the entry that another file has made of it."""
    from commlog_tui.contract.identity import id_of_key

    entry_id = id_of_key(item.key)
    recorded: EntryDetail | None = None
    with suppress(errors.NotPermittedError):
        recorded = await _patiently(partial(client.detail, location, entry_id), pauses)
    for event in item.entry.events:
        if is_repeated(event, recorded):
            continue
        try:
            await _patiently(partial(client.add_event, location, entry_id, event), pauses)
        except errors.RefusedError as error:
            if error.problem.type != _KEY_REUSED:  # else it was printed before, in other words
                tally.refuse(item, str(error), file)
                return
    tally.there += 1


def _reason(problem: "Problem | None") -> str:
    if problem is None:
        return "the log refused it"
    if problem.type == _KEY_REUSED:  # whoever imports has given no key
        return "the log has this already with other content, which stays as it is"
    return str(errors.RefusedError(problem))


async def _without_earlier(
    client: "LogClient", location: str, batch: "Sequence[Item]", pauses: Sequence[float]
) -> "tuple[list[Item], int]":
    """Return the entries not recorded by 0.1.0 under an earlier key, and the number of the others.

    A token without read permission cannot look: all are returned.
    """
    left: list[Item] = []
    for number, item in enumerate(batch):
        try:
            if not await _has_any(client, location, item.earlier_keys, pauses):
                left.append(item)
        except errors.NotPermittedError:
            left += batch[number:]
            break
    return left, len(batch) - len(left)


async def _has_any(client: "LogClient", location: str, keys: Sequence[str], pauses: Sequence[float]) -> bool:
    from commlog_tui.contract.identity import id_of_key

    for key in keys:
        with suppress(errors.NotFoundError):
            await _patiently(partial(client.detail, location, id_of_key(key)), pauses)
            return True
    return False


async def _answered(
    client: "LogClient", location: str, items: "Sequence[BatchItem]", pauses: Sequence[float]
) -> "Sequence[BatchAnswer]":
    return await _patiently(lambda: client.add_batch(location, items), pauses)


async def _patiently(call: Callable[[], Awaitable[Answer]], pauses: Sequence[float]) -> Answer:
    left = list(pauses)
    while True:
        try:
            return await call()
        except (errors.UnreachableError, errors.BusyError) as error:
            asked = error.retry_after or 0.0
            too_much = isinstance(error, errors.BusyError) and error.status == HTTPStatus.TOO_MANY_REQUESTS
            if asked > _LONGEST_PAUSE or not (left or (too_much and asked)):
                raise
            # To be asked to wait is no failure, so it uses up none of the attempts.
            await asyncio.sleep(asked if too_much and asked else max(left.pop(0), asked))
