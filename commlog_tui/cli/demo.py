"""``commlog demo``: the made-up location, made once."""

from pathlib import Path

import typer

from commlog_tui.cli.demo_file import SEED, made
from commlog_tui.cli.exit_codes import ExitCode


def demo(
    *,
    check: bool = typer.Option(False, help="Start everything, read one page, and say how it went."),
    seed: int = typer.Option(SEED, help="Another number makes up another location."),
) -> None:
    """Open the desk on a made-up boat rental: 18 months, about 20,000 entries."""
    from commlog_tui.cli.connection import TargetOptions
    from commlog_tui.cli.desk import open_embedded

    settings = TargetOptions(demo=True).settings()
    path = made(settings.data, seed)
    if not check:
        open_embedded(path, settings.data, "demo")
        return
    raise typer.Exit(_check(path))


def _check(path: Path) -> ExitCode:
    import asyncio

    from commlog_tui.cli.embedded import EmbeddedService
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.sheets import sheets

    service = EmbeddedService(path)

    async def look() -> str:
        client = LogClient(service.base_url, service.token)
        page = await client.page("demo", EntryQuery())
        await client.aclose()
        newest = page.entries[0].sent_at.date()
        return f"demo: {page.total.count} entries, newest of {newest}, {len(sheets())} stylesheets found"

    try:
        typer.echo(asyncio.run(look()))
    finally:
        service.close()
    return ExitCode.OK
