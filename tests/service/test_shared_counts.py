"""Rate limits that several processes count together, whoever of them is killed."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from commlog_tui.contract.location import Role
from commlog_tui.service.limits import Limits
from commlog_tui.service.problems import ProblemError
from commlog_tui.service.tokens import Caller

if sys.platform == "win32":
    pytest.skip("several processes on one socket need POSIX", allow_module_level=True)

from commlog_tui.service.shared_counts import SharedLimits

DESK = Caller("Desk", Role.DESK, None, "1")
OTHER = Caller("Other", Role.DESK, None, "2")


def in_another_process(work: Callable[[], None], *, killed: bool = False) -> None:
    """Do the work in a forked process; it is killed at the end, or ends by itself."""
    process = os.fork()
    if not process:
        status = 1
        try:
            work()
            if killed:
                os.kill(os.getpid(), signal.SIGKILL)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == (-signal.SIGKILL if killed else 0)


def admitted(shared: SharedLimits, worker: int, caller: Caller, method: str = "GET") -> int:
    """Ask until it is too much; return how often it was not."""
    limiter = shared.limiter(worker)
    for count in range(10_000):
        try:
            limiter.admit(caller, method)
        except ProblemError:
            return count
    return 10_000


@pytest.mark.parametrize("killed", [False, True])
def test_what_one_process_has_admitted_counts_in_all(killed: bool) -> None:
    shared = SharedLimits(Limits(reads=100, writes=100), 2)

    def use_up() -> None:
        assert admitted(shared, 0, DESK) >= 500

    in_another_process(use_up, killed=killed)
    assert admitted(shared, 1, DESK) <= 500, "a window may have ended, and begun another"
    assert admitted(shared, 1, OTHER) >= 500, "another token is counted apart"
    assert admitted(shared, 1, DESK, "POST") >= 500, "writes are counted apart from reads"


def test_failures_of_an_address_count_in_all() -> None:
    shared = SharedLimits(Limits(failures=3), 2)

    def fail() -> None:
        for _ in range(3):
            shared.limiter(0).record_failure("192.0.2.1")

    in_another_process(fail)
    limiter = shared.limiter(1)

    def fail_again() -> None:
        for _ in range(7):  # of two windows, if one ends meanwhile
            limiter.record_failure("192.0.2.1")

    with pytest.raises(ProblemError) as refused:
        fail_again()
    assert refused.value.problem.status == 429


def test_feeds_count_in_all_and_those_of_a_killed_process_do_not_stay() -> None:
    shared = SharedLimits(Limits(streams=2, all_streams=3), 2)

    held = ExitStack()

    def hold() -> None:
        limiter = shared.limiter(0)
        held.enter_context(limiter.stream(DESK))
        held.enter_context(limiter.stream(DESK))

    in_another_process(hold, killed=True)
    other = shared.limiter(1)
    with pytest.raises(ProblemError) as share, other.stream(DESK):
        pass
    assert share.value.problem.status == 429
    with other.stream(OTHER):
        with pytest.raises(ProblemError) as most, other.stream(Caller("Third", Role.DESK, None, "3")):
            pass
        assert most.value.problem.status == 503
    shared.limiter(0)  # the process that takes the place of the killed one
    with other.stream(DESK), other.stream(DESK), other.stream(OTHER):
        pass
    with other.stream(DESK), other.stream(DESK), other.stream(OTHER):
        pass


def test_more_keys_than_there_is_room_for_refuse_nobody() -> None:
    limiter = SharedLimits(Limits(reads=100), 2).limiter(0)
    for number in range(17_000):
        limiter.admit(Caller("Desk", Role.DESK, None, str(number)), "GET")


def test_connections_and_bodies_are_divided() -> None:
    own = SharedLimits(Limits(connections=10, connections_per_address=5, body_mebibytes=64), 4).own
    assert (own.connections, own.connections_per_address, own.body_mebibytes) == (3, 2, 16)
    assert SharedLimits(Limits(connections_per_address=0), 4).own.connections_per_address == 0
