"""Addresses, bodies and answers of the log's HTTP API."""

from typing import Any, Final, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from commlog_tui.client import errors
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.identity import ids_of_key

Answer = TypeVar("Answer", bound=BaseModel)
AnyReceipt = TypeVar("AnyReceipt", bound=Receipt)

_UNADDRESSABLE: Final = {"", ".", ".."}
"""Ids that URL normalization would remove from a path (RFC 3986, section 5.2.4)."""


def its_own(receipt: AnyReceipt, location: str, key: str | None) -> AnyReceipt:
    """Return the receipt if it is for this record; reject one from a cache or a mix-up."""
    if receipt.location != location or (key is not None and receipt.id not in ids_of_key(key)):
        raise errors.UnexpectedAnswerError
    return receipt


def at(location: str, *parts: str) -> str:
    """Return the path of a location's resource. Raises ``NotFoundError`` for what no path can name."""
    if not _UNADDRESSABLE.isdisjoint((location, *parts)):
        raise errors.NotFoundError
    return "/v1/locations/" + "/".join(quote(part, safe="", errors="replace") for part in (location, *parts))


def params(query: BaseModel) -> dict[str, Any]:
    """Return the query string of a query."""
    return query.model_dump(mode="json", exclude_defaults=True)


def to_json(model: BaseModel) -> bytes:
    """Return a request as bytes; fields that were not set are absent."""
    return model.model_dump_json(exclude_unset=True).encode()


def read(raw: bytes, model: type[Answer]) -> Answer:
    """Return an answer. Raises ``UnexpectedAnswerError``."""
    try:
        return model.model_validate_json(raw)
    except ValidationError:
        raise errors.UnexpectedAnswerError from None
