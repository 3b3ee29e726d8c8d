"""The hours in which webhooks reported: one projection, the same when it is rebuilt."""

from datetime import timedelta
from pathlib import Path

import apsw

from commlog_tui.contract.delivery import EventChannel
from commlog_tui.providers.sendgrid import SENDGRID
from commlog_tui.providers.twilio import TWILIO
from commlog_tui.store.sqlite.comparing import differing
from tests.store.conftest import OpenLog
from tests.store.factory import NOON, minutes
from tests.store.reported import report

WEEK = timedelta(weeks=1)


async def test_each_hour_has_its_first_and_last_report(url: str, open_log: OpenLog) -> None:
    await report(url, [NOON + minutes(number) for number in (0, 7, 59, 60, 200)])
    await report(url, [NOON + minutes(300)], SENDGRID)
    await report(url, [NOON + minutes(400)], channel=EventChannel.IMPORT)
    await report(url, [NOON + minutes(500)], channel=EventChannel.API)
    store = open_log()
    hours = await store.reported_hours("quay", TWILIO.reporter, WEEK)
    assert hours == [
        (NOON, NOON + minutes(59)),
        (NOON + minutes(60), NOON + minutes(60)),
        (NOON + minutes(200), NOON + minutes(200)),
    ]
    assert await store.reported_hours("quay", TWILIO.reporter, timedelta(hours=2)) == hours[1:]
    assert await store.reported_hours("quay", SENDGRID.reporter, WEEK) == [(NOON + minutes(300),) * 2]
    assert await store.reported_hours("quay", "nobody", WEEK) == []
    await store.close()


async def test_a_rebuild_makes_the_same(path: Path) -> None:
    await report(path, [NOON + minutes(number * 20) for number in range(30)])
    connection = apsw.Connection(str(path))
    assert differing(connection) == []
    connection.execute("UPDATE reported_hour SET last = last + 1")
    assert differing(connection) == ["the hours in which webhooks reported"]
    connection.close()
