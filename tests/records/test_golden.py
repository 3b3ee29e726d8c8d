"""Hashed bytes never move.

Every input that was recorded before is recorded to the same bytes and leaf hashes.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.decide import Appended
from commlog_tui.records.kinds import KINDS
from tests.records.golden import ACTOR, FILES, actor_of, clock, item_of, record
from tests.records.memory import MemoryLog

LOGS: Final[list[dict[str, Any]]] = [log for file in FILES for log in json.loads(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    "log", LOGS, ids=lambda log: str(log["calls"][0]["kind"]) + " and " + str(len(log["calls"]) - 1)
)
async def test_bytes_leaves_and_answers_are_what_they_were(log: dict[str, Any], tmp_path: Path) -> None:
    (made,) = await record(log["calls"], tmp_path / "log.db")
    assert made == {name: log[name] for name in ("answers", "records", "root")}


@pytest.mark.parametrize("log", LOGS, ids=lambda log: f"{log['calls'][0]['kind']} and {len(log['calls']) - 1}")
def test_a_log_in_memory_makes_the_same_bytes(log: dict[str, Any]) -> None:
    memory, frontier = MemoryLog(actor=ACTOR, clock=clock()), Frontier()
    answers = [answer for call in log["calls"] for answer in memory.append(item_of(call), actor=actor_of(call))]
    for new in memory.new:
        frontier.push(new.leaf)
    assert [one.created if isinstance(one, Appended) else type(one).__name__ for one in answers] == log["answers"]
    made = [
        {
            "public": record.raw.decode(),
            "salt": None if record.personal is None else new.salt.hex(),
            "personal": record.personal and record.personal.decode(),
            "leaf": new.leaf.hex(),
        }
        for record, new in zip(memory.records, memory.new, strict=True)
    ]
    assert made == log["records"]
    assert frontier.root().hex() == log["root"]


def test_every_kind_has_vectors() -> None:
    kinds = {json.loads(one["public"])["kind"] for log in LOGS for one in log["records"]}
    assert kinds >= set(KINDS)
