"""Numbers at a glance: sparklines of days or weeks, bars of channels and kinds."""

from datetime import date, timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import ProgressBar, Sparkline, Static

from commlog_tui.contract.delivery import Status
from commlog_tui.contract.statistics import Statistics
from commlog_tui.desk.delivery.figures import DAYS, WEEKS, first_day, overview
from commlog_tui.desk.delivery.numbers import NO_KIND, NOTHING, NumbersScreen
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry
from tests.desk.steps import SIZES, drawn, rows, table, toasts, until

TODAY = NOW.date()


def row(day: date, via: str, kind: str | None, **statuses: int) -> dict[str, object]:
    return {"day": day, "via": via, "kind": kind, "entries": sum(statuses.values()), "statuses": statuses}


def a_statistics(*rows: dict[str, object]) -> Statistics:
    return Statistics.model_validate({"zone": "Europe/London", "by": "day", "rows": rows})


FIGURES = a_statistics(
    row(TODAY - timedelta(days=1), "sms", "reminder", delivered=8, failed=2, scheduled=5),
    row(TODAY, "email", "confirmation", delivered=30, bounced=1, complained=1, sent=8),
    row(TODAY, "email", None, deferred=1, logged=4, skipped=9),
)


def screen(pilot: Pilot[None]) -> NumbersScreen:
    assert isinstance(pilot.app.screen, NumbersScreen)
    return pilot.app.screen


def words(pilot: Pilot[None]) -> str:
    return "\n".join(str(one.render()) for one in screen(pilot).query(Static))


async def opened(pilot: Pilot[None]) -> None:
    await rows(pilot)
    await pilot.press("S")
    await until(pilot, lambda: isinstance(pilot.app.screen, NumbersScreen))


@pytest.mark.parametrize("size", SIZES)
async def test_sent_delivered_and_failed_by_day_channel_and_kind(desk: Open, size: tuple[int, int]) -> None:
    log = FakeLog([an_entry()])
    log.figures = FIGURES
    async with desk(log).run_test(size=size) as pilot:
        await opened(pilot)
        lines = [" ".join(line.split()) for line in words(pilot).splitlines()]
        for line in (
            "21 Oct 2026 to today",
            "sent 51 most 41, last 41",
            "delivered 39 most 31, last 31",
            "failed 3 most 2, last 1",
            "email 41 31 1",
            "sms 10 8 2",
            "confirmation 40 31 1",
            "reminder 10 8 2",
            f"{NO_KIND} 1 0 0",
            "77 % delivered",
        ):
            assert line in lines, line
        sparks = list(screen(pilot).query(Sparkline))
        assert [list(spark.data or ()) for spark in sparks] == [
            [0.0] * 12 + [10, 41],
            [0.0] * 12 + [8, 31],
            [0.0] * 12 + [2, 1],
        ]
        assert [bar.percentage for bar in screen(pilot).query(ProgressBar)][:2] == [31 / 41, 0.8]
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.focused is table(pilot))


async def test_weeks_are_one_key_away(desk: Open) -> None:
    log = FakeLog([an_entry()])
    log.figures = FIGURES
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert (log.counted[-1].since, log.counted[-1].until) == (date(2026, 10, 21), date(2026, 11, 4))
        await pilot.press("t")
        await until(pilot, lambda: log.counted[-1].by.value == "week" and "week of 2 Nov 2026" in words(pilot))
        assert log.counted[-1].since == date(2026, 8, 17)
        await pilot.press("t")
        await until(pilot, lambda: "to today" in words(pilot))


async def test_a_record_counts_anew(desk: Open) -> None:
    log = FakeLog([an_entry()])
    log.figures = FIGURES
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        log.figures = a_statistics(row(TODAY, "sms", None, bounced=7))
        log.tell(an_entry(status="bounced"), "event")
        await until(pilot, lambda: "failed            7" in words(pilot))


async def test_a_terminal_without_blocks_gets_figures_alone(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    log = FakeLog([an_entry()])
    log.figures = FIGURES
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert not screen(pilot).query(Sparkline)
        assert "failed            3   most 2, last 1" in words(pilot)
        assert all(line.isascii() for line in drawn(pilot))


async def test_nothing_sent_says_so_and_an_older_service_too(desk: Open) -> None:
    log = FakeLog([an_entry()])
    log.figures = a_statistics()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert NOTHING in words(pilot)
        await pilot.press("escape")
        log.figures = None
        await pilot.press("S")
        await until(pilot, lambda: any("0.1.0" in one for one in toasts(pilot)))


@pytest.mark.parametrize("status", list(Status))
def test_every_status_counts_as_it_is(status: Status) -> None:
    total = overview(a_statistics(row(TODAY, "sms", None, **{status.value: 3})), TODAY, by_week=False).total
    waits = status.value in {"logged", "scheduled", "queued", "canceled", "skipped"}
    assert total.sent == (0 if waits else 3)
    assert total.delivered + total.failed <= total.sent
    assert total.failed == (3 if status.value in {"bounced", "failed", "rejected"} else 0)


@pytest.mark.parametrize("by_week", [False, True])
@pytest.mark.parametrize("days", range(8))
def test_every_day_or_week_has_its_place(by_week: bool, days: int) -> None:
    today = date(2026, 3, 27) + timedelta(days=days)
    periods = overview(a_statistics(), today, by_week=by_week).periods
    assert next(iter(periods)) == first_day(today, by_week=by_week)
    assert len(periods) == (WEEKS if by_week else DAYS)
    assert not by_week or all(day.weekday() == 0 for day in periods)
