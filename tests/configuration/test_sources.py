"""Which source wins, and what is said of where a value comes from."""

from pathlib import Path

import pytest

from commlog_tui.configuration.sources import configured, shown_settings
from tests.configuration.conftest import Write

PROFILES = """
location = "from-file"
token = "sesame"
service = "https://file.example"

[profiles.quay]
location = "from-profile"
service = "https://quay.example"

[profiles.practice]
mode = "demo"
"""


def origin(name: str, **flags: str) -> tuple[object, str]:
    setting = configured(**flags).settings[name]
    return setting.value, setting.origin


def test_a_profile_counts_as_much_as_what_names_it(write_settings: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_settings(PROFILES)
    assert origin("location") == ("from-file", f"{path}, line 2")
    assert origin("location", profile="quay") == ("from-profile", f"profile quay, {path}, line 7")
    monkeypatch.setenv("COMMLOG_LOCATION", "from-environment")
    assert origin("location", profile="quay")[0] == "from-profile"
    assert origin("location", profile="quay", location="from-flag") == ("from-flag", "flag --location")
    write_settings(f'profile = "quay"\n{PROFILES}')
    assert origin("location") == ("from-environment", "environment COMMLOG_LOCATION")
    monkeypatch.setenv("COMMLOG_PROFILE", "quay")
    assert origin("location")[0] == "from-environment"
    monkeypatch.delenv("COMMLOG_LOCATION")
    assert origin("location")[0] == "from-profile"


def test_the_first_to_name_a_mode_or_a_service_says_what_is_opened(
    write_settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_settings(PROFILES)
    assert configured().text("mode") == "service"
    assert configured(profile="practice").text("mode") == "demo"
    assert configured(profile="quay").text("service") == "https://quay.example"
    monkeypatch.setenv("COMMLOG_MODE", "local")
    assert configured().text("mode") == "local"
    assert configured(service="https://other.example").text("mode") == "service"
    assert configured(mode="demo").text("mode") == "demo"


def test_the_file_s_token_goes_to_no_profile_s_service(write_settings: Write) -> None:
    write_settings(PROFILES)
    assert configured().text("token") == "sesame"
    assert configured(profile="quay").text("token") == ""
    assert "is for the service beside it" in origin("token", profile="quay")[1]


def test_nothing_that_is_told_or_printed_holds_the_token(write_settings: Write) -> None:
    write_settings(PROFILES)
    configuration = configured()
    assert ("token", "(hidden)") in [(name, value) for name, value, _ in shown_settings(configuration)]
    assert "sesame" not in f"{list(shown_settings(configuration))} {configuration!r}"


def test_defaults_say_so_and_numbers_stay_numbers(write_settings: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings("")
    assert origin("page_size") == (50, "default")
    monkeypatch.setenv("COMMLOG_PAGE_SIZE", "200")
    assert origin("page_size") == (200, "environment COMMLOG_PAGE_SIZE")
    monkeypatch.setenv("COMMLOG_DATA", "~/log")
    assert configured().data == Path("~/log").expanduser()
