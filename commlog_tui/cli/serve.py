"""``commlog serve``: the log for several desks."""

import asyncio
import ipaddress
import os
import socket
import ssl
from pathlib import Path

import typer

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.expect import rules_file
from commlog_tui.cli.log_file import CREATE, say_migrated
from commlog_tui.cli.progress import progress_bar
from commlog_tui.cli.serving import Options, run_one, run_workers, ways_of
from commlog_tui.cli.stored_log import LOG, StoredLog, stored_log
from commlog_tui.cli.words import say, stopped


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
    workers: int = typer.Option(1, min=1, max=64, help="Processes that serve the log; more than one with PostgreSQL."),
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
    log = stored_log(ctx, database)
    if workers > 1:
        _require_several(log)
    new = log.may_create(create=create, settings=ctx.obj.configuration())
    settings = ctx.obj.settings()
    rules, ways = rules_file(settings), ways_of(settings)
    listener = listen(host, port)
    from commlog_tui.records.errors import LogError
    from commlog_tui.service.limits import Limits
    from commlog_tui.store.errors import DamagedLogError

    try:
        with progress_bar("Rebuilding what is derived from the records") as progress:
            store = log.open(progress=progress, create=new)
        log.prepare_service()
    except LogError as error:
        listener.close()
        raise stopped(
            str(error), ExitCode.TAMPERED if isinstance(error, DamagedLogError) else ExitCode.TROUBLE
        ) from None
    log.remember()
    say_migrated(store.backup)
    shown = f"[{host}]" if ":" in host else host
    by = f" by {workers} processes" if workers > 1 else ""
    say(f"Serving {log}{by} at {'https' if tls_cert else 'http'}://{shown}:{listener.getsockname()[1]}")
    limits = Limits(
        reads=reads,
        writes=writes,
        streams=streams,
        all_streams=all_streams,
        connections=connections,
        connections_per_address=0 if behind_proxy and not proxies else connections_per_address,
    )
    options = Options(tls_cert, tls_key, proxies, rules.current, ways)
    if workers > 1:
        asyncio.run(store.close())
        run_workers(log, listener, limits, options, workers)
    else:
        run_one(store, log, listener, limits, options)


def _require_several(log: StoredLog) -> None:
    """End the command unless several processes can serve this log here."""
    if log.path is not None:
        words = "One process serves a log in a file. --workers is for a log in PostgreSQL; see commlog copy."
        raise stopped(words, ExitCode.USAGE)
    if not hasattr(os, "fork"):
        raise stopped("--workers needs a POSIX system, such as Linux.", ExitCode.USAGE)


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
