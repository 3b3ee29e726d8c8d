"""What is seen of a log while the desk is being loaded: real children, a real service."""

import os
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.first_rows import EmbeddedFirstRows, ServiceFirstRows
from commlog_tui.configuration.sources import configured
from commlog_tui.desk.first_rows import first_page
from commlog_tui.records.entry import AppendEntry
from commlog_tui.text.rows import cells, kind_of

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
        first = first_page(first_rows.answer())
        first_rows.close()
    finally:
        service.close()
    assert first is not None
    page, zone = first
    assert [cells(entry, zone)["Title"] for entry in page.entries] == TITLES
    assert [kind_of(entry) for entry in page.entries] == ["manual", "text", "text", "text"]
    assert cells(page.entries[-1], zone)["Date"] == "2026-10-24 23:30"
    assert page.total.count == len(TITLES)


@pytest.mark.parametrize("wrong", [{"token": "another"}, {"location": "elsewhere"}])
def test_what_cannot_be_seen_is_nothing(
    wrong: dict[str, str], log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    service = EmbeddedService(data / "log.db")
    try:
        first_rows = asked(service, **wrong)
        assert first_page(first_rows.answer()) is None
        first_rows.close()
    finally:
        service.close()


def test_a_single_core_is_left_to_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    first_rows = ServiceFirstRows(configured(service="http://127.0.0.1:1", token="token"))
    assert first_page(first_rows.answer()) is None
    first_rows.close()


def test_the_service_of_this_machine_tells_its_rows_before_it_serves(log: list[AppendEntry], data: Path) -> None:
    service = EmbeddedService(data / "log.db", look=LOOK)
    try:
        first_rows = EmbeddedFirstRows(service)
        first = first_page(first_rows.answer())
        assert first is not None
        assert [cells(entry, first[1])["Title"] for entry in first[0].entries] == TITLES
        assert first_page(first_rows.answer()) is None
        first_rows.close()
        assert service.base_url
    finally:
        service.close()
