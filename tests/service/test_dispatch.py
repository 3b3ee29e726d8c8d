"""Routes are served without the framework's dispatch, and answer as they do with it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from commlog_tui.records.errors import RedactedError
from commlog_tui.service import dispatch
from commlog_tui.service.app import create_app
from commlog_tui.service.dispatch import DirectRoutes
from commlog_tui.service.problems import ProblemError
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.signing import KeyFile
from commlog_tui.store.sqlite.store import SqliteStore
from tests.service.calls import CALL, ENTRIES, OWNER, bearer

LONG: Final = "q" * 65
VALUES: Final = {"location": "quay", "seq": "1"}
CALLS: Final[tuple[tuple[str, str, dict[str, str]], ...]] = (
    ("GET", "/healthz", {}),
    ("HEAD", "/healthz", {}),
    ("OPTIONS", "/v1/me", {}),
    ("GET", "/v1/me", {}),
    ("GET", "/v1/me/", {}),
    ("GET", "/v1/me%0A", {}),
    ("GET", "/v1/me?x=1", {}),
    ("GET", "/v1/me", {"Authorization": "Bearer unknown"}),
    ("GET", "/v1/me", {"Authorization": ""}),
    ("DELETE", ENTRIES, {}),
    ("GET", f"{ENTRIES}?limit=1&limit=2", {}),
    ("GET", f"{ENTRIES}?limit=x", {}),
    ("GET", f"{ENTRIES}/ids?prefix=a", {}),
    ("GET", f"{ENTRIES}/nothing", {}),
    ("GET", f"{ENTRIES}/{LONG}", {}),
    ("GET", f"/v1/locations/{LONG}/entries", {}),
    ("GET", "/v1/locations/no%20where", {}),
    ("GET", "/v1/locations/quay/ledger/proof/x", {}),
    ("GET", "/v1/locations/quay/ledger/proof/1", {}),
    ("GET", "/v1/nothing", {}),
    ("POST", ENTRIES, {}),
    ("POST", ENTRIES, {"Idempotency-Key": ""}),
    ("POST", ENTRIES, {"Idempotency-Key": "k" * 256}),
    ("POST", ENTRIES, {"Idempotency-Key": "k", "Content-Type": "text/plain"}),
    ("POST", ENTRIES, {"Idempotency-Key": "k", "Content-Type": "application/json"}),
    ("POST", f"{ENTRIES}/batch", {"Content-Type": "application/json"}),
    ("POST", "/v1/hooks/twilio/quay", {}),
    ("POST", "/v1/hooks/nobody/quay", {}),
    ("PUT", "/v1/hooks/twilio/quay", {}),
)


def client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://log.test", headers=bearer(OWNER))


def described(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    fields = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, fields, answer.content


async def test_every_answer_is_the_frameworks(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"keys": KeyFile(tmp_path / "log.key"), "owner": Owner(OWNER, digest_of(OWNER))}
    with monkeypatch.context() as patched:
        patched.setattr(dispatch.DirectRoutes, "_find", lambda *_: None)
        async with client(create_app(store, quiet=True, **options)) as api:
            expected = [described(await api.request(method, url, headers=extra)) for method, url, extra in CALLS]
    async with client(create_app(store, quiet=True, **options)) as api:
        for (method, url, extra), there in zip(CALLS, expected, strict=True):
            assert described(await api.request(method, url, headers=extra)) == there, (method, url)


async def test_the_framework_resolves_no_route_of_the_service(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        pytest.fail("a route was left to the framework")

    monkeypatch.setattr("fastapi.routing.APIRoute.handle", refuse)
    app = create_app(store, owner=Owner(OWNER, digest_of(OWNER)), quiet=True)
    async with client(app) as api:
        for path, methods in app.openapi()["paths"].items():
            for method in methods:
                url = re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], "x"), path)
                if not url.endswith("/feed"):
                    headers = {"Idempotency-Key": "k"}
                    await api.request(method.upper(), url, headers=headers, json=CALL if method == "post" else None)


class Scene:
    """A small application with one of every sort of dependency."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.error: Exception | None = None
        router = APIRouter(prefix="/here")

        async def held() -> AsyncIterator[str]:
            self.calls.append("hold")
            yield "held"
            self.calls.append("release")

        def shared(value: Annotated[str, Depends(held)]) -> str:
            self.calls.append("shared")
            return value

        async def end(value: Annotated[str, Depends(shared)], again: Annotated[str, Depends(shared)]) -> Response:
            self.calls.append("endpoint")
            if self.error is not None:
                raise self.error
            return PlainTextResponse(value + again)

        async def asked(q: Annotated[int, Query()]) -> Response:
            return PlainTextResponse(str(q))

        router.add_api_route("/{a}/{b}", end, dependencies=[Depends(shared)], methods=["GET"], response_class=Response)
        router.add_api_route("/asked", asked, methods=["GET"], response_class=Response)
        app = FastAPI()
        app.include_router(router)
        self._app = DirectRoutes(app, [router])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.body":
                self.calls.append("answer")
            await send(message)

        await self._app(scope, receive, noted)


async def test_dependencies_are_called_once_in_order_and_let_go_after_the_answer() -> None:
    scene = Scene()
    async with client(scene) as api:
        assert (await api.get("/here/1/2")).text == "heldheld"
    assert scene.calls == ["hold", "shared", "endpoint", "answer", "release"]


@pytest.mark.parametrize("error", [ProblemError(409, "redacted", "No."), RedactedError("No.")])
async def test_a_refusal_is_a_problem_and_lets_go(error: Exception) -> None:
    scene = Scene()
    scene.error = error
    async with client(scene) as api:
        answer = await api.get("/here/1/2")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:commlog:problem:redacted")
    assert scene.calls == ["hold", "shared", "endpoint", "answer", "release"]


async def test_a_route_with_a_parameter_of_another_sort_is_left_to_the_framework() -> None:
    async with client(Scene()) as api:
        assert (await api.get("/here/asked?q=7")).text == "7"
        assert (await api.get("/here/asked?q=x")).status_code == 422


async def test_a_fault_in_a_route_of_the_framework_is_a_problem(
    store: SqliteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(store, quiet=True)

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("Ada")

    async with client(app) as api:
        answer = await api.get("/broken")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:commlog:problem:unexpected")
    output = capsys.readouterr().err
    assert "event=fault error=ZeroDivisionError" in output
    assert "Ada" not in output
