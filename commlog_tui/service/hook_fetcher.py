"""Fetch what verifying a webhook of Amazon SNS needs: certificates, and confirmations.

Only URLs that ``providers`` has checked get here: https, of the provider's own hosts. Redirects are
not followed, answers are bounded, certificates are cached.
"""

import asyncio
from collections.abc import Callable
from typing import Final
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from typing_extensions import override

_MOST_BYTES: Final = 64 << 10
_SECONDS: Final = 5.0
_MOST_CERTIFICATES: Final = 16


class FetchError(Exception):
    """The provider's server did not answer as it should."""


class _NoRedirects(HTTPRedirectHandler):
    @override
    def redirect_request(self, *_: object) -> Request | None:
        """Follow no redirect."""
        return None


def fetch(url: str) -> bytes:
    """Return what an https URL answers. Raises ``FetchError``."""
    if not url.startswith("https://"):
        raise FetchError("Only https is fetched.")
    try:
        with build_opener(_NoRedirects).open(url, timeout=_SECONDS) as response:
            content: bytes = response.read(_MOST_BYTES + 1)
    except (OSError, URLError, ValueError):
        raise FetchError("The provider's server does not answer.") from None
    if len(content) > _MOST_BYTES:
        raise FetchError("The provider's server answers too much.")
    return content


class Fetcher:
    """Fetches in threads, one request at a time."""

    def __init__(self, fetch: Callable[[str], bytes] = fetch) -> None:
        self._fetch = fetch
        self._turn = asyncio.Lock()
        self._certificates: dict[str, bytes] = {}

    async def certificate(self, url: str) -> bytes:
        """Return the certificate at a URL. Raises ``FetchError``."""
        async with self._turn:
            if url not in self._certificates:
                content = await asyncio.to_thread(self._fetch, url)
                if len(self._certificates) >= _MOST_CERTIFICATES:
                    self._certificates.clear()
                self._certificates[url] = content
            return self._certificates[url]

    async def confirm(self, url: str) -> None:
        """Confirm a subscription. Raises ``FetchError``."""
        async with self._turn:
            await asyncio.to_thread(self._fetch, url)
