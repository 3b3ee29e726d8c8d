"""``commlog desk``, and ``commlog`` without a command: open the desk."""

import typer

from commlog_tui.cli.connection import TargetOptions, embedded_database, targeted, token_of
from commlog_tui.cli.desk import cannot_show, open_desk
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import stopped


@targeted
def desk(
    ctx: typer.Context,
    view: str = typer.Option("", help="Saved view to show first, by its name.", show_default=False),
    call: str = typer.Option("", help="Number that is calling: begin with whoever has it.", show_default=False),
) -> None:
    """Open the desk, as commlog without a command does."""
    run_desk(ctx.obj, view, call)


def run_desk(options: TargetOptions, view: str = "", call: str = "") -> None:
    """Open the desk on the log that the options mean, asking on the very first start which that is."""
    settings = options.settings()
    if settings.mode == "ask":
        from commlog_tui.cli.first_run import ask

        ask(settings)
        settings = options.settings()
    if reason := cannot_show():
        raise stopped(reason, ExitCode.USAGE)
    if settings.mode == "service":
        token_of(settings)  # reported here, where it can be read, if there is none
        open_desk(options.configuration(), view=view, call=call)
    else:
        open_desk(options.configuration(), embedded_database(settings), view=view, call=call)
