"""The identities that imports use are those of the webhooks."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers import postmark, sendgrid, twilio
from tests.providers.asking import request_of

AT = datetime(2026, 11, 3, 8, 14, 9, tzinfo=UTC)


def test_a_row_of_twilios_log_has_the_identity_of_its_callback() -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+1"}
    (event,) = twilio.TWILIO.parse(request_of(urlencode(fields)))
    assert event.event_id == twilio.event_id("SM1", "delivered", DeliveryKind.DELIVERED)


def test_a_row_of_sendgrids_activity_has_the_identity_of_its_webhook_event() -> None:
    fields = {"event": "delivered", "email": "A@example.org", "timestamp": int(AT.timestamp()), "sg_message_id": "m.f"}
    (event,) = sendgrid.SENDGRID.parse(request_of([fields]))
    assert event.event_id == sendgrid.event_id(sendgrid.KINDS["delivered"], "a@example.org ", AT)
    assert event.message_id == sendgrid.message_id("m.filter0")


def test_an_event_of_postmarks_messages_has_the_identity_of_its_webhook() -> None:
    bounce = {
        "RecordType": "Bounce", "Type": "HardBounce", "ID": 374814878, "MessageID": "m", "Email": "a@example.org",
        "BouncedAt": AT.isoformat(),
    }  # fmt: skip
    delivery = {
        "RecordType": "Delivery", "MessageID": "m", "Recipient": "a@example.org", "DeliveredAt": AT.isoformat(),
    }  # fmt: skip
    listed = ((bounce, "Bounced", "374814878"), (delivery, "Delivered", ""))
    for webhook, kind, bounce_id in listed:
        (event,) = postmark.POSTMARK.parse(request_of(webhook))
        assert event.event_id == postmark.event_id(postmark.EVENTS[kind], "A@example.org", AT, bounce_id)
