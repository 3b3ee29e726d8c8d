"""No filter walks the log: each walk is led by the index that is meant for it, in order."""

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
        for query, expected in (
            ({}, {"entry_by_time"}),
            ({"since": NOON + minutes(5), "until": NOON + minutes(9)}, {"entry_by_time"}),
            ({"via": ("phone",)}, {"entry_by_facet"}),
            ({"source": "manual"}, {"entry_by_facet"}),
            ({"status": ("bounced",)}, {"entry_by_facet"}),
            ({"kind": "refund"}, {"entry_by_facet"}),
            ({"kind": "refund", "status": ("bounced",), "since": NOON}, {"entry_by_facet"}),
            ({"reference": REFERENCE}, {"entry_by_reference"}),
            ({"to": "ada@example.com"}, {"entry_by_contact"}),
            ({"customer_id": "c-1"}, {"entry_by_contact"}),
            ({"customer_id": "c-1", "source": "manual"}, {"entry_by_contact"}),
        ):
            assert await used(store.database, connection, query, rising=rising) == expected, query
    await store.close()


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
