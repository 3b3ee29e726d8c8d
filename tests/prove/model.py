"""What the machine plays with.

What can be said to the service, and what is remembered of it once it was acknowledged.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from commlog_tui.contract.base import format_instant
from commlog_tui.contract.delivery import DeliveryKind, status_of
from commlog_tui.contract.entry import EntryChanges

NOON: Final = datetime(2026, 11, 3, 12, tzinfo=UTC)


def _is_title(text: str) -> bool:
    try:
        EntryChanges(title=text)
    except ValueError:
        return False
    return True


SOURCES: Final = ("manual", "workflow")
VIAS: Final = st.sampled_from(("email", "sms", "phone"))
MOMENTS: Final = st.integers(-600, 600).map(lambda minutes: format_instant(NOON + timedelta(minutes=minutes)))
TITLES: Final = st.text(min_size=1, max_size=20).filter(_is_title)
ENTRY: Final = st.fixed_dictionaries(
    {
        "via": VIAS,
        "title": TITLES,
        "sent_at": MOMENTS,
        "source": st.sampled_from(SOURCES),
        "to": st.just("a@b.example"),
    }
)
FILTERS: Final = st.fixed_dictionaries(
    {},
    optional={
        "via": VIAS,
        "source": st.sampled_from(SOURCES),
        "status": st.sampled_from(("logged", "sent", "delivered")),
    },
)
PICK: Final = st.integers(0, 1 << 16)


@dataclass
class Known:
    """A record that was acknowledged, and of an entry what it now says."""

    path: str
    key: str
    sent: dict[str, Any]
    receipt: dict[str, Any]
    about: "Known | None" = None
    """The entry that something was said of."""
    now: dict[str, Any] = field(default_factory=dict)
    kinds: list[DeliveryKind] = field(default_factory=list)
    is_redacted: bool = False

    @property
    def status(self) -> str:
        """What the delivery events of an entry make of it."""
        return status_of(self.kinds).value
