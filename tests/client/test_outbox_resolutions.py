"""Ticking off, tasks and handovers go through the outbox as everything that is written does."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from commlog_tui.contract.location import Capability, Me, Role
from tests.client.test_outbox_sending import Log, filled

ENTRY: Final = "7d3a1c9e-5b0f-4a6e-9c61-000000000001"


async def test_a_resolution_is_recorded_under_its_key_once(tmp_path: Path) -> None:
    """Two desks that send the same tick record it once."""
    more: dict[str, Any] = {"action": "resolution", "entry_id": ENTRY, "content": {"entry": ENTRY, "note": "Rang her."}}
    outbox, log = filled(tmp_path, "a", **more), Log()
    client = log.client()
    can = (Capability.RESOLUTIONS,)
    client._me = Me(name="Desk", role=Role.DESK, permissions=frozenset(), locations=(), version="1", capabilities=can)
    (item,) = outbox.items()
    assert item.title == "Ticked off: Rang her."
    assert len((await outbox.send(client)).sent) == 1
    outbox.save(item)
    assert len((await outbox.send(client)).sent) == 1
    assert log.paths == ["/v1/locations/pier/resolutions"] * 2
    assert log.records == ["a"]


WORK: dict[str, tuple[dict[str, Any], str, str]] = {
    "task": ({"content": {"words": "Ring back", "due_at": "2026-11-03T14:00:00Z"}}, "tasks", "Task: Ring back"),
    "task-change": ({"content": {"change": "done"}, "entry_id": ENTRY}, f"tasks/{ENTRY}/changes", "Task: done"),
    "handover": (
        {"content": {"since": "2026-11-03T06:00:00Z", "until": "2026-11-03T14:00:00Z"}},
        "handovers",
        "Handover",
    ),
    "handover-taken": (
        {"content": {"name": "Sam"}, "entry_id": ENTRY},
        f"handovers/{ENTRY}/takings",
        "Handover taken: Sam",
    ),
}


@pytest.mark.parametrize("action", WORK)
async def test_work_is_sent_under_its_key_with_the_name_given_when_it_was_saved(tmp_path: Path, action: str) -> None:
    more, path, title = WORK[action]
    outbox, log = filled(tmp_path, "a", action=action, person="Noor (Łódź)", **more), Log()
    client = log.client()
    can = (Capability.TASKS, Capability.HANDOVERS)
    client._me = Me(name="Desk", role=Role.DESK, permissions=frozenset(), locations=(), version="1", capabilities=can)
    (item,) = outbox.items()
    assert (item.title, item.person) == (title, "Noor (Łódź)")
    assert len((await outbox.send(client)).sent) == 1
    assert log.paths == [f"/v1/locations/pier/{path}"]
    assert log.persons == ["Noor %28%C5%81%C3%B3d%C5%BA%29"]


def test_an_item_without_a_name_is_written_as_before(tmp_path: Path) -> None:
    outbox = filled(tmp_path, "a")
    (file,) = outbox.files()
    assert "person" not in json.loads(file.read_bytes())
