"""Limits of processor time, one within another."""

import re
import signal

import pytest

from commlog_tui.mail.time_limit import TooSlowError, time_limit

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer of processor time")


def never_ends() -> None:
    re.search("(a+)+$", "a" * 60 + "b")


def test_what_takes_too_long_is_ended_and_what_follows_is_not() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(TooSlowError), time_limit(0.05):
        never_ends()
    with time_limit(5.0):
        assert sum(range(1000))
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def ended_within(seconds: float) -> bool:
    try:
        with time_limit(seconds):
            never_ends()
    except TooSlowError:
        return True
    return False


def test_the_outer_limit_goes_on_after_the_inner_one() -> None:
    inner: list[bool] = []

    def both() -> None:
        with time_limit(0.2):
            inner.append(ended_within(0.05))
            never_ends()

    with pytest.raises(TooSlowError):
        both()
    assert inner == [True]


def test_an_inner_limit_is_never_longer_than_the_outer_one() -> None:
    with pytest.raises(TooSlowError), time_limit(0.05), time_limit(1000.0):
        never_ends()
