"""Messages that are sent again in the log in memory."""

from collections.abc import Callable
from typing import Any

from commlog_tui.client.errors import ClientError
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.resend import EntryResends, NewCallOff, NewResend, Resend, ResendWarning, Route
from tests.desk.samples import NOW


class FakeAgain:
    """Answers as ``client.resend_calls`` does. ``fail`` raises what every call of the log raises."""

    def __init__(self, fail: Callable[[], None], receipt: Callable[[str], Receipt]) -> None:
        self._fail = fail
        self._receipt = receipt
        self.routes: tuple[Route, ...] = (Route.SMTP, Route.BY_HAND)
        self.known: dict[str, list[Resend]] = {}
        """By the id of the original."""
        self.warnings: dict[str, tuple[ResendWarning, ...]] = {}
        """By address."""
        self.asked: list[tuple[str, str | None]] = []
        self.sent: list[tuple[str, NewResend]] = []
        self.called_off: list[tuple[str, NewCallOff]] = []
        self.refusing: ClientError | None = None

    def put(self, entry_id: str, **fields: Any) -> Resend:
        """Have a message that was sent again."""
        known = {"id": id_of_key(f"r{len(self.known)}"), "seq": 900, "original": entry_id, "entry": id_of_key("n")}
        known |= {"to": "ada@gmail.com", "why": "typo", "route": "smtp", "state": "done", "status": "delivered"}
        made = Resend.model_validate(known | {"actor": "Front desk", "recorded_at": NOW} | fields)
        self.known.setdefault(entry_id, []).append(made)
        return made

    async def call_off(self, location: str, entry_id: str, call_off: NewCallOff) -> Receipt:
        self._fail()
        self.called_off.append((entry_id, call_off))
        return self._receipt(call_off.resend)

    async def of_entry(self, location: str, entry_id: str, to: str | None = None) -> EntryResends:
        self._fail()
        self.asked.append((entry_id, to))
        found = tuple(self.known.get(entry_id, ()))
        return EntryResends(resends=found, routes=self.routes, warnings=self.warnings.get(to or "", ()))

    async def send(self, location: str, entry_id: str, key: str, resend: NewResend) -> Receipt:
        self._fail()
        if self.refusing is not None:
            raise self.refusing
        self.sent.append((entry_id, resend))
        return self._receipt(id_of_key(key))
