"""Ids that begin with a prefix: a range of them, and how many are looked at."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from commlog_tui.contract.query import IdQuery
from commlog_tui.store.rows import MatchingIdsRow

MOST_RECORDS: Final = 1_000
"""How many records with a prefix are looked at, of whatever kind."""
_DIGITS: Final = 32


def id_range(query: IdQuery) -> tuple[UUID, UUID]:
    """Return the first and the last id that begin with the prefix of a query."""
    digits = query.prefix.replace("-", "").lower()
    return UUID(hex=digits.ljust(_DIGITS, "0")), UUID(hex=digits.ljust(_DIGITS, "f"))


def matching_ids_row(query: IdQuery, records: Sequence[tuple[UUID, str]]) -> MatchingIdsRow:
    """Return the entries among records, given their id and kind in order of the id: at most ``MOST_RECORDS``."""
    ids = tuple(str(found) for found, kind in records if kind == "entry")
    return MatchingIdsRow(ids[: query.limit], len(ids) > query.limit or len(records) == MOST_RECORDS)
