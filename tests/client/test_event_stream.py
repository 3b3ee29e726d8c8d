"""Server-sent events, however their bytes are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.client import errors, event_stream
from commlog_tui.client.event_stream import Event, EventStream


def taken(*chunks: bytes) -> list[Event]:
    stream = EventStream()
    return [event for chunk in chunks for event in stream.take(chunk)]


LIVELY = (
    '\ufeffretry: 1000\n\n: still here\n\nid: 7\nevent: entry\ndata: {\ndata: "title": "Grüße 🚤"}\n\n'
    "data\n\nid\ndata:two\n\n:\nid: 8\n\nevent: entry\n\ndata: last\nunknown: field\n\ndata: cut off"
)
EVENTS = [
    Event("7", "entry", '{\n"title": "Grüße 🚤"}'),
    Event("7", "message", ""),
    Event("", "message", "two"),
    Event("8", "message", "last"),
]
ENDINGS = ["\n", "\r\n", "\r"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_stream_may_come_cut_at_every_byte(ending: str) -> None:
    raw = LIVELY.replace("\n", ending).encode()
    for cut in range(len(raw)):
        assert taken(raw[:cut], raw[cut:]) == EVENTS
    assert taken(*(raw[i : i + 1] for i in range(len(raw)))) == EVENTS


@given(st.sampled_from(ENDINGS), st.lists(st.integers(1, 40)))
def test_a_stream_may_come_in_any_chunks(ending: str, sizes: list[int]) -> None:
    raw = LIVELY.replace("\n", ending).encode()
    chunks = [b""]
    for size in sizes:
        chunks += [raw[:size], b""]
        raw = raw[size:]
    assert taken(*chunks, raw) == EVENTS


def test_line_ends_may_be_mixed() -> None:
    assert taken(b"data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\r") == [
        Event("", "message", "a\nb\nc"),
        Event("", "message", "d"),
    ]


@pytest.mark.parametrize(
    ("raw", "data"),
    [
        (b"data:a", "a"),
        (b"data: a", "a"),
        (b"data:  a ", " a "),
        (b"data: a: b", "a: b"),
        (b"data:", ""),
        (b"data", ""),
        (b"data: \xff", "\ufffd"),
        (b"data: \xef\xbb\xbfa", "\ufeffa"),
    ],
)
def test_a_value_loses_one_space_at_most(raw: bytes, data: str) -> None:
    assert taken(raw + b"\n\n") == [Event("", "message", data)]


@pytest.mark.parametrize(
    "raw", [b"Data: a\n\n", b" data: a\n\n", b"datum: a\n\n", b": data: a\n\n", b"event: x\nid: 3\n\n"]
)
def test_an_event_without_data_is_none(raw: bytes) -> None:
    assert not taken(raw)


def test_an_id_with_nul_is_passed_over() -> None:
    assert taken(b"id: 4\ndata: a\n\nid: 5\x00\ndata: b\n\n") == [
        Event("4", "message", "a"),
        Event("4", "message", "b"),
    ]


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [(b"retry: 1500", 1.5), (b"retry:0", 0), (b"retry: -1", None), (b"retry: 1e3", None), (b"retry", None)],
)
def test_the_service_may_say_how_long_to_wait(raw: bytes, seconds: float | None) -> None:
    stream = EventStream()
    stream.take(raw + b"\n")
    assert stream.retry == seconds


@pytest.mark.parametrize("chunk", [b"x" * 100, b"data: x\n" * 10])
def test_an_event_without_end_is_given_up(chunk: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "LARGEST_EVENT", 1000)
    stream = EventStream()
    for _ in range(1000 // len(chunk)):
        assert not stream.take(chunk)
    with pytest.raises(errors.UnexpectedAnswerError):
        stream.take(chunk)


def test_many_events_are_no_large_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "LARGEST_EVENT", 1000)
    stream = EventStream()
    assert sum(len(stream.take(b"data: x\n\n")) for _ in range(1000)) == 1000
