"""Everything at once.

A machine of hypothesis that does to a service whatever callers, operators and fate do, in any
order. Beside it runs a model: what was acknowledged, as plain values. Whatever a rule does, the
service must go on agreeing with it.
"""

import asyncio
import shutil
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import httpx
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from commlog_tui.contract.base import format_instant
from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.location import NewLocation
from commlog_tui.ledger.witness import SavedCheckpoint, compare, require_extension
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.signing import KeyFile
from commlog_tui.store.sqlite.store import SqliteStore
from tests.prove import auditing
from tests.prove.auditing import Promise, audit
from tests.prove.clock import STEPS, Clock
from tests.prove.figures import Findings, Proof
from tests.prove.model import ENTRY, FILTERS, MOMENTS, NOON, PICK, TITLES, VIAS, Known
from tests.service.calls import ENTRIES, OWNER, bearer, is_problem

_PLACE: Final = "/v1/locations/quay"
_MOVES: Final = 50
_OTHER: Final = "x"
"""What makes content another."""
_TRACE: Final = "only in the text of "
Answer = TypeVar("Answer")


class Machine(RuleBasedStateMachine):
    """A service called in the process, over a store on the disk."""

    acknowledged = 0
    """In all games so far."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = TemporaryDirectory(prefix="commlog-machine-")
        self._clock = Clock(NOON)
        self._path = Path(self._folder.name) / "0" / "log.db"
        self._records: list[Known] = []
        self._entries: list[Known] = []
        self._seen: SavedCheckpoint | None = None
        self._open()
        self._do(self._store.create_location(NewLocation(id="quay", name="Quay", zone="Europe/London")))

    def _open(self) -> None:
        self._store = SqliteStore.open(self._path, clock=self._clock)
        app = create_app(
            self._store, keys=KeyFile(self._path.with_suffix(".key")), owner=Owner(OWNER, digest_of(OWNER)), quiet=True
        )
        transport = httpx.ASGITransport(app)
        self._api = httpx.AsyncClient(transport=transport, base_url="http://log.test", headers=bearer(OWNER))

    def _do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self._runner.run(work)

    def _post(self, path: str, key: str, text: dict[str, Any]) -> httpx.Response:
        return self._do(self._api.post(path, json=text, headers={"Idempotency-Key": key}))

    def _append(self, path: str, text: dict[str, Any], about: Known | None = None) -> Known:
        key = f"key {len(self._records)}"
        answer = self._post(path, key, text)
        assert answer.status_code == 201, answer.text
        known = Known(path, key, text, answer.json(), about)
        assert known.receipt["seq"] == len(self._records) + 1
        assert known.receipt["recorded_at"] == format_instant(self._clock.told[-1])
        self._records.append(known)
        return known

    def _say(self, entry: Known, what: str, text: dict[str, Any]) -> None:
        self._append(f"{ENTRIES}/{entry.receipt['id']}/{what}", text, entry)

    def _entry(self, pick: int, *, manual: bool, redacted: bool | None = None) -> Known | None:
        some = [entry for entry in self._entries if (entry.sent["source"] == "manual") is manual]
        some = [entry for entry in some if redacted in {None, entry.is_redacted}]
        return some[pick % len(some)] if some else None

    @initialize(entries=st.lists(ENTRY, min_size=3, max_size=9))
    def begin(self, entries: list[dict[str, str]]) -> None:
        self.add(entries)

    @rule(entries=st.lists(ENTRY, min_size=1, max_size=5))
    def add(self, entries: list[dict[str, str]]) -> None:
        for text in entries:
            known = self._append(ENTRIES, text | {"body": f"{_TRACE}{len(self._records):05}."})
            known.now = dict(text)
            self._entries.append(known)

    @rule(pick=PICK, kind=st.sampled_from(DeliveryKind), at=MOMENTS)
    def report(self, pick: int, kind: DeliveryKind, at: str) -> None:
        entry = self._entry(pick, manual=False)
        if entry is not None:
            fields = {"kind": kind.value, "at": at, "detail": f"report {len(self._records)}"}
            self._say(entry, "events", fields)
            entry.kinds.append(kind)

    @rule(
        pick=PICK,
        changes=st.fixed_dictionaries({}, optional={"via": VIAS, "title": TITLES, "sent_at": MOMENTS}).filter(bool),
    )
    def correct(self, pick: int, changes: dict[str, str]) -> None:
        entry = self._entry(pick, manual=True, redacted=False)
        if entry is not None:
            self._say(entry, "corrections", {"changes": changes, "reason": "misheard"})
            entry.now |= changes

    @rule(pick=PICK, manual=st.booleans())
    def redact(self, pick: int, manual: bool) -> None:
        spoken_of = [known.about for known in self._records if known.about and not known.about.is_redacted]
        entry = spoken_of[pick % len(spoken_of)] if spoken_of else self._entry(pick, manual=manual, redacted=False)
        if entry is not None:
            self._say(entry, "redaction", {"reason": "asked to be forgotten"})
            entry.is_redacted = True
            entry.now = entry.sent | {"title": "Redacted"}

    @rule(pick=PICK, at=MOMENTS)
    def say_what_must_not_be_said(self, pick: int, at: str) -> None:
        manual, automated = self._entry(pick, manual=True), self._entry(pick, manual=False)
        if manual is not None:
            answer = self._post(f"{ENTRIES}/{manual.receipt['id']}/events", "no", {"kind": "sent", "at": at})
            assert is_problem(answer, 409, "not-automated")
        if automated is not None:
            answer = self._post(f"{ENTRIES}/{automated.receipt['id']}/corrections", "no", {"changes": {"sent_at": at}})
            assert is_problem(answer, 409, "not-manual")
        if (gone := self._entry(pick, manual=True, redacted=True)) is not None:
            for what, text in (("redaction", {"reason": "again"}), ("corrections", {"changes": {"sent_at": at}})):
                assert is_problem(self._post(f"{ENTRIES}/{gone.receipt['id']}/{what}", "no", text), 409, "redacted")

    @precondition(lambda self: self._records)
    @rule(pick=PICK, together=st.integers(1, 4))
    def retry(self, pick: int, together: int) -> None:
        known = self._records[pick % len(self._records)]
        headers = {"Idempotency-Key": known.key}

        async def at_once() -> list[httpx.Response]:
            return await asyncio.gather(
                *(self._api.post(known.path, json=known.sent, headers=headers) for _ in range(together))
            )

        for answer in self._do(at_once()):
            assert (answer.status_code, answer.json()) == (200, known.receipt)

    @precondition(lambda self: self._records)
    @rule(pick=PICK)
    def retry_changed(self, pick: int) -> None:
        known = self._records[pick % len(self._records)]
        changed = known.sent | ({"reason": _OTHER} if "reason" in known.sent else {"sent_at": "1999-01-01T00:00:00Z"})
        if "kind" in known.sent:
            changed = known.sent | {"detail": _OTHER}
        answer = self._post(known.path, known.key, changed)
        is_forgotten = known.about is not None and known.about.is_redacted and not known.path.endswith("redaction")
        if is_forgotten:  # by a redaction: nobody knows any more what it said
            assert (answer.status_code, answer.json()) == (200, known.receipt)
        else:
            assert is_problem(answer, 422, "key-reused")

    @rule(limit=st.integers(1, 9), only=FILTERS, edges=st.none() | st.tuples(MOMENTS, MOMENTS))
    def page(self, limit: int, only: dict[str, str], edges: tuple[str, str] | None) -> None:
        asked: dict[str, Any] = {"limit": limit, **only}
        since, until = sorted(edges) if edges else ("", "9")
        asked |= {"since": since, "until": until} if edges else {}
        due = [
            (entry.now["sent_at"], entry.receipt["seq"], entry.now["title"], entry.now["via"], entry.status)
            for entry in self._entries
            if only.items() <= (entry.now | {"status": entry.status}).items() and since <= entry.now["sent_at"] < until
        ]
        found: list[tuple[str, ...]] = []
        cursor: dict[str, str] | None = {}
        while cursor is not None:
            page = self._do(self._api.get(ENTRIES, params=asked | cursor)).json()
            assert page["total"] == {"count": len(due), "exact": True}
            found += [
                tuple(entry[name] for name in ("sent_at", "seq", "title", "via", "status")) for entry in page["entries"]
            ]
            cursor = {"cursor": page["older"]} if page["older"] else None
        assert found == sorted(due, reverse=True)

    @rule()
    def restart(self) -> None:
        self._do(self._store.close())
        self._open()

    @rule()
    def kill(self) -> None:
        """Go on with what a killed process leaves.

        Its files as they are, nothing closed, no shared memory.
        """
        after = self._path.parent.with_name(str(int(self._path.parent.name) + 1))
        shutil.copytree(self._path.parent, after, ignore=shutil.ignore_patterns("*-shm"))
        self._do(self._store.close())
        self._path = after / "log.db"
        self._open()

    @rule(step=st.sampled_from(STEPS))
    def set_the_clock(self, step: timedelta) -> None:
        self._clock.now += step

    @rule()
    def verify(self) -> None:
        """Verify the file while it is in use, and hold the log to what it has signed before."""
        assert auditing.verify(self._path, projections=True) == []
        answer = self._do(self._api.get(f"{_PLACE}/ledger/checkpoint")).json()
        now = SavedCheckpoint(answer["note"], answer["key"])
        before, self._seen = self._seen or now, now
        old, new, is_rotated = compare(before, now, answer["introductions"])
        assert (new.size, is_rotated) == (len(self._records), False)
        sizes = {"from": old.size, "to": new.size}
        proof = self._do(self._api.get(f"{_PLACE}/ledger/consistency", params=sizes)).json()
        require_extension(old, new, [bytes.fromhex(part) for part in proof["path"]])
        self._find_no_trace()

    def _find_no_trace(self) -> None:
        bytes_held = b"".join(file.read_bytes() for file in self._path.parent.iterdir())
        held = {entry.receipt["seq"] for entry in self._entries if entry.sent["body"].encode() in bytes_held}
        assert held == {entry.receipt["seq"] for entry in self._entries if not entry.is_redacted}

    @invariant()
    def the_seq_is_dense_and_the_feed_in_its_order(self) -> None:
        assert self._do(self._api.get(_PLACE)).json()["seq"] == len(self._records)
        fed = self._do(self._store.feed("quay", 0, len(self._records) + 1))
        assert [row.seq for row in fed] == list(range(1, len(self._records) + 1))

    @override
    def teardown(self) -> None:
        """Verify the whole file against every receipt, then let go of it."""
        self._do(self._api.aclose())
        self._do(self._store.close())
        self._runner.close()
        found = audit(self._path, projections=True)
        self._find_no_trace()
        items = [known.receipt for known in self._records]
        promises = {one["id"]: Promise(one["id"], one["seq"], one["leaf_hash"]) for one in items}
        assert (found.lost(promises), found.faults, len(found.records)) == ([], (), len(items))
        type(self).acknowledged += len(items)
        self._folder.cleanup()


def play(number: int, games: int, moves: int) -> int:
    """Play so many games; return how much was acknowledged.

    Raises what was found, made as small as it can be.
    """

    class Seeded(Machine):
        pass

    checks = (HealthCheck.too_slow, HealthCheck.filter_too_much)
    rules = settings(
        max_examples=games, stateful_step_count=moves, deadline=None, database=None, suppress_health_check=checks
    )
    run_state_machine_as_test(seed(number)(Seeded), settings=rules)
    return Seeded.acknowledged


def run(folder: Path, number: int, count: int) -> Sequence[Findings]:
    """Play so many games; the first fault ends them."""
    del folder
    acknowledged = play(number, count, _MOVES)
    return [Findings("machine", f"{count} games of up to {_MOVES} moves", acknowledged, 0)]


PROOF: Final = Proof("machine", 300, run)
