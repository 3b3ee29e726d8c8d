"""The desk against the real service."""

import pytest
from textual.events import Key
from textual.widgets import Input, Static

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import NewEntry, Source
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.choosers.help import HelpScreen
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.target import Target
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.steps import SIZES, bar, chips, notice, table, until
from tests.patience import PATIENCE


@pytest.mark.parametrize("size", SIZES)
async def test_a_clerk_finds_a_guest_and_reads_their_history(target: Target, size: tuple[int, int]) -> None:
    async with DeskApp(lambda: target).run_test(size=size) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        assert "1–50 of" in bar(pilot)  # noqa: RUF001 - as shown
        await pilot.press("slash", *"confirmation", "enter")
        await until(pilot, lambda: (now := table(pilot).entry) is not None and now.matched)
        entry = table(pilot).entry
        assert entry is not None
        await pilot.press("c")
        await until(pilot, lambda: "History of" in str(pilot.app.screen.query_one("#head", Static).render()))
        await pilot.press("q")
        await until(pilot, lambda: chips(pilot) and table(pilot).entry == entry)
        await pilot.press("x")
        await until(pilot, lambda: not chips(pilot))


async def test_pages_turn_at_their_ends_and_nothing_is_skipped(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        seen: list[str] = []
        for _ in range(60):
            entry = table(pilot).entry
            assert entry is not None
            seen.append(entry.id)
            await pilot.press("down")
            await until(pilot, lambda: (now := table(pilot).entry) is not None and now.id != seen[-1])
        client = LogClient(target.base_url, target.token, timeout=PATIENCE)
        page = await client.page("demo", EntryQuery(), limit=60)
        await client.aclose()
        assert seen == [entry.id for entry in page.entries]
        await pilot.press("G")
        await until(pilot, lambda: bar(pilot).split()[0].endswith(bar(pilot).split()[2]))
        await pilot.press("g")
        await until(pilot, lambda: bar(pilot).startswith("1–50"))  # noqa: RUF001 - as shown


async def test_a_call_is_logged_with_few_keys_and_corrected(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        await pilot.press("N", "p", *"07700 900999", "enter", *"Asked for shade", "ctrl+s")
        await until(pilot, lambda: (now := table(pilot).entry) is not None and now.title == "Asked for shade")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
        title = pilot.app.screen.query_one("#title", Input)
        title.value = "Asked for a parasol"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm) is False)
        await until(pilot, lambda: (now := table(pilot).entry) is not None and now.title == "Asked for a parasol")
        pane = pilot.app.screen.query_one(DetailPane)
        await until(pilot, lambda: "As first recorded" in pane.text and "Asked for shade" in pane.text)


async def test_an_automated_entry_says_why_it_cannot_be_corrected(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        while (entry := table(pilot).entry) is not None and entry.source.value == "manual":
            await pilot.press("down")
        await pilot.press("e")
        await until(pilot, lambda: any("can't be corrected" in one.message for one in pilot.app._notifications))


async def test_errors_are_said_at_the_field(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        await pilot.press("N", "ctrl+s")
        await until(pilot, lambda: pilot.app.screen.query_one("#via-fault").display)
        assert pilot.app.screen.query_one("#title-fault").display
        pilot.app.screen.query_one("#when", Input).value = "31 feb"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen.query_one("#when-fault").display)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, EntryForm))


async def test_what_is_typed_while_the_service_is_gone_waits_on_the_disk(
    target: Target, service: EmbeddedService
) -> None:
    async with DeskApp(lambda: target).run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        service.close()
        await pilot.press("N", "p", "enter", *"Rang in the storm", "ctrl+s")
        await until(pilot, lambda: list(target.outbox.glob("*.json")))
        await until(pilot, lambda: "waiting" in bar(pilot) or "no answer now" in bar(pilot))
    assert len(list(target.outbox.glob("*.json"))) == 1


async def test_what_waited_goes_out_by_itself(target: Target) -> None:
    content = {"via": "phone", "title": "Rang in the storm", "source": "manual", "sent_at": "2026-11-03T10:00:00Z"}
    Outbox(target.outbox).save(OutboxItem(location="demo", content=content))
    async with DeskApp(lambda: target).run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: not list(target.outbox.glob("*.json")))


async def test_a_new_entry_elsewhere_is_announced_not_pushed(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        mine = table(pilot).entry
        client = LogClient(target.base_url, target.token, timeout=PATIENCE)
        given = {"via": "email", "to": "a@example.com", "title": "[/red]\x1b]52;c;aGk=\x07", "source": "system"}
        entry = NewEntry.model_validate(given | {"sent_at": "2027-11-04T10:00:00Z"})
        receipt = await client.add("demo", "elsewhere", entry)
        await client.add_event(
            "demo", receipt.id, NewEvent.model_validate({"kind": "sent", "at": "2027-11-04T10:00:01Z"})
        )
        await client.aclose()
        await until(pilot, lambda: "1 new, press g" in bar(pilot))
        assert table(pilot).entry == mine
        await pilot.press("g")
        await until(pilot, lambda: (now := table(pilot).entry) is not None and now.id == receipt.id)
        drawn = "".join(segment.text for y in range(5) for segment in table(pilot).render_line(y))
        assert "[/red]" in drawn
        assert "\x1b" not in drawn


async def test_help_shows_every_key_and_goes_away(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, HelpScreen))


async def test_a_refused_token_is_said_in_words(target: Target) -> None:
    wrong = Target(target.base_url, "wrong", None, target.outbox, "demo")
    async with DeskApp(lambda: wrong).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "does not accept this token" in notice(pilot))


async def test_held_keys_skip_and_repeat_nothing_while_entries_arrive(target: Target) -> None:
    client = LogClient(target.base_url, target.token, timeout=PATIENCE)
    before = (await client.page("demo", EntryQuery(), limit=200)).entries
    async with DeskApp(lambda: target).run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        for step in range(160):
            pilot.app.post_message(Key("down", None))
            if step % 40 == 0:
                key = f"arrival {step}"
                await client.add(
                    "demo", key, NewEntry(via="phone", title=key, source=Source.MANUAL, sent_at=before[0].sent_at)
                )
        await until(pilot, lambda: (now := table(pilot).entry) is not None and now.id == before[160].id)
    await client.aclose()
