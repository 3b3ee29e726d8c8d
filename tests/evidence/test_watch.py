"""What a desk does as a witness: the requests are its own, a process verifies and saves."""

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from commlog_tui.client.errors import NotFoundError, RefusedError
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.ledger import ConsistencyProof, SignedCheckpoint
from commlog_tui.contract.problem import Problem
from commlog_tui.evidence.watch import ContradictionError, Watch, WatchError
from commlog_tui.ledger.proof import consistency_path
from tests.ledger.test_witness import seen
from tests.ledger.trees import LEAVES, ROOTS, subtree_of


class Log:
    """A log of so many records, which proves what it is asked unless it is to fail."""

    def __init__(self, size: int, failing: Exception | None = None) -> None:
        self.size, self.failing = size, failing

    async def checkpoint(self, location: str) -> SignedCheckpoint:
        saved = seen(self.size)
        fields: dict[str, Any] = {"location": location, "size": self.size, "root_hash": ROOTS[self.size]}
        return SignedCheckpoint(**fields, note=saved.note, key=saved.key, introductions=())

    async def consistency(self, location: str, old: int, new: int) -> ConsistencyProof:
        if self.failing is not None:
            raise self.failing
        if old > new:
            raise RefusedError(Problem(type="urn:commlog:problem:invalid", title="", status=422, detail=""))
        path = tuple(step.hex() for step in consistency_path(old, new, subtree_of(LEAVES)))
        roots = {"old_root_hash": ROOTS[old], "new_root_hash": ROOTS[new]}
        return ConsistencyProof(location=location, old_size=old, new_size=new, path=path, **roots)


async def look(folder: Path, log: Log) -> bytes:
    watch = Watch(folder, "quay")
    await watch.check(cast("LogClient", log), "quay")
    return watch.path.read_bytes()


async def test_a_log_that_grows_is_seen_again_and_again(tmp_path: Path) -> None:
    found = [await look(tmp_path / "desk", Log(size)) for size in (0, 3, 3, 8)]
    assert found[1] == found[2]
    assert len({*found}) == 3


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (Log(3), "had 5 records and has 3; 2 are gone"),
        (Log(8, NotFoundError()), "cannot prove that the log still begins"),
    ],
)
async def test_what_was_seen_stays_where_the_log_contradicts_it(tmp_path: Path, log: Log, words: str) -> None:
    before = await look(tmp_path, Log(5))
    with pytest.raises(ContradictionError, match=words):
        await look(tmp_path, log)
    assert (tmp_path / "seen-quay.json").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"note": 3, "key": ""}', b'{"note": "a", "key": "b"}'])
async def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "seen-quay.json").write_bytes(content)
    with pytest.raises(WatchError, match=r"seen-quay\.json is no checkpoint"):
        await look(tmp_path, Log(5))
    assert (tmp_path / "seen-quay.json").read_bytes() == content


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("not a folder")
    with pytest.raises(WatchError, match="desk"):
        await look(tmp_path / "desk", Log(5))


def test_watching_loads_no_library_for_signatures() -> None:
    code = "import sys, commlog_tui.evidence.watch; print(sorted({'cryptography', 'msgspec'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
