"""``commlog journal``: an SMTP server that records what it is sent."""

import asyncio
import ipaddress
import ssl
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from commlog_tui.cli.connection import TargetOptions, targeted
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.mail_options import OWN, mail_options, recorder_of
from commlog_tui.cli.serve import is_loopback, listen, require_pair
from commlog_tui.cli.stop_signal import stop_signal
from commlog_tui.cli.words import say, stopped

if TYPE_CHECKING:
    from commlog_tui.mail.smtp import Network

_LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
_MIB: Final = 1 << 20


@targeted
def journal(
    ctx: typer.Context,
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8025, min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    tls_cert: Path | None = typer.Option(
        None, help="Certificate, as PEM; clients then have to use STARTTLS.", exists=True, dir_okay=False
    ),
    tls_key: Path | None = typer.Option(None, help="Its key, as PEM.", exists=True, dir_okay=False),
    allow: list[str] = typer.Option(
        [],
        help="Address or network that may send; by default this machine only. Repeat for more.",
        show_default=False,
    ),
    max_size: int = typer.Option(10, min=1, max=100, help="Mebibytes of a message."),
    max_recipients: int = typer.Option(100, min=1, max=1000, help="Recipients of a message."),
    max_connections: int = typer.Option(20, min=1, max=1000, help="Connections that may be open in all."),
    timeout: float = typer.Option(60.0, min=1.0, max=600.0, help="Seconds for a command or a whole message."),
    own: list[str] = OWN,
) -> None:
    """Take mail by SMTP and record it until stopped.

    A message is answered with 250 only once it is durable in the log, and with 451 if it has to be
    sent again.
    """
    if find_spec("aiosmtpd") is None:
        raise stopped("commlog journal needs the extra journal: pip install 'commlog[journal]'", ExitCode.USAGE)
    if (tls_cert is None) != (tls_key is None):
        raise stopped("TLS needs both --tls-cert and --tls-key.", ExitCode.USAGE)
    if not is_loopback(host) and not (tls_cert and allow):
        words = "Other machines would reach this address. Give --tls-cert, --tls-key and who may send with --allow."
        raise stopped(words, ExitCode.USAGE)
    allowed = _networks(allow or _LOOPBACK)
    tls = None
    if tls_cert and tls_key:
        require_pair(tls_cert, tls_key)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(tls_cert, tls_key)
    target: TargetOptions = ctx.obj
    options = mail_options(target, own)
    from commlog_tui.mail.smtp import JournalServer, Limits

    limits = Limits(max_size * _MIB, max_recipients, max_connections, timeout)

    async def work() -> None:
        recorder = new_recorder()
        server = JournalServer(options, recorder.record, allowed, limits, tls)
        try:
            with stop_signal() as stop:
                await server.start(listener)
                shown = f"[{host}]" if ":" in host else host
                say(f"Taking mail at smtp://{shown}:{listener.getsockname()[1]}")
                await stop.wait()
            await server.close()
        finally:
            await recorder.aclose()

    with recorder_of(target) as new_recorder:
        listener = listen(host, port)
        asyncio.run(work())


def _networks(named: Sequence[str]) -> "list[Network]":
    try:
        return [ipaddress.ip_network(one, strict=False) for one in named]
    except ValueError:
        words = "--allow takes an address or a network, such as 10.0.0.5 or 10.0.0.0/24."
        raise stopped(words, ExitCode.USAGE) from None
