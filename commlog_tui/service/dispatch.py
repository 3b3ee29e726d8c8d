"""Serve routes without the framework's own matching and dependency resolution.

Those take most of the processor time of a small answer. Routes are declared with FastAPI as ever:
what their functions need is worked out once, from their signatures, and called in the same order.
A route with a parameter of another sort, and a request that no route takes or that lacks a
parameter, go to FastAPI.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, isasyncgenfunction, iscoroutinefunction, isgeneratorfunction, signature
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from fastapi import Request, params
from fastapi.responses import Response
from fastapi.routing import APIRoute, APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from commlog_tui.records.errors import LogError
from commlog_tui.service.problems import ProblemError, refusal

_REQUEST: Final = "request"
_STRING_CONVERTOR: Final = re.compile(r"\{[a-z_]+\}")

Values = dict[Hashable, Any]
"""Of one request: parameters by the name they have in it, results by the function."""


class _UnknownParameterError(Exception):
    """A function has a parameter that only FastAPI resolves."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A parameter from the path, or from a header."""

    name: str
    is_header: bool
    check: Callable[[Any], object]
    default: object

    def read(self, request: Request, path: Mapping[str, str]) -> object:
        """Return the value. Raises ``ValidationError`` or ``KeyError`` if it is not valid or missing."""
        text = request.headers.get(self.name) if self.is_header else path[self.name]
        if text is not None:
            return self.check(text)
        if self.default is Parameter.empty:
            raise KeyError(self.name)
        return self.default


@dataclass(frozen=True, slots=True)
class _Step:
    """One function to call with values that are there by then."""

    function: Callable[..., Any]
    call: Callable[..., Any]
    arguments: tuple[tuple[str, Hashable], ...]
    is_async: bool
    is_generator: bool


class _Plan:
    """What to do for one route: read its texts, call its dependencies, then its endpoint."""

    def __init__(self, route: APIRoute) -> None:
        """Work it out. Raises ``_UnknownParameterError`` if FastAPI must resolve the route."""
        self.route = route
        self._texts: dict[str, _Text] = {}
        self._steps: dict[Callable[..., Any], _Step] = {}
        if route.path_regex.groups != len(_STRING_CONVERTOR.findall(route.path)):
            raise _UnknownParameterError
        for dependency in route.dependencies:
            self._add(dependency.dependency)
        self._add(route.endpoint)

    def read(self, request: Request, path: Mapping[str, str]) -> Values | None:
        """Return the parameters of a request; None if one is missing or not valid."""
        values: Values = {_REQUEST: request}
        try:
            for name, text in self._texts.items():
                values[name] = text.read(request, path)
        except (ValidationError, KeyError):
            return None
        return values

    async def answer(self, values: Values, stack: AsyncExitStack) -> Response:
        """Return the response, refusals included. What must be let go of after it is on the stack."""
        try:
            for step in self._steps.values():
                result = step.call(**{name: values[key] for name, key in step.arguments})
                if step.is_async:
                    result = await result
                elif step.is_generator:
                    result = await stack.enter_async_context(result)
                values[step.function] = result
        except (ProblemError, LogError) as error:
            return refusal(error)
        response: Response = values[self.route.endpoint]
        return response

    def _add(self, function: Callable[..., Any] | None) -> Hashable:
        """Plan a call after those it depends on; return the key of its value."""
        if function is None or isgeneratorfunction(function):
            raise _UnknownParameterError
        if function not in self._steps:
            hints = get_type_hints(function, include_extras=True)
            arguments = tuple((one.name, self._key(one, hints)) for one in signature(function).parameters.values())
            is_generator = isasyncgenfunction(function)
            call = asynccontextmanager(function) if is_generator else function
            self._steps[function] = _Step(function, call, arguments, iscoroutinefunction(function), is_generator)
        return function

    def _key(self, parameter: Parameter, hints: Mapping[str, Any]) -> Hashable:
        hint = hints[parameter.name]
        if hint is Request:
            return _REQUEST
        kind, *more = get_args(hint)[1:] if get_origin(hint) is Annotated else [params.Path()]
        if more:
            raise _UnknownParameterError
        if isinstance(kind, params.Depends):
            return self._add(kind.dependency)
        if not isinstance(kind, params.Path | params.Header):
            raise _UnknownParameterError
        is_header = isinstance(kind, params.Header)
        name = str(kind.alias or parameter.name)
        self._texts[name] = _Text(name, is_header, TypeAdapter(hint).validate_python, parameter.default)
        return name


class _Route:
    """A route, whose plan is made when it is first asked for: all together would delay the start."""

    def __init__(self, route: APIRoute) -> None:
        self._route = route
        self.match = route.path_regex.match

    @cached_property
    def plan(self) -> _Plan | None:
        """The plan; None where FastAPI must resolve the route."""
        try:
            return _Plan(self._route)
        except _UnknownParameterError:
            return None


class DirectRoutes:
    """Middleware that serves the routes of routers, and leaves the rest to the application."""

    def __init__(self, app: ASGIApp, routers: Sequence[APIRouter]) -> None:
        self._app = app
        self._routes: dict[tuple[str, int], list[_Route]] = {}
        for route in (route for router in routers for route in router.routes if isinstance(route, APIRoute)):
            for method in route.methods or ():
                self._routes.setdefault((method, route.path.count("/")), []).append(_Route(route))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        found = self._find(scope) if scope["type"] == "http" else None
        if found is not None:
            plan, match = found
            values = plan.read(Request(scope, receive, send), match.groupdict())
            if values is not None:
                scope["route"] = plan.route
                async with AsyncExitStack() as stack:
                    response = await plan.answer(values, stack)
                    await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _find(self, scope: Scope) -> tuple[_Plan, re.Match[str]] | None:
        """Return the plan of the first route for a method and path, and how it matches."""
        path: str = scope["path"]
        for route in self._routes.get((scope["method"], path.count("/")), ()):
            if (match := route.match(path)) and (plan := route.plan):
                return plan, match
        return None
