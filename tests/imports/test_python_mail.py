"""The messages that Python's own test suite is made of, where the interpreter brings it."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from commlog_tui.imports.items import ImportOptions, Item, Progress
from commlog_tui.imports.mailbox import read_mbox
from commlog_tui.imports.mbox import as_mbox
from commlog_tui.imports.message import read_message

OWN = ImportOptions(own=frozenset({"desk@example.com"}))
"""Some messages lie in a recipient's mailbox, which counts without known own addresses."""


def messages() -> list[Path]:
    spec = find_spec("test")
    folders = [Path(place) / "test_email" / "data" for place in (spec.submodule_search_locations or [])] if spec else []
    found = sorted(path for folder in folders for path in folder.glob("msg_*.txt"))
    if not found:
        pytest.skip("this interpreter brings no test.test_email data, so its messages were NOT read")
    return found


def content(path: Path) -> bytes:
    raw = path.read_bytes()
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw


def test_every_message_is_read_or_refused_with_a_reason() -> None:
    outcomes = [one for path in messages() for one in read_message(path.name, 1, b"", content(path), OWN)]
    items = [one for one in outcomes if isinstance(one, Item)]
    reasons = {one.reason for one in outcomes if not isinstance(one, Item)}
    assert len(items) >= 25
    assert {reason.partition(",")[0] for reason in reasons} <= {
        "no recipient is named in To",
        "the message has no date",
    }
    found = {(one.where, one.entry.to) for one in items}
    assert {("msg_20.txt", name) for name in ("bbb@zzz.org", "ccc@zzz.org", "ddd@zzz.org", "eee@zzz.org")} <= found


def test_as_one_mailbox_they_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    path.write_bytes(b"\n".join(as_mbox(content(one)) for one in messages()))
    alone = [
        one.entry
        for path in messages()
        for one in read_message("x", 1, b"", content(path), OWN)
        if isinstance(one, Item)
    ]
    together = [one.entry for one in read_mbox(path, OWN, Progress()) if isinstance(one, Item)]
    assert [entry.to for entry in together] == [entry.to for entry in alone]
    assert [entry.sent_at for entry in together] == [entry.sent_at for entry in alone]
