"""``commlog status``: whether the log is reached, and whether providers report."""

from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import json_text, say, tell
from commlog_tui.contract.hooks import Hook, Hooks
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import local


@targeted
def status(
    ctx: typer.Context,
    hooks: bool = typer.Option(False, "--hooks", help="Also list the webhooks of providers and their last reports."),
    as_json: bool = JSON,
) -> None:
    """Say whether the log is reached; with --hooks, exit code 10 if a provider is silent."""

    async def work(session: Session) -> ExitCode:
        location = session.location
        if not hooks:
            seq = (await session.client.location(location.id)).seq
            tell(json_text({"location": location.id, "seq": seq}) if as_json else f"{location.id}: {seq:,} records")
            return ExitCode.OK
        found = await session.client.hooks(location.id)
        if as_json:
            tell(json_text(Hooks(hooks=found).model_dump(mode="json")))
        elif not found:
            say("No webhook is set up there; commlog hook add sets one up.")
        else:
            for hook in found:
                tell(safe(_words(hook, ZoneInfo(location.zone))))
        return ExitCode.SILENT if any(hook.silent_since for hook in found) else ExitCode.OK

    with_session(ctx, work)


def _words(hook: Hook, zone: ZoneInfo) -> str:
    if hook.silent_since is not None:
        return f"! {hook.name}: no report since {local(hook.silent_since, zone)}, which is longer than usual"
    last = "no report yet" if hook.last_at is None else f"last report {local(hook.last_at, zone)}"
    return f"  {hook.name}: {last}"
