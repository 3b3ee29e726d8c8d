"""``commlog hook``: set up, listed, tested and removed on the file of a log, with a real service."""

import socket
from pathlib import Path

import httpx
import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.providers.provider import Provider, SecretOrigin
from commlog_tui.providers.registry import PROVIDERS
from commlog_tui.providers.whatsapp import verify_token
from tests.cli.conftest import Run
from tests.cli.served import served
from tests.patience import PATIENCE
from tests.service import signed_hooks
from tests.service.signed_hooks import TWILIO_TOKEN

SECRET = "a-secret-that-appears-nowhere"
PUBLIC = "https://log.example.com"
THEIRS = [one for one in PROVIDERS.values() if one.secret_origin is SecretOrigin.PROVIDER]
OURS = [one for one in PROVIDERS.values() if one.secret_origin is SecretOrigin.OURS]
pytestmark = pytest.mark.usefixtures("log")


def add(run: Run, provider: str = "twilio", secret: str = SECRET, url: str = PUBLIC) -> str:
    result = run("hook", "add", provider, "quay", "--url", url, typed=f"{secret}\n")
    assert result.exit_code == 0, result.stderr
    return result.stdout + result.stderr


def is_stored(folder: Path, secret: str) -> bool:
    return any(secret.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("provider", THEIRS, ids=lambda one: one.slug)
def test_a_secret_of_the_provider_is_read_and_appears_nowhere(run: Run, tmp_path: Path, provider: Provider) -> None:
    output = add(run, provider.slug)
    assert SECRET not in output
    assert "{" not in output.replace(provider.setup.retries, "")
    assert f"{PUBLIC}/v1/hooks/{provider.slug}/quay" in output
    assert provider.setup.retries in output
    listed = run("hook", "list")
    assert (listed.exit_code, SECRET in listed.output) == (0, False)
    assert listed.stdout.startswith(f"quay  {provider.slug}")
    assert not is_stored(tmp_path, SECRET)


@pytest.mark.parametrize("provider", OURS, ids=lambda one: one.slug)
def test_a_secret_that_commlog_makes_is_shown_once_and_stored_encrypted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    monkeypatch.setattr("commlog_tui.cli.hook.secrets.token_urlsafe", lambda _: SECRET)
    output = add(run, provider.slug, secret="")
    assert output.count(SECRET) == 1
    assert "shown this once" in output
    assert "signs nothing" in output
    for words in (("list",), ("test", provider.slug, "quay"), ("remove", provider.slug, "quay")):
        assert SECRET not in run("hook", *words).output
    assert not is_stored(tmp_path, SECRET)


def test_whatsapp_shows_its_verify_token(run: Run) -> None:
    assert verify_token(SECRET) in add(run, "whatsapp")


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (("pigeon", "quay", "--url", PUBLIC), SECRET, "The providers are twilio"),
        (("twilio", "nowhere", "--url", PUBLIC), SECRET, "There is no such location"),
        (("twilio", "quay", "--url", "log.example.com"), SECRET, "--url is the service's public address"),
        (("twilio", "quay", "--url", f"{PUBLIC}/?x=1"), SECRET, "--url is the service's public address"),
        (("twilio", "quay", "--url", PUBLIC), "", "The secret is missing"),
        (("twilio", "quay", "--url", PUBLIC), "two\nlines", "not one line"),
        (("twilio", "quay", "--url", PUBLIC), "x" * 5_000, "not one line"),
    ],
)
def test_what_cannot_be_set_up_is_said_and_sets_up_nothing(
    run: Run, data: Path, words: tuple[str, ...], typed: str, sentence: str
) -> None:
    result = run("hook", "add", *words, typed=typed)
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert sentence in result.stderr
    assert not (data / "log.hooks").exists()


def test_without_webhooks_there_is_nothing_to_list_remove_or_test(run: Run, data: Path) -> None:
    for words in (("list",), ("remove", "twilio", "quay"), ("test", "twilio", "quay")):
        assert run("hook", *words).exit_code == ExitCode.NOTHING
    assert not (data / "log.hooks").exists()
    assert len(run("hook", "list", "--providers").stdout.splitlines()) == len(PROVIDERS)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


def report(url: str, status: str, token: str = TWILIO_TOKEN) -> httpx.Response:
    path = f"{url}/v1/hooks/twilio/quay"
    signed = signed_hooks.twilio(path, token, MessageSid="SM1", MessageStatus=status, To="+447700900123")
    return httpx.post(path, content=signed.body, headers=signed.headers, timeout=PATIENCE)


def test_a_webhook_is_tested_keeps_working_with_a_new_key_and_ends_when_removed(
    run: Run, data: Path, tmp_path: Path, port: int
) -> None:
    url, output = f"http://127.0.0.1:{port}", tmp_path / "service.log"
    add(run, secret=TWILIO_TOKEN, url=url)
    assert run("hook", "test", "twilio", "quay").exit_code == ExitCode.UNREACHABLE
    with served(data / "log.db", output, port):
        tested = run("hook", "test", "twilio", "quay")
        assert tested.exit_code == 0, tested.stderr
        assert "refuses what is not signed" in tested.stderr
        assert report(url, "sent").json()["recorded"] == 1
        assert report(url, "delivered", "12346").status_code == 401
        assert run("key", "rotate").exit_code == 0
        assert report(url, "delivered").json()["recorded"] == 1
        before = httpx.get(f"{url}/metrics", timeout=PATIENCE).text
        assert run("hook", "remove", "twilio", "quay").exit_code == 0
    with served(data / "log.db", tmp_path / "again.log", port):
        assert report(url, "undelivered").status_code == 401
        assert run("hook", "test", "twilio", "quay").exit_code == ExitCode.NOTHING
    logged = output.read_text(encoding="utf-8") + before
    assert "hooks" in logged
    for hidden in (TWILIO_TOKEN, "447700900123", "SM1", "X-Twilio"):
        assert hidden not in logged


def test_a_replaced_key_file_is_said_and_answered_so_that_the_provider_tries_again(
    run: Run, data: Path, tmp_path: Path, port: int
) -> None:
    url, key = f"http://127.0.0.1:{port}", data / "log.key"
    add(run, secret=TWILIO_TOKEN, url=url)
    right = key.read_bytes()
    key.unlink()
    with served(data / "log.db", tmp_path / "service.log", port):
        answer = report(url, "sent")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "Nothing was lost" in answer.json()["detail"]
        tested = run("hook", "test", "twilio", "quay")
        assert (tested.exit_code, "key" in tested.stderr) == (ExitCode.TROUBLE, True)
        key.write_bytes(right)
    with served(data / "log.db", tmp_path / "again.log", port):
        assert report(url, "sent").json()["recorded"] == 1


def test_a_backup_holds_no_webhooks_and_a_restored_log_says_so(run: Run, data: Path, tmp_path: Path) -> None:
    add(run)
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    assert run("backup", str(copy)).exit_code == 0
    assert not list(copy.parent.glob("*.hooks*"))
    assert run("hook", "list", "--database", str(copy)).exit_code == ExitCode.NOTHING
    assert run("hook", "list").exit_code == 0
