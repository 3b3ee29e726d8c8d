"""What is said of the clipboard, and where a booking is."""

from pathlib import Path

import pytest

from commlog_tui.desk.outside import BookingAddressError, booking_address, copied, has_browser, open_command
from tests.desk.samples import REFERENCE, an_entry


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "if your terminal allows it"),
        ({"TMUX": "x"}, "if tmux passes it on"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "could not be copied"),
    ],
)
def test_a_copy_that_nobody_acknowledges_is_not_promised(environment: dict[str, str], words: str) -> None:
    assert words in copied("The address", environment)


def test_an_address_has_what_it_needs_and_nothing_gets_out_of_its_place() -> None:
    entry = an_entry(code="a/../b?x=1#y")
    assert booking_address("https://b.example/{reference}", entry) == f"https://b.example/{REFERENCE}"
    assert booking_address("https://b.example/{code}", entry) == "https://b.example/a%2F..%2Fb%3Fx%3D1%23y"


@pytest.mark.parametrize(("pattern", "words"), [("", "is not set"), ("https://b.example/{code}", "no booking code")])
def test_what_is_missing_is_said(pattern: str, words: str) -> None:
    with pytest.raises(BookingAddressError, match=words):
        booking_address(pattern, an_entry())


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":10", "SSH_CONNECTION": "x"}, False),
        ("darwin", {}, True),
        ("darwin", {"SSH_TTY": "x"}, False),
    ],
)
def test_a_browser_opens_only_beside_the_terminal(platform: str, environment: dict[str, str], expected: bool) -> None:
    assert has_browser(platform, environment) is expected


@pytest.mark.parametrize(
    ("platform", "environment", "opened", "shown"),
    [
        ("linux", {"DISPLAY": ":0"}, ["xdg-open", "/p/a b.pdf"], ["xdg-open", "/p"]),
        ("darwin", {}, ["open", "/p/a b.pdf"], ["open", "-R", "/p/a b.pdf"]),
        ("linux", {"DISPLAY": ":0", "SSH_TTY": "x"}, [], []),
        ("linux", {}, [], []),
    ],
)
def test_files_are_opened_by_the_system_where_there_is_one_to_open_them(
    tmp_path: Path, platform: str, environment: dict[str, str], opened: list[str], shown: list[str]
) -> None:
    for name in ("xdg-open", "open"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    found = {"PATH": str(tmp_path), **environment}
    assert open_command(Path("/p/a b.pdf"), platform, found) == opened
    assert open_command(Path("/p/a b.pdf"), platform, found, folder=True) == shown
    assert open_command(Path("/p/a b.pdf"), platform, {**found, "PATH": "/nowhere"}) == []
