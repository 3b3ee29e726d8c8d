"""No filter walks the log: SQLite's own plan of every statement of a page, for every combination of filters."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import apsw
import pytest

from commlog_tui.contract.query import PageRequest
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.pages import Pager
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.databases import SqliteFile
from tests.store.factory import NOON, QUAY, call, event, mail, minutes, put

FILTERS: dict[str, dict[str, Any]] = {
    "via": {"via": ["email", "sms"]},
    "status": {"status": ["bounced", "sent"]},
    "source": {"source": "workflow"},
    "kind": {"kind": "reminder"},
    "to": {"to": "ada@example.com"},
    "customer": {"customer_id": "c-1"},
    "reference": {"reference": "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"},
    "title": {"title": "Booking Confirmation"},
    "code": {"code": "KB-3"},
    "not via": {"not_via": ["sms"], "not_status": ["bounced"], "not_source": ["manual"], "not_kind": ["survey"]},
    "not to": {"not_to": ["ada@example.com"], "not_customer_id": ["c-1"]},
    "not title": {"not_title": ["Booking Confirmation"], "not_code": ["KB-3"], "not_day": ["2026-11-04"]},
    "days": {"since": NOON, "until": NOON + minutes(90)},
}
SEARCHES = ("isla", "900123", "kb-1", "7d3a1c", "gate code", "isla gate", "confirmation", "example.com", "e")


def combined() -> Iterator[dict[str, Any]]:
    """Yield every filter, every two and every three."""
    for size in (0, 1, 2, 3):
        for names in combinations(FILTERS, size):
            yield {key: value for name in names for key, value in FILTERS[name].items()}


@pytest.fixture
async def connection(database: SqliteFile) -> apsw.Connection:
    if not isinstance(database, SqliteFile):
        pytest.skip("about SQLite's own plans")
    store = SqliteStore.open(database.path)
    await store.create_location(QUAY)
    who = {"id": "c-1", "name": "Isla Bakker", "numbers": ["07700 900123"]}
    for number in range(30):
        fields = {"code": f"KB-{number}", "reference": FILTERS["reference"]["reference"], "kind": "reminder"}
        sent = mail(customer=who, sent_at=NOON + minutes(number), **fields)
        await put(store, sent, event(sent, "bounced"), call(body="gate code"), mail(via="sms", to="07700 900999"))
    await store.close()
    return connect(database.path)


def statements(connection: apsw.Connection, query: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the statements of a page and of the one behind it, with their values."""
    seen: list[tuple[str, Any]] = []

    def trace(_cursor: apsw.Cursor, sql: str, values: Any) -> bool:
        seen.append((sql, values))
        return True

    connection.exec_trace = trace
    try:
        request = PageRequest.model_validate(query | {"limit": 5})
        place = Place.find(connection, "quay")
        page = Pager(connection, place, request, b"0" * 32).page()
        for cursor in (page.older, page.oldest):
            if cursor is not None:
                Pager(connection, place, request.model_copy(update={"cursor": cursor}), b"0" * 32).page()
    finally:
        connection.exec_trace = None
    return seen


async def test_no_statement_of_a_page_walks_a_table(connection: apsw.Connection) -> None:
    queries = list(combined()) + [{"q": q} | filters for q in SEARCHES for filters in ({}, *FILTERS.values())]
    for query in queries:
        for sql, values in statements(connection, query):
            plan = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
            for step in plan:
                walks = step.startswith("SCAN") and not any(
                    small in step for small in ("json_each", "VIRTUAL TABLE", "CONSTANT ROW", "subquery", "wanted")
                )
                assert not walks, (query, step, sql)
                sorts = "USE TEMP B-TREE" in step and sql.startswith("SELECT entry.sent_at") and "q" not in query
                assert not sorts, (query, step, sql)
