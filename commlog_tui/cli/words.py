"""Output of the command line, sanitized: data to standard output, messages to standard error."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from unicodedata import category

import typer

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.contract.validation import field_message
from commlog_tui.text.hygiene import safe


def say(words: str) -> None:
    """Say something to people."""
    typer.echo(safe(words), err=True)


def stopped(words: str, code: ExitCode) -> typer.Exit:
    """Print why, and return the end of a command."""
    say(words)
    return typer.Exit(code)


def tell(data: str) -> None:
    """Print one line of data at once: whoever reads the pipe is waiting for it."""
    sys.stdout.write(f"{data}\n")
    sys.stdout.flush()


def forget_stdout() -> None:
    """Redirect output to the null device, so that a closed pipe is no error on exit."""
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
