"""The keyboard never dies.

Whatever was done, a visible widget has the focus and the next key reaches it.
"""

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.events import AppBlur, AppFocus, Key
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from commlog_tui.client.errors import UnreachableError
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.choosers.help import HelpScreen
from commlog_tui.desk.choosers.leave import LeaveScreen
from commlog_tui.desk.commands.find import HIDDEN
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.target import Profile, Target
from commlog_tui.desk.themes import THEMES
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.log_table import LogTable
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import at_fault, rows, table, toasts, until

PROBE = "f12"
"""A key that nothing is bound to: it changes nothing, and shows whether keys arrive."""
KEYS = (
    *("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "space", "backspace", "pagedown", "home"),
    "end",
    *("ctrl+p", "ctrl+s", "ctrl+j", "ctrl+d", "ctrl+u", "question_mark", "slash", "right_square_bracket"),
    *("1", "2", "3"),
    *"abcdefghijknopqrstuvxyzGNPY",
)
Step: TypeAlias = tuple[str, Any]
Walker: TypeAlias = Callable[[tuple[int, int], list[Step]], Coroutine[Any, Any, None]]
KEY = st.tuples(st.just("key"), st.sampled_from(KEYS))
SIZE = st.tuples(st.just("size"), st.tuples(st.integers(80, 200), st.integers(24, 60)))
CLICK = st.tuples(st.just("click"), st.tuples(st.integers(0, 199), st.integers(0, 59)))
REST = st.one_of(
    st.tuples(st.just("theme"), st.sampled_from(sorted(THEMES))),
    st.tuples(st.just("privacy"), st.booleans()),
    st.tuples(st.just("blur"), st.booleans()),
    st.tuples(st.just("disable"), st.integers(0, 9)),
    st.tuples(st.just("lose"), st.integers(0, 9)),
)
STEPS = st.lists(st.one_of(KEY, KEY, KEY, SIZE, CLICK, REST), min_size=4, max_size=10)


def keys(*pressed: str) -> list[Step]:
    return [("key", key) for key in pressed]


def is_visible(widget: Widget | None) -> bool:
    """Whether a part of a widget is really on the screen."""
    if widget is None or widget.screen is not widget.app.screen or not widget.focusable:
        return False
    known = widget.screen._compositor.full_map.get(widget)
    return known is not None and bool(known.visible_region)


async def step(pilot: Pilot[None], what: str, how: Any) -> None:
    app, screen = pilot.app, pilot.app.screen
    if what == "key":
        await pilot.press(how)
    elif what == "size":
        await pilot.resize_terminal(*how)
    elif what == "click":
        await pilot.click(offset=(how[0] % app.size.width, how[1] % app.size.height))
    elif what == "theme":
        app.theme = how
    elif what == "privacy":
        assert isinstance(app, DeskApp)
        app.set_private(private=how)
    elif what == "blur":
        app.post_message(AppBlur() if how else AppFocus())
    elif screen.focus_chain:
        widget = screen.focus_chain[how % len(screen.focus_chain)]
        if what == "disable":
            widget.disabled = True
            await pilot.pause()
            held(pilot, (what, how))
            widget.disabled = False
            await pilot.press(PROBE)
        else:
            screen.set_focus(None)
    await pilot.pause()


def held(pilot: Pilot[None], after: object) -> None:
    screen = pilot.app.screen
    if screen.focus_chain and pilot.app.app_focus:
        assert is_visible(screen.focused), f"after {after}, {screen.focused} of {screen} has the focus"


async def walk(app: DeskApp, size: tuple[int, int], steps: list[Step]) -> None:
    arrived: list[Key] = []

    def hear(message: Message) -> None:
        if isinstance(message, Key) and message.key == PROBE and message.is_forwarded:
            arrived.append(message)

    async with app.run_test(size=size, message_hook=hear) as pilot:
        await rows(pilot)
        for what, how in steps:
            await step(pilot, what, how)
            await until(pilot, app.is_ready)
            await pilot.pause()
            held(pilot, (what, how))
            arrived.clear()
            await pilot.press(PROBE)
            assert arrived, f"after {what} {how} no key arrives"
            held(pilot, PROBE)


@pytest.fixture
def walker(desk: Open, outbox: Path, tmp_path: Path) -> Walker:
    async def go(size: tuple[int, int], steps: list[Step]) -> None:
        shutil.rmtree(outbox, ignore_errors=True)
        Outbox(outbox).save(OutboxItem(location="demo", content={"fields": {"title": "Half a"}}, state="draft"))
        entries = [
            an_entry(number, via=via, source="manual") for number, via in enumerate(["sms", "email", "phone"] * 30, 1)
        ]
        app = desk(FakeLog(entries), proof_folder=tmp_path / "proofs")
        other = Profile("other", "another log", lambda: Target("http://127.0.0.1:1", "token", None, outbox, "other"))
        app.supervisor.profiles = (other,)
        await walk(app, size, steps)

    return go


WALKS: list[tuple[tuple[int, int], list[Step]]] = [
    ((80, 24), keys("enter", "d", "d")),
    ((140, 40), [("click", (120, 10)), ("key", "d")]),
    ((140, 40), [("key", "enter"), ("size", (80, 24)), ("size", (140, 40))]),
    ((140, 40), [*keys("slash", "tab", "f", "f"), ("key", "f")]),
    ((140, 40), [*keys("slash", "a"), ("privacy", True), *keys("slash", "f", "j")]),
    ((140, 40), [*keys("slash", *["tab"] * 6), ("size", (140, 24)), ("size", (80, 24))]),
    ((140, 40), [*keys("c", "enter"), ("size", (80, 24)), *keys("q", "q")]),
    ((140, 40), [*keys("enter", "n"), ("size", (80, 24)), *keys("escape")]),
    ((140, 40), [("blur", True), ("size", (80, 24)), *keys("j")]),
    ((140, 40), [*keys("slash"), ("blur", True), ("privacy", True), ("blur", False)]),
    ((80, 24), [*keys("P", "enter", "j", "d", "enter", "d")]),
    ((80, 24), [("disable", 0), ("disable", 1), ("lose", 0)]),
]


@pytest.mark.parametrize(("size", "steps"), WALKS)
async def test_after_each_of_these_steps_a_visible_widget_has_the_focus(
    walker: Walker, size: tuple[int, int], steps: list[Step]
) -> None:
    await walker(size, steps)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.tuples(st.integers(80, 200), st.integers(24, 60)), steps=STEPS)
def test_after_any_steps_a_visible_widget_has_the_focus_and_a_key_arrives(
    walker: Walker, size: tuple[int, int], steps: list[Step]
) -> None:
    asyncio.run(walker(size, steps))


@pytest.mark.parametrize("way", ["enter d", "tab d", "click d", "enter shrink", "slash tab f", "slash tab h"])
async def test_the_next_key_acts_on_the_table_after_its_focus_was_hidden(desk: Open, way: str) -> None:
    async with desk(FakeLog([an_entry(number) for number in range(1, 9)])).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        for what in way.split():
            if what == "click":
                await pilot.click(DetailPane, offset=(5, 5))
            elif what == "shrink":
                await pilot.resize_terminal(80, 24)
            else:
                await pilot.press(what)
        await pilot.press("escape", "j")
        assert table(pilot).entry == an_entry(2)
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_what_is_typed_in_one_burst_goes_where_each_key_leads(desk: Open) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 91)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        for key in ("slash", *"jinx", "tab", "tab", *"3n"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: pilot.app.screen.query_one("#since", Input).value == "3n")
        assert pilot.app.screen.query_one("#q", Input).value == "jinx"
        assert table(pilot).row == 0
        for key in ("escape", "x", "j", "j", "question_mark", *"boo"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: pilot.app.screen.query_one("#needle", Input).value == "boo")
        await pilot.press("escape")
        assert table(pilot).row == 2


async def test_a_key_acts_though_the_terminal_said_that_it_lost_the_focus(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1), an_entry(2)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        pilot.app.post_message(AppBlur())
        await until(pilot, lambda: pilot.app.screen.focused is None)
        await pilot.press("j")
        assert table(pilot).entry == an_entry(2)
        assert isinstance(pilot.app.screen.focused, LogTable)


async def test_keys_act_while_the_first_page_does_not_come(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    log = FakeLog([an_entry(1)])

    async def gone(*_: object, **__: object) -> None:
        raise UnreachableError

    with monkeypatch.context() as broken:
        broken.setattr(log, "page", gone)
        async with desk(log).run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: isinstance(pilot.app.screen, LogScreen) and pilot.app.screen.reader.session)
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))


async def test_keys_act_after_a_fault_of_the_desk_itself(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    log = FakeLog([an_entry(1)])

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as page:
        page.setattr(log, "page", broken)
        async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
            await until(pilot, lambda: at_fault(pilot))
            page.undo()
            await pilot.press("r")
            await rows(pilot)


async def test_a_question_without_fields_takes_its_keys(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(1)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        log.cut(UnreachableError())
        content = {"via": "phone", "title": "Rang", "source": "manual", "sent_at": "2026-11-03T09:00:00Z"}
        Outbox(outbox).save(OutboxItem(location="demo", content=content))
        await pilot.press("enter", "ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeaveScreen))
        await pilot.resize_terminal(80, 24)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogScreen))
        held(pilot, "staying")


async def test_a_key_that_is_never_finished_holds_up_those_after_it_for_a_moment_only(
    desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogScreen, "on_key_handled", lambda self, message: message.stop(), raising=False)
    async with desk(FakeLog([an_entry(1), an_entry(2), an_entry(3)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("j", "j")
        await until(pilot, lambda: table(pilot).entry == an_entry(3))


async def test_no_key_goes_into_a_search_that_is_hidden_with_the_names(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1), an_entry(2)])).run_test(size=(140, 40), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("slash", "o")
        assert pilot.app.screen.query_one("#q", Input).value == "o"
        await pilot.press("escape", "h", "slash", "j", "f")
        assert toasts(pilot) == [HIDDEN, HIDDEN]
        assert table(pilot).entry == an_entry(2)
        assert pilot.app.screen.query_one("#q", Input).value == "o"
