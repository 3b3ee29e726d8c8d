"""Cursors: nobody but the log makes one, and none leads the database astray."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commlog_tui.contract.query import EntryQuery, PageRequest
from commlog_tui.store.cursor import Cursor, CursorCodec
from commlog_tui.store.errors import CursorError
from tests.store.conftest import OpenLog
from tests.store.factory import NOON, QUAY, mail, minutes

CODEC = CursorCodec(b"key", "quay", EntryQuery())


def forged_as_before(content: bytes) -> str:
    """Return a cursor as anybody could make it for the 0.1.0 service, which had no key."""
    filters = EntryQuery().model_dump_json(include=set(EntryQuery.model_fields))
    tie = sha256(f"quay\n{filters}".encode()).digest()[:8]
    return urlsafe_b64encode(sha256(tie + content).digest()[:8] + content).rstrip(b"=").decode()


@settings(max_examples=60)
@given(st.text("ABCXYZabcxyz0189_-", min_size=1, max_size=200))
def test_no_text_of_the_alphabet_is_a_cursor(text: str) -> None:
    with pytest.raises(CursorError):
        CODEC.read(text)


@given(st.sampled_from(["older", "newer", "oldest", ""]), *[st.integers(-(2**63), 2**64 - 1) for _ in range(3)])
def test_a_cursor_made_as_anybody_could_before_is_refused(direction: str, sent_at: int, seq: int, first: int) -> None:
    content = msgspec.msgpack.encode([direction, sent_at, seq, first])
    with pytest.raises(CursorError):
        CODEC.read(forged_as_before(content))


@given(st.sampled_from(["older", "newer", "oldest"]), *[st.integers(0, 2**40 - 1) for _ in range(3)])
def test_a_cursor_is_read_as_it_was_written(direction: str, sent_at: int, seq: int, first: int) -> None:
    cursor = msgspec.convert([direction, sent_at, seq, first], Cursor)
    assert CODEC.read(CODEC.write(cursor)) == cursor
    with pytest.raises(CursorError):
        CursorCodec(b"another key", "quay", EntryQuery()).read(CODEC.write(cursor))
    with pytest.raises(CursorError):
        CursorCodec(b"key", "pier", EntryQuery()).read(CODEC.write(cursor))


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_cursor_with_a_byte_changed_is_refused(place: int, change: int) -> None:
    text = CODEC.write(Cursor("older", 1_700_000_000_000_000, 7, 1))
    raw = bytearray(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[place % len(raw)] ^= change
    with pytest.raises(CursorError):
        CODEC.read(urlsafe_b64encode(raw).rstrip(b"=").decode())


@pytest.mark.parametrize("numbers", [(2**63, 1, 1), (-1, 1, 1), (1, 2**53, 1), (1, 1, 2**53), (2**64 - 1, -1, -1)])
def test_even_an_authentic_cursor_has_bounded_numbers(numbers: tuple[int, int, int]) -> None:
    text = CODEC.write(Cursor("older", *numbers))
    with pytest.raises(CursorError):
        CODEC.read(text)


async def test_cursors_outlive_the_process_and_serve_beside_another(open_log: OpenLog) -> None:
    first = open_log()
    await first.create_location(QUAY)
    await first.append("quay", "a test", [mail(sent_at=NOON + minutes(number)) for number in range(4)])
    cursor = (await first.page("quay", PageRequest(limit=2))).older
    beside = open_log()
    expected = await first.page("quay", PageRequest(limit=2, cursor=cursor))
    assert await beside.page("quay", PageRequest(limit=2, cursor=cursor)) == expected
    await beside.close()
    await first.close()
    later = open_log()
    assert await later.page("quay", PageRequest(limit=2, cursor=cursor)) == expected
    await later.close()


async def test_a_page_needs_no_signing_key(open_log: OpenLog, path: Path) -> None:
    path.parent.mkdir()
    path.with_suffix(".key").write_text("no key")
    store = open_log()
    await store.create_location(QUAY)
    await store.append("quay", "a test", [mail() for _ in range(3)])
    older = (await store.page("quay", PageRequest(limit=2))).older
    assert len((await store.page("quay", PageRequest(limit=2, cursor=older))).entries) == 1
    await store.close()
