"""A webhook request as the service received it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A webhook request: everything that parsing and verification look at."""

    method: str
    url: str
    """URL as the service saw it."""
    body: bytes = field(repr=False)
    """The raw bytes: signatures cover them, not what was parsed from them."""
    received_at: datetime
    """By the service's clock: the time of events of providers that send none."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By lower-case name."""
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    public_url: str = ""
    """URL that the provider called, if a proxy changes it."""
    certificate: bytes | None = field(default=None, repr=False)
    """What the caller fetched from ``Provider.certificate_url``, in PEM."""

    @property
    def signed_url(self) -> str:
        """Return the URL that the provider called."""
        return self.public_url or self.url

    def header(self, name: str) -> str:
        """Return a header by its lower-case name; empty if it is missing."""
        return self.headers.get(name, "")
