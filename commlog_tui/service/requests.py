"""Dependencies of every route: caller, location, parameters and body."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header, Path, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from typing_extensions import override

from commlog_tui.contract.location import Permission
from commlog_tui.contract.person import LONGEST_PERSON, PERSON_HEADER, person_of_header
from commlog_tui.contract.query import EXCLUSIONS
from commlog_tui.service import documents
from commlog_tui.service.limits import Limiter, answer_cost, query_cost
from commlog_tui.service.problems import ProblemError, fields_of
from commlog_tui.service.tokens import Caller, Owner, caller_of, owner_of
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import Keys

Model = TypeVar("Model", bound=BaseModel)
CONNECTION: Final = "connection"
"""Where the state of a request holds the connection it came over."""
_LISTS: Final = {"via", "status", *EXCLUSIONS}
"""Parameters that may be given more than once; for every other one, that is a 400."""

LocationId = Annotated[str, Path(max_length=64, description="The location's id")]
TaskId = Annotated[str, Path(max_length=64, description="The task's id, a UUID")]
HandoverId = Annotated[str, Path(max_length=64, description="The handover's id, a UUID")]
EntryId = Annotated[str, Path(max_length=64, description="The entry's id, a UUID")]
_KEY: Final = Header(
    alias="Idempotency-Key",
    description="What this record is, once and for all",
    min_length=1,
    max_length=255,
    pattern="^[!-~]([ -~]*[!-~])?$",  # other characters have no one reading in a header (RFC 9110, section 5.5)
)
Key = Annotated[str, _KEY]
OptionalKey = Annotated[str | None, _KEY]


def store_of(request: Request) -> Store:
    """Return the application's store."""
    store: Store = request.app.state.store
    return store


def keys_of(request: Request) -> Keys:
    """Return the log's signer. Raises ``StoreUnavailableError`` without one."""
    keys: Keys | None = request.app.state.keys
    if keys is None:
        raise StoreUnavailableError("This service has no key to sign with.")
    return keys


def limiter_of(request: Request) -> Limiter:
    """Return the application's limits, with what they have counted."""
    limiter: Limiter = request.app.state.limiter
    return limiter


def address_of(request: Request) -> str:
    """Return the client's address, from the connection or a trusted proxy."""
    return request.client.host if request.client else ""


async def identify(request: Request) -> Caller:
    """Return the caller.

    Raises a 401 problem, or a 429 one after many unknown tokens.
    """
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    secret = secret.strip() if scheme.lower() == "bearer" else ""
    owner: Owner | None = request.app.state.owner
    if caller := owner_of(secret, owner) or (await caller_of(secret, store_of(request)) if secret else None):
        if connection := request.scope.get("state", {}).get(CONNECTION):
            connection.is_authenticated = True
        return caller
    if secret:
        limiter_of(request).record_failure(address_of(request))
    raise ProblemError(
        401,
        "token",
        "The token is missing, unknown or revoked. Ask for a new one.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _with_person(request: Request, caller: Caller) -> Caller:
    """Return the caller with the name given at the desk, if it is one that people write with.

    Raises a 400 problem.
    """
    value = request.headers.get(PERSON_HEADER, "")
    if not value or Permission.ADD_MANUAL not in caller.permissions:
        return caller
    try:
        return replace(caller, person=person_of_header(value))
    except ValueError:
        words = f"{PERSON_HEADER} must be a name in percent-encoded UTF-8, of at most {LONGEST_PERSON} characters."
        raise ProblemError(400, "parameters", f"{words} Nothing was changed.") from None


async def authenticate(request: Request) -> Caller:
    """Return the caller, whose request counts. Raises a 400, 401 or 429 problem."""
    caller = _with_person(request, await identify(request))
    limiter = limiter_of(request)
    limiter.admit(caller, request.method)
    limiter.charge(caller, request.method, query_cost(len(request.scope["query_string"])))
    return caller


def charge_answer(request: Request, caller: Caller, answer: Response) -> Response:
    """Return the answer, whose size counts."""
    limiter_of(request).charge(caller, request.method, answer_cost(len(answer.body)))
    return answer


def admit_probe(request: Request) -> None:
    """Count a request that needs no token. Raises a 429 problem."""
    limiter_of(request).admit_probe(address_of(request))


AUTHENTICATES: Final = Depends(authenticate)
"""Of routes that need a token, whatever else they need."""
Authenticated = Annotated[Caller, Depends(authenticate)]
StoreOf = Annotated[Store, Depends(store_of)]
KeysOf = Annotated[Keys, Depends(keys_of)]


def require(caller: Caller, permission: Permission) -> None:
    """Raise a 403 problem if the caller may not do this."""
    if permission not in caller.permissions:
        raise ProblemError(
            403, "not-permitted", f"A token with the role {caller.role.value} may not do this. Nothing was changed."
        )


def permitted(*permissions: Permission) -> Callable[[LocationId, Caller], Caller]:
    """Return the dependency of routes at a location that need one of these permissions there."""

    def check(location: LocationId, caller: Authenticated) -> Caller:
        if not caller.sees(location):
            raise ProblemError(404, "not-found", "There is nothing here, or nothing that this token may see.")
        if not caller.permissions.intersection(permissions):
            require(caller, permissions[0])
        return caller

    return check


_may_read = permitted(Permission.READ)
READS: Final = Depends(_may_read)
"""Of routes that anybody may call who may read at the location."""
Reader = Annotated[Caller, Depends(_may_read)]
Writer = Annotated[Caller, Depends(permitted(Permission.ADD_MANUAL, Permission.ADD_AUTOMATED))]
Reporter = Annotated[Caller, Depends(permitted(Permission.ADD_AUTOMATED))]
Clerk = Annotated[Caller, Depends(permitted(Permission.ADD_MANUAL))]
Corrector = Annotated[Caller, Depends(permitted(Permission.CORRECT))]
Redactor = Annotated[Caller, Depends(permitted(Permission.REDACT))]


def parameters(request: Request, model: type[Model]) -> Model:
    """Return the query string as a model.

    Raises a 400 problem for what is unknown, repeated or not valid.
    """
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in _LISTS:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise ProblemError(400, "parameters", "A parameter is given more than once.")
        else:
            given[name] = value
    try:
        return model.model_validate(given)
    except ValidationError as error:
        fields = fields_of(error.errors(include_url=False, include_input=False), "query")
        raise ProblemError(400, "parameters", "A parameter is unknown or not valid.", fields=fields) from None


def no_parameters(request: Request) -> None:
    """Raise a 400 problem if the query string says anything."""
    if request.query_params:
        raise ProblemError(400, "parameters", "This call takes no parameters.")


PROBE: Final = Depends(admit_probe)
"""Of routes that need no token, limited by address."""


class StrictRoute(APIRoute):
    """A route that refuses a query string, unless it declares one by ``documents.query``."""

    @override
    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if documents.QUERY not in (options.get("openapi_extra") or {}):
            options["dependencies"] = [*(options.get("dependencies") or ()), Depends(no_parameters)]
        super().__init__(path, endpoint, **options)


def query(model: type[BaseModel]) -> Any:  # noqa: ANN401 - what FastAPI takes for a dependency
    """Return the dependency that reads the query string as a model, see ``documents.query``."""

    def read(request: Request) -> BaseModel:
        return parameters(request, model)

    return Depends(read)


def last_event_id(request: Request) -> int | None:
    """Return the position a feed is to go on behind; None for what comes from now on."""
    text = request.headers.get("last-event-id", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):  # noqa: PLR2004 - 40 bits have no more digits
        raise ProblemError(400, "last-event-id", "Last-Event-ID must be a position that the feed gave.")
    return int(text)
