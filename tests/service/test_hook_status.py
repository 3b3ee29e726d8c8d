"""What is answered of a location's webhooks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from commlog_tui.providers.registry import PROVIDERS
from commlog_tui.providers.silence import HISTORY
from commlog_tui.store.hook_settings import HookSettings
from commlog_tui.store.sqlite.store import SqliteStore
from tests.service.calls import OWNER, bearer
from tests.service.hook_scene import PUBLIC, serving, set_up
from tests.store.reported import report

NOW = datetime.now(UTC).replace(microsecond=0)
HOURLY = [NOW - timedelta(hours=number) for number in range(int(HISTORY / timedelta(hours=1)))][::-1]
DAY = timedelta(days=1)


async def hooks(folder: Path, *providers: str) -> httpx.Response:
    store = SqliteStore.open(folder / "log.db")
    file = await set_up(folder, store, {slug: HookSettings("secret", PUBLIC) for slug in providers})
    async with serving(folder, store, file) as (_, api):
        answer = await api.get("/v1/locations/quay/hooks", headers=bearer(OWNER))
    await store.close()
    return answer


@pytest.mark.parametrize("silent", [True, False])
async def test_a_webhook_that_reports_nothing_for_longer_than_usual_is_silent(tmp_path: Path, silent: bool) -> None:
    reports = [at for at in HOURLY if not silent or at < NOW - DAY]
    await report(tmp_path / "log.db", reports)
    (hook,) = (await hooks(tmp_path, "twilio")).json()["hooks"]
    last = reports[-1].isoformat().replace("+00:00", "Z")
    assert (hook["provider"], hook["name"]) == ("twilio", "Twilio")
    assert datetime.fromisoformat(hook["last_at"]) == reports[-1], last
    assert (hook["silent_since"] is not None) is silent
    assert hook["silent_since"] in {None, hook["last_at"]}


async def test_only_what_is_set_up_is_listed(tmp_path: Path) -> None:
    await report(tmp_path / "log.db", HOURLY[:-48])
    assert (await hooks(tmp_path)).json() == {"hooks": []}
    listed = (await hooks(tmp_path, *PROVIDERS)).json()["hooks"]
    assert [hook["provider"] for hook in listed] == sorted(PROVIDERS)
    assert [hook["provider"] for hook in listed if hook["last_at"]] == ["twilio"]
