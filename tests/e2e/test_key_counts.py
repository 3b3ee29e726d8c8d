"""How many keys each task of a front desk takes, beyond the words typed, on the real service."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.task import NewTask, TaskQuery
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.choosers.export import ExportScreen
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.choosers.proof import ProofChooser
from commlog_tui.desk.delivery.worklist import WorklistScreen
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.saved_views import SavedViews
from commlog_tui.desk.target import Target
from commlog_tui.desk.work.handover import HandoverScreen
from commlog_tui.desk.work.new_task import NewTaskScreen
from tests.desk.steps import SIZES, chips, drawn, table
from tests.e2e.test_ten_seconds import Clerk, newest, opened
from tests.patience import PATIENCE

Task: TypeAlias = Callable[[Clerk, Target, Path], Awaitable[None]]


async def back(clerk: Clerk) -> None:
    """Go back to the log itself."""
    while len(clerk.pilot.app.screen_stack) > 1:
        await clerk.pilot.press("q")
    await clerk.pilot.press("x")
    await clerk.until(lambda: not chips(clerk.pilot) and table(clerk.pilot).has_focus and table(clerk.pilot).entry)


async def guest_by_six_digits(clerk: Clerk, target: Target, _: Path) -> None:
    guest = await newest(target, via=("sms",))
    digits = "".join(character for character in guest.to if character.isdigit())[-6:]
    await clerk.press("slash")
    await clerk.words(digits)
    await clerk.press("enter")
    await clerk.until(lambda: clerk.entry().to.replace(" ", "").endswith(digits) and table(clerk.pilot).has_focus)


async def confirmation_of_a_booking(clerk: Clerk, target: Target, _: Path) -> None:
    booked = await newest(target, q="booking confirmation", via=("email",))
    assert booked.code
    await clerk.press("slash")
    await clerk.words(f"{booked.code} confirmation")
    await clerk.press("enter")
    await clerk.until(lambda: clerk.entry().code == booked.code and "Confirmation" in clerk.entry().title)


async def call_logged(clerk: Clerk, _target: Target, _: Path) -> None:
    await clerk.press("n", "p")
    await clerk.words("Asked about parking")
    await clerk.press("ctrl+s")
    await clerk.until(lambda: clerk.entry().title == "Asked about parking")


async def call_corrected(clerk: Clerk, _target: Target, _: Path) -> None:
    await clerk.press("e")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, EntryForm))
    await clerk.words(", twice")
    await clerk.press("ctrl+s")
    await clerk.until(lambda: clerk.entry().title == "Asked about parking, twice")


async def booking(clerk: Clerk, _target: Target, _: Path) -> None:
    while not clerk.entry().code:
        await clerk.pilot.press("down")
    await clerk.press("b")
    await clerk.until(lambda: clerk.head().startswith("Booking") and table(clerk.pilot).entry)


async def yesterdays_failed_texts(clerk: Clerk, _target: Target, _: Path) -> None:
    screen = clerk.pilot.app.screen
    assert isinstance(screen, LogScreen)
    vias = [channel.via for channel in screen.session.place.channels]
    await clerk.press(str(vias.index("sms") + 1), "p", "p", "a")
    await clerk.until(lambda: chips(clerk.pilot) == ["sms", "yesterday", "did not arrive"])


async def date(clerk: Clerk, _target: Target, _: Path) -> None:
    await clerk.press("t")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, Prompt))
    await clerk.words("2026-10-20")
    await clerk.press("enter")
    await clerk.until(lambda: f"{clerk.entry().sent_at:%m-%d}" == "10-20")
    await clerk.pilot.press("q")


async def handover(clerk: Clerk, _target: Target, _: Path) -> None:
    await clerk.press("H")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, HandoverScreen))
    await clerk.press("s")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, Prompt))
    await clerk.words("Quiet")
    await clerk.press("enter")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, HandoverScreen))
    await clerk.pilot.press("escape")


async def proof(clerk: Clerk, _target: Target, folder: Path) -> None:
    await clerk.press("z")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, ProofChooser))
    await clerk.press("enter")
    await clerk.until(lambda: list(folder.glob("proof-*.pdf")))


async def history_as_a_saved_view(clerk: Clerk, _target: Target, folder: Path) -> None:
    while clerk.entry().customer is None:
        await clerk.pilot.press("down")
    await clerk.press("c")
    await clerk.until(lambda: clerk.head().startswith("History of") and table(clerk.pilot).entry)
    await clerk.press("s")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, Prompt))
    await clerk.press("enter")
    await clerk.until(lambda: [name for name in SavedViews(folder / "desk").load() if name.startswith("History of")])


async def last_month_as_a_file(clerk: Clerk, _target: Target, folder: Path) -> None:
    await clerk.press("E")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, ExportScreen))
    await clerk.press("m", "enter")
    await clerk.until(lambda: list(folder.glob("commlog-*.csv")))
    await clerk.pilot.press("escape")


async def mask(clerk: Clerk, _target: Target, _: Path) -> None:
    await clerk.press("h")
    await clerk.until(lambda: clerk.pilot.app.screen.has_class("-private"))
    await clerk.pilot.press("h")


async def open_tasks(target: Target) -> list[str]:
    client = LogClient(target.base_url, target.token, timeout=PATIENCE)
    found = (await client.todo.tasks("demo", TaskQuery())).tasks
    await client.aclose()
    return [one.words for one in found]


async def wait_for(clerk: Clerk, target: Target, words: list[str]) -> None:
    """Wait until the service has these open tasks."""
    async with asyncio.timeout(PATIENCE):
        while await open_tasks(target) != words:
            await clerk.pilot.pause(0.05)


async def task(clerk: Clerk, target: Target, _: Path) -> None:
    await clerk.press("exclamation_mark")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, NewTaskScreen))
    await clerk.press("down", "enter")
    await wait_for(clerk, target, ["Ring back"])


async def task_done(clerk: Clerk, target: Target, _: Path) -> None:
    client = LogClient(target.base_url, target.token, timeout=PATIENCE)
    due = datetime.now(UTC) - timedelta(minutes=5)
    await client.todo.add_task("demo", "due", NewTask(words="Look for the key", due_at=due))
    await client.aclose()
    await clerk.press("w")
    await clerk.until(lambda: isinstance(clerk.pilot.app.screen, WorklistScreen))
    await clerk.until(lambda: "Look for the key" in "\n".join(drawn(clerk.pilot)))
    await clerk.press("space")
    await wait_for(clerk, target, ["Ring back"])
    await clerk.pilot.press("escape")


FINDING: Final[dict[Task, int]] = {
    guest_by_six_digits: 2,
    confirmation_of_a_booking: 2,
    booking: 1,
    yesterdays_failed_texts: 5,
    date: 2,
    history_as_a_saved_view: 3,
    mask: 1,
}
"""The most keys of each task that finds something."""
WRITING: Final[dict[Task, int]] = {
    call_logged: 4,
    call_corrected: 3,
    task: 4,
    task_done: 2,
    handover: 4,
    proof: 2,
    last_month_as_a_file: 5,
}
"""The most keys of each task that writes something."""


@pytest.mark.parametrize("tasks", [FINDING, WRITING], ids=["finding", "writing"])
@pytest.mark.parametrize("size", SIZES)
async def test_no_task_takes_more_keys_than_promised(
    target: Target, tmp_path: Path, size: tuple[int, int], tasks: dict[Task, int]
) -> None:
    liked = Preferences(folder=tmp_path / "desk", proof_folder=tmp_path, export_folder=tmp_path)
    counts: dict[str, int] = {}
    async with DeskApp(lambda: target, liked).run_test(size=size, notifications=True) as pilot:
        clerk = Clerk(pilot)
        await opened(clerk)
        for one in tasks:
            clerk.pressed = 0
            await one(clerk, target, tmp_path)
            counts[one.__name__] = clerk.pressed
            if one is not call_logged:
                await back(clerk)
    assert all(counts[one.__name__] <= most for one, most in tasks.items()), counts
    assert len(counts) == len(tasks)
