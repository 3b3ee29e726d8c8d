"""Reads the newest page before the desk is loaded, from a service or from the log file."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from commlog_tui.cli.raw_terminal import RawTerminal, size
from commlog_tui.configuration.sources import Configuration
from commlog_tui.operating_system import user_name

if TYPE_CHECKING:
    from ssl import SSLContext

    from commlog_tui.text.first_page import FirstPage

_SECONDS: Final = 10.0
_PAINT_SECONDS: Final = 0.1
"""How long the first frame is waited for; the page of a slower service is shown by the desk."""
_LEAST: Final = (40, 10)
"""Columns and lines of the smallest terminal that a frame is painted in."""
_LONGEST_LINE: Final = 1 << 16
_PROXIES: Final = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""Variables that send what is asked over HTTPS elsewhere; the client sees to that."""
_ABSENT: Final[Mapping[str, Any]] = {}


def first_rows(configuration: Configuration, database: Path | None) -> "FirstRows":
    """Begin to read the newest page of a log file, or of the service that is set."""
    return FirstRows(
        partial(of_service, configuration) if database is None else partial(of_file, database, configuration)
    )


class FirstRows:
    """The newest page, read once in a thread of its own.

    Errors show nothing here: the desk sends the same request and reports them.
    """

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        self._answer = _ABSENT
        self._terminal: RawTerminal | None = None
        self._thread = Thread(target=self._read, args=(read,), name="first rows", daemon=True)
        self._thread.start()

    def _read(self, read: Callable[[], Mapping[str, Any]]) -> None:
        with suppress(Exception):  # the desk says what is wrong
            self._answer = read()

    def page(self, seconds: float | None = None) -> "FirstPage | None":
        """Return the page once it was read, or None: there is none, or not within so many seconds.

        It is on the row that keys have moved to; from now on they wait for the desk.
        """
        from commlog_tui.text.first_page import first_page  # while the service makes its answer

        self._thread.join(seconds)
        try:
            row = self._terminal.row if self._terminal is not None else 0
            return first_page(self._answer)._replace(row=row) if self._answer else None
        except (LookupError, TypeError, ValueError):  # of another version
            return None

    def paint(self, terminal: RawTerminal, configuration: Configuration) -> None:
        """Paint the first frame, if the page is there in time and the colours are known.

        Keys move on it until the desk asks for the page.
        """
        from commlog_tui.color_scheme import theme_at_start
        from commlog_tui.text.bars import key_faces
        from commlog_tui.text.drawn import drawn
        from commlog_tui.text.frame import frame, rows_in_sight
        from commlog_tui.text.palettes import PALETTES

        theme = theme_at_start(configuration.text("theme"), configuration.data / "desk")
        palette, first = PALETTES.get(theme), self.page(_PAINT_SECONDS)
        if palette is None or first is None or not first.page.entries:
            return
        density = configuration.text("density")
        faces = key_faces({action: _keys(keys) for action, keys in configuration.file.keys.items()})
        columns, show_utc = configuration.text("columns").split(), configuration.text("times") == "utc"

        def draw(row: int) -> None:
            on_row = first._replace(row=row, show_utc=show_utc)
            terminal.paint(
                lambda *size: drawn(frame(on_row, faces, size, columns, density), palette, os.environ), _LEAST
            )

        draw(0)
        if terminal.is_painted:
            terminal.move_by_keys(min(rows_in_sight(size(), density), len(first.page.entries)), draw)
        self._terminal = terminal


def _keys(keys: object) -> str:
    """Return the keys of an action in the settings; they are checked later."""
    return keys if isinstance(keys, str) else ",".join(map(str, keys)) if isinstance(keys, list) else ""


def of_file(database: Path, configuration: Configuration) -> Mapping[str, Any]:
    """Return the newest page of a log of this machine. Raises what reading the file raises."""
    from commlog_tui.store.sqlite.newest_page import newest_page

    page = newest_page(database, configuration.text("location"), int(configuration.text("page_size")))
    return {**page, "user": user_name()}


def of_service(configuration: Configuration) -> Mapping[str, Any]:
    """Return the newest page of a service, asked for over one connection.

    Raises:
        OSError: there is no answer.
        LookupError: a proxy leads to it, or which token or location is meant is not known yet.
        ValueError: the answer is no page.
    """
    import socket
    from urllib.parse import quote, urlsplit

    from commlog_tui.cli.credentials import token_in_file

    address = urlsplit(configuration.text("service"))
    token = configuration.text("token") or token_in_file(configuration.text("service"))
    is_secure = address.scheme.lower() == "https"
    if (is_secure and any(map(os.environ.get, _PROXIES))) or not (token and token.isprintable()):
        raise LookupError("this takes libraries of their own, which the desk loads")
    host, port = address.hostname or "", address.port or (443 if is_secure else 80)
    # As bytes: for a text, Python loads tables of international names, whatever it is.
    target: Any = (host.encode() if host.isascii() else host, port)
    trust = _trust() if is_secure else None
    plain = socket.create_connection(target, _SECONDS)
    connection = plain if trust is None else trust.wrap_socket(plain, server_hostname=host)
    with closing(connection), connection.makefile("rb") as file:

        def get(*paths: str) -> list[Any]:
            head = f"Host: {address.netloc}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n\r\n"
            requests = (f"GET {address.path}/v1{path} HTTP/1.1\r\n{head}" for path in paths)
            connection.sendall("".join(requests).encode("ascii"))
            return [_json(file) for _ in paths]

        (me,) = get("/me")
        wanted = configuration.text("location")
        (location,) = [one["id"] for one in me["locations"] if one["id"] == wanted or not wanted]
        path = f"/locations/{quote(location, safe='')}"
        page, place = get(f"{path}/entries?limit={configuration.text('page_size')}", path)
        return {"page": page, "location": place["location"], "channels": place["channels"], "user": me["name"]}


def _trust() -> "SSLContext":
    """Return what certificates are checked with, which is what the client uses."""
    import ssl

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not (file or folder):
        import certifi

        file = certifi.where()
    return ssl.create_default_context(cafile=file or None, capath=None if file else folder)


def _json(file: Any) -> Any:  # noqa: ANN401 - a file of bytes, and JSON
    """Return the answer that is read from a connection. Raises ``ValueError`` if it is none."""
    if file.readline(_LONGEST_LINE).split()[1:2] != [b"200"]:
        raise ValueError("the answer is an error")
    size = None
    while (line := file.readline(_LONGEST_LINE)).strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    if size is None:
        raise ValueError("the answer has no length")
    return json.loads(file.read(size))
