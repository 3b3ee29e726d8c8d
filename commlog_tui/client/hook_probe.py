"""Ask whether a webhook's public address reaches the service."""

from http import HTTPStatus
from typing import Final

from commlog_tui.client.http import httpx
from commlog_tui.contract.problem import PROBLEM_JSON

_SECONDS: Final = 10.0


async def probe(url: str) -> str | None:
    """Send a webhook's address a request without a signature, which records nothing.

    Return what is wrong, as a sentence; None if the service answered as it should.
    """
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False) as client:
            response = await client.post(url, content=b"{}", headers={"Content-Type": "application/json"})
    except (httpx.HTTPError, httpx.InvalidURL):
        return "Nobody answers there. Is the service running, and does the address lead to it?"
    if response.is_redirect:
        return "It answers with a redirect, which stops providers for good. Use the address that it leads to."
    is_ours = response.headers.get("content-type", "").startswith(PROBLEM_JSON)
    if response.status_code == HTTPStatus.UNAUTHORIZED and is_ours:
        return None
    return f"It answers {response.status_code}, and not as a commlog service with this webhook does."
