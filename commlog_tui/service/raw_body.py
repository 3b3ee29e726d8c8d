"""The raw bytes of a request without a token, read within bounds."""

from typing import TYPE_CHECKING, Final

from fastapi import Request

from commlog_tui.service.problems import ProblemError

if TYPE_CHECKING:
    from commlog_tui.service.bodies import Budget

_SMALL: Final = 64 << 10
"""Bytes up to which a body counts against no budget."""
_NOBODY: Final = ""


async def read_raw(request: Request, most: int) -> bytes:
    """Return a body of at most so many bytes.

    Raises a problem: 413 for a larger one, 429 or 503 if too many are under way.
    """
    if int(request.headers.get("content-length", "0")) > most:
        raise _too_large(most)
    budget: Budget = request.app.state.body_budget
    raw, held = bytearray(), 0
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > most:
                raise _too_large(most)
            if len(raw) > max(held, _SMALL):
                budget.reserve(_NOBODY, len(raw) - held)
                held = len(raw)
    finally:
        budget.release(_NOBODY, held)
    return bytes(raw)


def _too_large(most: int) -> ProblemError:
    return ProblemError(413, "too-large", f"The body is larger than {most} bytes. Nothing was changed.")
