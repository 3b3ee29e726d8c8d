"""A terminal that is closed ends the desk without an error, whenever that happens; other errors are errors."""

from collections.abc import Callable

import pytest

from commlog_tui.cli.desk import open_desk
from commlog_tui.cli.first_rows import FirstRows
from commlog_tui.cli.raw_terminal import RawTerminal
from commlog_tui.configuration.sources import configured
from commlog_tui.desk.app import DeskApp
from commlog_tui.records.entry import AppendEntry


def fail(*_: object) -> None:
    raise OSError(5, "Input/output error")


def break_painting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FirstRows, "paint", fail)


def break_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DeskApp, "run", fail)


@pytest.mark.parametrize("break_it", [break_painting, break_the_application])
@pytest.mark.parametrize("is_gone", [True, False])
def test_an_error_of_the_terminal_is_none_where_nobody_sees_it(
    log: list[AppendEntry],
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[pytest.MonkeyPatch], None],
    is_gone: bool,
) -> None:
    monkeypatch.setenv("COMMLOG_MODE", "local")
    monkeypatch.setattr(RawTerminal, "is_gone", lambda _: is_gone)
    break_it(monkeypatch)
    if is_gone:
        open_desk(configured(), configured().database)
    else:
        with pytest.raises(OSError, match="Input/output"):
            open_desk(configured(), configured().database)
