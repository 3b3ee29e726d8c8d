"""Output of the command line, sanitized: data to standard output, messages to standard error."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import IO, TYPE_CHECKING, Any, cast
from unicodedata import category

import typer
from typing_extensions import override

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.contract.validation import field_message
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(OSError):
    """Standard output cannot be written: its disk is full, for example."""


class ReaderGoneError(OSError):
    """Whoever read standard output has seen enough. Typer would end with 1 for an error with a number."""


class _OutputFile(FileIO):
    """Standard output as a file whose errors are not taken for those of other files."""

    @override
    def write(self, data: "ReadableBuffer", /) -> int:
        """Write bytes. Raises ``ReaderGoneError`` and ``OutputError``."""
        try:
            return super().write(data)
        except BrokenPipeError:
            raise ReaderGoneError("nobody reads the output any more") from None
        except OSError as error:
            raise OutputError(*error.args) from None


def watch_output() -> None:
    """Have what goes wrong with standard output raise ``OutputError`` or ``ReaderGoneError``."""
    out = sys.stdout
    buffer = getattr(out, "buffer", None)
    if isinstance(out, TextIOWrapper) and type(getattr(buffer, "raw", buffer)) is FileIO:  # no console of Windows
        file = _OutputFile(out.fileno(), "w", closefd=False)
        sys.stdout = TextIOWrapper(
            cast("IO[bytes]", file if type(buffer) is FileIO else BufferedWriter(file)),  # PYTHONUNBUFFERED, or not
            encoding=out.encoding,
            errors=out.errors,
            line_buffering=out.line_buffering,
            write_through=out.write_through,
        )


def say(words: str) -> None:
    """Say something to people, unless standard error cannot be written."""
    with suppress(OSError):
        typer.echo(safe(words), err=True)


def stopped(words: str, code: ExitCode) -> typer.Exit:
    """Print why, and return the end of a command."""
    say(words)
    return typer.Exit(code)


def tell(data: str) -> None:
    """Print one line of data at once: whoever reads the pipe is waiting for it."""
    sys.stdout.write(f"{data}\n")
    sys.stdout.flush()


def forget_output() -> None:
    """Redirect output to the null device, so that what cannot be written is no error on exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def json_text(data: object) -> str:
    r"""Return equivalent JSON with unsafe characters written as ``\u`` escapes."""
    return "".join(
        character if character.isascii() or not _misleads(character) else json.dumps(character)[1:-1]
        for character in json.dumps(data, ensure_ascii=False).replace("\x7f", "\\u007f")
    )


def _misleads(character: str) -> bool:
    kind = category(character)
    return kind[0] == "C" or kind in {"Zl", "Zp"}


def faults(errors: Sequence[Any], names: dict[str, str]) -> str:
    """Return what pydantic found, without the values, in the names that were used to give them."""
    messages = []
    for error in errors:
        where = [str(part) for part in error["loc"]]
        name = names.get(where[0], f"--{where[0]}") if where else ""
        messages.append(f"{name} {field_message(error)}".strip())
    return "; ".join(messages)


def is_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()
