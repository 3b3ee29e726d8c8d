"""From a bounce at the door to the status of the message it is about, with the real service."""

from commlog_tui.contract.delivery import DeliveryKind, EventChannel, Status
from tests.mail.bounces import FAILED, ORIGINAL, PER_MESSAGE, complaint, report
from tests.mail.conftest import Service
from tests.mail.smtp_client import Journal
from tests.mail.test_incoming import MAIL
from tests.mail.test_ingest import ingest

ABOUT = ORIGINAL.replace("20261103091402.7F1A@mail.quay.example", "1@quay.example")
BOUNCE = report(PER_MESSAGE, FAILED, original=ABOUT)


def statuses(service: Service) -> dict[str, Status]:
    return {entry.to: entry.status for entry in service.entries()}


def test_a_bounce_changes_the_status_of_its_recipient_only_and_a_repeat_adds_nothing(
    service: Service, environment: dict[str, str]
) -> None:
    assert ingest(environment, "-").returncode == 0
    for _ in range(2):
        done = ingest(environment, "-", mail=BOUNCE)
        assert (done.returncode, done.stderr) == (0, b"1 delivery event recorded.\n")
    assert statuses(service) == {"rosa@example.org": Status.BOUNCED, "paul@example.org": Status.LOGGED}
    (event,) = service.details()["rosa@example.org"].events
    assert (event.kind, event.code, event.channel) == (DeliveryKind.BOUNCED, "5.1.1", EventChannel.MAIL)
    assert event.detail == "550 5.1.1 <rosa@example.org>: Recipient address rejected: User unknown"


def test_a_bounce_that_comes_before_its_message_joins_it(service: Service, environment: dict[str, str]) -> None:
    assert ingest(environment, "-", mail=BOUNCE).returncode == 0
    assert service.entries() == []
    assert ingest(environment, "-").returncode == 0
    assert statuses(service) == {"rosa@example.org": Status.BOUNCED, "paul@example.org": Status.LOGGED}


def test_a_delay_a_delivery_and_a_complaint_by_the_journal(service: Service, journal: Journal) -> None:
    journal.send()
    blocks = [
        FAILED.replace("failed", "delayed").replace("5.1.1", "4.4.1"),
        FAILED.replace("rosa", "paul").replace("failed", "delivered").replace("5.1.1", "2.0.0"),
    ]
    with journal.client() as client:
        client.sendmail("", ["desk@quay.example"], report(PER_MESSAGE, *blocks, original=ABOUT).decode())
    assert statuses(service) == {"rosa@example.org": Status.DEFERRED, "paul@example.org": Status.DELIVERED}
    with journal.client() as client:
        client.sendmail(
            "", ["desk@quay.example"], complaint("Original-Rcpt-To: paul@example.org", original=ABOUT).decode()
        )
    assert statuses(service)["paul@example.org"] is Status.COMPLAINED


def test_a_bounce_waits_for_the_log(service: Service, environment: dict[str, str]) -> None:
    assert ingest(environment, "-").returncode == 0
    service.stop()
    assert ingest(environment, "-", mail=BOUNCE).returncode == 75
    service.start()
    assert ingest(environment, "-", mail=BOUNCE).returncode == 0
    assert statuses(service)["rosa@example.org"] is Status.BOUNCED


def test_a_bounce_of_a_message_without_entry_is_durable_and_about_nothing(
    service: Service, environment: dict[str, str]
) -> None:
    other = BOUNCE.replace(b"<1@quay", b"<9@quay")
    assert ingest(environment, "-", mail=other).returncode == 0
    assert ingest(environment, "-", mail=MAIL).returncode == 0
    assert set(statuses(service).values()) == {Status.LOGGED}
