"""HTTP requests and responses as bytes: timeouts, retries, and mapping of errors. Uses httpx."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from random import Random
from time import perf_counter
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from commlog_tui.client import errors
from commlog_tui.client.http import httpx
from commlog_tui.client.person import person_headers
from commlog_tui.client.trace import REQUEST_ID, new_request_id, note
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.problem import PROBLEM_JSON, Problem

EVENT_STREAM: Final = "text/event-stream"
LARGEST_ANSWER: Final = 256 << 20
"""Maximum size of a response in bytes: more than 200 entries of the largest size need."""

_ATTEMPTS: Final = 3
_FIRST_WAIT: Final = 0.1
_JITTER: Final = 0.1
"""Seconds, as is the one before."""
_RANDOM: Final = Random()  # noqa: S311 - no secret; of its own, as other threads may seed the common one
_SILENCE: Final = 40.0
"""Read timeout of the feed in seconds; the service sends a keep-alive every 15."""
_PARTING: Final = 2.0
"""Seconds that pending writes are given when the client is closed."""
_LONGEST_WAIT: Final = 3600
_BUSY: Final = {429, 500, 502, 503, 504, 507}
_PASSING: Final = {502, 503, 504}
_DAMAGED: Final = {"urn:commlog:problem:damaged", "urn:commlog:problem:other-log"}
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_HEADER_SAFE: Final = re.compile(r"[!-~]([ -~]*[!-~])?")
_UNTRUSTED: Final[dict[int, str]] = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by itself, which this machine does not trust",
    19: "is signed by an authority that this machine does not trust",
    20: "is signed by an authority that this machine does not know",
    21: "is signed by an authority that this machine does not know",
    23: "has been revoked",
    62: "is that of another host",
    64: "is that of another address",
}
"""Messages for OpenSSL's ``X509_V_ERR`` numbers (openssl-verification-options)."""

RetryPolicy: TypeAlias = Callable[[errors.ClientError], float | None]
"""Seconds to wait after an error before a retry: 0 for the usual backoff, None for no retry."""


class _NotConnectedError(errors.UnreachableError):
    """The request was certainly not sent."""


class Transport:
    """A connection to one service with one token."""

    def __init__(
        self, base_url: str, token: str, *, timeout: float, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        if transport is None and base_url.lower().startswith("http://"):
            transport = httpx.AsyncHTTPTransport(verify=False)  # plain HTTP: do not load certificates
        # A malformed token (RFC 6750, section 2.1) would break the header; without one: 401.
        authorization = {"Authorization": f"Bearer {token}"} if _TOKEN.fullmatch(token) else {}
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Accept": "application/json", **authorization},
            timeout=timeout,
            transport=transport,
            trust_env=transport is None,
        )
        self._timeout = timeout
        self._under_way: set[asyncio.Task[bytes]] = set()

    async def get(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """Send a GET; retry within the timeout while the service is briefly unavailable."""
        try:
            async with asyncio.timeout(self._timeout):
                policy = self._retry_policy(_is_passing)
                return await _retried(lambda: self._exchange("GET", path, params=params), policy)
        except TimeoutError:
            raise errors.UnreachableError from None

    async def post(self, path: str, body: bytes, key: str | None = None) -> bytes:
        """Send a POST. It is retried only if it was certainly not sent or not processed.

        A caller that gives up or is cancelled does not cut the request off: it ends in its own
        time, because requests cut off in the middle starve the connection pool.
        """
        headers = {"Content-Type": "application/json", **person_headers()}
        if key is not None:
            headers["Idempotency-Key"] = key if _HEADER_SAFE.fullmatch(key) else id_of_key(key)  # the same identity
        policy = self._retry_policy(_is_unsent)
        posting = _retried(lambda: self._exchange("POST", path, content=body, headers=headers), policy)
        task = asyncio.ensure_future(posting)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=self._timeout)
        if not done:
            raise errors.UnreachableError
        return task.result()

    @asynccontextmanager
    async def stream(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a server-sent event stream and yield its bytes.

        An answer from something else, such as a proxy, is temporary and counts as no answer.
        """
        timeout = httpx.Timeout(self._timeout, read=_SILENCE)
        accepting = {"Accept": EVENT_STREAM, **headers}
        try:
            async with self._response("GET", path, headers=accepting, timeout=timeout) as response:
                if response.status_code != HTTPStatus.OK:
                    error = _error(response, await _read(response))
                    raise errors.UnreachableError if isinstance(error, errors.UnexpectedAnswerError) else error
                if _media_type(response) != EVENT_STREAM:
                    raise errors.UnreachableError
                yield response.aiter_bytes()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _certificate_error(error) or errors.UnreachableError() from None

    async def aclose(self) -> None:
        """Wait up to two seconds for writes to finish, then close the connections."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_PARTING)
        await self._http.aclose()
        for task in self._under_way:
            task.cancel()

    def _require_open(self) -> None:
        if self._http.is_closed:
            raise errors.UnreachableError

    def _ended(self, task: asyncio.Task[bytes]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # a failure that nobody waits for any more is no fault of the program

    def _retry_policy(self, is_retryable: Callable[[errors.ClientError], bool]) -> RetryPolicy:
        """Return the policy that retries these errors, after the wait the service names."""
        clock = asyncio.get_running_loop().time
        end = clock() + self._timeout

        def policy(error: errors.ClientError) -> float | None:
            retryable = is_retryable(error)
            if not isinstance(error, errors.BusyError) or error.retry_after is None:
                return 0.0 if retryable else None
            asked = max(error.retry_after, _FIRST_WAIT)
            retryable = retryable or error.status == HTTPStatus.TOO_MANY_REQUESTS
            return asked if retryable and clock() + asked < end else None

        return policy

    @asynccontextmanager
    async def _response(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **request: Any,  # noqa: ANN401 - handed through to httpx
    ) -> AsyncIterator[httpx.Response]:
        """Send a request with a new request id, yield the response, and log the outcome."""
        self._require_open()
        request_id, began = new_request_id(), perf_counter()
        outcome: int | str = "cut"
        named = {REQUEST_ID: request_id, **(headers or {})}
        try:
            async with self._http.stream(method, path, headers=named, **request) as response:
                outcome = response.status_code
                yield response
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = type(error).__name__
            raise
        finally:
            note(method, path, outcome, perf_counter() - began, request_id)

    async def _exchange(self, method: str, path: str, **request: Any) -> bytes:  # noqa: ANN401 - handed through to httpx
        try:
            async with self._response(method, path, **request) as response:
                raw = await _read(response)
        except httpx.ConnectError as error:
            raise _certificate_error(error) or _NotConnectedError() from None
        except httpx.DecodingError:
            raise errors.UnexpectedAnswerError from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise errors.UnreachableError from None
        if response.status_code not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise _error(response, raw)
        return raw


async def _retried(exchange: Callable[[], Awaitable[bytes]], policy: RetryPolicy) -> bytes:
    """Return the first answer. The last attempt's error is raised as it is."""
    for attempt in range(_ATTEMPTS - 1):
        try:
            return await exchange()
        except errors.ClientError as error:
            wait = policy(error)
            if wait is None:
                raise
        await asyncio.sleep(wait or _backoff(attempt))
    return await exchange()


def _backoff(attempt: int) -> float:
    """Return the seconds to wait after a failed attempt: exponential backoff with jitter."""
    return _FIRST_WAIT * (1 << attempt) + _RANDOM.uniform(0, _JITTER)


def _certificate_error(error: Exception) -> errors.CertificateError | None:
    """Return the certificate error that caused a connection error, if any."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return errors.CertificateError(_UNTRUSTED.get(cause.verify_code, "cannot be verified"))
        cause = cause.__cause__ or cause.__context__
    return None


def _is_passing(error: errors.ClientError) -> bool:
    if isinstance(error, errors.CertificateError):
        return False
    return isinstance(error, errors.UnreachableError) or (
        isinstance(error, errors.BusyError) and error.status in _PASSING
    )


def _is_unsent(error: errors.ClientError) -> bool:
    return isinstance(error, _NotConnectedError)


async def _read(response: httpx.Response) -> bytes:
    raw = bytearray()
    async for chunk in response.aiter_bytes():
        raw += chunk
        if len(raw) > LARGEST_ANSWER:
            raise errors.UnexpectedAnswerError
    return bytes(raw)


def _error(response: httpx.Response, raw: bytes) -> errors.ClientError:
    """Map an error response to an exception. Only our own service's messages are used."""
    status = response.status_code
    if status in _BUSY:
        return _busy(response, _problem(response, raw))
    if status == HTTPStatus.UNAUTHORIZED:
        return errors.TokenRefusedError()
    problem = _problem(response, raw)
    if problem is None or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return errors.UnexpectedAnswerError()
    match status:
        case HTTPStatus.FORBIDDEN:
            return errors.NotPermittedError(problem.detail)
        case HTTPStatus.NOT_FOUND:
            return errors.NotFoundError()
    return errors.RefusedError(problem)


def _busy(response: httpx.Response, problem: Problem | None) -> errors.BusyError:
    request_id = response.request.headers.get(REQUEST_ID)
    if problem is not None and problem.type in _DAMAGED:
        return errors.LogDamagedError(problem)
    asked = _seconds(response.headers.get("retry-after", ""))
    return errors.BusyError(asked, status=response.status_code, request_id=request_id)


def _problem(response: httpx.Response, raw: bytes) -> Problem | None:
    if _media_type(response) != PROBLEM_JSON:
        return None
    try:
        return Problem.model_validate_json(raw)
    except ValidationError:
        return None


def _media_type(response: httpx.Response) -> str:
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower()


def _seconds(text: str) -> float | None:
    """Parse Retry-After, a number or a date (RFC 9110, section 10.2.3); an hour at most."""
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), _LONGEST_WAIT))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(wait, 0.0), _LONGEST_WAIT)
