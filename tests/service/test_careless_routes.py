"""Routes that forget what keeps locations apart.

What test_isolation asks of every route must find each of them.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from fastapi import APIRouter

from commlog_tui.contract.entry import NewCorrection
from commlog_tui.contract.location import Location, Role
from commlog_tui.contract.query import PageRequest
from commlog_tui.records.errors import UnknownEntryError
from commlog_tui.service import documents
from commlog_tui.service.requests import Authenticated, LocationId, Reader, StoreOf
from commlog_tui.store.errors import UnknownLocationError
from tests.service import isolation
from tests.service.asking import Operation
from tests.service.calls import bearer
from tests.service.isolation import Check, World, faults, world

CARELESS = APIRouter(prefix="/v1/locations/{location}")
DESK = bearer(Role.DESK.value)


@CARELESS.get("/forgets")
async def forgets_to_ask_who_may(location: LocationId, caller: Authenticated, store: StoreOf) -> str:
    return str(await store.page(location, PageRequest()))


@CARELESS.get("/late")
async def looks_before_it_refuses(location: LocationId, caller: Authenticated, store: StoreOf) -> str:
    detail = await store.location(location)
    if not caller.sees(location):
        raise UnknownLocationError
    return str(detail)


@CARELESS.get("/open")
async def asks_for_no_token(location: LocationId, store: StoreOf) -> str:
    return str(await store.location(location))


@CARELESS.get("/anywhere/{entry_id}")
async def looks_everywhere(location: LocationId, entry_id: str, caller: Reader, store: StoreOf) -> str:
    for place in await store.locations():
        with suppress(UnknownEntryError):
            return str(await store.detail(place.id, entry_id))
    raise UnknownEntryError


@CARELESS.post("/lax", openapi_extra=documents.body(NewCorrection))
async def lets_every_reader_correct(location: LocationId, caller: Reader) -> str:
    return "done"


@CARELESS.get("/odd/{colour}")
async def takes_what_nobody_thought_of(location: LocationId, colour: str, caller: Reader) -> str:
    return colour


@CARELESS.post("/odd", openapi_extra=documents.body(Location))
async def is_sent_what_nobody_thought_of(location: LocationId, caller: Reader) -> str:
    return "done"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, CARELESS) as made:
        yield made


def not_permitted(world: World, operation: Operation) -> AsyncIterator[str]:
    return isolation.not_as_permitted(world, operation, Role.DESK)


def not_hidden(world: World, operation: Operation) -> AsyncIterator[str]:
    return isolation.not_hidden(world, operation, DESK)


@pytest.mark.parametrize(
    ("check", "path", "answer"),
    [
        (not_hidden, "/forgets", "tells what another location knows"),
        (not_hidden, "/late", "answered with 404 after ('token', 'location')"),
        (not_hidden, "/late", "not answered like one that is not there"),
        (isolation.not_refused, "/open", "answered without a token"),
        (isolation.not_refused, "/open", "before the caller is known"),
        (isolation.not_unknown, "/anywhere/{entry_id}", "entry_id is not answered like nobody's"),
        (isolation.not_unknown, "/anywhere/{entry_id}", "tells what another location knows of its entry_id"),
        (not_permitted, "/lax", "a desk may not correct, but is told 200"),
        (not_permitted, "/odd/{colour}", "no value is known for its parameter colour; add one"),
        (not_permitted, "/odd", "no body is known for it; add one"),
    ],
)
async def test_a_route_that_forgets_is_found(here: World, check: Check, path: str, answer: str) -> None:
    (careless,) = [one for one in here.operations if one.path == f"/v1/locations/{{location}}{path}"]
    assert answer in "\n".join(await faults(here, check, [careless]))
