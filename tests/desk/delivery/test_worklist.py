"""The worklist: what did not arrive, dealt with one after the other, by way of the outbox."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Label, OptionList

from commlog_tui.client.errors import UnreachableError
from commlog_tui.client.outbox import Outbox
from commlog_tui.contract.location import Role
from commlog_tui.contract.worklist import Worklist
from commlog_tui.desk.choosers.question import Question
from commlog_tui.desk.delivery.worklist import ALL_DONE, WorklistScreen
from commlog_tui.desk.entry.outbox_screen import OutboxScreen
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.delivery.test_detail import an_event
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, REFERENCE, a_detail, an_entry
from tests.desk.steps import SIZES, bar, drawn, rows, table, toasts, until

HOUR = timedelta(hours=1)


def an_item(number: int, **fields: Any) -> dict[str, Any]:
    entry = an_entry(number, via="email", to=f"guest{number}@example.com", status="bounced")
    return {"entry": entry, "failed_at": NOW, "starts_at": NOW + number * HOUR, **fields}


def a_log(count: int = 3, **fields: Any) -> FakeLog:
    items = [an_item(number) for number in range(1, count + 1)]
    log = FakeLog([item["entry"] for item in items], **fields)
    for entry in log.entries:
        log.details[entry.id] = a_detail(entry, events=[an_event("bounced", code="5.1.1")])
    log.work = Worklist.model_validate({"items": items, "next": None})
    return log


def screen(pilot: Pilot[None]) -> WorklistScreen:
    assert isinstance(pilot.app.screen, WorklistScreen)
    return pilot.app.screen


def title(pilot: Pilot[None]) -> str:
    return str(screen(pilot).query_one("#worklist").border_title)


def lines(pilot: Pilot[None]) -> list[str]:
    return [str(option.prompt) for option in screen(pilot).query_one(OptionList).options]


def message(pilot: Pilot[None]) -> str:
    return screen(pilot).query_one(DetailPane).text


def hint(pilot: Pilot[None]) -> str:
    return str(screen(pilot).query_one(".hint", Label).render())


def here(pilot: Pilot[None]) -> str:
    item = screen(pilot).item
    return item.entry.to if item is not None and item.entry is not None else ""


async def opened(pilot: Pilot[None]) -> None:
    await rows(pilot)
    await pilot.press("w")
    await until(pilot, lambda: isinstance(pilot.app.screen, WorklistScreen))


@pytest.mark.parametrize("size", SIZES)
async def test_it_says_what_did_not_arrive_why_and_what_to_do(desk: Open, size: tuple[int, int]) -> None:
    async with desk(a_log()).run_test(size=size) as pilot:
        await opened(pilot)
        await until(pilot, lambda: all("The mailbox does not exist" in line for line in lines(pilot)))
        assert "3 to do" in title(pilot)
        assert "starts 3 Nov 10:14" in lines(pilot)[0]
        assert "Zoë Quay" in lines(pilot)[0]
        assert "Why     The mailbox does not exist" in message(pilot)
        assert "To do   Check the address with the guest" in " ".join(message(pilot).split("\n        "))
        await until(pilot, lambda: any("To do   Check the address" in line for line in drawn(pilot)))


async def test_space_is_done_and_next_and_goes_through_the_outbox(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("space")
        await until(pilot, lambda: len(log.resolved) == 1 and "2 to do" in title(pilot))
        assert log.resolved[0].entry == log.entries[0].id
        assert log.resolved[0].note is None
        assert here(pilot) == "guest2@example.com"
        assert lines(pilot)[0].startswith("✓")
        await pilot.press("n", *"rang", "enter")
        await until(pilot, lambda: len(log.resolved) == 2 and isinstance(pilot.app.screen, WorklistScreen))
        assert (log.resolved[1].entry, log.resolved[1].note) == (log.entries[1].id, "rang")
        await until(pilot, lambda: here(pilot) == "guest3@example.com")
        await pilot.press("space")
        await until(pilot, lambda: "all done" in title(pilot))
        await pilot.press("space")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.focused is table(pilot))
        assert len(log.resolved) == 3


async def test_with_the_service_away_a_tick_waits_on_the_disk(desk: Open, outbox: Path) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        log.failing = UnreachableError()
        await pilot.press("space")
        await until(pilot, lambda: Outbox(outbox).items())
        (item,) = Outbox(outbox).items()
        assert (item.action, item.state, item.entry_id) == ("resolution", "waiting", log.entries[0].id)
        await pilot.press("escape")
        await until(pilot, lambda: "1 waiting" in bar(pilot))
        log.failing = None
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorklistScreen))
        await until(pilot, lambda: log.resolved)


async def test_a_refused_tick_is_kept_and_can_be_discarded(desk: Open, outbox: Path) -> None:
    log = a_log()
    log.refusing = True
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("space", "escape")
        await until(pilot, lambda: "1 kept, o opens" in bar(pilot))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
        await pilot.press("enter")
        await until(pilot, lambda: "d discards it" in str(pilot.app.screen.query_one(".hint", Label).render()))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("enter")
        await until(pilot, lambda: not Outbox(outbox).items())


async def test_what_arrived_after_all_says_so_and_an_event_changes_the_list(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("down")
        await until(pilot, lambda: here(pilot) == "guest2@example.com")
        delivered = an_item(1, arrived_at=NOW)
        log.work = Worklist.model_validate({"items": [an_item(2), an_item(3)], "arrived": [delivered], "next": None})
        log.tell(log.entries[0].model_copy(update={"status": an_entry().status}), "event")
        await until(pilot, lambda: "2 to do" in title(pilot))
        assert here(pilot) == "guest2@example.com"
        assert "done by itself: delivered after all 3 Nov 09:14" in lines(pilot)[-1]


async def test_enter_opens_the_booking_and_the_way_back_leads_to_the_list(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, WorklistScreen))
        await rows(pilot)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorklistScreen))


async def test_one_at_a_time_shows_only_the_message_and_goes_on(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("o")
        await until(pilot, lambda: not screen(pilot).query_one(OptionList).region.height)
        assert "1 of 3 to do" in title(pilot)
        await pilot.press("space")
        await until(pilot, lambda: log.resolved and "guest2@example.com" in message(pilot))
        await pilot.press("down")
        await until(pilot, lambda: "guest3@example.com" in message(pilot))
        await pilot.press("o")
        await until(pilot, lambda: screen(pilot).query_one(OptionList).region.height)


async def test_names_can_be_hidden_and_hide_by_themselves(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: any("Zoë Quay" in line for line in drawn(pilot)))
        pilot.app.action_privacy()  # type: ignore[attr-defined] # as after minutes without a key
        await until(pilot, lambda: not any("Zoë" in line or "guest1" in line for line in drawn(pilot)))


async def test_nothing_to_do_says_so(desk: Open) -> None:
    log = a_log()
    log.work = Worklist(items=(), next=None)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert lines(pilot) == [ALL_DONE]
        await pilot.press("space", "n", "y", "enter", "o", "o")
        assert isinstance(pilot.app.screen, WorklistScreen)
        assert not log.resolved


async def test_a_role_that_may_not_tick_off_is_told(desk: Open) -> None:
    log = a_log(role=Role.AUDITOR)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for key in ("space", "n"):
            await pilot.press(key)
            await until(pilot, lambda: "may not tick anything off" in hint(pilot))
        assert not log.resolved


async def test_a_service_without_a_worklist_is_said(desk: Open) -> None:
    log = a_log()
    log.work = None
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("w")
        await until(pilot, lambda: any("0.1.0" in words for words in toasts(pilot)))
        assert pilot.app.screen.focused is table(pilot)


async def test_what_is_overdue_is_listed_beside_it_and_ticked_off_by_booking_and_kind(desk: Open, outbox: Path) -> None:
    log = a_log(2)
    late = {"expected": "reminder", "due_at": NOW - HOUR, "reference": REFERENCE, "code": "HB-1"}
    late |= {"starts_at": NOW + HOUR + HOUR / 2, "reason": "nothing was sent", "advice": "Send it."}
    nowhen = {"expected": "survey", "due_at": NOW, "code": "HB-2", "reason": "nothing was sent", "advice": "Send it."}
    page = {"items": [an_item(1), an_item(2)], "next": None, "overdue": [late, nowhen]}
    log.work = Worklist.model_validate(page | {"overdue_complete": False, "overdue_note": "Still reading."})
    async with desk(log).run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        assert "4 to do" in title(pilot)
        assert "starts 3 Nov 10:44" in lines(pilot)[1]
        assert "Reminder for HB-1  ·  was due 3 Nov 08:14" in lines(pilot)[1]
        assert "start not recorded" in lines(pilot)[3]
        assert lines(pilot)[4] == "Still reading."
        await pilot.press("down")
        await until(pilot, lambda: "Why     nothing was sent" in message(pilot))
        assert "To do   Send it." in message(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "No address: nothing was sent" in hint(pilot))
        await pilot.press("n", *"rang", "enter")
        await until(pilot, lambda: log.resolved and "3 to do" in title(pilot))
        done = {"reference": REFERENCE, "code": "HB-1", "expected": "reminder", "note": "rang"}
        assert log.resolved[0].model_dump(exclude_none=True) == done
        assert lines(pilot)[1].startswith("✓")
        await pilot.press("end")
        log.failing = UnreachableError()
        await pilot.press("space")
        await until(pilot, lambda: Outbox(outbox).items())
        log.failing = None
        log.work = Worklist.model_validate(page | {"overdue": [nowhen]})
        log.tell(None, "resolution")
        await until(pilot, lambda: "2 to do" in title(pilot) and lines(pilot)[2].startswith("✓"))
        await pilot.press("up", "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, WorklistScreen))
