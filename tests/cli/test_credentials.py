"""Tokens of services: the keyring, or a file that only its owner may read."""

import stat
from typing import ClassVar

import keyring
import keyring.backend
import keyring.backends.null
import pytest
from typing_extensions import override

from commlog_tui.cli.credentials import find_token, keep_token
from commlog_tui.settings import config_file

SERVICE = "https://log.example.com"


class Memory(keyring.backend.KeyringBackend):
    """A keyring that works."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # keyring's own
        self.kept: dict[tuple[str, str], str] = {}

    @override
    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class Broken(Memory):
    """A keyring whose own trouble is let through."""

    @override
    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("no bus")

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("no bus")


def test_a_keyring_keeps_it_and_no_file_does() -> None:
    ring = Memory()
    keep_token(SERVICE, "first")
    keyring.set_keyring(ring)
    assert keep_token(SERVICE, "second") == "The token is in your keyring."
    assert find_token(SERVICE) == "second"
    assert list(ring.kept.values()) == ["second"]
    assert not config_file().with_name("tokens.json").exists()


@pytest.mark.parametrize("ring", [None, Broken, keyring.backends.null.Keyring])
def test_without_one_that_keeps_a_file_of_the_owners_alone_does(
    ring: type[keyring.backend.KeyringBackend] | None,
) -> None:
    if ring is not None:
        keyring.set_keyring(ring())
    file = config_file().with_name("tokens.json")
    file.parent.mkdir(parents=True)
    file.write_text("{}", encoding="utf-8")
    file.chmod(0o644)
    assert f"in {file}, which only you may read" in keep_token(SERVICE, "secret")
    assert keep_token("https://other.example.com", "another")
    assert (find_token(SERVICE), find_token("https://other.example.com"), find_token("x")) == (
        "secret",
        "another",
        None,
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "[]", "{", '"text"'])
def test_a_file_that_is_no_list_of_tokens_has_none(content: str) -> None:
    file = config_file().with_name("tokens.json")
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")
    assert find_token(SERVICE) is None
