"""Answers that come in pages, in batches and in streams."""

from typing import Annotated

from pydantic import Field

from commlog_tui.contract.base import RequestModel, ResponseModel, Text
from commlog_tui.contract.entry import Entry, NewEntry, Receipt
from commlog_tui.contract.problem import Problem

MAX_BATCH = 500


class Total(ResponseModel):
    """How many entries answer a query; ``exact`` false means "over this many"."""

    count: int
    exact: bool


class Page(ResponseModel):
    """A page of the log, newest first."""

    entries: tuple[Entry, ...]
    first: int
    """Position of the first row in the whole answer, from 1; 0 when the page is empty."""
    total: Total
    newer: str | None
    older: str | None
    oldest: str | None
    """Cursors; ``oldest`` leads to the last page, and is null when this is it."""


class MatchingIds(ResponseModel):
    """The ids of entries that begin with what was asked for, in their order."""

    ids: tuple[str, ...]
    more: bool


IdempotencyKey = Annotated[Text, Field(min_length=1, max_length=255)]


class BatchItem(RequestModel):
    """One entry of a batch, under its own key."""

    key: IdempotencyKey
    entry: NewEntry


class BatchAnswer(ResponseModel):
    """What became of one item: 201 added, 200 already there, otherwise the problem."""

    key: str
    status: int
    receipt: Receipt | None = None
    problem: Problem | None = None


class BatchAnswers(ResponseModel):
    """The answers to a batch, in the order of its items."""

    items: tuple[BatchAnswer, ...]


class FeedEnd(ResponseModel):
    """The end of the log, as the feed tells it to a follower who asked for a position beyond it."""

    seq: int


class FeedItem(ResponseModel):
    """One new record in the feed, with its entry as it now stands."""

    seq: int
    kind: str
    """A name that this version may not know."""
    entry: Entry | None = None
    """Null for a record that is about no entry."""
