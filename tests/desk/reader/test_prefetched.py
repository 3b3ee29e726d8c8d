"""The newest page that another process has read, before there is a session."""

from pathlib import Path

from commlog_tui.desk.filters import Filters
from commlog_tui.desk.reader.reader import LogReader
from commlog_tui.text.first_page import first_page
from tests.desk.fake_log import FakeLog
from tests.desk.reader.conftest import a_session, until
from tests.desk.samples import LONDON, NOW, a_page, an_entry, printed

ENTRIES = [an_entry(number) for number in range(1, 6)]


def prefetched(reader: LogReader) -> None:
    first = first_page(printed(a_page(ENTRIES)))
    reader.prefetched(first.page, first.zone)


async def test_it_is_shown_as_what_the_log_answered_and_says_that_the_desk_connects() -> None:
    reader = LogReader()
    prefetched(reader)
    state = reader.state
    assert [entry.id for entry in state.entries] == [entry.id for entry in ENTRIES]
    assert (state.answered, state.is_local, state.loading, state.shown_at) == (Filters(), False, True, NOW)
    assert state.notes == (("trouble", "Connecting…"),)
    assert reader.zone == LONDON
    assert not reader.turn("older")


async def test_the_answer_of_the_log_takes_its_place_on_the_same_row(tmp_path: Path) -> None:
    reader = LogReader()
    prefetched(reader)
    reader.move_to(2)
    early = reader.state.page
    reader.start(await a_session(FakeLog([an_entry(0), *ENTRIES]), tmp_path))
    await until(lambda: reader.state.page is not early)
    assert reader.state.entry == ENTRIES[2]
    assert (reader.state.notes, reader.state.loading) == ((), False)
    reader.close()


async def test_a_move_while_the_log_is_asked_counts(tmp_path: Path) -> None:
    reader = LogReader()
    prefetched(reader)
    reader.move_to(2)
    early = reader.state.page
    reader.start(await a_session(FakeLog([an_entry(0), *ENTRIES]), tmp_path))
    reader.move_to(1)
    await until(lambda: reader.state.page is not early)
    assert reader.state.entry == ENTRIES[1]
    reader.close()


async def test_it_comes_too_late_for_a_session_a_reason_and_filters(tmp_path: Path) -> None:
    connected, failed, filtered = LogReader(), LogReader(), LogReader()
    connected.start(await a_session(FakeLog([]), tmp_path))
    failed.fail("The token was refused.")
    filtered.ask(Filters(q="kayak"))
    for reader in (connected, failed, filtered):
        prefetched(reader)
        assert reader.state.page is None
        reader.close()


async def test_where_the_service_goes_then_it_stays_and_claims_nothing_of_filters_set_since() -> None:
    reader = LogReader()
    prefetched(reader)
    reader.fail("No answer.", is_final=False)
    assert [entry.id for entry in reader.state.entries] == [entry.id for entry in ENTRIES]
    reader.ask(Filters(q="kayak"))
    assert reader.state.entries == ()
    assert reader.state.is_local
