"""The one encoder of JSON answers."""

from collections.abc import Mapping

import msgspec
from fastapi.responses import Response
from pydantic import BaseModel


def to_json(value: object) -> bytes:
    """Return structs, models of the contract and plain values as JSON."""
    if isinstance(value, BaseModel):
        return value.model_dump_json().encode()
    return msgspec.json.encode(value)


def json_answer(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None, media_type: str = "application/json"
) -> Response:
    """Return the response for a value, built by hand: a response model would validate it again."""
    return Response(to_json(value), status, headers, media_type)
