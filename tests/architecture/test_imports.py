"""What the import contracts promise, proved in processes of their own."""

import subprocess
import sys

import pytest

HEAVY = {"httpx", "pydantic", "dateutil", "phonenumbers", "keyring", "email_validator", "typer", "fpdf", "fontTools"}
SERVICE = {"fastapi", "uvicorn", "starlette", "apsw", "commlog_tui.service", "commlog_tui.store", "commlog_tui.ledger"}


def loaded_by(module: str) -> set[str]:
    script = f"import sys; import {module}; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["commlog_tui.desk.app", "commlog_tui.desk.log.screen"])
def test_the_way_to_the_first_frame_is_light(module: str) -> None:
    assert not loaded_by(module) & (HEAVY | SERVICE)


def test_the_entry_point_starts_the_service_before_it_loads_anything() -> None:
    assert not loaded_by("commlog_tui.__main__") & (HEAVY | SERVICE | {"textual", "rich"})


@pytest.mark.parametrize(
    "module", ["commlog_tui.cli.desk", "commlog_tui.text.drawn", "commlog_tui.store.sqlite.newest_page"]
)
def test_what_paints_the_first_frame_is_light(module: str) -> None:
    loaded = loaded_by(module)
    assert not loaded & (
        HEAVY | {"textual", "msgspec", "asyncio", "subprocess", "fastapi", "commlog_tui.store.sqlite.store"}
    )


@pytest.mark.parametrize(
    "module", ["commlog_tui.client.log_client", "commlog_tui.client.outbox", "commlog_tui.imports"]
)
def test_the_client_side_knows_nothing_of_the_service(module: str) -> None:
    assert not loaded_by(module) & (SERVICE | {"textual"})


def test_the_contract_does_no_io() -> None:
    assert not loaded_by("commlog_tui.contract.page") & {"httpx", "textual", "apsw", "fastapi"}


def test_the_way_to_the_first_row_has_neither_the_command_line_of_httpx_nor_what_only_failures_need() -> None:
    loaded = loaded_by("commlog_tui.client.log_client")
    assert "httpx" in loaded
    assert not loaded & {"httpx._main", "click", "rich", "pygments"}


def test_httpx_without_its_command_line_is_complete_for_everybody_else() -> None:
    script = "import commlog_tui.client.http, httpx; import httpx._main; print(httpx.AsyncClient.__name__)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "AsyncClient"


def test_what_the_first_rows_do_not_need_is_loaded_after_them() -> None:
    writing = {f"commlog_tui.desk.entry.{name}" for name in ("form", "fields_screen", "outbox_screen")}
    choosing = {f"commlog_tui.desk.choosers.{name}" for name in ("help", "prompt", "saved_views", "profile", "proof")}
    loaded = loaded_by("commlog_tui.desk.app")
    assert "commlog_tui.desk.log.screen" in loaded
    assert not loaded & (writing | choosing)


@pytest.mark.parametrize("module", ["commlog_tui.demo", "commlog_tui.cli.live_day"])
def test_a_live_day_is_loaded_only_when_it_is_played(module: str) -> None:
    assert not loaded_by(module) & (HEAVY | SERVICE | {"textual", "commlog_tui.demo.live"})
