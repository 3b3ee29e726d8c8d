"""Ticking something off goes through the outbox as everything that is written does."""

from pathlib import Path
from typing import Any

from commlog_tui.contract.location import Capability, Me, Role
from tests.client.test_outbox_sending import Log, filled


async def test_a_resolution_is_recorded_under_its_key_once(tmp_path: Path) -> None:
    """Two desks that send the same tick record it once."""
    entry = "7d3a1c9e-5b0f-4a6e-9c61-000000000001"
    more: dict[str, Any] = {"action": "resolution", "entry_id": entry, "content": {"entry": entry, "note": "Rang her."}}
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
