"""Keys on the painted rows: each acts once or waits, in order."""

import os
import time
from collections.abc import Callable
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.cli.early_keys import EarlyKeys
from tests.patience import PATIENCE

ROWS = 5
STEPS = {b"j": 1, b"\x1b[B": 1, b"\x1bOB": 1, b"k": -1, b"\x1b[A": -1, b"\x1bOA": -1}
OTHERS = [b"/", b"n", b"\r", b"\x1b", b"\x1b[", b"\x1b[C", b"\x1b[200~j\x1b[201~", "é".encode(), b"J", b"\x00"]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


@given(st.lists(st.sampled_from([*STEPS, *OTHERS]), max_size=12), st.booleans())
def test_what_does_not_move_waits_with_all_after_it(keys: list[bytes], at_once: bool) -> None:
    rows = [*accumulate((STEPS.get(key, ROWS) for key in keys), initial=0)]
    moved = next((at for at, row in enumerate(rows[1:]) if not 0 <= row < ROWS), len(keys))
    terminal, person = os.pipe()
    drawn: list[int] = []
    early = EarlyKeys(terminal, ROWS, drawn.append)
    try:
        for part in [b"".join(keys)] if at_once else keys:
            os.write(person, part)
        if moved:
            until(lambda: early.row == rows[moved] or early.typed)
        if moved < len(keys):
            until(lambda: early.typed)
        early.end()
        os.close(person)
        rest = early.typed + b"".join(iter(lambda: os.read(terminal, 4096), b""))
    finally:
        early.end()
        os.close(terminal)
    done = b"".join(keys).removesuffix(rest)
    assert done + rest == b"".join(keys)
    assert early.row == sum(done.count(key) * step for key, step in STEPS.items())
    assert moved < len(keys) or not early.typed
    assert not drawn or drawn[-1] == early.row
