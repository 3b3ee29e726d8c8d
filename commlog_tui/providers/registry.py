"""All providers, by their slug."""

from collections.abc import Mapping
from typing import Final

from commlog_tui.providers.provider import Provider
from commlog_tui.providers.sendgrid import SENDGRID
from commlog_tui.providers.twilio import TWILIO

PROVIDERS: Final[Mapping[str, Provider]] = {provider.slug: provider for provider in (TWILIO, SENDGRID)}
