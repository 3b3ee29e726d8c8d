"""Record one item and answer with its receipt."""

from fastapi.responses import Response

from commlog_tui.contract.base import is_uuid
from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import LogError, UnknownEntryError
from commlog_tui.records.kind import Item
from commlog_tui.service.answers import json_answer
from commlog_tui.service.tokens import Caller
from commlog_tui.store.protocol import Store


async def append_item(store: Store, location: str, caller: Caller, item: Item) -> Response:
    """Record one item and return the response with its receipt. Raises ``LogError``."""
    answer = await appended(store, location, caller, item)
    return json_answer(answer.receipt, 201 if answer.created else 200)


async def appended(store: Store, location: str, caller: Caller, item: Item) -> Appended:
    """Record one item. Raises ``LogError``."""
    (answer,) = await store.append(location, caller.actor, [item])
    if isinstance(answer, LogError):
        raise answer
    return answer


def entry_id_of(text: str) -> str:
    """Return an entry's id from a path. Raises ``UnknownEntryError`` for what is no UUID."""
    if not is_uuid(text):
        raise UnknownEntryError
    return text.lower()
