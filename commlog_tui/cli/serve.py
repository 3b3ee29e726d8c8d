"""``commlog serve``: the log for several desks."""

import ipaddress
import socket
from pathlib import Path

import typer

from commlog_tui.cli.connection import TargetOptions, say, stopped
from commlog_tui.cli.exit_codes import ExitCode

DATABASE = typer.Option(None, help="The log file; by default the one in the data folder.")


def serve(
    ctx: typer.Context,
    database: Path | None = DATABASE,
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8750, help="Port to listen on."),
    tls_cert: Path | None = typer.Option(None, help="Certificate, as PEM."),
    tls_key: Path | None = typer.Option(None, help="Its key, as PEM."),
    behind_proxy: bool = typer.Option(False, help="A proxy with TLS stands before the service."),
) -> None:
    """Serve the log over HTTP until stopped."""
    options: TargetOptions = ctx.obj
    if not (_is_loopback(host) or (tls_cert and tls_key) or behind_proxy):
        words = "Other machines would reach this address in the clear. Give --tls-cert and --tls-key, or --behind-proxy."
        raise stopped(words, ExitCode.USAGE)
    from commlog_tui.service.server import serve as run
    from commlog_tui.store.errors import StoreError
    from commlog_tui.store.sqlite.store import SqliteStore

    path = database or options.settings().database
    try:
        listener = socket.create_server((host, port), backlog=128)
        store = SqliteStore.open(path)
    except OSError as error:
        raise stopped(f"{host}:{port} cannot be listened on: {error.strerror}.", ExitCode.TROUBLE) from None
    except StoreError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    say(f"Serving {path} at {'https' if tls_cert else 'http'}://{host}:{listener.getsockname()[1]}")
    run(store, listener, ssl_certfile=tls_cert, ssl_keyfile=tls_key, behind_proxy=behind_proxy)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
