"""A checkpoint's file as other versions write it."""

import json
from pathlib import Path

from commlog_tui.evidence.witness import read_checkpoint_file, write_checkpoint_file

KEPT = Path(__file__).parents[1] / "ledger" / "release_0_1_0" / "checkpoint-1.json"


def test_fields_that_a_newer_version_keeps_stay_when_the_file_is_written(tmp_path: Path) -> None:
    file = tmp_path / "seen-quay.json"
    fields = json.loads(KEPT.read_bytes())
    file.write_text(json.dumps(fields | {"witnesses": ["pier"], "note_2": None}))
    write_checkpoint_file(file, read_checkpoint_file(file))
    assert json.loads(file.read_bytes()) == fields | {"witnesses": ["pier"], "note_2": None}


def test_a_file_of_0_1_0_is_written_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "seen-quay.json"
    write_checkpoint_file(file, read_checkpoint_file(KEPT))
    assert json.loads(file.read_bytes()) == json.loads(KEPT.read_bytes())
