"""What is written reaches the terminal whole and in order, however slow that is, and nobody waits for it."""

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import NamedTuple, TextIO

import pytest

from commlog_tui.desk.output import Output

_LONG = "漢" * 200_000


class _Terminal(NamedTuple):
    master: int
    file: TextIO


@pytest.fixture
def terminal() -> Iterator[_Terminal]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    with os.fdopen(slave, "w", encoding="utf-8") as file:
        yield _Terminal(master, file)
    os.close(master)


def _read(terminal: _Terminal, count: int) -> str:
    data = b""
    while len(data) < count:
        data += os.read(terminal.master, 1 << 16)
    return data.decode()


def _write(output: Output, *pieces: bytes) -> None:
    for piece in pieces:
        output.write(piece)


def test_a_frame_is_written_at_once(terminal: _Terminal) -> None:
    assert Output(terminal.file).write_now("é") == b""
    assert _read(terminal, 2) == "é"


def test_what_a_terminal_does_not_take_is_left_and_comes_before_what_is_written_later(terminal: _Terminal) -> None:
    output = Output(terminal.file)
    rest = output.write_now(_LONG)  # nobody reads: waiting for the terminal would last for ever
    later = output.write_now("later")
    assert rest
    assert later == b"later"
    writer = Thread(target=_write, args=(output, rest, later))
    writer.start()
    assert _read(terminal, len((_LONG + "later").encode())) == _LONG + "later"
    writer.join()
    assert output.write_now("at once again") == b""


def test_a_terminal_that_is_gone_takes_everything(terminal: _Terminal) -> None:
    output = Output(terminal.file)
    os.close(terminal.master)
    assert output.write_now("unseen") == b""
    output.write(b"unseen")
    os.dup2(os.open(os.devnull, os.O_RDONLY), terminal.master)  # for the fixture to close


def test_a_file_that_is_no_terminal_is_left_to_the_thread(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w", encoding="utf-8") as file:
        assert Output(file).write_now("words") == b"words"
