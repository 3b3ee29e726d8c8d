"""Webhooks of delivery providers: verified over their raw bytes, answered once they are durable.

They need no token: the provider proves itself, or knows the secret. Until it has, every request is
read and answered as one for an unknown webhook is, so that nobody learns which there are. The
service's own trouble is answered so that the provider tries again.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import ValidationError

from commlog_tui.contract.delivery import EventChannel, NewEvent, NewMessage
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.provider import Challenge, Confirmation
from commlog_tui.providers.reading import MAX_BODY
from commlog_tui.providers.registry import PROVIDERS
from commlog_tui.providers.request import HookRequest
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.errors import LogError
from commlog_tui.service.answers import json_answer
from commlog_tui.service.hook_cache import HookCache
from commlog_tui.service.hook_fetcher import FetchError
from commlog_tui.service.problems import ProblemError, answer, problem
from commlog_tui.service.raw_body import read_raw
from commlog_tui.service.requests import StoreOf, address_of, limiter_of
from commlog_tui.store.hooks import SignatureUse

if TYPE_CHECKING:
    from commlog_tui.providers.event import ProviderEvent
    from commlog_tui.providers.provider import Provider
    from commlog_tui.store.hook_settings import HookSettings
    from commlog_tui.store.protocol import Store

router = APIRouter(prefix="/v1/hooks", tags=["hooks"], include_in_schema=False)

_REFUSED: Final = "The request does not prove that it comes from a provider set up here. Nothing was recorded."
_MALFORMED: Final = "The request is not one that this provider documents. Nothing was recorded."
_RETRY_SECONDS: Final = "30"


@router.get("/{provider}/{location}")
@router.post("/{provider}/{location}")
async def receive(request: Request, provider: str, location: str, store: StoreOf) -> Response:
    """Record what a provider reports; 200 once all of it is durable, or was there before."""
    known = PROVIDERS.get(provider)
    try:
        hooks: HookCache = request.app.state.hooks
        settings = await hooks.find(location, provider)
        body = await read_raw(request, MAX_BODY)
        if known is None or settings is None:
            raise SignatureError
        hook = await _verified(request, known, settings, body)
        return await _receive(request, store, known, location, settings, hook)
    except SignatureError:
        limiter_of(request).record_failure(address_of(request))
        return answer(problem(401, "hook", _REFUSED))
    except MalformedHookError:
        return answer(problem(400, "hook", _MALFORMED))
    except (LogError, FetchError) as error:
        return _trouble(known, str(error))
    except ProblemError as error:
        if error.problem.status in {429, 503}:
            return _trouble(known, error.problem.detail)
        raise


async def _verified(request: Request, provider: "Provider", settings: "HookSettings", body: bytes) -> HookRequest:
    """Return a request that the provider has sent. Raises ``SignatureError`` for every other."""
    query = request.scope["query_string"].decode("latin-1")
    path = f"{request.url.path}?{query}" if query else request.url.path
    hook = HookRequest(
        method=request.method,
        url=str(request.url),
        body=body,
        received_at=datetime.now(UTC),
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.query_params),
        public_url=settings.public_url.rstrip("/") + path if settings.public_url else "",
    )
    try:
        if request.method == "GET":
            if not isinstance(provider.handshake(hook, settings.secret), Challenge):
                raise SignatureError
            return hook
        url = provider.certificate_url(hook, settings.secret)
        if url is not None:
            hook = replace(hook, certificate=await request.app.state.fetcher.certificate(url))
        provider.verify(hook, settings.secret, hook.received_at)
    except MalformedHookError:
        raise SignatureError from None
    return hook


async def _receive(
    request: Request, store: "Store", provider: "Provider", location: str, settings: "HookSettings", hook: HookRequest
) -> Response:
    match provider.handshake(hook, settings.secret):
        case Challenge(text):
            return PlainTextResponse(text)
        case Confirmation(url):
            return await _confirmed(request, url, settings)
    events, now = provider.parse(hook), hook.received_at
    use, file = _use(provider, location, hook), request.app.state.hooks.file
    if use is not None and await asyncio.to_thread(file.is_replay, use, now):
        raise SignatureError
    recorded = await _append(store, provider, location, events) if events else 0
    if use is not None:
        await asyncio.to_thread(file.remember, use, now, now + provider.replay_window)
    return json_answer({"received": len(events), "recorded": recorded})


async def _confirmed(request: Request, url: str, settings: "HookSettings") -> Response:
    if settings.confirms:
        await request.app.state.fetcher.confirm(url)
    return json_answer({"received": 0, "recorded": 0})


async def _append(store: "Store", provider: "Provider", location: str, events: "list[ProviderEvent]") -> int:
    """Record events; return how many are new. Raises ``StoreFullError``: none is recorded."""
    channel = EventChannel.SIGNED_WEBHOOK if provider.is_signed else EventChannel.UNSIGNED_WEBHOOK
    items = [AppendEvent(None, None, new, message, channel) for new, message in _items(provider, events)]
    answers = await store.append(location, provider.reporter, items)
    return sum(not isinstance(one, LogError) and one.created for one in answers)


def _items(provider: "Provider", events: "list[ProviderEvent]") -> list[tuple[NewEvent, NewMessage]]:
    """Return what can be recorded of events; one that breaks a rule of the log spoils no other."""
    items = []
    for event in events:
        fields = {
            "kind": event.kind,
            "at": event.at,
            "detail": event.detail or None,
            "to": event.to or None,
            "reason": event.reason,
            "code": event.code or None,
            "event_id": event.event_id,
        }
        with suppress(ValidationError):
            new = NewEvent.model_validate({name: value for name, value in fields.items() if value is not None})
            items.append((new, NewMessage(provider=provider.slug, id=event.message_id)))
    if events and not items:
        raise MalformedHookError
    return items


def _use(provider: "Provider", location: str, hook: HookRequest) -> SignatureUse | None:
    key = provider.replay_key(hook)
    if key is None:
        return None
    digest = sha256(key.encode(errors="surrogatepass")).digest()
    return SignatureUse(location, provider.slug, digest, sha256(hook.body).digest())


def _trouble(provider: "Provider | None", words: str) -> Response:
    status = 503 if provider is None else int(provider.trouble_status)
    detail = f"{words} Nothing was lost: send it again."
    return answer(problem(status, "unavailable", detail), {"Retry-After": _RETRY_SECONDS})
