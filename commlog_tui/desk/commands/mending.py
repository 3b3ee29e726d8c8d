"""Opening what the log has refused in its form, with what was typed and why it was refused."""

from typing import TYPE_CHECKING

from textual.screen import ModalScreen

if TYPE_CHECKING:
    from commlog_tui.client.outbox_item import OutboxItem
    from commlog_tui.desk.action import View


async def mend(view: "View", item: "OutboxItem") -> None:
    """Open a refused resend, address or task; what is saved then takes its place in the outbox."""
    from commlog_tui.client.errors import ClientError

    def closed(words: str | None) -> None:
        if words is not None:
            view.app.notify(words, markup=False)
        view.desk.count_kept()

    try:
        form = await _form(view, item)
    except ClientError as error:
        view.app.notify(f"{error} It stays in the outbox.", severity="warning", markup=False)
        return
    view.app.push_screen(form, closed)


async def _form(view: "View", item: "OutboxItem") -> ModalScreen[str | None]:
    """Return the form of an item. Raises ``ClientError``."""
    from commlog_tui.client.errors import NotFoundError
    from commlog_tui.desk.people.contact_form import ContactForm
    from commlog_tui.desk.work.new_task import NewTaskScreen
    from commlog_tui.desk.work.resend_form import ResendForm

    session, about = view.session, item.entry_id or ""
    if item.action == "resend":
        return ResendForm(session, (await session.client.detail(session.location, about)).entry, item)
    if item.action == "contact":
        try:
            customer = await session.client.customer(session.location, about)
        except NotFoundError:
            name = about
        else:
            name = customer.name or about
        return ContactForm(session, about, name, str(item.content.get("old") or ""), item)
    try:
        entry = (await session.client.detail(session.location, about)).entry if about else None
    except NotFoundError:  # its entry was refused, too: a task about the guest is left
        entry = None
        content = {name: value for name, value in item.content.items() if name != "entry"}
        item = item.model_copy(update={"content": content, "entry_id": None})
    return NewTaskScreen(session, entry, refused=item)
