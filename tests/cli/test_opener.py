"""From profile to profile: one embedded service at a time, tokens only where they belong."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commlog_tui.cli.credentials import keep_token
from commlog_tui.cli.opener import Opener, folder_name
from commlog_tui.client.log_client import LogClient
from commlog_tui.configuration.sources import configured
from commlog_tui.demo import file_name
from commlog_tui.desk.target import TargetError
from commlog_tui.records.entry import AppendEntry
from tests.cli.test_config import keep


@pytest.fixture
def opener(log: list[AppendEntry], data: Path) -> Iterator[Opener]:
    keep('[profiles.quay]\nservice = "https://quay.example"\nlocation = "quay"\n[profiles.practice]\nmode = "demo"\n')
    with closing(Opener(configured(), data / "log.db")) as opener:
        yield opener


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_service_of_the_log_before_is_ended_and_comes_back(opener: Opener, data: Path) -> None:
    started, quay, practice = opener.profiles()
    assert [(one.name, one.where) for one in opener.profiles()] == [
        ("as started", "local"),
        ("quay", "https://quay.example"),
        ("practice", "demo"),
    ]
    first = started.resolve()
    assert (first.outbox, first.folder) == (data / "outbox" / "local", data / "desk" / "local")
    service = opener._service
    assert service is not None
    keep_token("https://quay.example", "sesame")
    target = quay.resolve()
    assert (target.base_url, target.token, target.location) == ("https://quay.example", "sesame", "quay")
    assert target.outbox.name == folder_name("https://quay.example")
    assert not is_alive(service.pid)
    with pytest.raises(TargetError, match="no log at"):
        practice.resolve()
    client = LogClient((again := started.resolve()).base_url, again.token)
    try:
        assert (await client.me()).locations
    finally:
        await client.aclose()


def test_a_token_in_the_environment_is_for_the_service_one_started_on(
    opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMLOG_TOKEN", "sesame")
    with pytest.raises(TargetError, match="There is no token for") as caught:
        opener.target("quay")
    assert "sesame" not in str(caught.value)


def test_a_profile_that_is_gone_from_the_file_is_a_sentence(opener: Opener) -> None:
    keep("")
    with pytest.raises(TargetError, match="there is no profile quay"):
        opener.target("quay")


def test_after_the_end_no_service_is_started(opener: Opener, data: Path) -> None:
    opener.close()
    (data / file_name()).write_bytes((data / "log.db").read_bytes())
    with pytest.raises(TargetError, match="being closed"):
        opener.target("practice")


def test_a_service_that_ended_by_itself_says_so(opener: Opener) -> None:
    target, service = opener.target(), opener._service
    assert service is not None
    assert not target.why_ended()
    service._process.kill()
    service._process.wait()
    assert "has ended" in target.why_ended()
    assert "Start commlog again." in target.why_ended()
