"""The error format of the API: RFC 9457 problem details."""

from typing import Final

from commlog_tui.contract.base import ResponseModel

PROBLEM_JSON: Final = "application/problem+json"


class FieldProblem(ResponseModel):
    """A validation error of one field; the message does not repeat the value."""

    field: str
    """Path of the field, dotted: ``customer.id``."""
    message: str


class Problem(ResponseModel):
    """RFC 9457 problem details."""

    type: str
    """A URN for the type of problem, such as ``urn:commlog:problem:key-reused``."""
    title: str
    status: int
    detail: str
    """One or two sentences: what happened, what is safe, what to do."""
    errors: tuple[FieldProblem, ...] = ()
