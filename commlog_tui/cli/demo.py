"""``commlog demo``: the made-up location, made once."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import typer

from commlog_tui.cli.exit_codes import ExitCode

SEED = 1


def demo_file(data: Path, seed: int = SEED) -> Path:
    """Return the file of the demo log."""
    return data / f"demo-{seed}.db"


def made(data: Path, seed: int = SEED, until: date | None = None) -> Path:
    """Return the file of the demo log, having made it with a progress bar if it was not there."""
    path = demo_file(data, seed)
    if path.exists():
        return path
    from rich.console import Console
    from rich.progress import Progress

    from commlog_tui.demo.load import fill

    data.mkdir(parents=True, exist_ok=True)
    fresh = data / f"demo-{uuid4().hex}.tmp"
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("Making up a boat rental", total=None)
        fill(fresh, seed=seed, until=until, progress=lambda done, total: bar.update(task, completed=done, total=total))
    fresh.replace(path)
    return path


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
