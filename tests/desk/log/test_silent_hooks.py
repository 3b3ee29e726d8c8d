"""A provider that reports nothing is said in the bar, so that "sent" is not read as "fine"."""

from datetime import UTC, datetime

import pytest

from commlog_tui.contract.hooks import Hook
from commlog_tui.desk.watching import silent_words
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import bar, rows, until

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def hook(name: str, silent_since: datetime | None) -> Hook:
    return Hook(provider=name.lower(), name=name, last_at=NOW, silent_since=silent_since)


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ([None, None], ""),
        ([NOW.replace(hour=9, minute=14), None], "no report from Twilio since 09:14"),
        (
            [NOW.replace(day=1), NOW.replace(hour=9)],
            "no report from Twilio since 1 Nov 12:00, no report from SendGrid since 09:00",
        ),
    ],
)
def test_what_is_silent_is_said_with_its_time(since: list[datetime | None], words: str) -> None:
    hooks = tuple(hook(name, one) for name, one in zip(("Twilio", "SendGrid"), since, strict=True))
    assert silent_words(hooks, NOW) == words


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_bar_says_it(desk: Open, size: tuple[int, int]) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 4)])
    log.silent = (hook("Twilio", datetime.now(UTC)), hook("SendGrid", None))
    async with desk(log).run_test(size=size) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "no report from Twilio since" in bar(pilot))
        assert "SendGrid" not in bar(pilot)
