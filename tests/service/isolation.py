"""What a location hides from others, checked for every route, role and way to name another's data.

Two requests whose answers must not differ are compared by more than their bytes: also by the store
calls and SQL statements they cause, so that neither takes another way, or another time.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, Final, cast
from unittest import mock
from uuid import uuid4

import apsw
import httpx
import psycopg
from fastapi import APIRouter, FastAPI
from typing_extensions import override

from commlog_tui.contract.location import PERMISSIONS, Role
from commlog_tui.contract.resend import NewResend, Route
from commlog_tui.records.resend import AppendResend
from commlog_tui.service.app import create_app
from commlog_tui.service.limits import Limits
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store import token_cache
from commlog_tui.store.opening import open_store
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile
from tests.service.asking import FOR_ANYBODY, Ask, Names, Operation, UnknownPartError, operations, overdue_index
from tests.service.calls import CALL, HANDOVER, MAIL, OWNER, TASK, bearer, record
from tests.service.isolation_scene import NOBODYS, REVOKED, add, furnish, give_tokens, nobodys, of

_BASIC: Final = {"Authorization": f"Basic {OWNER}"}
REFUSED: Final[tuple[dict[str, str], ...]] = ({}, bearer(""), bearer("nobody"), bearer(REVOKED), _BASIC)
"""What is no token, or none that is good any more."""
_OF_OWN_WORDS: Final = re.compile(r"\s*(INSERT INTO|DELETE FROM) word |\s*SELECT (person|title)\.haystack ")
"""Sent for each word that the location itself has for the first time, or for the last, whatever others have."""
_SECRET: Final = re.compile(r"zwetschge|quirin|\bpier\b", re.IGNORECASE)  # not by chance within a signature in Base64
"""What only the other location knows."""
_STATUS: Final = re.compile(r'"status":(\d+)')
_CHANGING: Final = re.compile(r'"(seq|leaf_hash|recorded_at)":("[^"]*"|\d+)')
_SPOILT: Final[tuple[Callable[[Ask], Ask], ...]] = (
    lambda ask: replace(ask, params={**ask.params, "x": "1"}),
    lambda ask: replace(ask, headers={}),
    lambda ask: replace(ask, body={"x": "1"}),
)
"""Requests that are wrong as well."""


@dataclass(frozen=True)
class Seen:
    """What came of a request: all that can be told from outside, and the way it took inside."""

    status: int
    content: str
    headers: dict[str, str]
    calls: tuple[str, ...]
    statements: tuple[str, ...]

    def masked(self, *names: Names) -> "Seen":
        """Return it without what the request itself has named, and what is never twice the same."""
        content = self.content
        for name in (each for one in names for each in one.values()):
            content = content.replace(name, "…")
        headers = self.headers | {"content-length": "", "etag": ""}
        statements = tuple(one for one in self.statements if not _OF_OWN_WORDS.match(one))
        return replace(self, content=_CHANGING.sub("", content), headers=headers, statements=statements)


class _Watched:
    """A store that says what is asked of it."""

    def __init__(self, store: Store, calls: list[str]) -> None:
        self._store = store
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        self._calls.append(name)
        return getattr(self._store, name)


class _LookOnce(Event):
    """Lets every feed look once, and then end."""

    _looked = False

    @override
    def is_set(self) -> bool:
        self._looked = not self._looked
        return not self._looked


@dataclass
class World:
    """Two locations, tokens for one of them, and a watched service over both."""

    app: FastAPI
    api: httpx.AsyncClient
    store: Store
    calls: list[str]
    statements: list[str]
    ours: Names
    theirs: Names

    @property
    def operations(self) -> list[Operation]:
        """Every route that the service describes."""
        return operations(self.app.openapi())

    async def ask(self, ask: Ask, caller: dict[str, str]) -> Seen:
        """Send a request, and return what can be seen of its answer."""
        self.calls.clear()
        self.statements.clear()
        headers = {**ask.headers, **caller}
        answer = await self.api.request(ask.method, ask.url, params=ask.params, headers=headers, json=ask.body)
        fields = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
        return Seen(answer.status_code, answer.text, fields, tuple(self.calls), tuple(self.statements))

    async def fresh(self, names: Names) -> Names:
        """Return the names of a location with a new customer and entries; its key names one."""
        new = replace(names, customer=f"{names.customer}-{uuid4()}")
        mail, call = [await add(self.api, text, new, str(uuid4())) for text in (of(MAIL, new), CALL)]
        work = [await record(self.api, names.location, *one) for one in (("tasks", TASK), ("handovers", HANDOVER))]
        return replace(new, entry=mail, call=call, key=mail, task=work[0], handover=work[1])

    async def sent_again(self, names: Names) -> Names:
        """Have the entry sent again, which waits, as nothing here sends."""
        item = AppendResend(str(uuid4()), names.entry, NewResend(to="a@b.example", why="typo"), Route.WEBHOOK)
        await self.store.append(names.location, "desk", [item])
        return replace(names, resend=item.id)

    async def ours_now(self) -> Names:
        """Return fresh names of our own location, with a key that was not used."""
        return replace(await self.fresh(self.ours), key=str(uuid4()))


@contextmanager
def _traced(statements: list[str]) -> Iterator[None]:
    """Note every statement of stores that are opened meanwhile, and of those in PostgreSQL."""

    def trace(_: object, sql: str, __: object) -> bool:
        statements.append(sql)
        return True

    def hook(connection: apsw.Connection) -> None:
        connection.exec_trace = trace

    execute = psycopg.AsyncConnection.execute

    async def executed(connection: psycopg.AsyncConnection, query: str, *rest: Any, **more: Any) -> Any:
        if "set_config" not in query:  # sent to connections that were last used for another location
            statements.append(query)
        return await execute(connection, query, *rest, **more)

    apsw.connection_hooks.append(hook)
    with mock.patch.object(psycopg.AsyncConnection, "execute", executed):
        try:
            yield
        finally:
            apsw.connection_hooks.remove(hook)


@asynccontextmanager
async def world(folder: Path, *more: APIRouter, url: str | None = None) -> AsyncIterator[World]:
    """Make two locations, with a service over them that has more routes, where they are given."""
    statements: list[str] = []
    with _traced(statements):
        async with _world(folder, statements, more, url or str(folder / "log.db")) as made:
            yield made


@asynccontextmanager
async def _world(folder: Path, statements: list[str], more: Sequence[APIRouter], url: str) -> AsyncIterator[World]:
    calls: list[str] = []
    store = open_store(url)
    owner, unlimited = Owner(OWNER, digest_of(OWNER)), Limits(reads=0, writes=0, failures=0)
    watched = cast("Store", _Watched(store, calls))
    app = create_app(
        watched, keys=KeyFile(folder / "log.key"), owner=owner, limits=unlimited, stopping=_LookOnce(), quiet=True
    )
    app.state.overdue = overdue_index(watched)
    for router in more:
        app.include_router(router)
    transport = httpx.ASGITransport(app)
    # A cached token would make statements differ that are the same.
    uncached = mock.patch.object(token_cache, "SECONDS", 0.0)
    async with httpx.AsyncClient(transport=transport, base_url="http://log.test") as api:
        uncached.start()
        ours = await furnish(store, api, "quay", "Ada", 3)
        theirs = await furnish(store, api, "pier", "Quirin Zwetschge", 40)
        await give_tokens(store)
        try:
            yield World(app, api, store, calls, statements, ours, theirs)
        finally:
            uncached.stop()
    await store.close()


Check = Callable[[World, Operation], AsyncIterator[str]]


async def not_as_permitted(world: World, operation: Operation, role: Role) -> AsyncIterator[str]:
    """Give what is wrong with a route at one's own location: the answer follows the role."""
    for number in range(len(operation.bodies(world.ours))):
        names = await world.ours_now()
        names = await world.sent_again(names) if operation.name.endswith("/call-offs") else names
        body = operation.bodies(names)[number]
        seen = await world.ask(operation.ask(names, body), bearer(role.value))
        may = operation.name in FOR_ANYBODY or not {body.permission, body.also}.isdisjoint(PERMISSIONS[role])
        status = max([seen.status, *map(int, _STATUS.findall(seen.content))])
        if status not in ({200, 201} if may else {403}):
            words = f"a {role.value} {'may' if may else 'may not'} {body.permission.value}, but is told {status}"
            yield f"{operation.name}: {words}"
        if seen.status == 403 and seen.calls != ("token",):
            yield f"{operation.name}: a {role.value} is refused only after the store was asked for {seen.calls}"
        if _SECRET.search(f"{seen.content} {seen.headers}"):
            yield f"{operation.name}: a {role.value} is told what another location knows"


async def not_hidden(world: World, operation: Operation, caller: dict[str, str]) -> AsyncIterator[str]:
    """Give what tells a location that was not given to a token from one that is not there."""
    askers = (NOBODYS, replace(NOBODYS, location=world.theirs.location), world.theirs)
    for number in range(len(operation.bodies(world.theirs))):
        asks = [operation.ask(names, operation.bodies(names)[number]) for names in askers]
        for spoil in (None, *_SPOILT):
            nowhere, *there = [await world.ask(ask if spoil is None else spoil(ask), caller) for ask in asks]
            if spoil is None and (nowhere.status, nowhere.calls) != (404, ("token",)):
                words = f"an unknown location is answered with {nowhere.status} after {nowhere.calls}"
                yield f"{operation.name}: {words}"
            if any(_SECRET.search(f"{seen.content} {seen.headers}") for seen in there):
                yield f"{operation.name}: tells what another location knows"
            if there != [nowhere, nowhere]:
                yield f"{operation.name}: another location is not answered like one that is not there"


async def not_refused(world: World, operation: Operation) -> AsyncIterator[str]:
    """Give what is wrong with a route's answers to those without a good token: all are alike."""
    seen = [
        await world.ask(operation.ask(names, operation.bodies(names)[0]), caller)
        for names in (world.ours, world.theirs, NOBODYS)
        for caller in REFUSED
    ]
    if {(one.status, one.content, str(one.headers)) for one in seen} != {(401, seen[0].content, str(seen[0].headers))}:
        yield f"{operation.name}: is answered without a token: {sorted({one.status for one in seen})}"
    if any(one.calls not in {(), ("token",)} for one in seen):
        yield f"{operation.name}: the store is asked before the caller is known"


async def not_unknown(world: World, operation: Operation) -> AsyncIterator[str]:
    """Give what tells a name of another location from one that is nobody's, when it is used at one's own."""
    for name, _ in operation.naming(world.theirs):
        for number in range(len(operation.bodies(world.ours))):
            seen = []
            ours = await world.ours_now()
            for others in (
                nobodys(),
                await world.fresh(world.theirs),
                nobodys(),
            ):  # the first may add a form of records
                if not name.startswith("not_"):  # an exclusion walks all of one's own, so these stay
                    ours = await world.ours_now()
                named = {name: dict(operation.naming(others))[name]}
                ask = operation.ask(ours, operation.bodies(ours)[number], **named)
                answer = (await world.ask(ask, bearer(Role.ADMIN.value))).masked(ours, others)
                if _SECRET.search(answer.content):
                    yield f"{operation.name}: tells what another location knows of its {name}"
                # What an exclusion leaves has cursors that name it.
                seen.append(replace(answer, content="") if name.startswith("not_") else answer)
            if seen[1] != seen[2]:
                yield f"{operation.name}: another location's {name} is not answered like nobody's"


async def not_unknown_inside(world: World, operation: Operation) -> AsyncIterator[str]:
    """Give what tells a name of another location from one that is nobody's, when it is used in a body at one's own."""
    for number in range(len(operation.bodies(world.ours)) if operation.has_body else 0):
        seen = []
        for others in (nobodys(), await world.fresh(world.theirs), nobodys()):
            ours = await world.ours_now()
            ask = operation.ask(ours, operation.bodies(others)[number])
            seen.append((await world.ask(ask, bearer(Role.ADMIN.value))).masked(ours, others))
        if seen[1] != seen[2]:
            yield f"{operation.name}: what another location's names are sent with is not answered like nobody's"


async def faults(here: World, check: Check, asked: list[Operation] | None = None) -> list[str]:
    """Return what a check finds at routes, by default at all; an untestable one is a fault."""
    found: list[str] = []
    for operation in here.operations if asked is None else asked:
        try:
            found += [fault async for fault in check(here, operation)]
        except UnknownPartError as error:
            found.append(str(error))
    return found
