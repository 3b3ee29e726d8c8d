"""Record what was read from a message, and say whether it is durable in the log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.delivery import NewMessage, NewMessageEvent
from commlog_tui.contract.location import Capability, Permission
from commlog_tui.contract.page import MAX_BATCH, BatchAnswer, BatchItem
from commlog_tui.imports.items import Item
from commlog_tui.mail.incoming import PROVIDER, Reading
from commlog_tui.mail.reports import MailEvent

_ADDED: Final = 201
_THERE: Final = 200
_NOT_PERMITTED: Final = 403
_KEY_REUSED: Final = "urn:commlog:problem:key-reused"
_BATCH_BYTES: Final = 7 << 20
_FRAME: Final = 64
_OTHER_CONTENT: Final = "the log has a message with this Message-ID already, with other content, which stays as it is"


class Outcome(Enum):
    """What became of a message."""

    RECORDED = "recorded"
    """All of it is durable in the log."""
    RETRY = "retry"
    """Not all of it is; the same message can be sent again at any time."""
    REFUSED = "refused"
    """Something of it cannot be recorded, now or later; the rest is durable."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message, in words without personal data."""

    outcome: Outcome
    words: str
    added: int = 0
    """Records that are new in the log."""


class Recorder:
    """Records messages at one location. Repeating a message adds nothing."""

    def __init__(self, client: LogClient, location: str) -> None:
        """``location`` may be empty if the token may see only one."""
        self._client = client
        self._wanted = location
        self._location = ""

    async def record(self, reading: Reading) -> Result:
        """Record a message; never raises for what the log answers."""
        count = _Count()
        try:
            location = self._location or await self._find_location()
            for batch in _batches(reading.items):
                count.add_answers(await self._client.add_batch(location, batch))
            for event in reading.events:
                await self._add_event(location, event, count)
        except errors.RefusedError as error:
            count.refuse(str(error))
        except errors.ClientError as error:
            self._location = ""
            return Result(Outcome.RETRY, f"{error} The message was not accepted; send it again.", count.added)
        except _NotReadyError as error:
            return Result(Outcome.RETRY, f"{error} The message was not accepted; send it again.")
        faults = [*count.faults, *reading.faults]
        if faults:
            return Result(
                Outcome.REFUSED, f"{_sentence(faults)} {count.summary()} Sending it again does not help.", count.added
            )
        return Result(
            Outcome.RECORDED, " ".join([count.summary(), *filter(None, [_sentence(reading.notes)])]), count.added
        )

    async def aclose(self) -> None:
        """Close the connection to the log."""
        await self._client.aclose()

    async def _find_location(self) -> str:
        me = await self._client.me()
        known = [one.id for one in me.locations]
        if Permission.ADD_AUTOMATED not in me.permissions:
            raise _NotReadyError("The token may not add automated entries; use one with the role sender.")
        if Capability.MESSAGE_EVENTS not in me.capabilities:
            raise _NotReadyError(f"The service, commlog {me.version[:20]}, is too old for mail; update it.")
        if self._wanted not in known and not (len(known) == 1 and not self._wanted):
            raise _NotReadyError("The token does not decide the location; name one of its own with --location.")
        self._location = self._wanted or known[0]
        return self._location

    async def _add_event(self, location: str, event: MailEvent, count: "_Count") -> None:
        message_event = NewMessageEvent(
            message=NewMessage(provider=PROVIDER, id=event.message_id),
            kind=event.kind,
            at=event.at,
            **{name: value for name in ("to", "code", "detail") if (value := getattr(event, name)) is not None},
        )
        try:
            await self._client.add_message_event(location, message_event)
            count.events += 1
        except errors.RefusedError as error:
            if error.problem.type == _KEY_REUSED:  # the report was recorded before, in other words
                count.events += 1
            else:
                count.refuse(str(error))


class _NotReadyError(Exception):
    """The token or the settings do not fit; somebody has to change them."""


class _Count:
    """What the log answered so far."""

    def __init__(self) -> None:
        self.added = self.there = self.events = 0
        self.faults: list[str] = []
        self._has_other_content = False

    def add_answers(self, answers: Sequence[BatchAnswer]) -> None:
        """Count the answers to a batch.

        Raises:
            NotPermittedError: the token may not add them.
        """
        for answer in answers:
            if answer.status == _ADDED:
                self.added += 1
            elif answer.status == _THERE:
                self.there += 1
            elif answer.status == _NOT_PERMITTED and answer.problem:
                raise errors.NotPermittedError(answer.problem.detail)
            elif answer.problem and answer.problem.type == _KEY_REUSED:
                self.there += 1
                self._has_other_content = True
            else:
                self.refuse(str(errors.RefusedError(answer.problem)) if answer.problem else "the log refused it")

    def refuse(self, words: str) -> None:
        """Note why something cannot be recorded."""
        self.faults.append(words)

    def summary(self) -> str:
        """Return what is durable, as a sentence."""
        if self.events:
            return f"{_number(self.events, 'delivery event')} recorded."
        there = f", {self.there} already there" if self.there else ""
        more = f" {_sentence([_OTHER_CONTENT])}" if self._has_other_content else ""
        return f"{_number(self.added, 'entry')} recorded{there}.{more}"


def _batches(items: Sequence[Item]) -> Iterator[list[BatchItem]]:
    batch: list[BatchItem] = []
    size = 0
    for item in items:
        weight = len(item.entry.model_dump_json().encode()) + len(item.key.encode()) + _FRAME
        if batch and (len(batch) == MAX_BATCH or size + weight > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(BatchItem(key=item.key, entry=item.entry))
        size += weight
    if batch:
        yield batch


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(part.rstrip(".") for part in parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _number(count: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"
