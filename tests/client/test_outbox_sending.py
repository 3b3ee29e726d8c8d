"""What waits in the outbox is sent once, goes with its receipt, and holds up nothing else."""

import asyncio
import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock

from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxError, OutboxItem
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.problem import PROBLEM_JSON
from tests.client.samples import TOKEN, new_entry, problem, receipt
from tests.patience import PATIENCE

CONTENT = json.loads(new_entry().model_dump_json(exclude_unset=True))


def item(key: str, **more: Any) -> OutboxItem:
    return OutboxItem(key=key, location="pier", **({"content": CONTENT} | more))


class Log:
    """A log that keeps one record a key, as the real one does, and may answer otherwise for some."""

    def __init__(self, **otherwise: Callable[[], httpx.Response]) -> None:
        self.otherwise = otherwise
        self.records: list[str] = []
        self.posts: list[str] = []
        self.paths: list[str] = []
        self.persons: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        key = request.headers["idempotency-key"]
        self.posts.append(key)
        self.paths.append(request.url.path)
        self.persons.append(request.headers.get("commlog-person"))
        if key in self.otherwise:
            return self.otherwise[key]()
        if key not in self.records:
            self.records.append(key)
        return httpx.Response(200, content=json.dumps(receipt(key, seq=self.records.index(key) + 1)).encode())

    def client(self) -> LogClient:
        return LogClient("https://log.example", TOKEN, transport=httpx.MockTransport(self))


def answers(status: int, **headers: str) -> Callable[[], httpx.Response]:
    fields = {"content-type": PROBLEM_JSON} | headers
    return lambda: httpx.Response(status, content=problem(status, "Not this one."), headers=fields)


def no_answer() -> httpx.Response:
    raise httpx.ReadError("cut")


def filled(folder: Path, *keys: str, **more: Any) -> Outbox:
    outbox = Outbox(folder)
    for key in keys:
        outbox.save(item(key, **more))
    return outbox


async def test_what_waits_is_sent_once_oldest_first_and_goes(tmp_path: Path) -> None:
    outbox, log = filled(tmp_path, "a", "b"), Log()
    report = await outbox.send(log.client())
    assert log.posts == ["a", "b"]
    assert [(sent.key, got.id, got.seq) for sent, got in report.sent] == [
        ("a", id_of_key("a"), 1),
        ("b", id_of_key("b"), 2),
    ]
    assert (report.refused, report.waiting, report.error, report.busy) == ((), 0, None, False)
    assert outbox.items() == ()


async def test_nothing_to_send_asks_nobody(tmp_path: Path) -> None:
    log = Log()
    report = await Outbox(tmp_path / "never").send(log.client())
    assert report.sent == ()
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize("state", ["draft", "refused"])
async def test_only_what_waits_is_sent(state: str, tmp_path: Path) -> None:
    outbox, log = filled(tmp_path, "a", state=state), Log()
    assert (await outbox.send(log.client())).waiting == 0
    assert not log.posts
    assert len(outbox.items()) == 1


async def test_a_correction_goes_to_its_entry(tmp_path: Path) -> None:
    outbox, log = filled(tmp_path, "a", action="correction", entry_id="e1", content={"changes": {"code": None}}), Log()
    assert len((await outbox.send(log.client())).sent) == 1
    assert log.paths == ["/v1/locations/pier/entries/e1/corrections"]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422])
async def test_what_is_refused_is_kept_with_its_reason(status: int, tmp_path: Path) -> None:
    outbox, log = filled(tmp_path, "a", "b"), Log(a=answers(status))
    report = await outbox.send(log.client())
    assert [sent.key for sent, _ in report.sent] == ["b"]
    (stored,) = outbox.items()
    assert report.refused == (stored,)
    assert (stored.key, stored.state, stored.content, report.waiting) == ("a", "refused", CONTENT, 0)
    assert stored.reason
    await outbox.send(log.client())
    assert log.posts == ["a", "b"]


@pytest.mark.parametrize(
    "more",
    [
        {"content": {}},
        {"content": CONTENT | {"title": "\ud800"}},
        {"action": "correction", "content": {"changes": {"code": None}}},
    ],
    ids=["empty", "half a pair", "of nothing"],
)
async def test_what_cannot_be_an_entry_is_refused_here(more: dict[str, Any], tmp_path: Path) -> None:
    outbox, log = filled(tmp_path, "a", **more), Log()
    report = await outbox.send(log.client())
    assert not log.posts
    assert [stored.key for stored in report.refused] == ["a"]
    assert outbox.items()[0].content == report.refused[0].content


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(no_answer, errors.UnreachableError), (answers(401), errors.TokenRefusedError), (answers(429), errors.BusyError)],
)
async def test_where_nobody_takes_anything_the_rest_is_not_tried(
    answer: Callable[[], httpx.Response], kind: type[errors.ClientError], tmp_path: Path
) -> None:
    outbox, log = filled(tmp_path, "a", "b"), Log(a=answer)
    before = outbox.items()
    report = await outbox.send(log.client())
    assert type(report.error) is kind
    assert report.waiting == 2
    assert log.posts == ["a"]
    assert outbox.items() == before


@pytest.mark.parametrize(
    "answer",
    [answers(500), answers(503), answers(507), lambda: httpx.Response(403, html="Blocked")],
    ids=["500", "503", "507", "a proxy"],
)
async def test_one_that_cannot_be_dealt_with_holds_up_no_other(
    answer: Callable[[], httpx.Response], tmp_path: Path
) -> None:
    outbox, log = filled(tmp_path, "a", "b"), Log(a=answer)
    report = await outbox.send(log.client())
    assert [sent.key for sent, _ in report.sent] == ["b"]
    assert isinstance(report.error, errors.BusyError | errors.UnexpectedAnswerError)
    assert [(stored.key, stored.state) for stored in outbox.items()] == [("a", "waiting")]
    assert report.waiting == 1


class KilledError(BaseException):
    """The process ends here; nothing after it is done."""


async def test_a_kill_between_receipt_and_removal_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, log = filled(tmp_path, "a"), Log()

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "discard", killed)
        with pytest.raises(KilledError):
            await outbox.send(log.client())
    assert log.records == ["a"]
    report = await Outbox(tmp_path).send(log.client())
    assert log.posts == ["a", "a"], "it is sent again, under its key"
    assert log.records == ["a"], "and is there once"
    assert [got.seq for _, got in report.sent] == [1]
    assert outbox.items() == ()


async def test_an_answer_that_got_lost_doubles_nothing(tmp_path: Path) -> None:
    log = Log()

    def recorded_but_cut() -> httpx.Response:
        log.records.append("a")
        raise httpx.ReadError("cut")

    log.otherwise["a"] = recorded_but_cut
    outbox = filled(tmp_path, "a")
    assert (await outbox.send(log.client())).waiting == 1
    del log.otherwise["a"]
    assert [got.seq for _, got in (await outbox.send(log.client())).sent] == [1]
    assert log.records == ["a"]


async def test_what_was_saved_meanwhile_is_not_taken_out(tmp_path: Path) -> None:
    outbox = filled(tmp_path, "a", "b")
    later = [item("a", state="draft", content={"title": "typed later"}), item("b", content={"title": "typed later"})]

    def saves_meanwhile(saved: OutboxItem, status: int) -> Callable[[], httpx.Response]:
        def answer() -> httpx.Response:
            outbox.save(saved)
            return (
                httpx.Response(201, content=json.dumps(receipt(saved.key)).encode())
                if status == 201
                else answers(status)()
            )

        return answer

    report = await outbox.send(Log(a=saves_meanwhile(later[0], 201), b=saves_meanwhile(later[1], 422)).client())
    assert len(report.sent) == len(report.refused) == 1
    assert set(map(str, outbox.items())) == set(map(str, later))


async def test_a_cancelled_sender_lets_its_item_end(tmp_path: Path) -> None:
    reached, let = asyncio.Event(), asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        reached.set()
        await let.wait()
        return httpx.Response(201, content=json.dumps(receipt(request.headers["idempotency-key"])).encode())

    outbox = filled(tmp_path, "a", "b")
    client = LogClient("https://log.example", TOKEN, transport=httpx.MockTransport(slow))
    before = asyncio.all_tasks()
    sender = asyncio.create_task(outbox.send(client))
    await reached.wait()
    sender.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sender
    let.set()
    await asyncio.gather(*(asyncio.all_tasks() - before))
    assert [stored.key for stored in outbox.items()] == ["b"]


def _hold(path: Path, held: Any, let: Any) -> None:
    with FileLock(path):
        held.set()
        let.wait(PATIENCE)


async def test_two_desks_do_not_send_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    held, let = spawn.Event(), spawn.Event()
    outbox, log = filled(tmp_path, "a"), Log()
    other = spawn.Process(target=_hold, args=(tmp_path / "sending.lock", held, let))
    other.start()
    try:
        assert await asyncio.to_thread(held.wait, PATIENCE)
        report = await outbox.send(log.client())
        assert (report.busy, report.waiting, log.posts) == (True, 1, [])
    finally:
        let.set()
        other.join(PATIENCE)
    assert len((await outbox.send(log.client())).sent) == 1


async def test_two_sendings_of_one_desk_do_not_meet(tmp_path: Path) -> None:
    outbox, log = filled(tmp_path, "a"), Log()
    with FileLock(tmp_path / "sending.lock"):
        assert (await outbox.send(log.client())).busy
        patient = asyncio.create_task(outbox.send(log.client(), patience=PATIENCE))
        await asyncio.sleep(0)
        assert not log.posts
    assert len((await patient).sent) == 1


async def test_a_lock_that_cannot_be_had_is_a_sentence(tmp_path: Path) -> None:
    outbox, log = filled(tmp_path, "a"), Log()
    (tmp_path / "sending.lock").mkdir()
    with pytest.raises(OutboxError, match="what it holds is kept"):
        await outbox.send(log.client())
    assert not log.posts


async def test_a_file_that_stays_is_sent_again_and_acknowledged_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, log = filled(tmp_path, "a"), Log()

    def read_only(*_: object) -> None:
        raise OutboxError("The outbox cannot be written.")

    monkeypatch.setattr(Outbox, "discard", read_only)
    for _ in range(2):
        report = await outbox.send(log.client())
        assert (len(report.sent), report.waiting) == (1, 1)
    assert log.records == ["a"]
