"""Sending one item of the outbox: which call it is."""

from typing import TYPE_CHECKING

from commlog_tui.client.outbox_item import OutboxItem
from commlog_tui.client.person import written_by
from commlog_tui.contract.customer_record import NewContact, NewLocalCustomer, NewMerge, NewPreference
from commlog_tui.contract.delivery import NewMessageEvent
from commlog_tui.contract.entry import NewCorrection, NewEntry, Receipt
from commlog_tui.contract.handover import NewHandover, NewTaking
from commlog_tui.contract.resend import NewCallOff, NewResend
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.task import NewTask, NewTaskChange

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.client.people_calls import PeopleCalls
    from commlog_tui.client.resend_calls import ResendCalls


async def sent(client: "LogClient", item: OutboxItem) -> Receipt:
    """Send an item and return its receipt. Raises ``ClientError`` and pydantic's ``ValidationError``."""
    with written_by(item.person):
        return await _sent(client, item)


async def _sent(client: "LogClient", item: OutboxItem) -> Receipt:  # noqa: PLR0911 - one for each action
    location, key, about, content = item.location, item.key, item.entry_id or "", item.content
    match item.action:
        case "correction":
            return await client.correct(location, about, key, NewCorrection.model_validate(content))
        case "event":
            return await client.add_message_event(location, NewMessageEvent.model_validate(content))
        case "resolution":
            return await client.resolve(location, key, NewResolution.model_validate(content))
        case "task":
            return await client.todo.add_task(location, key, NewTask.model_validate(content))
        case "task-change":
            return await client.todo.change_task(location, about, key, NewTaskChange.model_validate(content))
        case "handover":
            return await client.todo.sign_handover(location, key, NewHandover.model_validate(content))
        case "handover-taken":
            return await client.todo.take_handover(location, about, key, NewTaking.model_validate(content))
        case "resend" | "call-off":
            return await _sent_again(client.again, item)
        case "entry":
            return await client.add(location, key, NewEntry.model_validate(content))
        case _:
            return await _sent_about_customer(client.people, item)


async def _sent_again(again: "ResendCalls", item: OutboxItem) -> Receipt:
    about, content = item.entry_id or "", item.content
    if item.action == "call-off":
        return await again.call_off(item.location, about, NewCallOff.model_validate(content))
    return await again.send(item.location, about, item.key, NewResend.model_validate(content))


async def _sent_about_customer(people: "PeopleCalls", item: OutboxItem) -> Receipt:
    location, key, content = item.location, item.key, item.content
    match item.action:
        case "contact":
            return await people.add_contact(location, item.entry_id or "", key, NewContact.model_validate(content))
        case "customer":
            return await people.add_customer(location, key, NewLocalCustomer.model_validate(content))
        case "merge":
            return await people.add_merge(location, key, NewMerge.model_validate(content))
        case _:
            return await people.add_preference(location, key, NewPreference.model_validate(content))
