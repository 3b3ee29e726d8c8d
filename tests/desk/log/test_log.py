"""Reading: pages, filters, histories, and a log that changes meanwhile."""

import asyncio
from functools import partial

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.page_bar import PageBar
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import REFERENCE, an_entry, an_id
from tests.desk.steps import SIZES, at_fault, bar, drawn, notice, rows, table, toasts, until

OTHER = "1d9c6a52-6a4e-4f0e-8f6f-3f8f2b6f7c12"


def a_log(count: int = 120) -> FakeLog:
    return FakeLog([an_entry(number) for number in range(1, count + 1)])


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_shown_depends_on_the_room_there_is(desk: Open, size: tuple[int, int]) -> None:
    async with desk(a_log()).run_test(size=size) as pilot:
        await rows(pilot)
        roomy = size[0] >= 140
        assert pilot.app.screen.query_one("#side").display is roomy
        assert pilot.app.screen.query_one(DetailPane).display is roomy
        await pilot.press("d", "f")
        assert pilot.app.screen.query_one("#side").display is not roomy
        assert pilot.app.screen.query_one(DetailPane).display is not roomy


async def test_a_stale_answer_never_overwrites_a_newer_one(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        log.gates["reminder 7"] = gate = asyncio.Event()
        await pilot.press("slash", *"reminder 7")
        await until(pilot, lambda: log.asked[-1][0].q == "reminder 7")
        await pilot.press("7")
        await until(pilot, lambda: bar(pilot).startswith("1–1 of 1"))  # noqa: RUF001 - as shown
        gate.set()
        await pilot.pause()
        await pilot.pause()
        assert bar(pilot).startswith("1–1 of 1")  # noqa: RUF001 - as shown


async def test_the_page_turns_at_its_ends_and_back(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("end", "down")
        await until(pilot, lambda: (entry := table(pilot).entry) and entry.id == an_id(51))
        await pilot.press("up")
        await until(pilot, lambda: (entry := table(pilot).entry) and entry.id == an_id(50))
        await pilot.press("G")
        await until(pilot, lambda: "101–120 of 120" in bar(pilot))  # noqa: RUF001 - as shown
        assert table(pilot).entry == an_entry(120)


async def test_the_page_turns_by_its_arrows(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.click(PageBar, offset=(str(pilot.app.screen.query_one(PageBar).render()).index("▸") + 1, 0))
        await until(pilot, lambda: "51–100" in bar(pilot))  # noqa: RUF001 - as shown
        await pilot.click(PageBar, offset=(1, 0))
        await until(pilot, lambda: "1–50" in bar(pilot))  # noqa: RUF001 - as shown


async def test_a_history_says_who_it_is_and_leads_back_to_the_row(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "51–100" in bar(pilot))  # noqa: RUF001 - as shown
        await pilot.press("down", "down", "c")
        await until(pilot, lambda: "zoe@example.com" in str(pilot.app.screen.query_one("#who", Static).render()))
        assert log.asked[-1][0].customer_id == "c-1"
        await pilot.press("escape")
        await until(pilot, lambda: "51–100" in bar(pilot))  # noqa: RUF001 - as shown
        assert table(pilot).entry == an_entry(53)


async def test_a_booking_without_a_reference_is_found_by_its_code(desk: Open) -> None:
    log = FakeLog(
        [an_entry(1, reference=None, code="HB-12345"), an_entry(2, reference=OTHER), an_entry(3, reference=None)]
    )
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("b")
        await until(pilot, lambda: log.asked[-1][0].q == "HB-12345")
        await pilot.press("q", "down", "b")
        await until(pilot, lambda: log.asked[-1][0].reference == OTHER)
        await pilot.press("q", "down", "b")
        await until(pilot, lambda: any("no booking" in toast for toast in toasts(pilot)))


async def test_what_is_new_is_counted_and_what_is_known_changes_in_its_place(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("down")
        log.tell(an_entry(900))
        await until(pilot, lambda: "1 new, press g" in bar(pilot))
        log.tell(an_entry(1, status="bounced"), "event")
        await until(pilot, lambda: any("bounced" in line for line in drawn(pilot)))
        assert table(pilot).entry == an_entry(2)
        assert "1 new" in bar(pilot)
        await pilot.press("g")
        await until(pilot, lambda: "new" not in bar(pilot))


async def test_a_log_without_entries_says_how_to_begin(desk: Open) -> None:
    async with desk(FakeLog([])).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "n writes the first one" in notice(pilot))
        assert not at_fault(pilot)


def _last_toast_says(pilot: Pilot[None], words: str) -> bool:
    return any(words in toast for toast in toasts(pilot)[-1:])


async def test_what_cannot_be_done_says_why(desk: Open) -> None:
    async with desk(FakeLog([an_entry(to="", via="in-person", reference=None)])).run_test(
        size=(80, 24), notifications=True
    ) as pilot:
        await rows(pilot)
        for key, words in {
            "x": "Nothing is filtered",
            "backspace": "Nothing is filtered",
            "y": "no address or number",
            "W": "is not set",
            "right_square_bracket": "the oldest",
            "left_square_bracket": "the newest",
            "b": "belongs to no booking",
            "e": "can't be corrected",
            "q": "Ctrl+Q quits",
        }.items():
            await pilot.press(key)
            await until(pilot, partial(_last_toast_says, pilot, words))


async def test_the_address_and_the_whole_entry_are_copied(desk: Open) -> None:
    async with desk(a_log(1)).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard == "07700 900123")
        await pilot.press("Y")
        await until(pilot, lambda: "Receipt" in pilot.app.clipboard and "Booking Reminder 1" in pilot.app.clipboard)
        assert any("clipboard" in toast for toast in toasts(pilot))


async def test_a_booking_opens_in_a_browser_or_says_where_it_is(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    opened: list[str] = []
    app = desk(a_log(1), booking_url="https://bookings.example/{reference}")
    monkeypatch.setattr(app, "open_url", opened.append)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("W")
        await until(pilot, lambda: opened == [f"https://bookings.example/{REFERENCE}"])
        monkeypatch.setenv("SSH_TTY", "/dev/pts/9")
        await pilot.press("W")
        await until(pilot, lambda: pilot.app.clipboard == opened[0])
        assert any("No browser" in toast for toast in toasts(pilot))
