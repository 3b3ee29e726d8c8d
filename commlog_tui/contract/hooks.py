"""Models of the webhooks of delivery providers."""

from commlog_tui.contract.base import Instant, ResponseModel


class Hook(ResponseModel):
    """A provider's webhook at a location."""

    provider: str
    name: str
    """The provider's name for people."""
    last_at: Instant | None
    """When it last reported something new."""
    silent_since: Instant | None
    """The same, if it has reported nothing for longer than usual at this time of the week. Null
    also while too little is known of what is usual."""


class Hooks(ResponseModel):
    """The webhooks that are set up for a location, by provider."""

    hooks: tuple[Hook, ...]
