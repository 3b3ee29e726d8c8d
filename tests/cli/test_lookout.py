"""What is seen of a log while the desk is being loaded: real children, a real service."""

import os
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.first_rows import EmbeddedFirstRows, ServiceFirstRows
from commlog_tui.configuration.sources import configured
from commlog_tui.records.entry import AppendEntry

LOOK = {"location": "", "page_size": "25"}
TITLES = [
    "\ufffd]52;c;aGk=\ufffd\ufffd\ufffd31mhostile",
    "=HYPERLINK(1)",
    "On the long day",
    "Summer time's last evening",
]


def asked(service: EmbeddedService, *, token: str = "", location: str = "") -> ServiceFirstRows:
    return ServiceFirstRows(configured(service=service.base_url, token=token or service.token, location=location))


def test_a_service_is_asked_for_its_newest_rows(
    log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    service = EmbeddedService(data / "log.db")
    try:
        first_rows = asked(service)
        rows = first_rows.rows()
        first_rows.close()
    finally:
        service.close()
    assert [row.cells["Title"] for row in rows] == TITLES
    assert [row.kind for row in rows] == ["manual", "text", "text", "text"]
    assert rows[-1].parts(short=False)["Date"] == "2026-10-24 23:30"
    assert rows[-1].parts(short=True)["Date"].startswith("24 Oct")


@pytest.mark.parametrize("wrong", [{"token": "another"}, {"location": "elsewhere"}])
def test_what_cannot_be_seen_is_nothing(
    wrong: dict[str, str], log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    service = EmbeddedService(data / "log.db")
    try:
        first_rows = asked(service, **wrong)
        assert first_rows.rows() == ()
        first_rows.close()
    finally:
        service.close()


def test_a_single_core_is_left_to_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    first_rows = ServiceFirstRows(configured(service="http://127.0.0.1:1", token="token"))
    assert first_rows.rows() == ()
    first_rows.close()


def test_the_service_of_this_machine_tells_its_rows_before_it_serves(log: list[AppendEntry], data: Path) -> None:
    service = EmbeddedService(data / "log.db", look=LOOK)
    try:
        first_rows = EmbeddedFirstRows(service)
        assert [row.cells["Title"] for row in first_rows.rows()] == TITLES
        assert first_rows.rows() == ()
        first_rows.close()
        assert service.base_url
    finally:
        service.close()
