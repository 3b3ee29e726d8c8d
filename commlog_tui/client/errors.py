"""The few ways in which talking to the log can fail, each in a sentence for people.

ClientError
├── UnreachableError      no answer: the request may or may not have arrived
│   └── CertificateError  a certificate that cannot be trusted: nothing was sent
├── BusyError             the service answered that it cannot now
│   └── LogDamagedError   what it keeps is not what it wrote; somebody has to look at it
├── TokenRefusedError     the token is not (or no longer) one of the service's
├── NotPermittedError     the token's role may not do this
├── NotFoundError         nothing there, or nothing this token may see
├── RefusedError          the content was refused; nothing was changed
└── UnexpectedAnswerError an answer that this version cannot read
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commlog_tui.contract.problem import Problem

_LONGEST_PAUSE: Final = 60.0
_LONGEST_DETAIL: Final = 400
_LONGEST_FIELD: Final = 120
_FIELDS_NAMED: Final = 3
_CERTIFICATE_ADVICE: Final = "Ask whoever runs the service."
_WHY: Final[dict[int, str]] = {
    HTTPStatus.INSUFFICIENT_STORAGE: "The service's disk is full",
    HTTPStatus.TOO_MANY_REQUESTS: "The service's rate limit was exceeded",
}


class ClientError(Exception):
    """Base of all failures of an API call."""

    retry_after: float | None = None
    """Seconds to wait before the next request, if the service asked for it."""

    @property
    def pause(self) -> float:
        """Seconds to wait before the next request, at most a minute."""
        return min(self.retry_after or 0.0, _LONGEST_PAUSE)


class UnreachableError(ClientError):
    """The service did not answer."""

    def __init__(self, words: str = "The log's service does not answer. Nothing that was saved is lost.") -> None:
        super().__init__(words)


class CertificateError(UnreachableError):
    """The service's certificate is not trusted. Nothing was sent."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The service's certificate {why}. Nothing was sent, and nothing that was saved is lost. "
            f"{_CERTIFICATE_ADVICE}"
        )


class BusyError(ClientError):
    """The service cannot answer now."""

    def __init__(
        self,
        retry_after: float | None = None,
        *,
        status: int = HTTPStatus.SERVICE_UNAVAILABLE,
        request_id: str | None = None,
    ) -> None:
        why = _WHY.get(status, "The log's service is busy or in trouble")
        # Early in the message, where a narrow screen still shows it: support needs this id.
        named = f" (request {request_id})" if request_id and status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
        super().__init__(f"{why}{named}. Nothing that was saved is lost; it is tried again.")
        self.retry_after = retry_after
        self.status = status


class LogDamagedError(BusyError):
    """The log's file or its key is damaged. Retrying does not help; waiting items are kept."""

    def __init__(self, problem: "Problem") -> None:
        super().__init__(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        self.args = (_plain(problem.detail, _LONGEST_DETAIL),)


class TokenRefusedError(ClientError):
    """The token is not valid."""

    def __init__(self) -> None:
        super().__init__("The service does not accept this token. Ask whoever runs it for a new one.")


class NotPermittedError(ClientError):
    """The token's role does not permit this."""

    def __init__(self, detail: str = "Your token's role may not do this. Nothing was changed.") -> None:
        super().__init__(_plain(detail, _LONGEST_DETAIL))


class NotFoundError(ClientError):
    """It does not exist, or the token may not see it."""

    def __init__(self) -> None:
        super().__init__("There is no such thing in this log, or your token may not see it.")


class RefusedError(ClientError):
    """The request was rejected as invalid."""

    def __init__(self, problem: "Problem") -> None:
        fields = "; ".join(
            _plain(f"{fault.field} {fault.message}", _LONGEST_FIELD) for fault in problem.errors[:_FIELDS_NAMED]
        )
        detail = _plain(problem.detail, _LONGEST_DETAIL)
        super().__init__(f"{detail} ({fields})" if fields else detail)
        self.problem = problem
        """As sent by the service. Sanitize it before it is displayed."""


class NotSupportedError(ClientError):
    """The service is older than what it would be asked for."""

    def __init__(self, version: str, instead: str) -> None:
        super().__init__(
            f"The service, commlog {_plain(version, _LONGEST_FIELD)}, is too old for this. {instead}, or update it."
        )


class UnexpectedAnswerError(ClientError):
    """The response cannot be parsed by this version."""

    def __init__(self) -> None:
        super().__init__("The service's answer cannot be read. Is this address a commlog service of the same version?")


def is_stale_cursor(error: ClientError) -> bool:
    """Return whether a page was rejected because its cursor is no longer valid."""
    return isinstance(error, RefusedError) and error.problem.type == "urn:commlog:problem:cursor"


def _plain(text: str, longest: int) -> str:
    """Return a service's message on one sanitized line of limited length."""
    words = "".join(character if character.isprintable() else " " for character in text[: 4 * longest])
    line = " ".join(words.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
