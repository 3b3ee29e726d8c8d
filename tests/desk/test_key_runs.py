"""Keys that come faster than they can be drawn all act, in their order."""

from functools import partial

from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.message import Message
from textual.pilot import Pilot

from commlog_tui.desk.key_reading import KeyRun, merged
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import rows, table, until


def _keys(typed: str) -> list[tuple[str, int]]:
    events: list[Message] = [*merged([*XTermParser().feed(typed)])]
    assert all(isinstance(event, Key) for event in events)
    return [(event.key, getattr(event, "count", 1)) for event in events if isinstance(event, Key)]


def test_moves_that_follow_each_other_are_one_event() -> None:
    assert _keys("\x1b[B" * 3 + "\x1b[A" + "jjkaa") == [
        ("down", 3),
        ("up", 1),
        ("j", 2),
        ("k", 1),
        ("a", 1),
        ("a", 1),
    ]


def test_a_run_knows_its_character() -> None:
    (event,) = merged([Key("j", "j"), Key("j", "j")])
    assert isinstance(event, KeyRun)
    assert event.character == "j"


async def test_all_keys_of_a_run_act_over_the_ends_of_pages(desk: Open) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 201)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        for key, count, wanted in (("down", 3, 4), ("j", 130, 134), ("k", 100, 34), ("down", 1, 35), ("up", 500, 1)):
            pilot.app.post_message(KeyRun(key, None, count))
            await until(pilot, partial(_is_on, pilot, wanted))


def _is_on(pilot: Pilot[None], number: int) -> bool:
    return table(pilot).entry == an_entry(number)
