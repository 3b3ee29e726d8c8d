"""``commlog serve``: the log for several desks."""

import ipaddress
import os
import socket
import ssl
from pathlib import Path

import typer

from commlog_tui.cli.connection import TargetOptions
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.expect import rules_file
from commlog_tui.cli.log_file import CREATE, is_there, require_may_create, say_migrated
from commlog_tui.cli.progress import progress_bar
from commlog_tui.cli.words import say, stopped
from commlog_tui.configuration.known_logs import remember

DATABASE = typer.Option(None, help="The log file; by default the one in the data folder.", show_default=False)
LOG = typer.Option(
    None,
    "--database",
    help="The log, a file or sqlite: with its path; by default the one in the data folder.",
    show_default=False,
)


def database_of(ctx: typer.Context, database: Path | None) -> Path:
    """Return the log file that a command is for."""
    options: TargetOptions = ctx.obj
    return database or options.settings().database


def log_of(ctx: typer.Context, url: str | None) -> Path:
    """Return the file of the log that a command is for, which may be named by a URL."""
    from commlog_tui.store.errors import StoreUnavailableError
    from commlog_tui.store.opening import sqlite_path

    try:
        return database_of(ctx, None if url is None else sqlite_path(url))
    except StoreUnavailableError as error:
        raise stopped(str(error), ExitCode.USAGE) from None


def serve(
    ctx: typer.Context,
    database: str | None = LOG,
    create: bool = CREATE,
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8750, min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    tls_cert: Path | None = typer.Option(None, help="Certificate, as PEM.", exists=True, dir_okay=False),
    tls_key: Path | None = typer.Option(None, help="Its key, as PEM.", exists=True, dir_okay=False),
    behind_proxy: bool = typer.Option(False, "--behind-proxy", help="A proxy with TLS stands before the service."),
    trusted_proxy: list[str] = typer.Option(
        [],
        "--trusted-proxy",
        help="Address or network of a proxy whose X-Forwarded-For is believed; may be given again.",
    ),
    reads: int = typer.Option(200, min=0, help="Reads a second that one token may ask for; 0 for any number."),
    writes: int = typer.Option(100, min=0, help="Writes a second, of which a batch is one; 0 for any number."),
    streams: int = typer.Option(32, min=1, help="Feeds that one token may have open."),
    all_streams: int = typer.Option(256, min=1, help="Feeds that may be open in all."),
    connections: int = typer.Option(512, min=1, help="Connections that may be open in all."),
    connections_per_address: int = typer.Option(128, min=0, help="Connections from one address; 0 for any number."),
) -> None:
    """Serve the log over HTTP until stopped."""
    if (tls_cert is None) != (tls_key is None):
        raise stopped("TLS needs both --tls-cert and --tls-key.", ExitCode.USAGE)
    if not (is_loopback(host) or tls_cert or behind_proxy):
        words = (
            "Other machines would reach this address in the clear. Give --tls-cert and --tls-key, or --behind-proxy."
        )
        raise stopped(words, ExitCode.USAGE)
    proxies = _proxies(trusted_proxy, behind_proxy=behind_proxy)
    if tls_cert and tls_key:
        require_pair(tls_cert, tls_key)
    path = log_of(ctx, database)
    new = not is_there(path)
    if new:
        require_may_create(path, named=database is not None, create=create, settings=ctx.obj.configuration())
    rules = rules_file(ctx.obj.settings())
    listener = listen(host, port)
    from commlog_tui.records.errors import LogError
    from commlog_tui.service.limits import Limits
    from commlog_tui.service.server import serve as run
    from commlog_tui.store.errors import DamagedLogError
    from commlog_tui.store.opening import open_hooks, open_keys, open_store

    try:
        with progress_bar("Rebuilding what is derived from the records") as progress:
            store = open_store(path, progress=progress, create=new)
    except LogError as error:
        listener.close()
        raise stopped(
            str(error), ExitCode.TAMPERED if isinstance(error, DamagedLogError) else ExitCode.TROUBLE
        ) from None
    remember(path)
    say_migrated(store.backup)
    shown = f"[{host}]" if ":" in host else host
    say(f"Serving {path} at {'https' if tls_cert else 'http'}://{shown}:{listener.getsockname()[1]}")
    limits = Limits(
        reads=reads,
        writes=writes,
        streams=streams,
        all_streams=all_streams,
        connections=connections,
        connections_per_address=0 if behind_proxy and not proxies else connections_per_address,
    )
    run(
        store,
        listener,
        keys=open_keys(path),
        hooks=open_hooks(path),
        limits=limits,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
        trusted_proxies=proxies,
        rules=rules.current,
    )


def _proxies(named: list[str], *, behind_proxy: bool) -> list[str]:
    """Return the trusted proxies: those named, else those that the environment names."""
    if behind_proxy and not named:
        named = [part.strip() for part in os.environ.get("FORWARDED_ALLOW_IPS", "").split(",") if part.strip()]
    for one in named:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError:
            words = f"--trusted-proxy takes an address or a network, such as 10.0.0.5 or 10.0.0.0/24, and not {one!r}."
            raise stopped(words, ExitCode.USAGE) from None
    if behind_proxy and not named:
        say(
            "No --trusted-proxy is named, so nobody's X-Forwarded-For is believed: all clients of the proxy count as "
            "one address."
        )
    return named


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, or end the command with a sentence."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server((str(address[0]), port), family=family, backlog=128)
    except (OSError, UnicodeError) as error:
        code = getattr(error, "errno", None) or 0
        why = os.strerror(code) if code > 0 else "this machine has no such address"
        raise stopped(f"Port {port} of this address cannot be listened on: {why}.", ExitCode.TROUBLE) from None


def require_pair(cert: Path, key: Path) -> None:
    """End the command unless certificate and key can be read and belong together."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password=lambda: "")
    except (OSError, ValueError):  # SSLError is the first
        raise stopped(
            "The certificate and the key cannot be read, or are no pair (PEM, key without password).", ExitCode.USAGE
        ) from None


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
