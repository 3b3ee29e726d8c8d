"""The sentences that people meet."""

import subprocess
import sys

import pytest

from commlog_tui.client import errors
from commlog_tui.contract.problem import Problem

NASTY = "a\x1b]52;c;aGk=\x07b\u202ec\u200bd\ne\x00f\ud800"


def refused_error(detail: str, *fields: tuple[str, str]) -> errors.RefusedError:
    faults = [{"field": field, "message": message} for field, message in fields]
    raw = {"type": "urn:commlog:problem:invalid", "title": "T", "status": 422, "detail": detail, "errors": faults}
    return errors.RefusedError(Problem.model_validate(raw))


def test_a_refusal_names_the_first_fields() -> None:
    error = refused_error("Not valid.", ("title", "is too long"), ("to", "is required"), ("a", "is"), ("b", "is"))
    assert str(error) == "Not valid. (title is too long; to is required; a is)"
    assert len(error.problem.errors) == 4


def test_a_refusal_without_fields_is_its_detail() -> None:
    assert str(refused_error("This key was used before.")) == "This key was used before."


@pytest.mark.parametrize(
    "error", [refused_error(NASTY), refused_error("x", (NASTY, NASTY)), errors.NotPermittedError(NASTY)]
)
def test_what_a_service_says_cannot_reach_a_terminal_raw(error: errors.ClientError) -> None:
    assert str(error).isprintable()


@pytest.mark.parametrize(
    "error",
    [
        refused_error("x" * 1_000_000),
        refused_error("x", ("f" * 10_000, "m" * 10_000)),
        errors.NotPermittedError("y" * 10_000),
    ],
)
def test_what_a_service_says_is_kept_short(error: errors.ClientError) -> None:
    assert len(str(error)) < 500
    assert "…" in str(error)


@pytest.mark.parametrize(
    "error",
    [
        errors.UnreachableError(),
        errors.BusyError(3.0),
        errors.BusyError(status=507),
        errors.TokenRefusedError(),
        errors.NotPermittedError(),
        errors.NotFoundError(),
        errors.UnexpectedAnswerError(),
    ],
)
def test_every_error_is_a_sentence(error: errors.ClientError) -> None:
    assert str(error)[0].isupper()
    assert str(error)[-1] in ".?"


@pytest.mark.parametrize(("asked", "pause"), [(None, 0), (0.0, 0), (7.0, 7), (3600.0, 60)])
def test_a_service_is_left_alone_as_long_as_it_asks_but_no_longer_than_a_minute(
    asked: float | None, pause: float
) -> None:
    assert errors.BusyError(asked).pause == pause
    assert errors.UnreachableError().pause == 0


@pytest.mark.parametrize("module", ["errors", "outbox"])
def test_what_the_desk_needs_early_is_light(module: str) -> None:
    script = f"import sys; import commlog_tui.client.{module}; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
