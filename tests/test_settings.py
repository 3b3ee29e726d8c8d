"""Flags over environment over file over defaults; what cannot be used is refused with its place."""

import os
from dataclasses import fields
from pathlib import Path

import pytest

from commlog_tui.configuration.rules import RULES
from commlog_tui.settings import Settings, SettingsError, load, service_address, settings_table, write


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("COMMLOG_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "folder" / "config.toml"
    monkeypatch.setenv("COMMLOG_CONFIG", str(path))
    return path


def test_the_stronger_source_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().location == ""
    write({"location": "from-file", "mode": "local"})
    assert load().location == "from-file"
    monkeypatch.setenv("COMMLOG_LOCATION", "from-environment")
    assert load().location == "from-environment"
    assert load(location="from-flag").location == "from-flag"
    assert load(location="from-flag").mode == "local"
    assert file.exists()


def test_an_empty_variable_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLOG_MODE", "")
    assert load().mode == "ask"


def test_variables_of_the_tests_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLOG_TEST_DATABASE", "postgresql://127.0.0.1/tests")
    assert load().mode == "ask"


def test_a_service_that_is_named_is_meant_whatever_the_file_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    write({"mode": "local"})
    monkeypatch.setenv("COMMLOG_SERVICE", "https://log.example.com/")
    assert (load().mode, load().service) == ("service", "https://log.example.com")
    assert load(mode="demo").mode == "demo"


def test_an_unknown_setting_in_the_file_names_the_nearest(file: Path) -> None:
    write({"locaton": "quay"})
    with pytest.raises(
        SettingsError, match=r"config\.toml, line 1: there is no setting locaton; did you mean location\?"
    ):
        load()
    assert "quay" in file.read_text(encoding="utf-8")


def test_an_unknown_variable_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLOG_SERVCE", "secret")
    with pytest.raises(SettingsError, match=r"COMMLOG_SERVCE; did you mean COMMLOG_SERVICE\?") as caught:
        load()
    assert "secret" not in str(caught.value)


def test_a_bad_value_is_told_with_its_place_and_without_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    write({"mode": "elsewhere"})
    with pytest.raises(SettingsError, match=r"config\.toml, line 1: mode must be ask, demo") as caught:
        load()
    assert "elsewhere" not in str(caught.value)
    monkeypatch.setenv("COMMLOG_MODE", "nowhere")
    with pytest.raises(SettingsError, match=r"^environment COMMLOG_MODE: mode must be"):
        load()
    with pytest.raises(SettingsError, match=r"^flag --service: mode must be"):
        load(mode="somewhere")


@pytest.mark.parametrize("content", [b"mode = ", b"\xff\xfe", b"token = secret"])
def test_a_broken_file_is_a_sentence(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="not valid TOML") as caught:
        load()
    assert "secret" not in str(caught.value)


def test_the_mode_service_needs_a_service() -> None:
    with pytest.raises(SettingsError, match="no service is named"):
        load(mode="service")


def test_writing_keeps_what_else_the_file_holds(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('# ours\ndata = "/srv/log"\nmode = "ask"\n', encoding="utf-8")
    assert write({"mode": "local"}) == file
    assert file.read_text(encoding="utf-8") == '# ours\ndata = "/srv/log"\nmode = "local"\n'
    assert load().database == Path("/srv/log/log.db")
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_what_is_written_is_read_again_whatever_it_holds() -> None:
    write({"location": 'a "b" \\ c\u00e9'})
    assert load().location == 'a "b" \\ c\u00e9'


@pytest.mark.parametrize(
    "text", ["foo", "ftp://a.example", "https://", "https://u:p@a.example", "https://a.example?x", "http://a b"]
)
def test_what_is_no_address_of_a_service_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        service_address(text)


@pytest.mark.parametrize("text", ["https://log.example.com", "http://127.0.0.1:8750", "http://[::1]:8750/under/path"])
def test_addresses_have_one_form(text: str) -> None:
    assert service_address(f" {text}/ ") == text


def test_the_table_has_every_setting_and_no_token_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [field.name for field in fields(Settings)] == list(RULES)
    for name, rule in RULES.items():
        assert f"| `{name}` | `COMMLOG_{name.upper()}` | {rule.shown} | {rule.words} |" in settings_table()
    monkeypatch.setenv("COMMLOG_TOKEN", "commlog_secret")
    assert "commlog_secret" not in repr(load())
