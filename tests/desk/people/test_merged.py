"""A guest with several ids is one guest everywhere at the desk, at once."""

from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from commlog_tui.contract.customer import Customer, without_merged
from commlog_tui.contract.customer_record import MergeStep, NewMerge
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.reader.known_entries import KnownEntries
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry
from tests.desk.steps import bar, rows, table, until

OTHER = "local-000000000001"
ZOE: dict[str, Any] = {"id": "c-1", "name": "Zoë Quay", "addresses": ["zoe@example.com"], "numbers": ["07700 900123"]}
SAME: dict[str, Any] = {"id": OTHER, "name": "Zoe", "addresses": [], "numbers": ["07700 900999"]}


def a_customer(**fields: Any) -> Customer:
    return Customer.model_validate({"last_seen": NOW} | ZOE | fields)


def head(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#who", Static).render())


async def test_a_live_entry_of_the_other_id_is_news_of_the_history(desk: Open) -> None:
    log = FakeLog([an_entry(1, customer=ZOE), an_entry(2, customer=SAME, to="")])
    await log.people.add_merge("demo", "k", NewMerge(customer_id=OTHER, into="c-1"))
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2 and table(pilot).entry)
        await until(pilot, lambda: OTHER in head(pilot))
        log.tell(an_entry(9, customer=SAME, to="", sent_at=NOW))
        await until(pilot, lambda: "1 new" in bar(pilot))


async def test_a_merge_and_a_separation_show_in_a_history_that_is_open(desk: Open) -> None:
    log = FakeLog([an_entry(1, customer=ZOE), an_entry(2, customer=SAME, to="")])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2 and "c-1" in head(pilot))
        asked = len(log.asked)
        await log.people.add_merge("demo", "one", NewMerge(customer_id=OTHER, into="c-1"))
        log.tell(None, "merge")
        await until(pilot, lambda: OTHER in head(pilot) and len(log.asked) > asked)
        await log.people.add_merge("demo", "two", NewMerge(customer_id=OTHER, into="c-1", step=MergeStep.SEPARATED))
        log.tell(None, "merge")
        await until(pilot, lambda: OTHER not in head(pilot) and len(log.asked) > asked + 1)


def test_what_is_known_of_a_merged_guest_tells_whose_an_entry_is() -> None:
    known = KnownEntries()
    query = EntryQuery(customer_id="c-1")
    other, text = an_entry(2, customer=SAME), an_entry(3, customer=None, to="07700900999")
    assert not known.matches(other, query)
    known.guests["c-1"] = a_customer(merged=(OTHER,), numbers=("07700 900123", "07700 900999"))
    assert known.matches(other, query)
    assert known.matches(text, query)
    assert not known.matches(other, EntryQuery(not_customer_id=("c-1",)))
    known.recorded("task")
    assert known.matches(other, query)
    known.recorded("merge")
    assert not known.matches(other, query)


def test_a_merged_guest_is_offered_once() -> None:
    one, other, third = a_customer(merged=(OTHER,)), a_customer(id=OTHER, merged=("c-1",)), a_customer(id="c-2")
    assert without_merged((one, other, third)) == (one, third)
    assert without_merged((third, other, one)) == (third, other)
