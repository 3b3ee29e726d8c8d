"""The one shape of every error answer: RFC 9457 problem details."""

from typing import Final

from commlog_tui.contract.base import ResponseModel

PROBLEM_JSON: Final = "application/problem+json"


class FieldProblem(ResponseModel):
    """What is wrong with one field, in words that do not repeat its value."""

    field: str
    """Path of the field, dotted: ``customer.id``."""
    message: str


class Problem(ResponseModel):
    """RFC 9457 problem details."""

    type: str
    """A URN that names the kind of problem: ``urn:commlog:problem:key-reused``."""
    title: str
    status: int
    detail: str
    """One or two sentences: what happened, what was kept safe, what to do."""
    errors: tuple[FieldProblem, ...] = ()
