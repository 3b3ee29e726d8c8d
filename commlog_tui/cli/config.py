"""``commlog config``: what is set, and where it comes from."""

import typer

from commlog_tui.cli.connection import TargetOptions
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import json_text, stopped, tell
from commlog_tui.configuration.file import config_file
from commlog_tui.configuration.mail_patterns import mail_patterns
from commlog_tui.configuration.rules import SettingsError
from commlog_tui.configuration.sources import shown_settings
from commlog_tui.text.hygiene import safe


def config(
    ctx: typer.Context,
    *,
    json: bool = typer.Option(False, "--json", help="As JSON."),
    path: bool = typer.Option(False, "--path", help="Only where the settings file is, or would be."),
) -> None:
    """Say what is set, and where each value comes from. A token is not shown."""
    if path:
        tell(safe(str(config_file())))
        return
    options: TargetOptions = ctx.obj
    configuration = options.configuration()
    from commlog_tui.cli.preferences import preferences_of

    try:
        preferences_of(configuration)
        mail_patterns(configuration.file)
    except SettingsError as error:
        raise stopped(str(error), ExitCode.USAGE) from None
    rows = list(shown_settings(configuration))
    if json:
        tell(json_text([{"setting": name, "value": value, "from": origin} for name, value, origin in rows]))
        return
    names = max(len(name) for name, _, _ in rows)
    values = min(max(len(safe(str(value))) for _, value, _ in rows), 40)
    for name, value, origin in rows:
        tell(f"{safe(name):{names}}  {safe(str(value)) or '-':{values}}  {safe(origin)}")
    profiles = ", ".join(safe(profile) for profile in configuration.profiles)
    if profiles:
        tell(f"{'profiles':{names}}  {profiles}")
