"""The newest page as another process printed it: shown by the same functions as every page."""

import asyncio
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.entry import Entry
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.records.rows import EntryRow
from commlog_tui.text.details import entry_lines
from commlog_tui.text.first_page import FirstPage, first_page
from commlog_tui.text.privacy import masked
from commlog_tui.text.rows import cells, kind_of
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import LONDON, NOW, a_page, an_entry, nasty_entry, printed
from tests.desk.steps import bar, rows, table, until
from tests.nasty import NASTY
from tests.patience import PATIENCE

SHA = "ab" * 32
ENTRIES = st.builds(
    an_entry,
    st.integers(1, 99),
    source=st.sampled_from(["workflow", "manual", "of-a-newer-version"]),
    direction=st.sampled_from(["outbound", "inbound", "sideways"]),
    status=st.sampled_from(["delivered", "bounced", "logged", "of-a-newer-version"]),
    customer=st.none() | st.just({"id": "c-1", "name": None}) | st.just({"id": "c-2", "name": "Zoë"}),
    code=st.none() | st.just("HB-1"),
    reference=st.none(),
    body=st.none() | st.just("A note"),
    audience=st.none() | st.sampled_from(["staff", "of-a-newer-version"]),
    kind=st.none() | st.just("reminder"),
    starts_at=st.none() | st.just(NOW + timedelta(days=1)),
    message=st.none() | st.just({"provider": "twilio", "id": "SM1"}),
    attachments=st.just(()) | st.just(({"name": "Invoice.pdf", "size": 12, "sha256": SHA},)),
    corrected=st.booleans(),
    redacted=st.booleans(),
)


def looks(entry: Entry) -> list[object]:
    return [
        look
        for shown in (entry, masked(entry))
        for look in (
            cells(shown, LONDON),
            cells(shown, LONDON, year=2026),
            kind_of(shown),
            entry_lines(shown, LONDON, NOW, 42),
        )
    ]


def read(answer: dict[str, Any]) -> Entry:
    return first_page(answer).page.entries[0]


@given(ENTRIES, st.booleans())
def test_a_printed_entry_looks_like_the_entry_itself_also_where_names_are_hidden(entry: Entry, sparse: bool) -> None:
    answer = printed(a_page([entry]))
    if sparse:  # as the service on this machine prints it
        values = answer["page"]["entries"][0]
        answer["page"]["entries"] = [{name: value for name, value in values.items() if value or name in REQUIRED}]
    assert looks(read(answer)) == looks(entry)


REQUIRED = set(EntryRow.__struct_fields__[: -len(EntryRow.__struct_defaults__)])


def test_what_is_hostile_is_made_safe_by_the_same_boundary() -> None:
    for text in NASTY.values():
        entry = nasty_entry(1, text)
        answer = printed(a_page([an_entry()]))  # JSON can hold what pydantic refuses to print
        changes = {name: getattr(entry, name) for name in ("via", "to", "title", "code", "actor", "body", "reference")}
        customer = {"id": text, "name": text, "addresses": [text], "numbers": [text]}
        answer["page"]["entries"][0] |= {**changes, "customer": customer}
        assert looks(read(answer)) == looks(entry)


def test_a_printed_entry_has_every_field_of_an_entry() -> None:
    answer = printed(a_page([an_entry()]))
    answer["page"]["entries"] = [{name: answer["page"]["entries"][0][name] for name in REQUIRED}]
    assert set(vars(read(answer))) == set(Entry.model_fields)


class Printed:
    """The newest page, read already."""

    def __init__(self, *entries: Entry) -> None:
        self._page = a_page(entries)

    def page(self, seconds: float | None = None) -> FirstPage:
        return first_page(printed(self._page))


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_it_is_shown_until_the_log_answers_and_what_is_typed_meanwhile_acts_on_the_answer(
    desk: Open, size: tuple[int, int]
) -> None:
    entries = [an_entry(number) for number in range(1, 6)]
    app: DeskApp = desk(FakeLog(entries))
    connect, answered = app.supervisor._resolve, Event()

    def resolve() -> Any:
        assert answered.wait(PATIENCE)
        return connect()

    app.supervisor._resolve, app.supervisor.first_rows = resolve, Printed(*entries)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: table(pilot).entries)
        assert "Connecting" in bar(pilot)
        assert "of 5" in bar(pilot)
        if size[0] > 80:
            await until(pilot, lambda: app.screen.query_one(DetailPane).text)
        early = [table(pilot).render_line(y).text for y in range(table(pilot).size.height)]
        app.simulate_key("j")
        await asyncio.sleep(0)
        answered.set()
        await rows(pilot)
        await until(pilot, lambda: table(pilot).row == 1)
        assert [table(pilot).render_line(y).text for y in range(table(pilot).size.height)] == early
        assert "Connecting" not in bar(pilot)
