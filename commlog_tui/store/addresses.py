"""Addresses and numbers in the one form in which they are compared."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

_NUMBER: Final = re.compile(r"[+0-9][0-9 ()./\-\u00a0\u2010-\u2015]*", re.ASCII)
_SHORTEST_NUMBER: Final = 4


@lru_cache(maxsize=65_536)
def normal_address(text: str, region: str | None) -> str | None:
    """Return an e-mail address in lower case or a phone number in E.164, or None if the text is neither.

    A number that cannot be read in any country is kept as its digits.
    """
    text = text.strip()
    if "@" in text:
        return text.casefold()
    return normal_number(text, region) if is_number(text) else None


def is_number(text: str) -> bool:
    """Whether the text has the looks of a phone number."""
    return _NUMBER.fullmatch(text) is not None and sum(map(str.isdigit, text)) >= _SHORTEST_NUMBER


def normal_number(text: str, region: str | None) -> str:
    """Return a phone number in E.164 where it can be read as one of the region's or of any country, else its digits."""
    import phonenumbers  # noqa: PLC0415 - takes 15 ms, and most of what is done needs none

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return digits(text)
    if not phonenumbers.is_possible_number(number):
        return digits(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digits(text: str) -> str:
    """Return the digits of a text."""
    return "".join(character for character in text if character in "0123456789")


@cache
def region_of_zone(zone: str) -> str | None:
    """Return the ISO 3166 country whose zone this is in the IANA database's ``zone.tab``, if it is one country's."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == zone), None)
