"""Models of resolutions: somebody dealt with a message that did not arrive or was never sent."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import BookingCode, Instant, RequestModel, ResponseModel, Slug, Text, UuidText


class NewResolution(RequestModel):
    """A resolution of an entry, or of a kind of message that a booking should have got."""

    entry: UuidText | None = None
    reference: UuidText | None = None
    code: BookingCode | None = None
    expected: Slug | None = None
    """The kind of message that was expected."""
    note: Annotated[Text, Field(max_length=500)] | None = None
    """Why it is resolved, in the words of the person who did it."""

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> Self:
        expectation = (self.reference or self.code, self.expected)
        if self.entry is None and not all(expectation):
            raise ValueError("a resolution names an entry, or a reference or code with the expected kind")
        if self.entry is not None and any(expectation):
            raise ValueError("a resolution of an entry names neither reference, code nor expected kind")
        return self


class Resolution(ResponseModel):
    """A recorded resolution."""

    id: UuidText
    seq: int
    entry: str | None = None
    reference: str | None = None
    code: str | None = None
    expected: str | None = None
    note: str | None = None
    actor: str
    recorded_at: Instant
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""


class Resolutions(ResponseModel):
    """A page of resolutions, newest first."""

    resolutions: tuple[Resolution, ...]
    older: str | None
    """Cursor of the next page; null on the last one."""
