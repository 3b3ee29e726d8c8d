"""Whatever is appended, in whatever batches: both stores answer, record and derive the same."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import apsw
import psycopg
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.query import CustomerQuery, PageRequest
from commlog_tui.ledger.leaf import SALT_SIZE
from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.opening import open_store
from commlog_tui.store.postgresql.connection import AsyncConnection as Connection
from commlog_tui.store.protocol import Store
from tests.records import test_decide, test_delivery_orders
from tests.records.memory import START
from tests.records.test_decide import correction, entry, event, redaction, uuid
from tests.store.delivery_factory import resolution
from tests.store.factory import mail as any_mail
from tests.store.people_factory import contact, customer, merge, preference
from tests.store.work_factory import change, handover, task

_CUSTOMERS: Final = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"id": st.sampled_from(["c-1", "c-2"])},
        optional={
            "name": st.sampled_from(["Ada", "Ada Lovelace", "Zoë"]),
            "numbers": st.sampled_from([("07700 900123",), ("+44 7700 900123", "020 7946 0000")]),
            "addresses": st.sampled_from(
                [("ada@example.com",), ("ADA@example.com",), ("zoe@example.com", "a@example.com")]
            ),
        },
    ),
)
_FIELDS: Final = st.fixed_dictionaries(
    {
        "customer": _CUSTOMERS,
        "sent_at": st.one_of(st.integers(0, 3), st.integers(-9, 0).map(lambda weeks: weeks * 24)).map(
            lambda hours: START + timedelta(hours=7 * hours)
        ),
        "source": st.sampled_from(["manual", "workflow"]),
        "to": st.sampled_from(["07700 900123", "ada@example.com", "+33 1 23 45 67 89", "Front desk"]),
        "code": st.sampled_from([None, "KB-1", "Ünø-2"]),
        "via": st.sampled_from(["phone", "sms"]),
    }
)
_MAILS: Final = st.builds(lambda n, fields: any_mail(uuid(n), **fields), st.integers(1, 6), _FIELDS)
_CORRECTIONS: Final = st.builds(
    lambda n, about, customer, hours: correction(
        n, about, customer=customer, via="whatsapp", sent_at=START + timedelta(hours=hours)
    ),
    st.integers(11, 30), st.integers(1, 6), _CUSTOMERS, st.integers(-30, 3) | st.integers(-1_500, 3),
)  # fmt: skip
_RESOLUTIONS: Final = st.one_of(
    st.builds(lambda n, about: resolution(uuid(n), entry=uuid(about)), st.integers(40, 44), st.integers(1, 6)),
    st.builds(
        lambda n, code: resolution(uuid(n), code=code, expected="survey"),
        st.integers(40, 44), st.sampled_from(["KB-1", "KB-2"]),
    ),
)  # fmt: skip
_WORK: Final = st.one_of(
    st.builds(task, st.integers(50, 52), st.integers(0, 40)),
    st.builds(lambda n, about: change(n, about, change="done"), st.integers(53, 54), st.integers(50, 52)),
    st.builds(
        lambda n, about: change(n, about, change="postponed", due_at=START), st.integers(55, 56), st.integers(50, 52)
    ),
    st.builds(handover, st.integers(57, 58)),
    st.builds(redaction, st.integers(59, 62), st.integers(50, 52)),
)
_NOTED: Final = st.sampled_from(["c-1", "c-2", "local-000000000000"])
_PEOPLE: Final = st.one_of(
    st.builds(
        lambda n, one: contact(n, one, old="old@example.com", new=f"n{n}@example.com"), st.integers(63, 66), _NOTED
    ),
    st.builds(lambda n: customer(n, name=f"Ada {n}", numbers=("07700 900123",)), st.integers(67, 68)),
    st.builds(lambda n, one: merge(n, "local-0", one, step="merged"), st.integers(69, 71), _NOTED),
    st.builds(lambda n, one: merge(n, "local-0", one, step="separated"), st.integers(72, 73), _NOTED),
    st.builds(lambda n, one: preference(n, customer_id=one, via="sms"), st.integers(74, 76), _NOTED),
    st.builds(lambda n: preference(n, to="07700 900123"), st.integers(77, 78)),
    st.builds(redaction, st.integers(79, 82), st.integers(63, 78)),
)
_ITEMS: Final[st.SearchStrategy[list[Item]]] = st.lists(
    st.one_of(
        test_decide.ITEMS,
        test_delivery_orders.ITEMS,
        st.lists(st.one_of(_MAILS, _CORRECTIONS, _RESOLUTIONS, _WORK, _PEOPLE)),
    ),
    max_size=4,
).map(lambda lists: [item for items in lists for item in items])

_QUERIES: Final[tuple[dict[str, Any], ...]] = (
    {}, {"via": ["phone"]}, {"status": ["delivered"]}, {"source": "manual"}, {"customer_id": "c-1"},
    {"to": "07700 900123"}, {"q": "kb-1"}, {"q": "ada"}, {"q": "secret"}, {"q": "+447700900123"},
)  # fmt: skip
_SAME: Final[dict[str, tuple[str, ...]]] = {
    "head": ("seq", "entries", "frontier"),
    "message": ("key", "root"),
    "unmatched_event": ("seq",),
    "reported_hour": ("reporter", "hour", "first", "last"),
    "run": ("seq", "status", "reference", "code"),
    "resolution": ("seq", "entry", "reference", "code", "expected"),
    "statistic": ("hour", "day", "via", "kind", "status", "entries"),
    "task": ("seq", "is_done", "due_at", "recorded_at", "entry", "reference", "code", "customer"),
    "handover": ("seq", "recorded_at"),
    "customer_note": ("seq", "kind", "state", "recorded_at", "person", "other"),
    "worklist": ("seq", "starts_at", "sent_at", "failed_at", "arrived_at", "resolution"),
}  # fmt: skip
_SEQ: Final = (1 << 40) - 1
_IN_SQLITE: Final = {
    ("message", "root"): f"pk & {_SEQ}",
    ("resolution", "entry"): f"entry & {_SEQ}",
}
_IN_POSTGRESQL: Final = {("task", "is_done"): "is_done::integer"}
_TABLES_OF_KEYS: Final = {"unmatched_event", "run", "resolution", "task", "handover", "worklist", "customer_note"}


def sqlite_rows(connection: apsw.Connection, location: int, table: str) -> list[Any]:
    columns = [
        _IN_SQLITE.get((table, one), f"pk & {_SEQ}" if one == "seq" and table in _TABLES_OF_KEYS else one)
        for one in _SAME[table]
    ]
    where = "pk >> 40" if table == "unmatched_event" else "location"
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {where} = {location}")
    return sorted(map(repr, rows))


def postgresql_rows(connection: psycopg.Connection, location: int, table: str) -> list[Any]:
    connection.execute("SELECT set_config('commlog.location', %s, false)", (str(location),))
    columns = ", ".join(_IN_POSTGRESQL.get((table, one), one) for one in _SAME[table])
    rows = connection.execute(f"SELECT {columns} FROM {table} WHERE location = {location}", binary=True)
    return sorted(map(repr, rows))


def clock() -> Callable[[], datetime]:
    seconds = count()
    return lambda: START + timedelta(seconds=next(seconds))


@contextmanager
def same_salts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let salts be the same bytes for each store; whatever else is random stays so."""
    real, random = os.urandom, Random(5)
    with monkeypatch.context() as patch:
        patch.setattr(os, "urandom", lambda size: random.randbytes(size) if size == SALT_SIZE else real(size))
        yield


def shown(answers: Sequence[Appended | LogError]) -> list[Any]:
    return [answer if isinstance(answer, Appended) else (type(answer), str(answer)) for answer in answers]


async def append_all(store: Store, location: str, items: Sequence[Item], sizes: Sequence[int]) -> list[Any]:
    answers: list[Any] = []
    rest, cuts = list(items), list(sizes)
    while rest:
        size = cuts.pop() if cuts else len(rest)
        answers += shown(await store.append(location, f"actor {size}", rest[:size]))
        rest = rest[size:]
    head = await store.head(location)
    proofs = [await store.proof(location, seq) for seq in {1, head.size // 2, head.size} if 0 < seq <= head.size]
    consistent = [await store.consistency(location, size) for size in {0, head.size // 3, head.size}]
    rows = await store.feed(location, 0, 100), await store.records(location, 0, 100)
    return [answers, head.size, head.root, proofs, consistent, rows, *[one async for one in shown_of(store, location)]]


async def shown_of(store: Store, location: str) -> AsyncIterator[Any]:
    """Yield what is shown of entries and people, which each store keeps in tables of its own."""
    for query in _QUERIES:
        page = await store.page(location, PageRequest.model_validate(query | {"limit": 100}))
        yield query, page.entries, page.total
    yield await store.location(location)
    for text in ("ada", "zoe", "0779", "7700900123"):
        found = await store.customers(location, CustomerQuery(q=text))
        yield found
    for customer_id in ("c-1", "c-2"):
        try:
            yield await store.customer(location, customer_id)
        except UnknownCustomerError:
            yield None


@pytest.mark.parametrize(("apart", "examples"), [(False, 40), (True, 10)], ids=["together", "apart"])
def test_the_same_appends_make_the_same_log(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: bool, examples: int
) -> None:
    """Where statements are sent apart, as on Citus, too."""
    if apart:
        monkeypatch.setattr(Connection, "is_distributed", property(lambda _: True, lambda _, __: None))
    stores = open_store(tmp_path / "log.db", clock=clock()), open_store(postgresql_url, clock=clock())
    files = apsw.Connection(str(tmp_path / "log.db")), psycopg.connect(postgresql_url, autocommit=True)
    files[1].execute("SELECT set_config('commlog.upkeep', 'on', false)")  # to see all locations
    numbers = count(1)

    @settings(max_examples=examples, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # to shrink takes minutes
    @example([entry(1, manual=False), event(11, 1, "delivered"), redaction(12, 1)], [2, 1])
    @given(_ITEMS, st.lists(st.integers(1, 5), max_size=14))
    def check(items: list[Item], sizes: list[int]) -> None:
        number = next(numbers)
        name = f"quay-{number}"
        answers = []
        for store in stores:
            runner.run(store.create_location(NewLocation(id=name, name="Quay", zone="Europe/London")))
            with same_salts(monkeypatch):
                answers.append(runner.run(append_all(store, name, items, sizes)))
        assert answers[0] == answers[1]
        for table in _SAME:
            assert sqlite_rows(files[0], number, table) == postgresql_rows(files[1], number, table), table

    with asyncio.Runner() as runner:
        check()
        for store in stores:
            runner.run(store.close())
    files[0].close()
    files[1].close()
