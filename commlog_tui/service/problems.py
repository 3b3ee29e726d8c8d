"""RFC 9457 problem details for all errors. They never repeat what was sent."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute, APIRouter
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from commlog_tui.contract.problem import PROBLEM_JSON, FieldProblem, Problem
from commlog_tui.contract.validation import field_message, field_name
from commlog_tui.records import errors as refusals
from commlog_tui.records.errors import LogError
from commlog_tui.service.answers import json_answer
from commlog_tui.store import errors

_STORE: Final[dict[type[LogError], tuple[int, str]]] = {
    errors.UnknownLocationError: (404, "not-found"),
    refusals.UnknownEntryError: (404, "not-found"),
    errors.UnknownCustomerError: (404, "not-found"),
    errors.UnknownRecordError: (404, "not-found"),
    errors.LocationExistsError: (409, "location-exists"),
    refusals.KeyReusedError: (422, "key-reused"),
    refusals.NotManualError: (409, "not-manual"),
    refusals.NotAutomatedError: (409, "not-automated"),
    refusals.RedactedError: (409, "redacted"),
    refusals.MatchedError: (409, "matched"),
    refusals.TaskDoneError: (409, "task-done"),
    refusals.NotSendableError: (409, "not-sendable"),
    refusals.AlreadySentError: (409, "already-sent"),
    errors.CursorError: (400, "cursor"),
    errors.StoreFullError: (507, "full"),
    errors.StoreUnavailableError: (503, "unavailable"),
    errors.DamagedLogError: (500, "damaged"),
    errors.OtherLogError: (500, "other-log"),
}
_TITLES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}
"""As RFC 9110, section 15.5, has them; the standard library does since Python 3.13."""
CROWDED: Final = "crowded"
"""Set in the state of a request that came over a connection too many."""
MOST_FAULTS: Final = 20
"""Told of one request or item."""
_NOT_FOUND: Final = "There is nothing here, or nothing that this token may see."


class ProblemError(Exception):
    """A refusal on its way to become an answer."""

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        *,
        fields: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(slug)
        self.problem = problem(status, slug, detail, fields)
        self.headers = dict(headers or {})


def problem(status: int, slug: str, detail: str, fields: Sequence[FieldProblem] = ()) -> Problem:
    """Return the problem of a status and a kind."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    return Problem(type=f"urn:commlog:problem:{slug}", title=title, status=status, detail=detail, errors=tuple(fields))


def problem_of(error: LogError) -> Problem:
    """Return the problem that a store's refusal is to the caller."""
    status, slug = _STORE.get(type(error), (503, "unavailable"))
    return problem(status, slug, _NOT_FOUND if status == HTTPStatus.NOT_FOUND else str(error))


def fields_of(faults: Sequence[Any], whole: str = "body") -> list[FieldProblem]:
    """Return pydantic's first fault in our own words.

    ``whole`` names a fault that belongs to no field.
    """
    messages = dict.fromkeys((field_name(fault) or whole, field_message(fault)) for fault in faults)
    return [FieldProblem(field=field, message=message) for field, message in islice(messages, MOST_FAULTS)]


def invalid(error: ValidationError) -> Problem:
    """Return the problem of content that is not what the contract says."""
    fields = fields_of(error.errors(include_url=False, include_input=False))
    return problem(422, "invalid", "The content is not valid; nothing was changed. See the errors by field.", fields)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response that carries a problem."""
    extra = dict(headers or {})
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        extra.setdefault("Retry-After", "1")
    return json_answer(problem, problem.status, extra, PROBLEM_JSON)


def refusal(error: ProblemError | LogError) -> Response:
    """Return the answer to a request that was refused, by the service or by its store."""
    if isinstance(error, ProblemError):
        return answer(error.problem, error.headers)
    return answer(problem_of(error))


def unexpected() -> Response:
    """Return the answer to a fault of the service's own."""
    return answer(
        problem(500, "unexpected", "The service met a fault of its own. Nothing that was acknowledged is lost.")
    )


def crowded() -> Response:
    """Return the answer to a request that came over a connection too many."""
    words = "The service has as many connections as it can. Nothing was changed; ask again in a moment."
    return answer(problem(503, "crowded", words), {"Retry-After": "5", "Connection": "close"})


def unreadable(status: int) -> Response:
    """Return the answer to what cannot be read as a request."""
    words = (
        "This is no request of HTTP/1.1, or it could be read in two ways, or its head is too large. Nothing was "
        "changed."
    )
    return answer(problem(status, "request", words))


def ambiguous(words: str) -> Response:
    """Return the answer to a request that could be read in two ways."""
    return answer(problem(400, "parameters", words))


def install(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Let the application answer every refusal, the framework's own included, with a problem."""

    @app.exception_handler(ProblemError)
    async def refused(_: Request, error: ProblemError) -> Response:
        return refusal(error)

    @app.exception_handler(LogError)
    async def stored(_: Request, error: LogError) -> Response:
        return refusal(error)

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> Response:
        faults = [{**fault, "loc": fault["loc"][1:]} for fault in error.errors()]  # the first part says header or path
        return answer(problem(400, "parameters", "A parameter or header is missing or not valid.", fields_of(faults)))

    @app.exception_handler(Exception)
    async def failed(_: Request, __: Exception) -> Response:
        return unexpected()

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return answer(problem(404, "not-found", _NOT_FOUND))
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = {"Allow": ", ".join(sorted(_methods(request.url.path, routers)))}
            return answer(
                problem(405, "method", "This address does not take that method. Nothing was changed."), allowed
            )
        return answer(problem(error.status_code, "request", HTTPStatus(error.status_code).description), error.headers)


def _methods(path: str, routers: Sequence[APIRouter]) -> set[str]:
    """Return all methods of a path; the framework's own answer names one route's only."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    here = [route for route in routes if route.path_regex.match(path)]
    address = min((route.path for route in here), key=lambda template: template.count("{"), default="")
    return {method for route in here if route.path == address for method in route.methods or ()}
