"""Handing a shift over at the desk, in four keys, also without an answer."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Label

from commlog_tui.client.errors import UnreachableError
from commlog_tui.client.outbox import Outbox
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.location import Role
from commlog_tui.contract.worklist import Worklist
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.work.handover import HandoverScreen
from tests.desk.conftest import Open
from tests.desk.delivery.test_worklist import an_item
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry
from tests.desk.steps import SIZES, at_fault, drawn, rows, until
from tests.desk.work.test_tasks import press, settled

HOUR = timedelta(hours=1)


def a_shift(role: Role = Role.MANAGER) -> FakeLog:
    call = an_entry(9, via="phone", source="manual", title="Asked about her boat", body="Möwe is back\non Friday")
    log = FakeLog([call.model_copy(update={"sent_at": NOW - HOUR})], role=role)
    log.work = Worklist.model_validate({"items": [an_item(1)], "next": None})
    log.todo.put(1, NOW - HOUR, words="Ring back", assignee="Sam")
    return log


def text(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one("#shift", DetailPane).text


def hint(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(".hint", Label).render())


async def opened(pilot: Pilot[None], log: FakeLog) -> int:
    await settled(pilot, log)
    keys = await press(pilot, "H")
    await until(pilot, lambda: isinstance(pilot.app.screen, HandoverScreen) and "Tasks" in text(pilot))
    return keys


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_shows_the_shift_and_four_hand_it_over(desk: Open, size: tuple[int, int]) -> None:
    log = a_shift()
    async with desk(log).run_test(size=size) as pilot:
        keys = await opened(pilot, log)
        shown = text(pilot)
        for words in ("due 3 Nov 08:14", "Ring back  ·  for Sam", "Asked about her boat", "Möwe is back", "on Friday"):
            assert words in shown
        assert "bounced" in shown
        assert "Everything was sent." in shown
        await until(pilot, lambda: any("Ring back" in line for line in drawn(pilot)))
        keys += await press(pilot, "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await press(pilot, *"quiet")
        keys += await press(pilot, "enter")
        await until(pilot, lambda: log.todo.signed)
        assert keys <= 4
        (signed,) = log.todo.signed
        assert signed.words == "quiet"
        assert signed.until == NOW
        assert signed.since.isoformat() == "2026-11-03T00:00:00+00:00"
        assert (signed.counts.logged, signed.counts.failed, signed.counts.tasks) == (1, 1, 1)
        await until(pilot, lambda: "nobody has taken it over yet" in text(pilot))
        assert "Asked about her boat" in text(pilot)


async def test_the_next_person_takes_it_over_with_a_name(desk: Open) -> None:
    log = a_shift()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot, log)
        await press(pilot, "t")
        await until(pilot, lambda: "no handover to take over" in hint(pilot))
        await press(pilot, "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await press(pilot, "enter")
        await until(pilot, lambda: log.todo.signed)
        await press(pilot, "escape")
        keys = await press(pilot, "H")
        await until(pilot, lambda: isinstance(pilot.app.screen, HandoverScreen) and "nobody has taken" in text(pilot))
        keys += await press(pilot, "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await press(pilot, *"Sam")
        keys += await press(pilot, "enter")
        await until(pilot, lambda: log.todo.taken)
        assert keys <= 4
        assert [(one, taking.name) for one, taking in log.todo.taken] == [(log.todo.shifts[0].id, "Sam")]


async def test_a_chosen_time_and_the_last_handover_begin_the_shift(desk: Open) -> None:
    log = a_shift()
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await opened(pilot, log)
        await press(pilot, "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await press(pilot, *"09:00", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HandoverScreen))
        card = pilot.app.screen.query_one("#handover")
        await until(pilot, lambda: "3 Nov 09:00 to" in str(card.border_title))


async def test_without_an_answer_it_says_what_is_missing_and_can_be_signed(desk: Open, outbox: Path) -> None:
    log = a_shift()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        log.failing = UnreachableError()
        await press(pilot, "H")
        await until(pilot, lambda: isinstance(pilot.app.screen, HandoverScreen) and "Tasks" in text(pilot))
        assert "Not known: the last handover" in " ".join(text(pilot).split())
        assert "Ring back" in text(pilot)
        assert text(pilot).count("Not known now.") == 3
        for words in ("Everything arrived", "Nothing is overdue", "Nothing was logged"):
            assert words not in text(pilot)
        await press(pilot, "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await press(pilot, "enter")
        await until(pilot, lambda: [item.action for item in Outbox(outbox).items()] == ["handover"])
        (item,) = Outbox(outbox).items()
        await press(pilot, "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await press(pilot, *"Sam", "enter")
        await until(pilot, lambda: len(Outbox(outbox).items()) == 2)
        log.failing = None
        await until(pilot, lambda: log.todo.taken and log.todo.signed)
        assert log.todo.signed[0].unknown == ("failed", "logged", "overdue", "tasks")
        assert log.todo.taken[0][0] == id_of_key(item.key)
        await press(pilot, "escape")
        assert not at_fault(pilot)


async def test_it_is_copied_and_printed(desk: Open, tmp_path: Path) -> None:
    log = a_shift()
    app = desk(log, proof_folder=tmp_path / "paper")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, log)
        await press(pilot, "y")
        await until(pilot, lambda: app.clipboard)
        assert app.clipboard.startswith("Shift at Harbour Boats, 3 Nov 00:00 to 3 Nov 09:14 (Europe/London)")
        assert "Möwe is back" in app.clipboard
        await press(pilot, "p")
        await until(pilot, lambda: "Written: handover-demo-20261103-091405" in hint(pilot))
        (paper,) = (tmp_path / "paper").iterdir()
        assert paper.read_bytes().startswith(b"%PDF-")
        assert paper.stat().st_mode & 0o777 == 0o600


async def test_an_auditor_reads_but_does_not_sign_and_privacy_hides_names(desk: Open) -> None:
    log = a_shift(role=Role.AUDITOR)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await press(pilot, "h")
        await opened(pilot, log)
        assert "Möwe" not in text(pilot)
        assert "Ring back" not in text(pilot)
        await press(pilot, "s")
        await until(pilot, lambda: "your token's role" in hint(pilot))


async def test_keys_typed_ahead_wait_until_the_shift_is_read(desk: Open) -> None:
    log = a_shift()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await pilot.press("H", "s", *"quiet", "enter")
        await until(pilot, lambda: log.todo.signed)
        assert (log.todo.signed[0].words, log.todo.signed[0].counts.logged) == ("quiet", 1)
