"""Models of pages, batches and the live feed."""

from typing import Annotated

from pydantic import Field

from commlog_tui.contract.base import Instant, RequestModel, ResponseModel, Text
from commlog_tui.contract.entry import Entry, NewEntry, Receipt
from commlog_tui.contract.problem import Problem

MAX_BATCH = 500


class Total(ResponseModel):
    """How many entries match a query; ``exact`` is false if there are more than this."""

    count: int
    exact: bool


class Page(ResponseModel):
    """A page of entries, newest first."""

    entries: tuple[Entry, ...]
    first: int
    """Position of the first row among all matches, from 1; 0 if the page is empty."""
    total: Total
    newer: str | None
    older: str | None
    oldest: str | None
    """Cursors. ``oldest`` leads to the last page, and is null on the last page itself."""
    suggestions: tuple[str, ...] = ()
    """Where nothing matches: similar queries that differ by one letter in a word."""
    searched_back_to: Instant | None = None
    """Where the time limit of a search was reached: no entry since then is missing from the page.
    ``older`` goes on from there."""


class MatchingIds(ResponseModel):
    """Ids of entries with a given prefix, in order."""

    ids: tuple[str, ...]
    more: bool


IdempotencyKey = Annotated[Text, Field(min_length=1, max_length=255)]


class BatchItem(RequestModel):
    """One entry of a batch, with its idempotency key."""

    key: IdempotencyKey
    entry: NewEntry


class BatchAnswer(ResponseModel):
    """The result for one item: 201 created, 200 already recorded, otherwise the problem."""

    key: str
    status: int
    receipt: Receipt | None = None
    problem: Problem | None = None


class BatchAnswers(ResponseModel):
    """The results of a batch, in the order of its items."""

    items: tuple[BatchAnswer, ...]


class EventAnswer(ResponseModel):
    """The result for one event of a batch: 201 created, 200 already recorded, otherwise the problem."""

    status: int
    receipt: Receipt | None = None
    problem: Problem | None = None


class EventAnswers(ResponseModel):
    """The results of a batch of events, in the order of its items."""

    items: tuple[EventAnswer, ...]


class FeedEnd(ResponseModel):
    """Sent by the feed to a client whose position is beyond the end of the log."""

    seq: int


class FeedItem(ResponseModel):
    """A new record in the feed, with the current state of its entry."""

    seq: int
    kind: str
    """May be a kind unknown to this version."""
    entry: Entry | None = None
    """Null for a record that is not about an entry."""
