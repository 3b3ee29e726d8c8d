"""Sending again at the desk: few keys, what is known before, and several at once."""

from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label

from commlog_tui.client.errors import RefusedError, UnreachableError
from commlog_tui.client.outbox import Outbox
from commlog_tui.contract.customer_record import NewContact
from commlog_tui.contract.location import Role
from commlog_tui.contract.problem import Problem
from commlog_tui.contract.resend import ResendWarning, Route
from commlog_tui.desk.action import View
from commlog_tui.desk.commands.resend import send_again
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.work.resend_form import ResendForm
from commlog_tui.desk.work.resend_several import ResendSeveral
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import SIZES, at_fault, drawn, rows, toasts, until


def failed(number: int = 1, **fields: Any) -> Any:
    known = {"via": "email", "to": "ada@gmial.com", "status": "bounced", "body": "Dear Ada,\nyour boat leaves at ten."}
    return an_entry(number, **(known | fields))


@pytest.fixture
def log() -> FakeLog:
    return FakeLog([failed()])


async def press(pilot: Pilot[None], *keys: str) -> int:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    return len(keys)


async def opened(pilot: Pilot[None], log: FakeLog) -> None:
    await rows(pilot)
    await pilot.press("A")
    await until(pilot, lambda: isinstance(pilot.app.screen, ResendForm) and text(pilot, "echo") != "Asking the log …")


def text(pilot: Pilot[None], name: str) -> str:
    return str(pilot.app.screen.query_one(f"#{name}", Label).render())


def value(pilot: Pilot[None], name: str) -> str:
    return pilot.app.screen.query_one(f"#{name}", Input).value


@pytest.mark.parametrize("size", SIZES)
async def test_a_corrected_address_and_sent_again_takes_at_most_seven_keys(
    desk: Open, log: FakeLog, size: tuple[int, int]
) -> None:
    async with desk(log).run_test(size=size) as pilot:
        await rows(pilot)
        keys = await press(pilot, "A")
        await press(pilot, *"bo@example.com")  # the words typed, in place of the address of before
        keys += await press(pilot, "enter")
        await until(pilot, lambda: log.again.sent)
        assert keys <= 7
        ((entry_id, resend),) = log.again.sent
        assert (entry_id, resend.to, resend.why) == (log.entries[0].id, "bo@example.com", "address corrected")
        assert (resend.by_hand, resend.again) == (False, False)
        assert isinstance(pilot.app.screen, LogScreen)
        await until(pilot, lambda: "Saved: is to be sent again to bo@example.com." in toasts(pilot))


@pytest.mark.parametrize("size", SIZES)
async def test_a_recorded_correction_is_proposed_and_takes_two_keys(
    desk: Open, log: FakeLog, size: tuple[int, int]
) -> None:
    customer = log.entries[0].customer
    assert customer is not None
    for old, new in (("ada@gmial.com", "ada@gmx.example"), ("ada@gmx.example", "ada@home.example")):
        await log.people.add_contact("demo", customer.id, new, NewContact(old=old, new=new))
    async with desk(log).run_test(size=size) as pilot:
        await rows(pilot)
        keys = await press(pilot, "A", "enter")
        await until(pilot, lambda: log.again.sent)
        assert keys <= 7
        assert log.again.sent[0][1].to == "ada@home.example"
        assert log.again.sent[0][1].why == "address corrected"


async def test_the_selected_ones_are_sent_again_and_no_longer_selected(desk: Open) -> None:
    log = FakeLog([failed(1), failed(2, to="bo@example.com")])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await press(pilot, "space", "down", "space", "A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ResendSeveral) and text(pilot, "echo"))
        await press(pilot, "enter")
        await until(pilot, lambda: len(log.again.sent) == 2)
        assert {resend.to for _, resend in log.again.sent} == {"ada@gmail.com", "bo@example.com"}
        await until(pilot, lambda: not cast("View", pilot.app.screen).selection.entries)


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_shows_text_typo_and_warnings_whole(desk: Open, log: FakeLog, size: tuple[int, int]) -> None:
    warning = ResendWarning(kind="opted-out", words="The guest has opted out: a message to this address was not sent.")
    log.again.warnings["ada@gmail.com"] = (warning,)
    async with desk(log).run_test(size=size) as pilot:
        await opened(pilot, log)
        assert value(pilot, "to") == "ada@gmail.com"
        await until(pilot, lambda: "opted out" in text(pilot, "echo"))
        await until(pilot, lambda: "Goes by the mail server." in "\n".join(drawn(pilot)))
        screen = "\n".join(drawn(pilot))
        assert "Dear Ada," in screen
        assert "The guest has opted out: a message to this address was not sent." in screen
        assert "Enter: send" in screen
        assert "Esc: leave" in screen


async def test_a_number_of_the_locations_country_has_its_country_code(desk: Open) -> None:
    async with desk(FakeLog([failed(via="sms", to="07700 900123")])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "Goes" in "\n".join(drawn(pilot)))
        assert "country code" not in text(pilot, "echo")


async def test_the_usual_reasons_are_gone_through_by_arrows(desk: Open, log: FakeLog) -> None:
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, log)
        await press(pilot, "tab", "down", "down", "enter")
        await until(pilot, lambda: log.again.sent)
        assert log.again.sent[0][1].why == "asked for it again"


async def test_what_was_sent_to_the_address_before_is_asked_about(desk: Open, log: FakeLog) -> None:
    log.again.put(log.entries[0].id, to="ADA@gmail.com")
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, log)
        await until(pilot, lambda: "Sent again" in text(pilot, "echo"))
        await press(pilot, "enter")
        await until(pilot, lambda: "Enter once more sends it all the same" in text(pilot, "echo"))
        assert log.again.sent == []
        await press(pilot, "enter")
        await until(pilot, lambda: log.again.sent)
        assert log.again.sent[0][1].again


async def test_by_hand_is_recorded_only_when_that_is_said(desk: Open, log: FakeLog) -> None:
    log.again.routes = (Route.BY_HAND,)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, log)
        await press(pilot, "enter")
        await until(pilot, lambda: "F4 records that you have sent it" in text(pilot, "echo"))
        assert log.again.sent == []
        await press(pilot, "f4", "enter")
        await until(pilot, lambda: log.again.sent)
        assert log.again.sent[0][1].by_hand
        assert "Saved: sent by hand to ada@gmail.com." in toasts(pilot)


async def test_without_an_answer_it_is_saved_and_sent_later(desk: Open, log: FakeLog, outbox: Any) -> None:
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        log.failing = UnreachableError("away")
        await pilot.press("A")
        await until(pilot, lambda: "cannot be asked now" in text(pilot, "echo"))
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogScreen))
        assert "Saved: is to be sent again to ada@gmail.com when the log can be reached." in toasts(pilot)
        (item,) = Outbox(outbox).items()
        assert (item.action, item.title) == ("resend", "Send again to: ada@gmail.com")
        log.failing = None
        await until(pilot, lambda: log.again.sent)


@pytest.mark.parametrize("typed", ["ada@gmial.comada@gmail.com", "ada@", "07700 90o123 x"])
async def test_what_is_no_address_is_neither_sent_nor_recorded(desk: Open, log: FakeLog, typed: str) -> None:
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, log)
        pilot.app.screen.query_one("#to", Input).value = typed
        for keys in (["enter"], ["f4", "enter"]):
            await press(pilot, *keys)
            await until(pilot, lambda: "is something missing, or too much?" in text(pilot, "echo"))
            assert isinstance(pilot.app.screen, ResendForm)
        assert not log.again.sent


async def test_privacy_mode_hides_the_address_and_the_text(desk: Open, log: FakeLog) -> None:
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await press(pilot, "h")
        await opened(pilot, log)
        screen = "\n".join(drawn(pilot))
        assert "gmail" not in screen
        assert "gmial" not in screen
        assert "Dear Ada" not in screen
        await press(pilot, "enter")
        await until(pilot, lambda: log.again.sent)
        assert log.again.sent[0][1].to == "ada@gmail.com"


async def test_privacy_mode_hides_titles_that_people_wrote_here_and_in_the_outbox(desk: Open) -> None:
    log = FakeLog([failed(source="manual", title="Rang Ada Reed", via="phone", to="07700 900123")])
    log.again.refusing = RefusedError(Problem(type="urn:x", title="Refused", status=422, detail="Refused."))
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await press(pilot, "h")
        await opened(pilot, log)
        assert "Ada" not in "\n".join(drawn(pilot))
        await press(pilot, "enter")
        await until(pilot, lambda: any("Refused" in toast for toast in toasts(pilot)))
        await press(pilot, "o")
        await until(pilot, lambda: "Kept in the outbox" in "\n".join(drawn(pilot)))
        assert "refused" in "\n".join(drawn(pilot))
        assert "900123" not in "\n".join(drawn(pilot))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"direction": "inbound"}, "The guest wrote it."),
        ({"redacted": True, "title": "Redacted"}, "It is redacted: nothing is left to send."),
    ],
)
async def test_what_can_never_be_sent_says_why(desk: Open, fields: dict[str, Any], words: str) -> None:
    async with desk(FakeLog([failed(**fields)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("A")
        await until(pilot, lambda: any(words in toast for toast in toasts(pilot)))
        assert isinstance(pilot.app.screen, LogScreen)


async def test_an_auditor_sends_nothing(desk: Open) -> None:
    async with desk(FakeLog([failed()], role=Role.AUDITOR)).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("A")
        await until(pilot, lambda: any("token's role" in toast for toast in toasts(pilot)))


@pytest.fixture
def several() -> FakeLog:
    made = FakeLog([failed(1), failed(2, direction="inbound"), failed(3, to="bo@example.com"), failed(4, to="")])
    made.again.put(made.entries[2].id, to="bo@example.com")
    return made


@pytest.mark.parametrize("size", SIZES)
async def test_several_are_named_before_and_each_is_its_own_record(
    desk: Open, several: FakeLog, size: tuple[int, int]
) -> None:
    app = desk(several)
    async with app.run_test(size=size) as pilot:
        await rows(pilot)
        send_again(cast("View", pilot.app.screen), several.entries)
        await until(pilot, lambda: isinstance(pilot.app.screen, ResendSeveral) and text(pilot, "echo"))
        listed = text(pilot, "lines").splitlines()
        assert listed[0].startswith("→ ada@gmail.com  Booking")
        assert listed[1].endswith("The guest wrote it.")
        assert "left out. Sent again" in listed[2]
        assert "has no address or number" in listed[3]
        assert "Enter sends 1. 3 left out" in text(pilot, "echo")
        await press(pilot, "enter")
        await until(pilot, lambda: several.again.sent)
        assert [(entry, resend.to) for entry, resend in several.again.sent] == [
            (several.entries[0].id, "ada@gmail.com")
        ]
        assert "Saved: 1 message is to be sent again." in toasts(pilot)
        assert not at_fault(pilot)


async def test_f8_calls_off_what_waits(desk: Open, log: FakeLog) -> None:
    waits = log.again.put(log.entries[0].id, state="waiting", status="queued", to="ada@gmail.com")
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, log)
        assert "To be sent again to ada@gmail.com" in text(pilot, "echo")
        assert "F8 calls off" in text(pilot, "echo")
        await pilot.press("f8")
        await until(pilot, lambda: log.again.called_off)
        ((about, call_off),) = log.again.called_off
        assert (about, call_off.resend) == (log.entries[0].id, waits.id)
        assert not log.again.sent


async def test_f8_without_anything_that_waits_says_so(desk: Open, log: FakeLog) -> None:
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, log)
        await pilot.press("f8")
        await until(pilot, lambda: "Nothing of this message waits" in text(pilot, "echo"))
        assert not log.again.called_off
