"""Running the service of ``commlog serve``, in this process or in several."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.stored_log import StoredLog
from commlog_tui.cli.words import say, stopped

if TYPE_CHECKING:
    from commlog_tui.expectations.rules_file import Rules
    from commlog_tui.service.limits import Limiter, Limits
    from commlog_tui.service.outgoing import Ways
    from commlog_tui.settings import Settings
    from commlog_tui.store.protocol import Store


@dataclass(frozen=True, slots=True)
class Options:
    """What every process serves with."""

    tls_cert: Path | None
    tls_key: Path | None
    proxies: list[str]
    rules: "Callable[[], Rules]"
    ways: "Ways"


def ways_of(settings: "Settings") -> "Ways":
    """Return the ways on which messages are sent again; end the command where one is set up by halves."""
    from commlog_tui.service.outgoing import Ways

    try:
        return Ways.of(
            smtp_url=settings.smtp_url,
            smtp_from=settings.smtp_from,
            webhook=settings.resend_webhook,
            secret=settings.resend_secret,
        )
    except ValueError as error:
        raise stopped(f"{error} Nothing was started.", ExitCode.USAGE) from None


def run_one(
    store: "Store",
    log: StoredLog,
    listener: socket.socket,
    limits: "Limits",
    options: Options,
    *,
    limiter: "Limiter | None" = None,
    stopped_by: Event | None = None,
) -> None:
    """Serve in this process until it is stopped."""
    from commlog_tui.service.server import serve

    serve(
        store,
        listener,
        keys=log.keys(),
        hooks=log.hooks(),
        limits=limits,
        limiter=limiter,
        ssl_certfile=options.tls_cert,
        ssl_keyfile=options.tls_key,
        trusted_proxies=options.proxies,
        rules=options.rules,
        ways=options.ways,
        stopped=stopped_by,
    )


def run_workers(log: StoredLog, listener: socket.socket, limits: "Limits", options: Options, count: int) -> None:
    """Serve in so many processes on one socket; one that ends is started again."""
    from commlog_tui.records.errors import LogError
    from commlog_tui.service.shared_counts import SharedLimits
    from commlog_tui.service.workers import Workers

    shared = SharedLimits(limits, count)

    def work(number: int, stopped_by: Event) -> None:
        limiter = shared.limiter(number)
        try:
            run_one(log.open(), log, listener, shared.own, options, limiter=limiter, stopped_by=stopped_by)
        except LogError as error:  # the database is away: tried again after a pause
            say(f"Process {number}: {error}")

    listener.setblocking(False)  # another process may have accepted what woke this one
    Workers(count, work).run()
    listener.close()
