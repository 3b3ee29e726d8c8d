"""All providers, by their slug."""

from collections.abc import Mapping
from typing import Final

from commlog_tui.providers.brevo import BREVO
from commlog_tui.providers.mailgun import MAILGUN
from commlog_tui.providers.postmark import POSTMARK
from commlog_tui.providers.provider import Provider
from commlog_tui.providers.resend import RESEND
from commlog_tui.providers.sendgrid import SENDGRID
from commlog_tui.providers.ses import SES
from commlog_tui.providers.twilio import TWILIO
from commlog_tui.providers.whatsapp import WHATSAPP

PROVIDERS: Final[Mapping[str, Provider]] = {
    provider.slug: provider for provider in (TWILIO, SENDGRID, POSTMARK, MAILGUN, RESEND, SES, BREVO, WHATSAPP)
}
