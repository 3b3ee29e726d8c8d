"""What the log refused is opened in its form with what was typed, and takes its own place when sent again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label

from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.desk.choosers.question import Question
from commlog_tui.desk.entry.outbox_screen import OutboxScreen
from commlog_tui.desk.people.contact_form import ContactForm
from commlog_tui.desk.work.new_task import NewTaskScreen
from commlog_tui.desk.work.resend_form import ResendForm
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry, an_id
from tests.desk.steps import drawn, rows, toasts, until

WHY = "The log did not like it."


def refuse(outbox: Path, action: Any, content: dict[str, Any], about: str | None = None) -> OutboxItem:
    item = OutboxItem(
        location="demo", action=action, content=content, entry_id=about, state="refused", reason=WHY, key=an_id(77)
    )
    Outbox(outbox).save(item)
    return item


def value(pilot: Pilot[None], name: str) -> str:
    return pilot.app.screen.query_one(f"#{name}", Input).value


async def opened(pilot: Pilot[None], form: type) -> None:
    await rows(pilot)
    await pilot.press("o")
    await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, form))
    assert any(f"Refused: {WHY}" in str(label.render()) for label in pilot.app.screen.query(Label))


async def test_a_refused_resend_is_mended(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(1, via="email", to="ada@gmail.com", body="Dear Ada", status="bounced")])
    refuse(outbox, "resend", {"to": "bo@nowhere", "why": "she rang"}, an_id(1))
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, ResendForm)
        assert (value(pilot, "to"), value(pilot, "why")) == ("bo@nowhere", "she rang")
        await pilot.press(*"bo@example.com", "enter")
        await until(pilot, lambda: log.again.sent)
        ((about, resend),) = log.again.sent
        assert (about, resend.to, resend.why) == (an_id(1), "bo@example.com", "she rang")
        await until(pilot, lambda: not Outbox(outbox).items())


async def test_a_refused_address_is_mended(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(1)])
    refuse(outbox, "contact", {"new": "bo@x", "old": "zoe@example.com", "reason": "misspelt"}, "c-1")
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, ContactForm)
        assert (value(pilot, "new"), value(pilot, "why")) == ("bo@x", "misspelt")
        await pilot.press("ctrl+u", *"bo@example.com", "enter")
        await until(pilot, lambda: log.people.contacts)
        (contact,) = log.people.contacts
        assert (contact.old, contact.new, contact.reason) == ("zoe@example.com", "bo@example.com", "misspelt")
        await until(pilot, lambda: not Outbox(outbox).items())


@pytest.mark.parametrize("about", [an_id(1), an_id(99)], ids=["its entry", "an entry that was refused, too"])
async def test_a_refused_task_is_mended(desk: Open, outbox: Path, about: str) -> None:
    log = FakeLog([an_entry(1)])
    content = {"words": "Ring her", "due_at": "2026-11-04T09:30:00Z", "assignee": "Bo", "code": "XB2F6A"}
    refuse(outbox, "task", content | {"entry": about}, about)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, NewTaskScreen)
        assert (value(pilot, "words"), value(pilot, "due"), value(pilot, "assignee")) == (
            "Ring her", "2026-11-04 09:30", "Bo",
        )  # fmt: skip
        await pilot.press("enter")
        await until(pilot, lambda: log.todo.added)
        (task,) = log.todo.added
        assert (task.words, task.assignee, task.code) == ("Ring her", "Bo", "XB2F6A")
        assert task.entry == (about if about == an_id(1) else None)
        await until(pilot, lambda: not Outbox(outbox).items())


@pytest.mark.parametrize("action", ["merge", "preference", "handover", "handover-taken", "task-change", "customer"])
async def test_what_has_no_form_says_what_to_do(desk: Open, outbox: Path, action: str) -> None:
    refuse(outbox, action, {"words": "x"}, "c-1")
    async with desk(FakeLog([an_entry(1)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
        await pilot.press("enter")
        await until(pilot, lambda: "anew" in "\n".join(drawn(pilot)))
        shown = " ".join("\n".join(drawn(pilot)).split())
        assert WHY in shown
        assert "d discards it" in shown


EARLIER = NOW - timedelta(hours=1)
HELD = {"via": "phone", "to": "07700 900123", "title": "Rang", "source": "manual", "body": "Ada rang"}


def hold(outbox: Path) -> None:
    content = HELD | {"sent_at": "2026-10-28T09:00:00Z", "customer": {"id": "c-404", "name": "Ada"}}
    Outbox(outbox).save(OutboxItem(location="demo", content=content, saved_at=EARLIER))


@pytest.mark.parametrize("key", ["x", "s", "d"])
async def test_what_names_somebody_unknown_waits_for_an_answer(desk: Open, outbox: Path, key: str) -> None:
    log = FakeLog([an_entry(1)])
    hold(outbox)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await until(pilot, lambda: any("Held back: The log does not know" in one for one in toasts(pilot)))
        await pilot.press("o")
        await until(pilot, lambda: "x: without guest" in "\n".join(drawn(pilot)))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("enter")
        await until(pilot, lambda: not Outbox(outbox).items())
    sent = [(entry.customer and entry.customer.id, entry.to, entry.body, entry.title) for _, entry in log.added]
    assert (
        sent
        == {
            "x": [(None, "", None, "Rang")],
            "s": [("c-404", "07700 900123", "Ada rang", "Rang")],
            "d": [],
        }[key]
    )


async def test_a_draft_about_somebody_unknown_says_so(desk: Open, outbox: Path) -> None:
    hold(outbox)
    async with desk(FakeLog([an_entry(1)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await until(pilot, lambda: any("Held back" in one for one in toasts(pilot)))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
        await pilot.press("enter")
        await until(pilot, lambda: "The log does not know this guest" in "\n".join(drawn(pilot)))
