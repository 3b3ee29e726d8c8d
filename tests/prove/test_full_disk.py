"""The short form of full disks.

Where no small disk can be mounted, these tests are skipped, and say so.
"""

from pathlib import Path

import httpx
import pytest

from commlog_tui.client.outbox import OutboxFullError, OutboxItem
from commlog_tui.store.errors import StoreFullError
from commlog_tui.store.sqlite.store import SqliteStore
from tests.patience import PATIENCE
from tests.prove.full_disk import NoSmallDiskError, fill, fill_often, save_on_full_disk, small_disk
from tests.prove.running_service import RunningService


async def test_a_full_disk_is_said_and_passes(tmp_path: Path) -> None:
    try:
        found = await fill_often(tmp_path, 7, 4)
    except NoSmallDiskError as error:
        pytest.skip(f"NOT PROVED: no small disk can be mounted here ({error})")
    assert found.acknowledged >= 8
    assert (found.lost, found.doubled, found.faults) == (0, 0, ())
    assert " 0 answers" not in found.done, "the disk was never full"


async def test_a_service_whose_disk_is_full_is_alive_but_not_ready(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "small") as small:
            async with (
                RunningService(tmp_path, small / "log.db") as service,
                httpx.AsyncClient(base_url=service.url, timeout=PATIENCE) as http,
            ):
                fill(small / "ballast", 0)
                ready = 200
                while ready == 200:  # each look takes a page of what the file system has set aside already
                    ready = (await http.get("/readyz")).status_code
                assert ready == 507
                assert (await http.get("/healthz")).status_code == 200
                (small / "ballast").unlink()
                assert (await http.get("/readyz")).status_code == 200
    except NoSmallDiskError as error:
        pytest.skip(f"NOT PROVED: no small disk can be mounted here ({error})")


def test_a_log_is_not_begun_on_a_full_disk(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "small") as small:
            fill(small / "ballast", 0)
            with pytest.raises(StoreFullError, match="make room and try again"):
                SqliteStore.open(small / "log.db")
    except NoSmallDiskError as error:
        pytest.skip(f"NOT PROVED: no small disk can be mounted here ({error})")


def test_an_outbox_on_a_full_disk_keeps_what_it_has(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "small") as small:
            saved, held, outbox = save_on_full_disk(small)
            assert held == saved
            assert outbox.damaged() == ()
            late = OutboxItem(location="quay", content={"title": "x" * 9_000})
            with pytest.raises(OutboxFullError, match="Nothing was saved"):
                outbox.save(late)
            assert not [path for path in (small / "outbox").iterdir() if path.suffix == ".tmp"]
            outbox.discard(saved[0].key)
            (small / "ballast").unlink()
            outbox.save(late)
            assert list(outbox.items()) == [*saved[1:], late]
    except NoSmallDiskError as error:
        pytest.skip(f"NOT PROVED: no small disk can be mounted here ({error})")
