"""``commlog demo``: the desk on the made-up location."""

import asyncio
from pathlib import Path

import typer

from commlog_tui.cli.connection import TargetOptions, code_of
from commlog_tui.cli.demo_file import made
from commlog_tui.cli.desk import cannot_show, open_desk
from commlog_tui.cli.embedded import CALL_SECONDS, EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.opener import Opener
from commlog_tui.cli.words import say, stopped, tell
from commlog_tui.demo import LOCATION, PACE, SEED


def demo(
    *,
    check: bool = typer.Option(False, "--check", help="Start everything, read one page, and say how it went."),
    seed: int = typer.Option(SEED, min=0, help="Another number makes up another location."),
    live: bool = typer.Option(False, "--live", help="Play a day beside the desk: messages go out, arrive, fail."),
    pace: int = typer.Option(PACE, min=1, max=600, help="With --live: seconds of the day that pass in a second."),
) -> None:
    """Open the desk on a made-up boat rental: 18 months, about 20,000 entries."""
    if check and live:
        raise stopped("Give --check or --live, not both.", ExitCode.USAGE)
    options = TargetOptions(demo=True)
    settings = options.settings()
    if not check and (why := cannot_show()):
        raise stopped(why, ExitCode.USAGE)
    path = made(settings.data, seed)
    if check:
        _check(path)
    elif live:
        _open_live(options, path, seed, pace)
    else:
        open_desk(options.configuration(), path)


def _open_live(options: TargetOptions, path: Path, seed: int, pace: int) -> None:
    from commlog_tui.cli.live_day import Player

    players: list[Player] = []

    def beside(opener: Opener) -> Player:
        players.append(Player(lambda: opener.service_of(path), seed=seed, pace=pace))
        return players[0]

    try:
        open_desk(options.configuration(), path, beside)
    finally:
        if players and players[0].trouble:
            say(f"The live day ended early: {players[0].trouble}")


def _check(path: Path) -> None:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.sheets import sheets

    service = EmbeddedService(path)

    async def look() -> str:
        client = LogClient(service.base_url, service.token, timeout=CALL_SECONDS)
        try:
            page = await client.page(LOCATION, EntryQuery())
        finally:
            await client.aclose()
        newest = page.entries[0].sent_at.date() if page.entries else "none"
        return f"demo: {page.total.count:,} entries, newest of {newest}, {len(sheets())} stylesheets found"

    try:
        tell(asyncio.run(look()))
    except ClientError as error:
        raise stopped(str(error), code_of(error)) from None
    except FileNotFoundError:
        raise stopped("A stylesheet of the desk is missing; install commlog again.", ExitCode.TROUBLE) from None
    finally:
        service.close()
