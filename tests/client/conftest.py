"""What tests of the client share."""

import pytest

from commlog_tui.client import transport


@pytest.fixture(autouse=True)
def _retries_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_backoff", lambda attempt: 0.0)
