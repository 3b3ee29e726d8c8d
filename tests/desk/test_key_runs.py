"""Keys that come faster than they can be drawn all act, in their order."""

from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.message import Message

from commlog_tui.desk.key_reading import KeyRun, merged


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
