"""kill -9 of two desks and of the service while everything a shift writes is recorded and messages are sent again.

A mail server and a booking system count what they get: each message that is done reaches them, and
none twice. One whose attempt was cut off is uncertain, and reached them once at most.
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.customer_record import local_customer_id
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.resend import Resend, ResendState
from commlog_tui.contract.resend_list import ResendListQuery
from tests.hook_sink import HookSink, hook_sink
from tests.mail_sink import MailSink, mail_sink
from tests.patience import PATIENCE
from tests.prove.auditing import Audit, audit
from tests.prove.figures import Findings, Proof
from tests.prove.running_service import RunningService
from tests.prove.server_auditing import audit_server
from tests.prove.server_kill import served_database

_DESKS: Final = 2
_FROM: Final = datetime(2026, 11, 3, 9, tzinfo=UTC)
_SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_MADE: Final = Counter(
    {
        "entry": 5, "task": 1, "task-change": 1, "handover": 1, "handover-taken": 1, "customer": 1, "contact": 1,
        "merge": 1, "preference": 1, "resend": 3,
    }
)  # fmt: skip
"""Records of each kind of one guest; three entries are made by the resends.

The last resend is called off at once, which is refused where it is being sent already.
"""
_ITEMS_OF_A_GUEST: Final = 14


def _items(dice: Random, desk: int, count: int) -> Iterator[OutboxItem]:
    """Yield what a desk writes about so many guests, in order."""
    at = _FROM + timedelta(hours=desk)

    def item(action: str, content: dict[str, Any], about: str | None = None) -> OutboxItem:
        nonlocal at
        at += timedelta(seconds=1)
        key = str(UUID(int=dice.getrandbits(128), version=4))
        fields = {"key": key, "location": "quay", "action": action, "content": content, "entry_id": about}
        return OutboxItem.model_validate(fields | {"saved_at": at})

    for guest in range(count):
        who = f"guest{desk}-{guest}"
        sent: dict[str, Any] = {"source": "workflow", "sent_at": "2026-11-03T09:00:00Z", "title": f"Reminder for {who}"}
        sent |= {"customer": {"id": f"c-{who}", "name": who}}
        mail = item("entry", sent | {"via": "email", "to": f"{who}@gmial.com", "body": f"Dear {who}"})
        text = item("entry", sent | {"via": "sms", "to": f"+4477009{desk}{guest:04}"})
        task = item("task", {"words": f"Ring {who}", "due_at": "2026-11-03T14:00:00Z", "entry": mail.key}, mail.key)
        shift = item("handover", {"since": "2026-11-03T06:00:00Z", "until": "2026-11-03T14:00:00Z", "words": who})
        customer = item("customer", {"name": who, "addresses": [f"{who}@example.com"]})
        mine = local_customer_id(customer.key)
        yield from (mail, text, task, shift, customer)
        yield item("task-change", {"change": "done"}, task.key)
        yield item("handover-taken", {"name": "Sam"}, shift.key)
        yield item("contact", {"new": f"{who}@gmail.com", "old": f"{who}@gmial.com"}, f"c-{who}")
        yield item("merge", {"customer_id": mine, "into": f"c-{who}"})
        yield item("preference", {"customer_id": f"c-{who}", "via": "sms", "words": "no texts"})
        yield item("resend", {"to": f"{who}@gmail.com", "why": "typo"}, mail.key)
        yield item("resend", {"to": f"+4477009{desk}{guest:04}", "why": "never arrived"}, text.key)
        wrong = item("resend", {"to": f"{who}@example.com", "why": "typo"}, mail.key)
        yield wrong
        yield item("call-off", {"resend": id_of_key(wrong.key), "why": "wrong address"}, mail.key)


class _Desk:
    """A desk as a process, killed and started again."""

    def __init__(self, folder: Path, number: int, items: Sequence[OutboxItem], url: str) -> None:
        self.items = items
        self.outbox = folder / f"outbox-{number}"
        file = folder / f"items-{number}"
        file.write_text("\n".join(item.model_dump_json(exclude={"person"}) for item in items), encoding="utf-8")
        self._command = [sys.executable, "-m", "tests.prove.work_desk", str(self.outbox), url, str(file)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(self._command, env=os.environ | {"PYTHONPATH": str(Path.cwd())})

    def kill(self) -> None:
        """Kill it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    async def end(self) -> int:
        """Let it finish, and return its code."""
        self.start()
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, PATIENCE)


async def kill_often(folder: Path, seed: int, count: int, url: str | None = None) -> Findings:
    """Kill a desk or the service so many times, then look at every record and every message.

    The log is in a file of the folder, or in a database.
    """
    dice = Random(seed)
    with mail_sink() as mails, hook_sink() as hooks:
        _configure(folder, mails, hooks)
        service = RunningService(folder, url or folder / "log.db", program=("-m", "tests.prove.quick_service"))
        async with service:
            guests = max(count // 2, 2)
            desks = [_Desk(folder, no, list(_items(dice, no, guests)), service.url) for no in range(_DESKS)]
            try:
                for _ in range(count):
                    for desk in desks:
                        desk.start()
                    await asyncio.sleep(0.3 + dice.random())
                    if dice.random() < 0.5:
                        dice.choice(desks).kill()
                    else:
                        await _kill(service, mails if dice.random() < 0.7 else None)
                await service.ready()
                ended = [await desk.end() for desk in desks]
                resends = await _all_sent(service)
            finally:
                for desk in desks:
                    desk.kill()
        found = audit_server(url, projections=True) if url else audit(folder / "log.db", projections=True)
        run = f"kill -9 of two desks and the service, all kinds of record{', PostgreSQL' if url else ''}"
        return _look(run, found, desks, resends, ended, (mails, hooks), count)


async def _kill(service: RunningService, mails: MailSink | None) -> None:
    """Kill the service and start it again; with a mail server, while that has a message and answers nothing."""
    if mails is not None:
        mails.held.clear()
        mails.arrived.clear()
        await asyncio.to_thread(mails.arrived.wait, 2.0)
    service.kill()
    if mails is not None:
        mails.held.set()
    service.start()


def _configure(folder: Path, mails: MailSink, hooks: HookSink) -> None:
    """Write the settings of the service."""
    file = folder / "config.toml"
    file.write_text(
        f'smtp_url = "smtp://127.0.0.1:{mails.port}"\nsmtp_from = "desk@quay.example"\n'
        f'resend_webhook = "{hooks.url}"\nresend_secret = "{_SECRET}"\n',
        encoding="utf-8",
    )
    file.chmod(0o600)


async def _all_sent(service: RunningService) -> list[Resend]:
    """Wait until nothing waits to be sent, and return every resend."""
    client = service.client(timeout=PATIENCE)
    try:
        async with asyncio.timeout(2 * PATIENCE):
            while True:
                open_ones = [
                    await client.again.page("quay", ResendListQuery(state=state))
                    for state in (ResendState.WAITING, ResendState.BEGUN)
                ]
                if not any(page.resends for page in open_ones):
                    break
                await asyncio.sleep(0.1)
        found: list[Resend] = []
        query = ResendListQuery(limit=200)
        while True:
            page = await client.again.page("quay", query)
            found += page.resends
            if page.older is None:
                return found
            query = query.model_copy(update={"cursor": page.older})
    finally:
        await client.aclose()


def _look(
    run: str,
    found: Audit,
    desks: Sequence[_Desk],
    resends: Sequence[Resend],
    ended: Sequence[int],
    sinks: tuple[MailSink, HookSink],
    count: int,
) -> Findings:
    guests = sum(len(desk.items) for desk in desks) // _ITEMS_OF_A_GUEST
    kinds = Counter(held.kind for held in found.records.values())
    expected = {kind: number * guests for kind, number in _MADE.items()}
    lost = sum(max(number - kinds[kind], 0) for kind, number in expected.items())
    doubled = sum(max(kinds[kind] - number, 0) for kind, number in expected.items())
    mails, hooks = sinks
    ids = {"smtp": Counter(one.strip("<>").partition("@")[0] for one in mails.ids), "webhook": Counter(set(hooks.ids))}
    faults = [f"a desk ended with {code}" for code in ended if code]
    for resend in resends:
        times = ids[resend.route.value][resend.entry]
        doubled += max(times - 1, 0)
        if resend.state is ResendState.DONE and not times:
            lost += 1
        elif resend.state is ResendState.CALLED_OFF and times:
            faults.append(f"{resend.entry} was called off and sent")
        elif resend.state not in {ResendState.DONE, ResendState.UNCERTAIN, ResendState.CALLED_OFF}:
            faults.append(f"{resend.entry} is {resend.state}")
    states = {resend.id: resend.state for resend in resends}
    called_off = sum(state is ResendState.CALLED_OFF for state in states.values())
    left = [item for desk in desks for item in Outbox(desk.outbox).items()]
    late = [item for item in left if item.action == "call-off" and item.state == "refused"]
    faults += [f"left in an outbox: {item.action} {item.state}: {item.reason}" for item in left if item not in late]
    faults += [
        f"refused, though called off: {one.key}"
        for one in late
        if states[one.content["resend"]] is ResendState.CALLED_OFF
    ]
    if not called_off == kinds["call-off"] == guests - len(late):
        faults.append(f"{kinds['call-off']} records call off, {called_off} are called off, {len(late)} were refused")
    uncertain = sum(resend.state is ResendState.UNCERTAIN for resend in resends)
    done = f"{count} kills, {len(resends)} messages sent again, {uncertain} of them uncertain, {called_off} called off"
    acknowledged = sum(kinds[kind] for kind in expected)
    return Findings(run, done, acknowledged, lost, doubled, (*found.faults, *faults))


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """See ``kill_often``; over a file, and over PostgreSQL."""
    home = folder / "file"
    home.mkdir()
    found = [asyncio.run(kill_often(home, seed, count))]
    with served_database(folder / "server") as (_, url):
        found.append(asyncio.run(kill_often(folder / "server", seed, count, url)))
    return found


PROOF: Final = Proof("work-kill", 60, run)
