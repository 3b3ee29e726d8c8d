"""``commlog`` with nothing set up asks once."""

import stat
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.first_run import machine_zone
from commlog_tui.cli.zones import find_zones, zone_named
from commlog_tui.records.entry import AppendEntry
from commlog_tui.settings import config_file, load
from tests.cli.conftest import Run


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is there to be asked; the desk itself still finds no terminal and says so."""
    monkeypatch.setattr("commlog_tui.cli.first_run.is_terminal", lambda: True)


def test_without_a_terminal_it_says_what_to_do(run: Run, data: Path) -> None:
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "commlog demo" in result.stderr
    assert not config_file().exists()
    assert not data.exists()


@pytest.mark.usefixtures("terminal")
def test_the_demo_is_kept_as_the_choice_and_mistypings_are_asked_again(run: Run) -> None:
    result = run(typed="7\n1\n")
    assert "Type 1, 2 or 3" in result.stderr
    assert load().mode == "demo"
    assert "needs a terminal" in result.stderr


@pytest.mark.usefixtures("terminal")
def test_a_log_of_ones_own_gets_its_location(run: Run, data: Path) -> None:
    result = run(typed="2\nQuay\nEurope/Atlantis\nEurope/London\n")
    assert "no time zone that is known here" in result.stderr
    assert load().mode == "local"
    assert run("location", "list").stdout == "home  Europe/London  Quay\n"
    assert run("list").exit_code == 1
    assert (data / "log.db").exists()


@pytest.mark.usefixtures("terminal")
def test_a_log_that_is_there_is_taken_as_it_is(
    run: Run, log: list[AppendEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMLOG_MODE")
    run(typed="2\n")
    assert load().mode == "local"
    assert run("location", "list").stdout.startswith("quay ")


@pytest.mark.usefixtures("terminal")
def test_a_service_is_tried_before_it_is_kept(
    run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMLOG_MODE")
    token = run("token", "create", "Desk").stdout.strip()
    service = EmbeddedService(data / "log.db")
    try:
        wrong = run(typed=f"3\n{service.base_url}\nwrong\n")
        assert wrong.exit_code == 1
        assert "Nothing was kept yet; type another token" in wrong.stderr
        assert not config_file().exists()
        right = run(typed=f"3\nnowhere\n{service.base_url}/\n{token}\n")
        assert "It must be an address" in right.stderr
        assert "You are Desk (desk), at Quay Boats." in right.stderr
        assert token not in right.output.replace("Your token", "")
        assert (load().mode, load().service) == ("service", service.base_url)
        assert token not in config_file().read_text(encoding="utf-8")
        stored = config_file().with_name("tokens.json")
        assert f"the token is in {stored}" in right.stderr
        assert stat.S_IMODE(stored.stat().st_mode) == 0o600
        assert run("list").exit_code == 0
    finally:
        service.close()
    assert run(typed=f"3\n{service.base_url}\n{token}\n").exit_code == 2  # it is set up: only the terminal is missing


def test_the_machines_zone_is_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Europe/Paris")
    assert machine_zone() == "Europe/Paris"
    monkeypatch.setenv("TZ", "GMT0BST")
    assert machine_zone()


@pytest.mark.usefixtures("terminal")
def test_a_wrong_token_is_asked_again_and_the_address_is_kept(
    run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMLOG_MODE")
    service = EmbeddedService(data / "log.db")
    try:
        # First an address where nobody answers, then the right one; a wrong token, then the right
        # one.
        result = run(typed=f"3\nhttp://127.0.0.1:1\nwrong\n{service.base_url}\nwrong again\n{service.token}\n")
        assert "type the address again" in result.stderr
        assert result.stderr.count("type another token") == 2
        assert (load().mode, load().service) == ("service", service.base_url)
        assert "wrong" not in config_file().with_name("tokens.json").read_text(encoding="utf-8")
    finally:
        service.close()


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("typed", ["europe/london", "LONDON", " London ", "indiana\nlondon"])
def test_a_zone_is_found_in_any_case_and_by_its_part(run: Run, typed: str) -> None:
    result = run(typed=f"2\nQuay\n{typed}\n")
    assert run("location", "list").stdout == "home  Europe/London  Quay\n"
    assert ("Which of these: America/Indiana/Indianapolis, " in result.stderr) is ("indiana" in typed)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("europe/london", "Europe/London"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("kathmandu", "Asia/Kathmandu"),
        ("gb", "GB"),
    ],
)
def test_zones_are_found_in_any_case_and_by_their_part(typed: str, zone: str) -> None:
    assert zone_named(typed) == zone


@pytest.mark.parametrize("typed", ["", "  ", "atlantis", "../etc/passwd", "\x00", "x" * 5000])
def test_what_names_no_zone_is_left_to_be_refused(typed: str) -> None:
    assert find_zones(typed) == []
    assert zone_named(typed) == typed


def test_zones_of_flags_are_found_alike(run: Run, data: Path) -> None:
    assert run("location", "add", "quay", "--name", "Quay", "--zone", "london").exit_code == 0
    assert run("location", "list").stdout == "quay  Europe/London  Quay\n"
    several = run("location", "add", "pier", "--name", "Pier", "--zone", "america")
    assert several.exit_code == 2
    assert "--zone: Which of these: America/Adak, " in several.stderr
