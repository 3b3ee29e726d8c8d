"""Following the live feed through every cut, without a gap and without a repeat."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from pydantic import ValidationError

from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.page import FeedItem

_SHORTEST: Final = 0.5
_LONGEST: Final = 10.0


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Return the data of each whole event of a stream of server-sent events (WHATWG HTML, section 9.2).

    Ids and kinds are in the data here, too, so only data is read; an event cut off at the end is dropped, as the standard says.
    """
    buffer, data = b"", []
    async for chunk in chunks:
        buffer += chunk
        *lines, buffer = buffer.replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" "))
            elif not line and data:
                yield b"\n".join(data)
                data = []


async def follow(
    client: LogClient,
    location: str,
    after: int,
    *,
    on_state: Callable[[bool], None] = lambda _: None,
    pause: Callable[[float], object] = asyncio.sleep,
) -> AsyncIterator[FeedItem]:
    """Yield every record behind a position, once and in order, for ever; ``on_state`` hears of cuts and reconnections.

    Raises:
        TokenRefusedError, NotPermittedError, NotFoundError, UnexpectedAnswerError: waiting will not help.
    """
    wait = _SHORTEST
    while True:
        try:
            async with client.feed(location, after) as chunks:
                on_state(True)
                async for data in events(chunks):
                    item = FeedItem.model_validate_json(data)
                    wait = _SHORTEST
                    if item.seq > after:
                        after = item.seq
                        yield item
        except (errors.UnreachableError, errors.BusyError):
            pass
        except ValidationError:
            raise errors.UnexpectedAnswerError from None
        on_state(False)
        waiting = pause(wait)
        if asyncio.iscoroutine(waiting):
            await waiting
        wait = min(wait * 2, _LONGEST)
