"""The booking view as a checklist above its entries, and what to say to the guest."""

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from commlog_tui.contract.booking import BookingChecklist
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.delivery.checklist import NO_RULES, ChecklistPane
from commlog_tui.desk.delivery.what_to_say import WhatToSay
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, REFERENCE, an_entry
from tests.desk.steps import SIZES, at_fault, drawn, rows, table, toasts, until

HOUR = timedelta(hours=1)


def a_line(title: str, state: str, **fields: Any) -> dict[str, Any]:
    return {"title": title, "state": state, "at": NOW, "open": state in {"failed", "overdue"}, **fields}


def a_checklist(*lines: dict[str, Any], **fields: Any) -> BookingChecklist:
    given = {"reference": REFERENCE, "code": None, "booked_at": NOW - HOUR, "starts_at": NOW + 48 * HOUR}
    return BookingChecklist.model_validate({**given, "canceled_at": None, "rules": 3, "lines": lines, **fields})


LINES = (
    a_line("Confirmation", "delivered", kind="confirmation", status="delivered", at=NOW - HOUR),
    a_line("Reminder", "due", kind="reminder", at=NOW + 24 * HOUR, due_at=NOW + 24 * HOUR),
    a_line("Survey", "skipped", kind="survey", status="skipped", reason="no e-mail address"),
    a_line(
        "Refund notice",
        "failed",
        kind="refund",
        status="bounced",
        reason="the mailbox does not exist",
        advice="Check the address with the guest.",
    ),
)


def pane(pilot: Pilot[None]) -> ChecklistPane:
    return pilot.app.screen.query_one(ChecklistPane)


@pytest.mark.parametrize("size", SIZES)
async def test_a_booking_is_a_checklist_above_its_entries(desk: Open, size: tuple[int, int]) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 5)])
    log.checklist = a_checklist(*LINES)
    async with desk(log).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("b")
        await until(pilot, lambda: "Refund notice" in pane(pilot).text)
        assert log.bookings[-1].reference == REFERENCE
        for words in (
            "Checklist: 1 to do  ·  starts Thu 5 Nov 2026 09:14:05 GMT (in 2 days)",
            "✓ Confirmation delivered 08:14",
            "… Reminder due tomorrow 09:14",
            "· Survey skipped: no e-mail address",
            "✗ Refund notice bounced: the mailbox does not exist",
            "To do: Check the address with the guest.",
        ):
            assert words in pane(pilot).text
        await until(pilot, lambda: any("✗ Refund notice bounced" in line for line in drawn(pilot)))
        assert table(pilot).region.height >= 5
        assert pilot.app.screen.focused is table(pilot)
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.screen.query(ChecklistPane))


async def test_an_event_about_the_booking_computes_its_checklist_anew(desk: Open) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 5)])
    log.checklist = a_checklist(*LINES)
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("b")
        await until(pilot, lambda: "Reminder due" in pane(pilot).text)
        reminder = a_line("Reminder", "delivered", kind="reminder", status="delivered")
        log.checklist = a_checklist(LINES[0], reminder)
        log.tell(log.entries[0].model_copy(update={"status": an_entry(status="sent").status}), "event")
        await until(pilot, lambda: "Reminder delivered" in pane(pilot).text and "nothing to do" in pane(pilot).text)


async def test_a_service_that_knows_no_checklists_shows_the_booking_as_before(desk: Open) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 5)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("b")
        await until(pilot, lambda: log.bookings)
        await rows(pilot)
        assert not pane(pilot).display
        assert not at_fault(pilot)
        assert not toasts(pilot)


async def test_without_rules_it_says_that_nothing_is_expected(desk: Open) -> None:
    log = FakeLog([an_entry()])
    log.checklist = a_checklist(LINES[0], rules=0)
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("b")
        await until(pilot, lambda: NO_RULES in pane(pilot).text)


async def test_with_names_hidden_titles_by_hand_and_reasons_are_hidden(desk: Open) -> None:
    log = FakeLog([an_entry()])
    log.checklist = a_checklist(a_line("Zoë rang", "logged"), LINES[3])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("b")
        await until(pilot, lambda: "Zoë rang" in pane(pilot).text)
        await pilot.press("h")
        await until(pilot, lambda: "Zoë" not in pane(pilot).text)
        assert "Refund notice bounced" in pane(pilot).text
        assert "mailbox" not in pane(pilot).text


async def test_what_is_overdue_or_failed_is_ticked_off_with_a_note(desk: Open) -> None:
    log = FakeLog([an_entry()])
    overdue = a_line("Reminder", "overdue", kind="reminder", due_at=NOW)
    log.checklist = a_checklist(LINES[0], overdue, {**LINES[3], "entry": an_entry().id})
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("T")
        await until(pilot, lambda: any("Open the booking with b" in one for one in toasts(pilot)))
        await pilot.press("b")
        await until(pilot, lambda: "2 to do" in pane(pilot).text)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press(*"rang", "enter")
        await until(pilot, lambda: len(log.resolved) == 2)
        # Saved in one instant, they may go in either order.
        first, second = sorted(log.resolved, key=lambda one: one.entry is not None)
        assert (first.reference, first.expected, first.note) == (REFERENCE, "reminder", "rang")
        assert (second.entry, second.expected, second.note) == (an_entry().id, None, "rang")
        log.checklist = a_checklist(LINES[0])
        log.tell(None, "resolution")
        await until(pilot, lambda: "nothing to do" in pane(pilot).text)
        await pilot.press("T")
        await until(pilot, lambda: any("Nothing of this booking" in one for one in toasts(pilot)))


async def test_what_to_say_is_copied_and_shown(desk: Open) -> None:
    log = FakeLog([an_entry(via="email", kind="confirmation", status="sent")])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, WhatToSay))
        words = str(pilot.app.screen.query_one("#sentence", Static).render())
        assert words.startswith("Your confirmation left us on 3 Nov 2026 at 08:14 GMT")
        assert pilot.app.clipboard == words
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.focused is table(pilot))
