"""A request that is refused for what it says changes nothing: not a byte of any table."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import apsw
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.service.asking import Body, Operation
from tests.service.calls import OWNER, bearer
from tests.service.isolation import World, world

REFUSED = {400, 413, 415, 422}
JUNK = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.integers(), max_size=2)
)
JUNK |= st.sampled_from(["\0", "\ud800", "x" * 600, {"x": 1}, "2026-02-30T00:00:00Z", "1969-12-31T23:59:59Z"])


class Room:
    """A world to send to again and again, and all that its file holds."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._path = folder / "log.db"
        self.world: World = self._runner.run(self._stack.enter_async_context(world(folder)))
        self.posts = [operation for operation in self.world.operations if operation.has_body]

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def held(self) -> dict[str, list[Any]]:
        with closing(apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
            tables = [
                str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            ]
            return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}

    def send(self, operation: Operation, content: bytes, **headers: str) -> httpx.Response:
        ask = operation.ask(replace(self.world.ours, key=str(uuid4())), self.body(operation))
        fields = {"Content-Type": "application/json", **ask.headers, **bearer(OWNER), **headers}
        return self._runner.run(self.world.api.post(ask.url, params=ask.params, headers=fields, content=content))

    def body(self, operation: Operation) -> Body:
        return operation.bodies(self.world.ours)[0]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(tmp_path_factory.mktemp("rejected"))
    yield made
    made.close()


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give where something stands in a body, the body itself included."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from _places(value[key], (*path, key))


def _changed(body: Any, path: tuple[Any, ...], junk: Any, how: str) -> Any:
    """Return a body with junk in a place, beside it under another name, or without what stood there."""
    if not path:
        return junk if how == "instead" else {**body, "unknown": junk}
    copy = json.loads(json.dumps(body))
    place = copy
    for key in path[:-1]:
        place = place[key]
    if how == "without":
        del place[path[-1]]
    elif how == "beside" and isinstance(place, dict):
        place["unknown"] = junk
    else:
        place[path[-1]] = junk
    return copy


def is_refused(answer: httpx.Response) -> bool:
    """Whether all that was asked for was refused; a batch is answered item by item."""
    items = answer.json().get("items", [])
    return answer.status_code in REFUSED or (bool(items) and all(item["status"] in REFUSED for item in items))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_not_valid_changes_nothing(room: Room, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(room.posts))
    body = dict(room.body(operation).content or {})
    path = data.draw(st.sampled_from(list(_places(body))))
    sent = _changed(body, path, data.draw(JUNK), data.draw(st.sampled_from(["instead", "beside", "without"])))
    before = room.held()
    answer = room.send(operation, json.dumps(sent).encode())
    assert answer.status_code < 500
    if is_refused(answer):
        assert room.held() == before


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_cannot_be_read_changes_nothing(room: Room, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(room.posts))
    whole = json.dumps(room.body(operation).content).encode()
    torn = st.integers(0, len(whole) - 1).map(lambda end: whole[:end])
    content = data.draw(
        st.one_of(torn, st.binary(max_size=40), st.just(whole + b" " * (9 << 20)), st.just(whole + whole))
    )
    before = room.held()
    assert room.send(operation, content).status_code in REFUSED
    assert room.held() == before


def test_a_wrong_key_or_kind_of_body_changes_nothing(room: Room) -> None:
    before = room.held()
    for operation in room.posts:
        whole = json.dumps(room.body(operation).content).encode()
        wrongs = [{"Content-Type": "text/plain"}, *({"Idempotency-Key": key} for key in ("", " ", "x" * 256, "\x7f"))]
        for wrong in wrongs if "Idempotency-Key" in operation.parameters else wrongs[:1]:
            assert room.send(operation, whole, **wrong).status_code in REFUSED, (operation.name, wrong)
    assert room.held() == before
