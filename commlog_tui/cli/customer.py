"""``commlog customer``, ``contact`` and ``preference``: what is recorded about guests."""

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.preference_import import import_preferences
from commlog_tui.cli.saving import BY, NOTHING_ADDED, named, save_and_send
from commlog_tui.cli.words import faults, json_text, say, stopped, tell
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import OutboxItem
from commlog_tui.contract.customer_record import (
    NewContact,
    NewLocalCustomer,
    NewMerge,
    NewPreference,
    PreferenceQuery,
    local_customer_id,
)
from commlog_tui.contract.location import Location
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.text.address_hints import address_hint
from commlog_tui.text.customers import customer_line, preference_words, record_lines
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from pydantic import BaseModel

customers = Commands(help="Guests: find them, name new ones, merge what is one guest.", no_args_is_help=True)
contacts = Commands(help="Addresses and numbers of guests: correct them, list the corrections.", no_args_is_help=True)
preferences = Commands(help="Whether guests may be written to.", no_args_is_help=True)
preferences.command("import")(import_preferences)

_Action: TypeAlias = Literal["customer", "contact", "merge", "preference"]
_CUSTOMER: Final = typer.Argument(help="The customer's id.")
_WHY: Final = typer.Option("", "--why", help="Why, in a few words.")
_KEY: Final = typer.Option("", help="What this record is, once and for all; repeating it adds nothing.")


@customers.command("list")
@targeted
def list_customers(
    ctx: typer.Context,
    q: str = typer.Argument("", help="Part of a name, number or address; without one, whoever was seen last."),
    limit: int = typer.Option(20, min=1, max=200, help="At most so many."),
    as_json: bool = JSON,
) -> None:
    """List customers, most recently seen first."""

    async def work(session: Session) -> ExitCode:
        found = await session.client.customers(session.location.id, q, limit=limit)
        if as_json:
            tell(json_text([one.model_dump(mode="json") for one in found.customers]))
        else:
            for one in found.customers:
                tell(customer_line(one, ZoneInfo(session.location.zone)))
        if found.more:
            say("There are more; see --limit.")
        return ExitCode.OK if found.customers else ExitCode.NOTHING

    with_session(ctx, work)


@customers.command("add")
@targeted
def add_customer(
    ctx: typer.Context,
    name: str = typer.Argument(help="The guest's name."),
    to: list[str] = typer.Option([], "--to", help="Number or address; may be repeated."),
    by: str = BY,
    key: str = _KEY,
    as_json: bool = JSON,
) -> None:
    """Make a customer of our own, whom the booking system does not know."""

    async def make(location: Location, _client: LogClient | None) -> OutboxItem:
        reach = {"addresses": [one for one in to if "@" in one], "numbers": [one for one in to if "@" not in one]}
        content = _valid(NewLocalCustomer, {"name": name} | {part: list_ for part, list_ in reach.items() if list_})
        for one in to:
            _hint(location, one)
        item = _item(location, "customer", content, by, key)
        say(f"The customer's id is {local_customer_id(item.key)}.")
        return item

    save_and_send(ctx, make, "The customer", as_json=as_json)


@customers.command("merge")
@targeted
def merge(
    ctx: typer.Context,
    customer: str = _CUSTOMER,
    into: str = typer.Argument(help="The id that it is merged with, mostly the booking system's."),
    why: str = _WHY,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Record that two ids are of one customer; both stay, and either finds the entries of both."""
    _merge(ctx, {"customer_id": customer, "into": into}, why, by, as_json=as_json)


@customers.command("unmerge")
@targeted
def unmerge(
    ctx: typer.Context,
    customer: str = _CUSTOMER,
    into: str = typer.Argument(help="The id that it was merged with."),
    why: str = _WHY,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Record that two ids are not of one customer after all."""
    _merge(ctx, {"customer_id": customer, "into": into, "step": "separated"}, why, by, as_json=as_json)


def _merge(ctx: typer.Context, content: dict[str, str], why: str, by: str, *, as_json: bool) -> None:
    async def make(location: Location, _client: LogClient | None) -> OutboxItem:
        return _item(location, "merge", _valid(NewMerge, content | ({"reason": why} if why else {})), by)

    save_and_send(ctx, make, "The merge", as_json=as_json)


@contacts.command("add")
@targeted
def add_contact(
    ctx: typer.Context,
    customer: str = _CUSTOMER,
    new: str = typer.Argument(help="The right address or number."),
    old: str = typer.Option("", "--old", help="The one that it replaces, which stays findable."),
    why: str = _WHY,
    by: str = BY,
    key: str = _KEY,
    as_json: bool = JSON,
) -> None:
    """Correct a customer's address or number, or add one that is preferred from now on."""

    async def make(location: Location, _client: LogClient | None) -> OutboxItem:
        given = {"new": new} | {name: text for name, text in (("old", old), ("reason", why)) if text}
        content = _valid(NewContact, given)
        _hint(location, new)
        return _item(location, "contact", content, by, key, entry_id=customer)

    save_and_send(ctx, make, "The correction", as_json=as_json)


@contacts.command("list")
@targeted
def list_contacts(ctx: typer.Context, customer: str = _CUSTOMER, as_json: bool = JSON) -> None:
    """List what is recorded about a customer: corrections, merges and preferences, with who and when."""

    async def work(session: Session) -> ExitCode:
        records = await session.client.people.records(session.location.id, customer)
        lines = record_lines(records, ZoneInfo(session.location.zone))
        if as_json:
            tell(json_text(records.model_dump(mode="json")))
        else:
            for line in lines:
                tell(line)
        return ExitCode.OK if lines else ExitCode.NOTHING

    with_session(ctx, work)


@preferences.command("add")
@targeted
def add_preference(
    ctx: typer.Context,
    customer: str = typer.Option("", help="Id of the customer."),
    to: str = typer.Option("", help="Or whoever has this number or address."),
    via: str = typer.Option("", help="The channel, such as sms; without one, every channel."),
    allow: bool = typer.Option(False, "--allow", help="They may be written to again."),
    words: str = typer.Option("", "--words", help="As they said it."),
    by: str = BY,
    key: str = _KEY,
    as_json: bool = JSON,
) -> None:
    """Record that a customer, or whoever has a number or address, is not to be written to."""

    async def make(location: Location, _client: LogClient | None) -> OutboxItem:
        given = {"customer_id": customer, "to": to, "via": via, "words": words}
        content = _valid(NewPreference, {name: text for name, text in given.items() if text} | {"allowed": allow})
        return _item(location, "preference", content, by, key)

    save_and_send(ctx, make, "The preference", as_json=as_json)


@preferences.command("list")
@targeted
def list_preferences(
    ctx: typer.Context,
    customer: str = typer.Option("", help="Id of the customer, with those of their numbers."),
    to: str = typer.Option("", help="A number or address."),
    as_json: bool = JSON,
) -> None:
    """List the preferences that hold now."""
    if not customer and not to:
        raise stopped("Give --customer or --to. Nothing was read.", ExitCode.USAGE)
    query = PreferenceQuery.model_validate({n: t for n, t in (("customer_id", customer), ("to", to)) if t})

    async def work(session: Session) -> ExitCode:
        found = (await session.client.people.preferences(session.location.id, query)).preferences
        if as_json:
            tell(json_text([one.model_dump(mode="json") for one in found]))
        else:
            for one in found:
                tell(preference_words(one, ZoneInfo(session.location.zone)))
        return ExitCode.OK if found else ExitCode.NOTHING

    with_session(ctx, work)


def _item(
    location: Location, action: _Action, content: dict[str, Any], by: str, key: str = "", entry_id: str | None = None
) -> OutboxItem:
    item = OutboxItem(location=location.id, action=action, entry_id=entry_id, content=content)
    return named(item, by).model_copy(update={"key": key} if key else {})


def _hint(location: Location, to: str) -> None:
    if hint := address_hint(to, region_of_zone(location.zone)):
        say(safe(hint.words))


def _valid(model: "type[BaseModel]", given: dict[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        return model.model_validate(given).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        words = faults(error.errors(), {})
        raise stopped(f"That is not valid: {words}. {NOTHING_ADDED}", ExitCode.REFUSED) from None
