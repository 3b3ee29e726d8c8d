"""Other locations do not exist for a token that was not given them.

Every route, every role, generated from the description.
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import cast

import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from commlog_tui.contract.location import Role
from commlog_tui.service.app import create_app
from commlog_tui.store.protocol import Store
from tests.service import isolation
from tests.service.asking import OPEN, SIGNED, Operation, operations
from tests.service.calls import bearer
from tests.service.isolation import World, faults, world

OPERATIONS = operations(create_app(cast("Store", None)).openapi())  # describing itself asks nothing of a store
AT_A_LOCATION = [operation for operation in OPERATIONS if operation.is_at_a_location]


@pytest.fixture
async def here(tmp_path: Path, database: str) -> AsyncIterator[World]:
    async with world(tmp_path, url=database) as made:
        yield made


async def test_every_route_is_described_or_known_to_tell_nothing(here: World) -> None:
    described = {operation.name for operation in here.operations}
    assert {operation.name for operation in OPERATIONS} == described
    assert routes_of(here.app.routes) == described | OPEN | SIGNED, "describe every route, or say why it needs no token"
    for name in sorted(OPEN):
        assert "pier" not in (await here.api.get(name.partition(" ")[2])).text


def routes_of(routes: Sequence[BaseRoute]) -> set[str]:
    found: set[str] = set()
    for route in routes:
        if isinstance(route, APIRoute):
            found |= {f"{method} {route.path}" for method in route.methods or ()}
        else:
            found |= routes_of(getattr(route, "original_router").routes)  # noqa: B009 - of a class that FastAPI keeps to itself
    return found


@pytest.mark.parametrize("role", Role)
async def test_each_role_may_what_it_may_and_is_told_of_its_own_location_alone(here: World, role: Role) -> None:
    assert await faults(here, lambda world, operation: isolation.not_as_permitted(world, operation, role)) == []


@pytest.mark.parametrize("caller", [*(role.value for role in Role), *(f"{role.value}-nowhere" for role in Role)])
async def test_a_location_that_was_not_given_is_like_none(here: World, caller: str) -> None:
    assert (
        await faults(
            here, lambda world, operation: isolation.not_hidden(world, operation, bearer(caller)), AT_A_LOCATION
        )
        == []
    )


async def test_without_a_good_token_every_place_is_the_same(here: World) -> None:
    assert await faults(here, isolation.not_refused) == []


@pytest.mark.parametrize("operation", AT_A_LOCATION, ids=lambda operation: operation.name)
async def test_what_another_location_names_is_nobodys_here(here: World, operation: Operation) -> None:
    assert await faults(here, isolation.not_unknown, [operation]) == []
    assert await faults(here, isolation.not_unknown_inside, [operation]) == []
