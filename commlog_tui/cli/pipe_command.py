"""A command that a mail server runs: its exit code says whether the message is to be sent again."""

from typing import Any, Final

import typer
from typing_extensions import override

from commlog_tui.cli.command_line import OnceCommand
from commlog_tui.cli.embedded import EmbeddedError
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.fault_report import say_fault
from commlog_tui.cli.words import say, stopped
from commlog_tui.settings import SettingsError

_FINAL: Final = frozenset({ExitCode.OK, ExitCode.DATA_ERROR})


class PipeCommand(OnceCommand):
    """A command that ends with 0, 65 or 75 only.

    Mail servers return a message to its sender for all other codes, and nothing but the message
    itself is a reason for that.
    """

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; where they are wrong, the message can be sent again once they are not."""
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            message = getattr(error, "format_message", None)
            if message is None or ctx.resilient_parsing:  # --help ends by an exception, too
                raise
            raise stopped(f"{message()} Nothing was accepted.", ExitCode.RETRY) from None

    @override
    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except typer.Exit as stop:
            if stop.exit_code in _FINAL:
                raise
        except (EmbeddedError, SettingsError) as error:
            say(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the message is not lost by it
            say_fault(error)
        raise typer.Exit(ExitCode.RETRY)
