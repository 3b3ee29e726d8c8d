"""That the audit at the end of every loop sees what it is there to see."""

from pathlib import Path

import pytest

from tests.prove.auditing import audit
from tests.store.tampering import EVENT, REDACTED, make, pk, tampered

WRONGS = [
    (f"DELETE FROM personal WHERE pk = {pk(EVENT)}", f"quay: the personal part of {EVENT} is gone"),
    (f"DELETE FROM personal WHERE pk = {pk(EVENT)}", f"verify: quay: no. {EVENT}: its personal data is missing"),
    (
        f"UPDATE record SET leaf_start = 0 WHERE pk = {pk(EVENT)}",
        f"quay: record {EVENT} is not what its hash says",
    ),
    (
        f"INSERT INTO personal VALUES ({pk(REDACTED)}, zeroblob(32), x'7b7d')",
        f"the personal part of {REDACTED} is not what was",
    ),
    ("DELETE FROM node", "the part of the tree over these records is missing"),
    ("UPDATE entry SET sent_at = sent_at + 1", "not what the records make of them: the entries as they are shown"),
]


async def test_a_log_that_is_sound_has_no_faults(tmp_path: Path) -> None:
    await make(tmp_path / "log.db")
    assert audit(tmp_path / "log.db", projections=True).faults == ()


@pytest.mark.parametrize(("wrong", "answer"), WRONGS)
async def test_what_is_wrong_with_a_log_is_found(tmp_path: Path, wrong: str, answer: str) -> None:
    await make(tmp_path / "log.db")
    with tampered(tmp_path / "log.db") as connection:
        connection.execute(wrong)
    assert answer in "\n".join(audit(tmp_path / "log.db", projections=True).faults)
