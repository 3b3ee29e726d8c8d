"""Every answer that is not a success: RFC 9457 problem details, which never repeat what was sent."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from commlog_tui.contract.problem import PROBLEM_JSON, FieldProblem, Problem
from commlog_tui.store import errors

_STORE: Final[dict[type[errors.StoreError], tuple[int, str]]] = {
    errors.UnknownLocationError: (404, "not-found"),
    errors.UnknownEntryError: (404, "not-found"),
    errors.UnknownCustomerError: (404, "not-found"),
    errors.LocationExistsError: (409, "location-exists"),
    errors.KeyReusedError: (422, "key-reused"),
    errors.NotManualError: (409, "not-manual"),
    errors.NotAutomatedError: (409, "not-automated"),
    errors.CursorError: (400, "cursor"),
    errors.StoreFullError: (507, "full"),
    errors.StoreUnavailableError: (503, "unavailable"),
}
_WORDS: Final = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "string_too_long": "is too long",
    "string_too_short": "must not be empty",
    "too_long": "has too many items",
    "json_invalid": "is not JSON",
}
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
    title = HTTPStatus(status).phrase
    return Problem(type=f"urn:commlog:problem:{slug}", title=title, status=status, detail=detail, errors=tuple(fields))


def problem_of(error: errors.StoreError) -> Problem:
    """Return the problem that a store's refusal is to the caller."""
    status, slug = _STORE.get(type(error), (503, "unavailable"))
    return problem(status, slug, _NOT_FOUND if status == HTTPStatus.NOT_FOUND else str(error))


def fields_of(faults: Sequence[Any]) -> list[FieldProblem]:
    """Return what pydantic found wrong, in words without the values it found it in."""
    return [FieldProblem(field=".".join(map(str, fault["loc"])) or "body", message=_words(fault)) for fault in faults]


def invalid(error: ValidationError) -> Problem:
    """Return the problem of content that is not what the contract says."""
    fields = fields_of(error.errors(include_url=False, include_input=False, include_context=False))
    return problem(422, "invalid", "The content is not valid; nothing was changed. See the errors by field.", fields)


def _words(fault: Mapping[str, Any]) -> str:
    kind = fault["type"]
    if kind == "value_error":
        return str(fault["msg"]).removeprefix("Value error, ")
    return _WORDS.get(kind) or str(fault["msg"])


def answer(told: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response that carries a problem."""
    extra = dict(headers or {})
    if told.status == HTTPStatus.SERVICE_UNAVAILABLE:
        extra.setdefault("Retry-After", "1")
    return Response(told.model_dump_json(), told.status, extra, PROBLEM_JSON)


def install(app: FastAPI) -> None:
    """Let the application answer every failure, the framework's own included, with a problem."""

    @app.exception_handler(ProblemError)
    async def refused(_: Request, error: ProblemError) -> Response:
        return answer(error.problem, error.headers)

    @app.exception_handler(errors.StoreError)
    async def stored(_: Request, error: errors.StoreError) -> Response:
        return answer(problem_of(error))

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> Response:
        return answer(problem(400, "parameters", "A parameter is not valid.", fields_of(error.errors())))

    @app.exception_handler(HTTPException)
    async def framework(_: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return answer(problem(404, "not-found", _NOT_FOUND))
        return answer(problem(error.status_code, "request", HTTPStatus(error.status_code).description), error.headers)

    @app.exception_handler(Exception)
    async def unexpected(_: Request, __: Exception) -> Response:
        return answer(problem(500, "unexpected", "The service met a fault of its own. Nothing that was acknowledged is lost."))
