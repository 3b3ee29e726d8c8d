"""A log that cannot be reached, or not any more: what is said, and that all of it can be read."""

from pathlib import Path
from typing import Any

from commlog_tui.client.errors import TokenRefusedError, UnreachableError
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.target import Target
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.key_bar import KeyBar
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import bar, chips, notice, rows, table, toasts, until


async def test_with_no_log_every_key_that_needs_one_is_dim_and_says_why(desk: Open) -> None:
    log = FakeLog([])
    log.failing = TokenRefusedError()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "does not accept" in notice(pilot))
        assert bar(pilot) == "Not connected"
        dim = pilot.app.screen.query_one(KeyBar).dimmed
        assert {"search", "filters", "new_entry", "go_to_date"} <= dim
        assert not {"help", "profiles", "privacy"} & dim
        for key in ("slash", "f", "t", "o", "p", "2", "G", "r"):
            pilot.app.clear_notifications()
            await pilot.press(key)
            await until(pilot, lambda: toasts(pilot) == ["The log is not connected yet."])


async def test_at_80_columns_all_of_what_is_wrong_can_be_read(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 61)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        log.cut(UnreachableError())
        content: dict[str, Any] = {
            "via": "phone",
            "title": "Rang",
            "source": "manual",
            "sent_at": "2026-11-03T09:00:00Z",
        }
        Outbox(outbox).save(OutboxItem(location="demo", content=content))
        screen = pilot.app.screen
        assert isinstance(screen, LogScreen)
        screen.session.sender.wake()
        await until(pilot, lambda: "no answer now, trying again" in bar(pilot) and "1 waiting" in bar(pilot))
        assert len(bar(pilot)) <= 78
        log.cut(TokenRefusedError())
        screen.reader.refresh()
        await until(pilot, lambda: any("does not accept" in words for words in toasts(pilot)))


async def test_a_service_of_this_machine_that_has_ended_is_not_waited_for_in_silence(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 6)])
    desk(log)
    words = "The log's service has ended. Start commlog again."
    target = Target("http://127.0.0.1:1", "token", None, outbox, "demo", why_ended=lambda: words)
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        log.cut(UnreachableError())
        await until(pilot, lambda: any(words in shown for shown in toasts(pilot)))


async def test_a_log_that_ends_before_what_was_read_is_asked_again_and_said(desk: Open) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 6)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        del log.entries[:2]
        log.told.put_nowait(b'id: 3\nevent: end\ndata: {"seq":3}\n\n')
        await until(pilot, lambda: any("The log ends at no. 3 now" in words for words in toasts(pilot)))
        await until(pilot, lambda: "of 3" in bar(pilot))


async def test_filters_set_while_the_service_is_away_claim_nothing_that_was_not_done(desk: Open) -> None:
    log = FakeLog([an_entry(number, via="sms" if number % 2 else "email") for number in range(1, 4)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        log.cut(UnreachableError())
        await until(pilot, lambda: "no answer now" in bar(pilot))
        await pilot.press("slash", *"zzz", "enter")
        await until(pilot, lambda: "The log was not asked" in notice(pilot))
        assert "“zzz”" in notice(pilot)
        assert bar(pilot).startswith("0 known here")
        assert "The log was not asked: no answer now" in bar(pilot)
        assert len(bar(pilot)) <= 78
        await pilot.press("x", "1")
        await until(pilot, lambda: bar(pilot).startswith("2 known here"))
        assert {entry.via for entry in table(pilot).entries} == {"sms"}


async def test_new_entries_that_the_filters_leave_out_are_not_counted(desk: Open) -> None:
    log = FakeLog([an_entry(1), an_entry(2)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("slash", *"zzz", "enter")
        await until(pilot, lambda: "0 of 0" in bar(pilot))
        log.tell(an_entry(90))
        log.tell(an_entry(91, title="zzz"))
        await until(pilot, lambda: "1 new, press g" in bar(pilot))


async def test_what_is_typed_while_the_fields_are_mounted_stays(desk: Open) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 4)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: pilot.app.screen.query("#q"))
        field = pilot.app.screen.query_one("#q", Field)
        field.value = "Reminder 2"
        await until(pilot, lambda: chips(pilot) == ["“Reminder 2”"])
        await pilot.press("1")
        await until(pilot, lambda: "sms" in chips(pilot))
        assert field.value == "Reminder 2"
