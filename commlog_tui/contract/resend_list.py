"""Models of lists of messages that were sent again."""

from commlog_tui.contract.base import ResponseModel
from commlog_tui.contract.query import ListQuery
from commlog_tui.contract.resend import Resend, ResendState


class ResendListQuery(ListQuery):
    """Messages sent again, newest first; of one state if it is given."""

    state: ResendState | None = None


class Resends(ResponseModel):
    """A page of messages sent again, newest first."""

    resends: tuple[Resend, ...]
    older: str | None
    """Cursor of the next page; null on the last one."""
