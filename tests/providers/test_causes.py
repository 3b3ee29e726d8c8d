import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.providers.cause_codes import CODES, ENHANCED, PHRASES, REPLIES
from commlog_tui.providers.causes import CAUSES, cause_of

MOST_WORDS = 100


def slug_of(provider: str, code: str | None = None, detail: str | None = None) -> str | None:
    cause = cause_of(provider, code, detail)
    return cause.slug if cause else None


@pytest.mark.parametrize(
    ("provider", "code", "detail", "slug"),
    [
        ("mail", None, "550 5.1.1 <a@example.org>... User unknown", "mailbox-unknown"),
        ("sendgrid", "5.1.1", "550 5.1.1 the account does not exist", "mailbox-unknown"),
        ("postmark", "HardBounce", "smtp;550 5.1.1 no such account", "mailbox-unknown"),
        ("postmark", "5.1.1", "smtp;550 5.1.1 no such account", "mailbox-unknown"),
        ("mail", None, "552 5.2.2 mailbox full", "mailbox-full"),
        ("mail", None, "421 try again later", "server-unavailable"),
        ("mail", None, "450 busy", "mailbox-busy"),
        ("mail", None, "452 no space", "server-full"),
        ("mail", None, "550", "mailbox-unavailable"),
        ("mail", None, "552 too much", "mailbox-full"),
        ("mail", None, "554 no", "transaction-failed"),
        ("mail", "550", None, "mailbox-unavailable"),
        ("brevo", None, "550 RecipientError: 550 5.1.1 <a@example.com>: Recipient rejected", "mailbox-unknown"),
        ("brevo", None, "RecipientError: 550 5.5.0 mailbox unavailable.", "mailbox-unavailable"),
        ("brevo", None, "undefined Unable to find MX of domain no-mx.example.com", "domain-unknown"),
        ("brevo", None, "blocked : due to blacklist user", "suppressed"),
        ("mailgun", "605", "Not delivering to previously bounced address", "suppressed-bounce"),
        ("mailgun", "498", "No MX for nomx.example.com", "domain-unknown"),
        ("ses", "Permanent/OnAccountSuppressionList", None, "suppressed"),
        ("postmark", None, "You tried to send to a recipient that has been marked as inactive.", "suppressed"),
        ("mail", None, "550 Domain does not exist", "domain-unknown"),
        ("twilio", "30003", None, "phone-unreachable"),
        ("twilio", None, "Error 30003", "phone-unreachable"),
        ("twilio", None, "Twilio: undelivered; error 30006; Landline", "landline"),
        ("", None, "Error 30003", "phone-unreachable"),
        ("", None, "30005 unknown destination", "number-unknown"),
        ("twilio", "21211", None, "number-invalid"),
        ("twilio", "21408", None, "country-not-allowed"),
        ("twilio", "21610", None, "opted-out"),
        ("twilio", "21612", None, "number-not-routable"),
        ("twilio", "21614", None, "no-mobile-number"),
        ("twilio", "30034", None, "sender-not-registered"),
        ("twilio", "63016", None, "outside-window"),
        ("whatsapp", "131026", "Message undeliverable", "no-whatsapp"),
        ("whatsapp", None, "Error code: 131047", "outside-window"),
        ("sendgrid", None, "Bounced Address", "suppressed-bounce"),
    ],
)
def test_a_known_code_or_word_has_its_cause(provider: str, code: str, detail: str, slug: str) -> None:
    assert slug_of(provider, code, detail) == slug


@pytest.mark.parametrize(
    ("provider", "code", "detail"),
    [
        ("twilio", "30999", "error 30999"),
        ("mail", "5.0.0", "undefined"),
        ("mail", None, "250 2.1.5 delivered to 10.5.1.1"),
        ("mail", None, "connect to 5.1.1.7"),
        ("mail", None, "version 5.1.1.2"),
        ("mail", None, "order 550 was shipped"),
        ("mail", None, "550th attempt"),
        ("twilio", None, "550 5.1.1 user unknown"),
        ("sendgrid", "30003", None),
        ("mail", None, "Error 30003"),
        ("mail", None, "30005 unknown destination"),
        ("", None, "tried at 30005"),
        ("", "", ""),
        ("mail", None, None),
        ("unknown-provider", "1", "no words of ours"),
    ],
)
def test_what_is_not_known_has_no_cause(provider: str, code: str, detail: str) -> None:
    assert cause_of(provider, code, detail) is None


def test_a_temporary_class_is_never_permanent() -> None:
    for detail, is_permanent in (("550 5.1.1 x", True), ("450 4.1.1 x", False)):
        cause = cause_of("mail", None, detail)
        assert cause is not None
        assert cause.is_permanent is is_permanent


def test_the_twilio_codes_of_the_issue_are_all_known() -> None:
    codes = [21211, 21408, 21610, 21612, 21614, *range(30001, 30009), 30034, 63016]
    assert all(cause_of("twilio", str(code), None) for code in codes)


def test_some_sentences_are_those_that_a_clerk_was_promised() -> None:
    sentences = {cause.sentence for cause in CAUSES.values()}
    promised = {"The mailbox does not exist", "The phone is off or out of reach", "The number is a landline"}
    assert promised <= sentences
    assert len(CAUSES) >= 50


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
def test_every_cause_is_a_plain_sentence_with_one_next_step_and_a_source(cause: object) -> None:
    one = CAUSES[cause.slug]  # type: ignore[attr-defined] # a Cause
    assert one.sentence[0].isupper()
    assert not one.sentence.endswith(".")
    assert one.next_step.endswith(".")
    assert one.next_step.count(". ") == 0
    assert len(one.sentence) < MOST_WORDS
    assert one.source


def test_every_code_has_a_cause_and_every_cause_a_code_or_word() -> None:
    named = {*ENHANCED.values(), *REPLIES.values(), *PHRASES.values()}
    named |= {slug for codes in CODES.values() for slug in codes.values()}
    assert named == set(CAUSES)


def test_codes_and_phrases_are_in_lower_case() -> None:
    words = [*PHRASES, *(code for codes in CODES.values() for code in codes)]
    assert [word for word in words if word != word.lower()] == []


@given(st.sampled_from(["", "mail", *CODES]), st.text(max_size=60), st.text(max_size=300))
def test_any_words_have_a_known_cause_or_none(provider: str, code: str, detail: str) -> None:
    cause = cause_of(provider, code, detail)
    assert cause is None or cause.slug in CAUSES
