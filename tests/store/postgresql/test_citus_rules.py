"""What a Citus cluster needs, read off the statements, tables and functions, as none can be installed here.

Every statement that the methods of the store send on a cluster is recorded and planned by the
server, as a role that no row-level security helps: each table that is distributed must be read by a
constant location of its own. Citus finds no shard by the location of another table within a
subquery, and would send the statement to all or refuse it.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from commlog_tui.contract import query
from commlog_tui.contract.booking import BookingQuery
from commlog_tui.contract.entry import NewRedaction
from commlog_tui.contract.resend import ResendState, Route
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.contract.statistics import StatisticsQuery
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.store.delivery_protocol import Delivery
from commlog_tui.store.opening import open_store
from commlog_tui.store.postgresql import distribution
from commlog_tui.store.postgresql.connection import CONTEXT, AsyncConnection
from commlog_tui.store.postgresql.guards import ACCOUNTS, guard, remove_security, tables
from commlog_tui.store.protocol import Evidence, Log, Store
from tests.store.delivery_factory import by_message, resolution, run_report
from tests.store.factory import NOON, PIER, QUAY, call, correction, event, mail, minutes, put
from tests.store.resend_factory import begun, ended, resend

REFERENCE: Final = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
REASON: Final = NewRedaction(reason="asked")
NO_DESK_PATH: Final = {"redact_due", "find_due"}
"""They go over all locations, one after the other."""
_DATA: Final = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_CONSTANT: Final = re.compile(r"\blocation = '?\d+'?")
_WRITES: Final = re.compile(r"\bINSERT INTO (\w+)\s*\(\s*location\b")
_QUERIES: Final[list[dict[str, Any]]] = [
    {},
    {"via": ("email",)},
    {"via": ("email", "phone"), "status": ("delivered",)},
    {"source": "manual", "kind": "reminder"},
    {"to": "ada@example.com"},
    {"customer_id": "c-1", "since": NOON - minutes(60), "until": NOON + minutes(60)},
    {"reference": REFERENCE},
    {"title": "Booking confirmation"},
    {"code": "HB-1"},
    {"not_via": ("phone",), "not_status": ("bounced",), "not_source": ("manual",), "not_kind": ("reminder",)},
    {"not_to": ("ada@example.com",), "not_customer_id": ("c-1",), "not_reference": (REFERENCE,)},
    {"not_title": ("Again",), "not_code": ("HB-1",), "not_day": (date(2026, 11, 3),)},
    {"q": "HB-1"},
    {"q": "07700 900123"},
    {"q": "zoe confirmation"},
    {"q": "gate code"},
    {"q": "nothing of this"},
    {"q": "ada@ex"},
    {"q": REFERENCE[:8]},
]
_POSITIONS: Final = {"record": 3, "entry": 5}
"""Where the location is among the columns, if not first: they lie in the order of their widths."""
Recorded = tuple[str, str, Any]


@pytest.fixture
def recorded(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> list[Recorded]:
    """Every statement that the methods of the store send, with the method's name and its values."""
    statements: list[Recorded] = []
    now = ["open"]
    execute = psycopg.AsyncConnection.execute

    async def record(self: Any, sql: Any, params: Any = None, **options: Any) -> Any:
        statements.append((now[0], str(sql), params))
        return await execute(self, sql, params, **options)

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", record)
    monkeypatch.setattr(AsyncConnection, "is_distributed", property(lambda _: True, lambda _, __: None))

    async def use() -> None:
        store = open_store(postgresql_url)
        for location in (QUAY, PIER):
            await store.create_location(location)
        await store.set_retention("quay", 12)
        called = set()

        async def use_one(name: str, *values: Any, **options: Any) -> Any:
            now[0] = name
            called.add(name)
            answer = await getattr(store, name)(*values, **options)
            now[0] = "between"
            return answer

        await _use_all(store, use_one, now)
        promised = {name for protocol in (Log, Delivery, Evidence) for name in vars(protocol) if name[0] != "_"}
        assert promised - {"log_name"} <= called, "every method of the store is used here"
        await store.close()

    asyncio.run(use())
    return statements


async def _use_all(store: Store, use: Any, now: list[str]) -> None:
    sent = mail(code="HB-1", reference=REFERENCE, customer={"id": "c-1", "name": "Zoë", "numbers": ["+447700900123"]})
    rung = call(customer={"id": "c-2", "name": "Bo"}, body="the gate code", to="+447700900456")
    old = mail(sent_at="2020-01-01T00:00:00Z")
    for items in (
        [sent, rung, old, mail(message={"provider": "mail", "id": "m-1"}, kind="reminder")],
        [event(sent, "delivered"), event(sent, "bounced"), correction(rung, title="Again", to="bo@example.com")],
        [by_message("m-1", "delivered"), by_message("m-2", "sent"), run_report("e-1", "running", code="HB-1")],
        [run_report("e-1", "failed", 1), resolution(reference=REFERENCE, expected="reminder", note="phoned")],
        [sent],
    ):
        await use("append", "quay", "tests", items)
    await use("append", "quay", "tests", [AppendRedaction("00000000-0000-4000-8000-000000000001", rung.id, REASON)])
    await put(store, *(mail(to=f"guest{number}@example.com") for number in range(300)))
    for given in _QUERIES:
        page = await use("page", "quay", query.PageRequest(limit=2, **given))
        if page.older:
            await use("page", "quay", query.PageRequest(limit=2, cursor=page.older, **given))
        await use("page", "quay", query.PageRequest(limit=2, at=NOON, **given))
    assert query.EntryQuery.model_fields.keys() <= {name for given in _QUERIES for name in given}
    await use("detail", "quay", sent.id)
    await use("booking", "quay", BookingQuery(reference=REFERENCE, code="HB-1"))
    await use("matching_ids", "quay", query.IdQuery(prefix=sent.id[:8]))
    await use("feed", "quay", 0, 10)
    await use("wait", "quay", 0, 0.1)
    await use("customers", "quay", query.CustomerQuery(q="zoe"))
    await use("customers", "quay", query.CustomerQuery(q="+447700900123"))
    await use("customer", "quay", "c-1")
    listed = await use("unmatched_events", "quay", query.ListQuery(limit=1))
    await use("unmatched_events", "quay", query.ListQuery(limit=1, cursor=listed.older))
    for runs in ({}, {"status": ("failed",)}, {"code": "HB-1"}, {"reference": REFERENCE}):
        await use("runs", "quay", query.RunQuery.model_validate(runs))
    for some in ({}, {"code": "HB-1"}, {"reference": REFERENCE}):
        await use("resolutions", "quay", query.ResolutionQuery.model_validate(some))
    await use(
        "statistics", "quay", StatisticsQuery.model_validate({"from": date(2026, 11, 3), "to": date(2026, 11, 4)})
    )
    await use("worklist", "quay", WorklistQuery(), NOON)
    await use("reported_hours", "quay", "mail", minutes(600))
    await use("head", "quay")
    await use("proof", "quay", 3)
    await use("consistency", "quay", 100)
    await use("records", "quay", 0, 10)
    now[0] = "resends"
    await put(store, resend(1, sent, Route.WEBHOOK), resend(2, sent, Route.BY_HAND, to="bo@example.com"))
    (waiting,) = await store.resends.claim("quay", list(Route), NOON.replace(year=2100), NOON.replace(year=2101), 5)
    await put(store, begun(waiting.entry.id), ended(waiting.entry.id, "waiting", "queued"))
    await store.resends.renew("quay", [waiting.seq], NOON)
    await store.resends.next_at("quay", list(Route))
    for state in (None, ResendState.WAITING):
        listed = await store.resends.page("quay", ResendListQuery(limit=1, state=state))
        await store.resends.page("quay", ResendListQuery(limit=1, state=state, cursor=listed.older))
    await store.detail("quay", sent.id)
    await use("redact_customer", "quay", "tests", "key", "c-1", REASON)
    await use("find_due", NOON, trust_clock=True)
    await use("redact_due", NOON, trust_clock=True)


@pytest.fixture
def planner(postgresql_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that no row-level security adds conditions for."""
    password = str(conninfo_to_dict(postgresql_url).get("password", ""))
    try:
        connection = psycopg.connect(
            make_conninfo(postgresql_url, user="postgres", password=password), autocommit=True, context=CONTEXT
        )
    except psycopg.OperationalError:
        pytest.skip("the server of the tests lets no superuser in")
    with connection:
        yield connection


def test_every_statement_of_a_desk_is_about_one_location(
    recorded: list[Recorded], planner: psycopg.Connection[Any]
) -> None:
    distributed = {name for name, has_location in tables(planner, "public") if has_location}
    wrong, checked, used = [], set(), set()
    for method, statement, values in recorded:
        if not _DATA.match(statement) or method in {"open", "between"}:
            continue
        row = planner.execute(f"EXPLAIN (VERBOSE, FORMAT JSON) {statement}", values, binary=False).fetchone()
        assert row is not None
        plans = row[0] if isinstance(row[0], list) else json.loads(row[0])
        read = [node for node in nodes(plans[0]["Plan"]) if node.get("Relation Name") in distributed]
        checked |= {method for _ in read}
        used |= {str(node["Relation Name"]) for node in read}
        astray = [node for node in read if not is_about_one_location(node)]
        wrong += [f"{method}: {node['Relation Name']}: {statement[:200]}: {conditions(node)}" for node in astray]
        written = set(_WRITES.findall(statement))
        wrong += [f"{method}: {name}" for name in re.findall(r"INSERT INTO (\w+)", statement) if name not in written]
    assert not wrong, "\n".join(wrong)
    assert {"append", "page", "detail", "customers", "worklist", *NO_DESK_PATH} <= checked
    assert used == distributed, "every table is read or written by what was recorded"


def test_no_statement_calls_a_function_that_reads_what_is_distributed(recorded: list[Recorded]) -> None:
    """A node of a shard would run it, and may not read distributed tables then."""
    assert not [statement for _, statement, _ in recorded if re.search(r"\b(people|texts)_with\(", statement)]


def test_what_is_distributed_has_no_row_level_security(planner: psycopg.Connection[Any]) -> None:
    """Citus refuses policies with subqueries, and the setting that they go by reaches no shard."""
    distributed = [name for name, has_location in tables(planner, "public") if has_location]
    with planner.transaction():
        for name in distributed:
            remove_security(planner, "public", name)
        guard(planner, "public", is_distributed=True)
        assert not planner.execute("SELECT polname FROM pg_policy").fetchall()
        assert not planner.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity OR relforcerowsecurity"
        ).fetchall()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def conditions(node: dict[str, Any]) -> str:
    own = " ".join(str(node.get(name, "")) for name in ("Index Cond", "Recheck Cond", "Filter", "Join Filter"))
    return " ".join([own, *(conditions(below) for below in bitmaps(node))])


def is_about_one_location(node: dict[str, Any]) -> bool:
    if node["Node Type"] == "ModifyTable":
        if node["Operation"] != "Insert":
            return True  # the scan below finds the rows
        location = node["Plans"][0]["Output"][_POSITIONS.get(node["Relation Name"], 0)]
        return re.search(r"\d", location) is not None and "." not in location
    return _CONSTANT.search(conditions(node)) is not None


def bitmaps(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [below for below in node.get("Plans", ()) if below["Node Type"].startswith("Bitmap")]


def test_every_key_begins_with_the_location(planner: psycopg.Connection[Any]) -> None:
    distributed = [name for name, has_location in tables(planner, "public") if has_location]
    unique = planner.execute(
        "SELECT i.indrelid::regclass::text, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND c.relname = ANY(%s)",
        (distributed,),
    ).fetchall()
    assert {table for table, _ in unique} == set(distributed), "every table has a primary key"
    assert {column for _, column in unique} == {"location"}
    foreign = planner.execute(
        "SELECT o.conrelid::regclass::text, o.confrelid::regclass::text, a.attname, b.attname FROM pg_constraint o "
        "JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[1] "
        "JOIN pg_attribute b ON b.attrelid = o.confrelid AND b.attnum = o.confkey[1] WHERE o.contype = 'f'"
    ).fetchall()
    assert foreign
    for table, other, column, referred in foreign:
        assert column == "location", table
        assert referred == "location" or other in ACCOUNTS, f"{table} refers to {other}"


def test_no_table_needs_numbers_from_a_sequence_or_columns_by_time(planner: psycopg.Connection[Any]) -> None:
    assert not planner.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    others = {name for name, has_location in tables(planner, "public") if not has_location}
    assert others == set(ACCOUNTS), "whatever has no location is a reference table"


def test_triggers_and_functions_look_at_the_location_of_their_row_alone(planner: psycopg.Connection[Any]) -> None:
    distributed = {name for name, has_location in tables(planner, "public") if has_location}
    functions = planner.execute(
        "SELECT proname, prosrc FROM pg_proc p WHERE pronamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    ).fetchall()
    assert {"refuse_change", "refuse_removal"} <= {name for name, _ in functions}
    for name, source in functions:
        for part in re.split(r"\bFROM\b", source)[1:]:
            table = part.split()[0].strip("(")
            if table in distributed:
                is_bound = "location = $1" in part and "USING current_setting('commlog.location')" in source
                assert is_bound or re.search(r"location = (OLD|NEW)\.location", part), (name, part)
    deferred = planner.execute(
        "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT tgisinternal AND (tgdeferrable OR tgconstraint <> 0 OR tgnewtable IS NOT NULL) "
        "AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert not deferred, "Citus has no constraint triggers and no transition tables"


def test_tables_are_distributed_after_what_they_refer_to(planner: psycopg.Connection[Any]) -> None:
    order = distribution.order(planner, "public")
    assert order[: len(ACCOUNTS)] == sorted(ACCOUNTS)
    assert order[len(ACCOUNTS)] == "record"
    assert set(order) == {name for name, _ in tables(planner, "public")}
