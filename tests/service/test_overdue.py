"""What is overdue, from rules and records: the index over the real store, with a clock of its own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.run import NewRun
from commlog_tui.expectations.rules_file import Rules, RulesError, parse_rules
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.resolution import AppendResolution
from commlog_tui.records.run import AppendRun
from commlog_tui.service import overdue as overdue_module
from commlog_tui.service.overdue import Overdue, OverdueIndex
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import correction, event, mail, put, redaction

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CONFIRMATION = '[[quay]]\nkind = "confirmation"\nwithin = "10 minutes"\n'
RULES = CONFIRMATION + '[[quay]]\nkind = "reminder"\nbefore_start = "1 day"\n'
A, B, C = (f"7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4{digit}" for digit in "abc")


class Scene:
    """A store and an index, which go by one clock."""

    def __init__(self, path: Path) -> None:
        self.now = NOON
        self.rules: Rules = parse_rules(RULES, "rules")
        self.store = SqliteStore.open(path, clock=lambda: self.now)
        self.index = self.restarted()

    def restarted(self) -> OverdueIndex:
        return OverdueIndex(self.store, lambda: self.rules, clock=lambda: self.now)

    async def sent(self, kind: str | None, *events: str, reference: str | None = A, **fields: Any) -> AppendEntry:
        """Record a message of now, with events of now."""
        item = mail(kind=kind, reference=reference, sent_at=self.now, **fields)
        await put(self.store, item, *(event(item, one, at=self.now) for one in events))
        return item

    async def answer(self, location: str = "quay") -> Overdue:
        """Return what is overdue once everything was read."""
        found = await self.index.overdue(location)
        for _ in range(50):
            if found.is_complete:
                break
            found = await self.index.overdue(location)
        return found

    async def overdue(self) -> list[tuple[str | None, str]]:
        found = await self.answer()
        assert found.is_complete
        return [(one.code or one.reference, one.expected) for one in found.messages]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path / "log.db")
    for location in ("quay", "pier"):
        await made.store.create_location(NewLocation(id=location, name=location.title(), zone="Europe/London"))
    yield made
    await made.store.close()


async def test_a_message_on_time_is_not_overdue_and_one_that_is_late_is_until_it_arrives(scene: Scene) -> None:
    await scene.sent("offer", "sent", starts_at=NOON + 3 * DAY, code="HB-1")
    assert await scene.overdue() == []
    assert (await scene.answer()).changes_in == 600
    scene.now += HOUR
    found = await scene.answer()
    assert found.changes_in == (2 * DAY - HOUR).total_seconds()
    (late,) = found.messages
    assert (late.reference, late.code, late.expected, late.via, late.entry) == (A, "HB-1", "confirmation", None, None)
    assert (late.due_at, late.starts_at) == (NOON + timedelta(minutes=10), NOON + 3 * DAY)
    assert late.reason == "nothing was sent, and no reason is on record"
    assert late.advice.startswith("See in the booking system")
    await scene.sent("confirmation", "delivered", starts_at=NOON + 3 * DAY)
    assert await scene.overdue() == []
    scene.now = NOON + 2 * DAY + HOUR
    assert await scene.overdue() == [("HB-1", "reminder")]
    await scene.sent("reminder", "sent")
    assert await scene.overdue() == []


async def test_the_soonest_booking_is_first_then_those_without_a_start_and_those_past(scene: Scene) -> None:
    starts = {"PAST": NOON, "LATER": NOON + 3 * HOUR, "SOON": NOON + 2 * HOUR, "LONG PAST": NOON - HOUR, "?": None}
    for code, starts_at in starts.items():
        await scene.sent("offer", "sent", reference=None, code=code, starts_at=starts_at)
    scene.rules = parse_rules(CONFIRMATION, "rules")
    scene.now += HOUR
    await scene.sent("offer", "sent", reference=None, code="NEW ?")
    scene.now += HOUR / 2
    order = ("SOON", "LATER", "NEW ?", "?", "PAST", "LONG PAST")
    assert await scene.overdue() == [(code, "confirmation") for code in order]


@pytest.mark.parametrize("status", ["bounced", "failed", "skipped", "sent"])
async def test_what_was_sent_failed_or_was_skipped_is_not_overdue(scene: Scene, status: str) -> None:
    await scene.sent("confirmation", status)
    scene.now += HOUR
    assert await scene.overdue() == []


async def test_a_scheduled_message_is_overdue_until_an_event_says_that_it_was_sent(scene: Scene) -> None:
    item = await scene.sent("confirmation", "scheduled", code="HB-1")
    assert await scene.overdue() == []
    scene.now += HOUR
    (late,) = (await scene.answer()).messages
    assert (late.entry, late.via) == (item.id, "email")
    await put(scene.store, event(item, "sent", at=scene.now))
    assert await scene.overdue() == []


async def test_what_was_ticked_off_is_left_out(scene: Scene) -> None:
    for reference, names in ((A, {"reference": A}), (B, {"code": "HB-2"}), (C, {"reference": C, "code": "HB-3"})):
        await scene.sent("offer", "sent", reference=reference, code={A: "HB-1", B: "HB-2", C: "HB-3"}[reference])
        scene.now += HOUR
        assert len(await scene.overdue()) == 1
        wrong = NewResolution.model_validate(names | {"expected": "survey"})
        await put(scene.store, AppendResolution(str(uuid4()), wrong))
        assert len(await scene.overdue()) == 1
        done = NewResolution.model_validate(names | {"expected": "confirmation"})
        await put(scene.store, AppendResolution(str(uuid4()), done))
        assert await scene.overdue() == []


async def test_nothing_is_overdue_of_a_canceled_booking(scene: Scene) -> None:
    await scene.sent("offer", "sent")
    item = await scene.sent("survey", "scheduled", reference=B, code="HB-2")
    scene.now += HOUR
    assert await scene.overdue() == [(A, "confirmation"), ("HB-2", "confirmation")]
    await scene.sent("cancellation", "sent")
    await put(scene.store, event(item, "skipped", at=scene.now, reason="booking-canceled"))
    assert await scene.overdue() == []


async def test_a_moved_start_moves_what_is_due(scene: Scene) -> None:
    await scene.sent("confirmation", "sent", starts_at=NOON + 2 * DAY)
    scene.now = NOON + DAY + HOUR
    assert await scene.overdue() == [(A, "reminder")]
    await scene.sent("change", "sent", starts_at=NOON + 5 * DAY)
    assert await scene.overdue() == []
    run = {"execution": "1", "workflow": "Move", "status": "running", "at": scene.now + HOUR, "reference": A}
    await put(scene.store, AppendRun(NewRun.model_validate(run | {"starts_at": NOON + 2 * DAY})))
    assert await scene.overdue() == [(A, "reminder")]
    later = {"execution": "1", "workflow": "Move", "status": "completed", "at": scene.now + 2 * HOUR}
    await put(scene.store, AppendRun(NewRun.model_validate(later | {"starts_at": NOON + 5 * DAY})))
    assert await scene.overdue() == []


async def test_changed_rules_begin_again_and_wrong_ones_say_so(scene: Scene) -> None:
    await scene.sent("offer", "sent")
    scene.now += HOUR
    assert await scene.overdue() == [(A, "confirmation")]
    scene.rules = parse_rules('[[quay]]\nkind = "receipt"\nwithin = "5 minutes"\n', "rules")
    assert await scene.overdue() == [(A, "receipt")]
    scene.rules = {}
    assert await scene.overdue() == []

    def wrong() -> Rules:
        raise RulesError("rules, line 3: wrong.")

    found = await OverdueIndex(scene.store, wrong).overdue("quay")
    assert (found.messages, found.is_complete) == ((), False)
    assert "rules, line 3: wrong." in (found.note or "")


async def test_after_a_restart_it_says_so_until_the_records_are_read_again(scene: Scene) -> None:
    for number in range(150):
        await scene.sent(
            "offer", "sent", reference=None, code=f"HB-{number:03}", starts_at=NOON + (150 - number) * HOUR
        )
    scene.now += HOUR
    expected = [(f"HB-{number:03}", "confirmation") for number in reversed(range(150))]
    reminders = {(code, "reminder") for code, _ in expected[:24]}  # those that begin within a day
    found = await scene.overdue()
    assert [one for one in found if one not in reminders] == expected
    assert set(found) - set(expected) == reminders
    scene.index = scene.restarted()
    first = await scene.index.overdue("quay")
    assert (len(first.messages) < len(found), first.is_complete) == (True, False)
    assert first.note == "The service is still reading records, so more may be overdue."
    assert await scene.overdue() == found


async def test_old_records_count_only_where_the_booking_begins_later(scene: Scene) -> None:
    await scene.sent("confirmation", "sent", reference=A, starts_at=NOON + 62 * DAY)
    await scene.sent("offer", "sent", reference=B, starts_at=NOON + DAY)
    scene.now += 61 * DAY + HOUR
    await scene.sent(None, "sent", reference=None)
    scene.index = scene.restarted()
    assert await scene.overdue() == [(A, "reminder")]


async def test_a_correction_moves_an_entry_to_another_booking_and_a_redaction_takes_it_away(scene: Scene) -> None:
    item = mail(reference=A, sent_at=NOON, source="manual", via="phone", to="", code="HB-1")
    await put(scene.store, item)
    scene.now += HOUR
    assert await scene.overdue() == [("HB-1", "confirmation")]
    await put(scene.store, correction(item, reference=B, code="HB-2"))
    assert await scene.overdue() == [("HB-2", "confirmation")]
    await put(scene.store, redaction(item))
    assert await scene.overdue() == []


async def test_what_has_only_the_code_belongs_to_the_booking_with_the_reference(scene: Scene) -> None:
    await scene.sent("offer", "sent", reference=None, code="HB-1")
    scene.now += HOUR
    assert await scene.overdue() == [("HB-1", "confirmation")]
    await scene.sent("offer", "sent", code="hb-1")
    await scene.sent("offer", "sent")
    assert [name for _, name in await scene.overdue()] == ["confirmation"]
    await scene.sent("confirmation", "sent", reference=None, code="HB-1")
    assert await scene.overdue() == []


async def test_a_failed_run_is_named_and_a_run_alone_is_a_booking(scene: Scene) -> None:
    run = {"execution": "1", "workflow": "Confirmations", "status": "failed", "at": NOON, "reference": A}
    await put(scene.store, AppendRun(NewRun.model_validate(run | {"error": "timed out"})))
    scene.now += HOUR
    for _ in range(2):
        (late,) = (await scene.answer()).messages
        assert late.reason == "nothing was sent; Workflow Confirmations failed 12:00: timed out"
        scene.index = scene.restarted()


@pytest.mark.parametrize(
    ("name", "most", "words", "listed"),
    [
        ("MOST_BOOKINGS", 3, "More bookings wait for messages than the service looks after.", 3),
        ("LISTED", 4, "More than 4 messages are overdue; these are the first.", 4),
        ("MOST_RECORDS", 4, "Only the newest 4 records were looked through.", 2),
    ],
)
async def test_each_limit_is_named_in_the_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, name: str, most: int, words: str, listed: int
) -> None:
    monkeypatch.setattr(overdue_module, name, most)
    for number in range(6):
        await scene.sent("offer", "sent", reference=None, code=f"HB-{number}")
    scene.now += HOUR
    scene.index = scene.restarted()
    found = await scene.answer()
    assert (found.note, found.is_complete, len(found.messages)) == (words, False, listed)


async def test_each_location_has_its_own(scene: Scene) -> None:
    await scene.sent("offer", "sent")
    scene.now += HOUR
    assert len(await scene.overdue()) == 1
    assert (await scene.answer("pier")).messages == ()
    both = RULES + CONFIRMATION.replace("quay", "pier")
    scene.rules = parse_rules(both, "rules")
    assert (await scene.answer("pier")).messages == ()
    assert len(await scene.overdue()) == 1
