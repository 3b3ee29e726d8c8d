"""Public parts of many records made at once: what verifying a log reads them by.

Ids and hashes become text as whole columns, and a record takes one ``%`` without an object of its
own. What is not as a sound log has it is left to ``public_codec``, record by record.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, Final

import msgspec

from commlog_tui.records.public_codec import FILED, stated_values, template_of
from commlog_tui.records.uuids import TEXT_SIZE, UUID_SIZE, uuid_texts

_HASH_SIZE: Final = 32
_NUMBERS: Final = frozenset({int, type(None)})
_Column = Sequence[Any]
_Pick = Callable[[_Column], _Column]


class PublicBatch:
    """Columns of some records of a location, from which their public parts are made form by form."""

    def __init__(  # noqa: PLR0917 - columns in the order of ``public_codec.made_public``
        self, recorded_at: _Column, lags: _Column, commitments: _Column, rests: _Column,
        location: str, seqs: _Column, ids: _Column, roots: _Column,
    ) -> None:  # fmt: skip
        """Raises ``ValueError`` if the records have to be made one by one, which says nothing against them."""
        if set(map(type, recorded_at)) != {int} or not _NUMBERS.issuperset(map(type, lags)):
            raise ValueError("not every record has its instants")
        about = iter(_texts([root for root in roots if root]))
        self._location = location
        self._lags = lags
        self._rests = rests
        self._columns = [
            _texts(ids),
            seqs,
            _pieces(_joined(commitments, _HASH_SIZE).hex().encode(), 2 * _HASH_SIZE),
            recorded_at,
            [None if lag is None else at - lag for at, lag in zip(recorded_at, lags, strict=True)],
            [next(about) if root else None for root in roots],
        ]

    def made(self, form: str, positions: Sequence[int]) -> list[bytes]:
        """Return what ``public_codec.made_public`` does for the records at two or more positions, all of this form.

        Raises ``ValueError`` if any of them has to be made alone.
        """
        template, arrange, width, has_moment = template_of(form, self._location)
        pick: _Pick = itemgetter(*positions)
        if set(map(type, pick(self._lags))) != {int if has_moment else type(None)}:
            raise ValueError("not every record has the instants of the form")
        further = _further(pick(self._rests), width - FILED)
        columns = arrange((*self._columns, *range(FILED, width)))
        values = [further[one - FILED] if isinstance(one, int) else pick(one) for one in columns]
        try:
            return list(map(template.__mod__, zip(*values, strict=True)))
        except TypeError as error:
            raise ValueError("the columns do not fit the form") from error


def _texts(ids: _Column) -> list[bytes]:
    return _pieces(uuid_texts(_joined(ids, UUID_SIZE)), TEXT_SIZE)


def _joined(column: _Column, size: int) -> bytes:
    """Return what is in a column. Raises ``ValueError`` unless all of it is bytes of this length."""
    if not {bytes}.issuperset(map(type, column)) or not {size}.issuperset(map(len, column)):
        raise ValueError("a column has something else than ids or hashes")
    return b"".join(column)


def _pieces(text: bytes, size: int) -> list[bytes]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _further(rests: Iterable[bytes | None], count: int) -> list[_Column]:
    """Return the columns of values that no column is for. Raises ``ValueError``."""
    if not count and not any(rests):
        return []
    try:
        values = [() if rest is None else stated_values(rest) for rest in rests]
    except msgspec.MsgspecError as error:
        raise ValueError("the further values cannot be read") from error
    if set(map(len, values)) != {count}:
        raise ValueError("the further values do not fit the form")
    return list(zip(*values, strict=True))
