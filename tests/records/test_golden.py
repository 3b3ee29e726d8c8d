"""Hashed bytes never move.

Every input that was recorded before is recorded to the same bytes and leaf hashes.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.records.golden import FILE, record

LOGS: Final[list[dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "log", LOGS, ids=lambda log: str(log["calls"][0]["kind"]) + " and " + str(len(log["calls"]) - 1)
)
async def test_bytes_leaves_and_answers_are_what_they_were(log: dict[str, Any], tmp_path: Path) -> None:
    (made,) = await record(log["calls"], tmp_path / "log.db")
    assert made == {name: log[name] for name in ("answers", "records", "root")}


def test_every_kind_has_vectors() -> None:
    kinds = {json.loads(one["public"])["kind"] for log in LOGS for one in log["records"]}
    assert kinds >= {"entry", "event", "correction", "redaction"}
