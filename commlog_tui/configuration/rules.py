"""Definition of all settings: name, default, validation and documentation."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from commlog_tui.configuration.folders import data_folder, documents_folder
from commlog_tui.configuration.outgoing import hook_secret, hook_url, mail_sender, smtp_url

PREFIX: Final = "COMMLOG_"
MODES: Final = ("ask", "demo", "local", "service")
SIGNALS: Final = ("", "bell", "flash")
DENSITIES: Final = ("auto", "comfortable", "compact")
TIMES: Final = ("location", "utc")
PAGE_SIZES: Final = (25, 50, 100, 200)
_SIZES: Final = tuple(map(str, PAGE_SIZES))
PROFILE_SETTINGS: Final = ("mode", "service", "location", "data", "own_addresses")
MAIL_FIELDS: Final = ("title", "text", "reference", "code")
KINDS: Final = "kinds"
TABLES: Final = ("keys", "mail", "profiles")
_ADDRESS: Final = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?", re.ASCII | re.IGNORECASE)
_PAGE: Final = re.compile(r"https?://[^\s/?#@{}]+([/?#][^\s{}]*)?", re.ASCII | re.IGNORECASE)
_MAIL_ADDRESS: Final = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")
_PROFILE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)


class SettingsError(Exception):
    """A setting is invalid; the message names it and says why."""


def service_address(text: object) -> str:
    """Return a service address in normalized form. Raises ``ValueError``."""
    address = str(text).strip().rstrip("/")
    if address and (not isinstance(text, str) or not _ADDRESS.fullmatch(address)):
        raise ValueError("must be an address such as https://log.example.com")
    return address


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint for an unknown name: the most similar known name, or all of them."""
    from difflib import get_close_matches  # noqa: PLC0415 - most people mistype nothing

    names = sorted(known)
    near = get_close_matches(name, names, 1)
    return f"; did you mean {near[0]}?" if near else f". Known are: {', '.join(names)}."


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text, in quotes")  # noqa: TRY004 - one error for every value that cannot be used
    return value


def _folder(value: object) -> Path:
    return Path(_words(value)).expanduser()


_LONGEST_MINUTES: Final = 1440
_LONGEST_NAME: Final = 40


def _page_size(value: object) -> int:
    if str(value) not in _SIZES:
        raise ValueError("must be 25, 50, 100 or 200")
    return int(str(value))


def _minutes(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and int(text[:5]) <= _LONGEST_MINUTES):
        raise ValueError("must be minutes, at most 1440; 0 for never")
    return int(text)


def _one_of(choices: tuple[str, ...], words: str) -> Callable[[object], object]:
    """Return a check for one of a few words."""

    def check(value: object) -> object:
        if value in choices:
            return value
        raise ValueError(f"must be {words}")

    return check


_mode = _one_of(MODES, "ask, demo, local or service")
_signal = _one_of(SIGNALS, "bell or flash, or empty for none")
_density = _one_of(DENSITIES, "auto, comfortable or compact")
_times = _one_of(TIMES, "location or utc")


def _people(value: object) -> str:
    text = _words(value)
    if any(len(name.strip()) > _LONGEST_NAME for name in text.split(",")):
        raise ValueError("must be names of at most 40 characters, with commas between them")
    return text


def _booking_url(value: object) -> str:
    pattern = _words(value)
    bare = pattern.replace("{reference}", "").replace("{code}", "")
    if pattern and (bare == pattern or not _PAGE.fullmatch(bare)):
        raise ValueError(
            "must be an address such as https://bookings.example.com/{reference}, with {reference} or {code} in it"
        )
    return pattern


def _addresses(value: object) -> str:
    text = _words(value)
    if not all(_MAIL_ADDRESS.fullmatch(part) for part in re.split(r"[\s,;]+", text) if part):
        raise ValueError("must be e-mail addresses, with commas between them")
    return text


def _profile(value: object) -> str:
    if value != "" and not (isinstance(value, str) and _PROFILE.fullmatch(value)):
        raise ValueError("must be letters, digits, hyphens and underscores, at most 40")
    return str(value)


class Rule(NamedTuple):
    """Definition of one setting.

    ``check`` returns the validated value or raises ``ValueError`` with a message that follows the
    name.
    """

    name: str
    default: Callable[[], object]
    shown: str
    words: str
    check: Callable[[object], object]
    choices: tuple[str, ...] = ()
    """The values there are, as text; empty where any text that passes the check is one."""

    @property
    def variable(self) -> str:
        """The environment variable for the setting."""
        return f"{PREFIX}{self.name.upper()}"


def _nothing() -> str:
    return ""


RULES: Final[Mapping[str, Rule]] = {
    rule.name: rule
    for rule in (
        Rule(
            "mode",
            lambda: "ask",
            "`ask`",
            "What `commlog` opens: the demo, the log on this machine, or a service. Asked once, then kept here.",
            _mode,
        ),
        Rule("service", _nothing, "none", "Address of a service, such as `https://log.example.com`.", service_address),
        Rule("location", _nothing, "the only one", "Location to open, where there are several.", _words),
        Rule(
            "data",
            data_folder,
            "the platform's data folder",
            "Folder of the local log, the demo and the outbox.",
            _folder,
        ),
        Rule("token", _nothing, "none", "Token for the service, where it is not kept in the keyring.", _words),
        Rule(
            "profile",
            _nothing,
            "none",
            "Which `[profiles.NAME]` of the file to open; `P` switches at the desk.",
            _profile,
        ),
        Rule(
            "page_size",
            lambda: 50,
            "`50`",
            "Entries a page at the desk: 25, 50, 100 or 200.",
            _page_size,
            _SIZES,
        ),
        Rule(
            "theme",
            _nothing,
            "`commlog-dark`, or `commlog-light` in a light terminal",
            "Colours of the desk; the command palette shows all and keeps the choice.",
            _words,
        ),
        Rule(
            "density",
            lambda: "auto",
            "`auto`",
            "Space around the parts of the desk: `comfortable` or `compact`; `auto` goes by the window's size.",
            _density,
            DENSITIES,
        ),
        Rule(
            "times",
            lambda: "location",
            "`location`",
            "Zone that times are shown in at first: the `location`'s, or `utc`; `u` changes it.",
            _times,
            TIMES,
        ),
        Rule(
            "booking_url",
            _nothing,
            "none",
            "Page of a booking in the booking system, with `{reference}` or `{code}` where these go.",
            _booking_url,
        ),
        Rule(
            "own_addresses",
            _nothing,
            "none",
            "E-mail addresses of the location's own, with commas between them: received mail is recognized by them.",
            _addresses,
        ),
        Rule(
            "hide_after",
            lambda: 10,
            "`10`",
            "Minutes without a key after which the desk hides names, addresses and numbers; 0 for never. `h` does it "
            "at once.",
            _minutes,
        ),
        Rule(
            "due_signal",
            _nothing,
            "none",
            "What a task that becomes due does beside the bar: `bell` rings the terminal's, `flash` shows a notice.",
            _signal,
            SIGNALS,
        ),
        Rule(
            "people",
            _nothing,
            "none",
            "Names of those who share this desk, with commas between them; `I` says who is at the keyboard.",
            _people,
        ),
        Rule(
            "ask_person_after",
            lambda: 0,
            "`0`",
            "Minutes without a key after which the desk asks who is there before it writes; 0 for never.",
            _minutes,
        ),
        Rule(
            "columns", _nothing, "the usual", "Columns of the table, as `date title:40 to`; `C` chooses them.", _words
        ),
        Rule("first_view", _nothing, "none", "Saved view to show at start; `f` among the saved views sets it.", _words),
        Rule(
            "proof_folder",
            documents_folder,
            "`commlog` among your documents",
            "Folder that the desk puts proof sheets in.",
            _folder,
        ),
        Rule(
            "export_folder",
            documents_folder,
            "`commlog` among your documents",
            "Folder that the desk puts exports in.",
            _folder,
        ),
        Rule(
            "smtp_url",
            _nothing,
            "none",
            "Mail server by which the service sends messages again, such as `smtps://user:password@mail.example.com`; "
            "the password is not displayed.",
            smtp_url,
        ),
        Rule("smtp_from", _nothing, "none", "Sender of those messages: an address, or `Name <address>`.", mail_sender),
        Rule(
            "resend_webhook",
            _nothing,
            "none",
            "Address that is asked to send a message again, with a request signed as Standard Webhooks has it.",
            hook_url,
        ),
        Rule("resend_secret", _nothing, "none", "Secret that those requests are signed with: `whsec_…`.", hook_secret),
        Rule(
            "expectations",
            _nothing,
            "`expectations.toml` beside the settings file",
            "File that says which messages every booking of a location should get; `commlog expect check` explains it.",
            _words,
        ),
    )
}
