"""``commlog migrate``: the tables of a log in PostgreSQL, made or brought up to date by their owner."""

import typer

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.stored_log import LOG, StoredLog, stored_log
from commlog_tui.cli.words import say, stopped, tell


def migrate(
    ctx: typer.Context,
    database: str | None = LOG,
    service_role: str = typer.Option(
        "", "--service-role", help="Role to serve as, which gets only the privileges that the service needs."
    ),
    distribute: bool = typer.Option(
        False, "--distribute", help="Distribute the tables over a Citus cluster, by location."
    ),
) -> None:
    """Make the tables of a log in PostgreSQL, or bring them up to date, while it is read.

    Run it as the role that is to own the tables. An interrupted run is resumed by the next one.
    """
    from commlog_tui.records.errors import LogError
    from commlog_tui.store.errors import DamagedLogError

    log = stored_log(ctx, database)
    if log.path is not None:
        raise stopped(
            "A log in a file is brought up to date whenever it is opened to be used. commlog migrate is for "
            "PostgreSQL: name the log with --database postgresql://. Nothing was changed.",
            ExitCode.USAGE,
        )
    try:
        _migrate(log, service_role, distribute=distribute)
    except LogError as error:
        code = ExitCode.TAMPERED if isinstance(error, DamagedLogError) else ExitCode.TROUBLE
        raise stopped(str(error), code) from None


def _migrate(log: StoredLog, service_role: str, *, distribute: bool) -> None:
    from commlog_tui.store.postgresql.administration import Administration

    with Administration(str(log.url)) as work:
        applied = work.migrate()
        say(f"Applied {applied} migrations." if applied else "The tables are up to date.")
        if distribute:
            distributed = work.distribute()
            say(f"Distributed {distributed} tables by location." if distributed else "All tables are distributed.")
        if service_role:
            work.grant(service_role)
            say(f"{service_role} has the privileges that the service needs, and no others.")
        name, key = work.create_log()
    tell(name)
    say(f"The log's signing key is {key}. Keep a copy apart from the database; every machine that serves needs it.")
