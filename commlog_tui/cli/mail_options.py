"""What the commands that take mail have in common: options, and the log that they record to."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from commlog_tui.cli.connection import TargetOptions, service_of
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import stopped

if TYPE_CHECKING:
    from commlog_tui.mail.incoming import MailOptions
    from commlog_tui.mail.recorder import Recorder

OWN = typer.Option(
    [], help="An e-mail address of the location's own, also as own_addresses. Repeat for more.", show_default=False
)


def mail_options(target: TargetOptions, own: Sequence[str], recipient_headers: Sequence[str] = ()) -> "MailOptions":
    """Return how messages are read: the patterns of the settings file, and the location's own addresses."""
    from commlog_tui.configuration.mail_patterns import mail_patterns
    from commlog_tui.imports.items import UnreadableError
    from commlog_tui.imports.recipients import normal_address
    from commlog_tui.mail.incoming import MailOptions
    from commlog_tui.mail.patterns import Patterns

    configuration = target.configuration()
    named = own or [configuration.text("own_addresses")]
    try:
        addresses = frozenset(normal_address(text) for part in named for text in re.split(r"[\s,;]+", part) if text)
    except UnreadableError:
        words = "--own, or own_addresses in the settings, must be e-mail addresses. Nothing was accepted."
        raise stopped(words, ExitCode.USAGE) from None
    fields, kinds = mail_patterns(configuration.file)
    return MailOptions(Patterns(fields, kinds), addresses, tuple(recipient_headers))


@contextmanager
def recorder_of(target: TargetOptions) -> "Iterator[Callable[[], Recorder]]":
    """Give a function that makes a recorder for the log that is meant, to be called in an event loop."""
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.mail.recorder import Recorder

    settings = target.settings()
    with service_of(settings) as (base_url, token, _):
        yield lambda: Recorder(LogClient(base_url, token), settings.location)
