"""No filter walks the log: each walk is led by the index that is meant for it, in order."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from commlog_tui.contract.query import EntryQuery
from commlog_tui.store.opening import open_store
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.postgresql.page_plan import Filters, Plan
from commlog_tui.store.postgresql.store import PostgresStore
from tests.store.factory import NOON, QUAY, call, event, mail, minutes, put

REFERENCE = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


@pytest.mark.parametrize("rising", [False, True], ids=["newest first", "oldest first"])
async def test_each_filter_walks_its_own_index(postgresql_url: str, rising: bool) -> None:
    store = open_store(postgresql_url)
    assert isinstance(store, PostgresStore)
    await store.create_location(QUAY)
    customer = {"id": "c-1", "addresses": ["ada@example.com"]}
    rare = mail(reference=REFERENCE, customer=customer, kind="refund")
    many = [mail(to=f"guest.{at}@example.com", sent_at=NOON + minutes(at)) for at in range(2_000)]
    await put(store, rare, call(), *many, event(rare, "bounced"))
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        connection.execute("SELECT set_config('commlog.location', '1', false)")
        connection.execute("SET enable_bitmapscan = off")  # as the connections of the store have it
        facets = {"entry_by_facet", "entry_by_time"}
        for query, expected in (
            ({}, {"entry_by_time"}),
            ({"since": NOON + minutes(5), "until": NOON + minutes(9)}, {"entry_by_time"}),
            ({"via": ("phone",)}, facets),
            ({"source": "manual"}, facets),
            ({"status": ("bounced",)}, facets),
            ({"kind": "refund"}, facets),
            ({"kind": "refund", "status": ("bounced",), "since": NOON}, facets),
            ({"reference": REFERENCE}, {"entry_by_reference"}),
            ({"to": "ada@example.com"}, {"entry_by_contact"}),
            ({"customer_id": "c-1"}, {"entry_by_contact"}),
            ({"customer_id": "c-1", "source": "manual"}, {"entry_by_contact"}),
        ):
            assert await used(store.database, connection, query, rising=rising) == expected, query
    await store.close()


@pytest.mark.parametrize(
    "query", [{}, {"via": ("email",)}, {"status": ("logged", "queued")}, {"not_via": ("phone",)}, {"via": ("phone",)}]
)
async def test_a_filter_that_most_entries_meet_reads_few_of_them(postgresql_url: str, query: dict[str, Any]) -> None:
    store = open_store(postgresql_url)
    assert isinstance(store, PostgresStore)
    await store.create_location(QUAY)
    kinds = ("refund", "reminder", "survey", "invoice")
    many = [mail(kind=kinds[at % 4], sent_at=NOON + minutes(at)) for at in range(4_000)]
    await put(store, *many, *(call(sent_at=NOON - minutes(at)) for at in range(80)))
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    location = await store.database.location("quay")
    walk, values = Plan(Filters(location, EntryQuery.model_validate(query)).branches()).walk(51)
    sql = f"EXPLAIN (ANALYZE, FORMAT JSON) {walk}"
    ((plans,),) = await store.database.rows(sql, values, location)
    assert 51 <= sum(rows_read(plans[0]["Plan"])) <= 1_000
    await store.close()


def rows_read(plan: dict[str, Any]) -> Iterator[int]:
    """Yield how many rows each scan of entries has read, those that met no condition included."""
    if plan.get("Relation Name") == "entry":
        removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        yield (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    for below in plan.get("Plans", ()):
        yield from rows_read(below)


async def used(
    database: Database, connection: psycopg.Connection[Any], query: dict[str, Any], *, rising: bool
) -> set[str]:
    """Return the indexes of entries that a walk reads; a sequential scan is named as such."""
    location = await database.location("quay")
    walk, values = Plan(Filters(location, EntryQuery.model_validate(query)).branches()).walk(51, rising=rising)
    ((plans,),) = connection.execute(f"EXPLAIN (FORMAT JSON) {walk}", values).fetchall()
    return {found for found in indexes(plans[0]["Plan"]) if found.startswith("entry")}


def indexes(plan: dict[str, Any]) -> list[str]:
    here = [str(plan.get("Index Name", f"{plan['Relation Name']} sequentially"))] if "Relation Name" in plan else []
    here += [str(plan["Index Name"])] if plan["Node Type"] == "Bitmap Index Scan" else []
    return [*here, *(found for below in plan.get("Plans", ()) for found in indexes(below))]
