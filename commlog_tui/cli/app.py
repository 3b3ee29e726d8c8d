"""The root of the command line. Of its commands only the one that is run is loaded."""

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import typer

from commlog_tui import __version__
from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import DEMO, LOCATION, PROFILE, SERVICE, TargetOptions
from commlog_tui.cli.embedded import EmbeddedError
from commlog_tui.cli.exit_codes import MEANINGS, ExitCode
from commlog_tui.cli.fault_report import say_fault
from commlog_tui.cli.words import OutputError, ReaderGoneError, forget_output, say, watch_output
from commlog_tui.settings import SettingsError

if TYPE_CHECKING:
    app: Commands

_EPILOG = "Exit codes: " + "; ".join(f"{code.value} {words}" for code, words in MEANINGS.items()) + "."
_INTERRUPTED = 130
_COMMANDS: Final[Mapping[str, str]] = {
    "demo": "demo.demo",
    "desk": "desk_command.desk",
    "serve": "serve.serve",
    "list": "entries.list_entries",
    "import": "import_.import_",
    "ingest": "ingest.ingest",
    "journal": "journal.journal",
    "config": "config.config",
    "show": "entries.show",
    "add": "adding.add",
    "customers": "entries.customers",
    "tail": "entries.tail",
    "who": "who.who",
    "why": "why.why",
    "resend": "resend.resend",
    "stats": "stats.stats",
    "status": "status.status",
    "verify": "verify.verify",
    "redact": "upkeep.redact",
    "rebuild": "upkeep.rebuild",
    "backup": "backup.backup",
    "restore": "backup.restore",
    "migrate": "migrate.migrate",
    "copy": "copy.copy",
}
"""Module and function of each command, in the order of the help."""
_CLASSES: Final = {"ingest": "pipe_command.PipeCommand"}
"""Classes of commands that are not ``OnceCommand``."""
_GROUPS: Final[Mapping[str, str]] = {
    "token": "owner.tokens",
    "location": "owner.locations",
    "hook": "hook.hooks",
    "retention": "upkeep.retentions",
    "checkpoint": "checkpoint.checkpoints",
    "proof": "proof.proofs",
    "key": "upkeep.keys",
    "outbox": "outbox.outboxes",
    "task": "task.tasks",
    "customer": "customer.customers",
    "contact": "customer.contacts",
    "preference": "customer.preferences",
    "handover": "handover.handovers",
    "expect": "expect.expectations",
}
"""Module and group of each group of commands."""
_WITH_VALUE: Final = frozenset({"--service", "--location", "--profile"})
"""Options before the command that the next argument belongs to."""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"commlog {__version__}")
        raise typer.Exit


def root(
    ctx: typer.Context,
    service: str = SERVICE,
    location: str = LOCATION,
    profile: str = PROFILE,
    demo_log: bool = DEMO,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Say which version this is."
    ),
) -> None:
    """A communication log, and the desk to read and write it. Without a command, opens the desk."""
    del version
    ctx.obj = TargetOptions(service, location, demo_log, profile)
    if ctx.invoked_subcommand is None:
        from commlog_tui.cli.desk_command import run_desk

        run_desk(ctx.obj)


@cache
def commands(only: str = "") -> Commands:
    """Return the command line, with one command or with all of them."""
    found = Commands(epilog=_EPILOG, pretty_exceptions_enable=False, rich_markup_mode=None)
    found.callback(invoke_without_command=True)(root)
    for name, path in _COMMANDS.items():
        if only in {name, ""}:
            kind = {"cls": _loaded(_CLASSES[name])} if name in _CLASSES else {}
            found.command(name, **kind)(_loaded(path))
    for name, path in _GROUPS.items():
        if only in {name, ""}:
            found.add_typer(_loaded(path), name=name)
    return found


def _loaded(path: str) -> Any:  # noqa: ANN401 - a command, or a group of them
    module, _, name = path.partition(".")
    return getattr(import_module(f"commlog_tui.cli.{module}"), name)


def _named(arguments: Sequence[str]) -> str:
    """Return the command that arguments name; empty where all are to be known: for help, or a mistyped one."""
    if not arguments:  # or a shell completes a line
        return ""
    rest = iter(arguments)
    for argument in rest:
        if argument in _WITH_VALUE:
            next(rest, None)
        elif not argument.startswith("-"):
            return argument if argument in {*_COMMANDS, *_GROUPS} else ""
    return "" if "--help" in arguments else "desk"


def __getattr__(name: str) -> Commands:
    """Return ``app``, the whole command line."""
    if name != "app":
        raise AttributeError(name)
    return commands()


def run() -> None:
    """Run the command line."""
    line = commands(_named(sys.argv[1:]))
    gc.freeze()
    gc.enable()
    guarded(line)


def guarded(work: Callable[[], object]) -> None:
    """Do the work; whatever happens, people get a sentence and scripts a code."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stand-in of a test or an embedder
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # guarded
    watch_output()
    try:
        try:
            work()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except ReaderGoneError:
        forget_output()
    except OutputError as error:
        forget_output()
        say(f"The output cannot be written: {error.strerror}. Nothing that was recorded is lost.")
        sys.exit(ExitCode.TROUBLE)
    except (EmbeddedError, SettingsError) as error:
        say(str(error))
        sys.exit(ExitCode.USAGE if isinstance(error, SettingsError) else ExitCode.TROUBLE)
    except Exception as error:  # noqa: BLE001 - the last place where a traceback can be kept from a clerk
        say_fault(error)
        sys.exit(ExitCode.TROUBLE)
