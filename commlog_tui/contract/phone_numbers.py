"""Parse and normalize phone numbers, for storing, searching, matching and typing alike.

Accepts digits of any script with the usual separators, ``tel:`` URIs (RFC 3966), WhatsApp ids and
extensions. Numbers are compared in E.164 without the extension; variants of the same mobile line
are mapped to one form.
"""

import re
from functools import lru_cache
from typing import Final
from unicodedata import category, decimal
from urllib.parse import unquote

FEWEST_DIGITS: Final = 4
"""Texts with fewer digits are not numbers, unless the caller passes another minimum."""
LONGEST: Final = 320
"""Maximum length of a recipient, as in the contract."""
_MOST_DIGITS: Final = 18
_SHORTEST_INTERNATIONAL: Final = 11
"""Minimum number of digits of an international number without its plus."""
_ITALY: Final = 39
_CACHED: Final = 1_024
"""What one number is asked for in several ways; ``addresses`` remembers the recipients of a busy location."""
_SPACE: Final = re.compile(r"\s")
_BARE: Final = re.compile(r"[+(]?[0-9 ()./-]+|[^0-9]*|[a-zA-Z][^:/#,;]*@[a-zA-Z0-9.-]*", re.ASCII)
"""Fast path: plain numbers, texts without digits, addresses."""
_NUMBER: Final = re.compile(r"[+(\[ ]*[0-9][0-9 ()\[\]./-]*", re.ASCII)
_PARTIAL: Final = re.compile(r"[+0-9 ()\[\]./-]+", re.ASCII)
_EXTENSION: Final = re.compile(
    r"[ ,;]*(?:;ext=|,{1,3}|#|x|ext(?:n|ension)?\.?|int\.?|anexo|ramal|poste|durchwahl|доб\.?)[ .:]*[0-9]{1,7} *#?",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(
    r"(?:(?:tel|callto|smsto|sms|fax|whatsapp):(?://)?|(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=))",
    re.IGNORECASE,
)
_WHATSAPP: Final = re.compile(r"([0-9]{6,15})(?:[.:][0-9:]+)?@(?:c\.us|s\.whatsapp\.net)", re.ASCII | re.IGNORECASE)
_NO_DIGITS: Final = re.compile(r"[^0-9]+", re.ASCII)
_TRUNK_ZERO: Final = re.compile(r"(?<=[0-9\])]) *\(0\)")
_PLUSES: Final = "+＋﹢⁺˖"  # noqa: RUF001 - as they are typed and pasted
_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys(_PLUSES, "+"),
        **dict.fromkeys("−⁃˗～~∼", "-"),  # noqa: RUF001 - as they are typed and pasted
        **dict.fromkeys("．·•‧∙・｡", "."),  # noqa: RUF001 - as they are typed and pasted
        **dict.fromkeys("／⁄∕", "/"),  # noqa: RUF001 - as they are typed and pasted
        **dict.fromkeys("（⁽﹙", "("),  # noqa: RUF001 - as they are typed and pasted
        **dict.fromkeys("）⁾﹚", ")"),  # noqa: RUF001 - as they are typed and pasted
    }
)
_ONE_FORM: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\+55([1-9]{2})([6-9][0-9]{7})", r"+55\g<1>9\2"),  # Brazil: mobiles have had a ninth digit since 2016
        (r"\+549([0-9]{10})", r"+54\1"),  # Argentina: 9 after the country code means "mobile", as 15 does at home
        (r"\+52(?:1|044|045|01)([0-9]{10})", r"+52\1"),  # Mexico: 1, 044 and 045 meant "mobile" until 2019
        (r"\+229([0-9]{8})", r"+22901\1"),  # Benin: 01 was put before every number in 2024
    )
)
"""Variants of the same line, as patterns over E.164, and the form to compare by."""
_AT_HOME_IN_MEXICO: Final = re.compile(r"(?:044|045|01|1)([0-9]{10})", re.ASCII)
_OTHER_FORMS: Final = (
    (re.compile(r"55([1-9]{2})9([6-9][0-9]{7})"), (r"55\1\2",)),
    (re.compile(r"54([0-9]{10})"), (r"549\1",)),
    (re.compile(r"52([0-9]{10})"), (r"521\1",)),
    (re.compile(r"22901([0-9]{8})"), (r"229\1",)),
)


@lru_cache(maxsize=_CACHED)
def is_number(text: str, fewest: int = FEWEST_DIGITS) -> bool:
    """Return whether a text is written as a phone number."""
    if len(text) > LONGEST:
        return False
    written = _written(text)
    return _NUMBER.fullmatch(written) is not None and fewest <= len(digits(written)) <= _MOST_DIGITS


@lru_cache(maxsize=_CACHED)
def normal_number(text: str, region: str | None) -> str:
    """Return a number in the form in which numbers are compared.

    That is E.164 if it can be parsed, else its digits. A number without a country code is one of
    the region, or an international one whose ``+`` is missing or dialled.
    """
    written = _written(text)
    for candidate in _candidates(written, region):
        if number := _e164(candidate, region):
            return number
    return digits(written)


def number_forms(text: str, region: str | None) -> tuple[str, ...]:
    """Return the digits under which a number is indexed: its normal form and its variants."""
    number = digits(normal_number(text, region))
    others = [
        form
        for pattern, forms in _OTHER_FORMS
        if pattern.fullmatch(number)
        for form in _expanded(pattern, number, forms)
    ]
    return (number, *others)


def is_number_part(text: str) -> bool:
    """Return whether a text has only digits and what stands between those of a number."""
    return len(text) <= LONGEST and _PARTIAL.fullmatch(_written(text)) is not None


def searched_forms(text: str, region: str | None) -> tuple[str, ...]:
    """Return the digits to search for; empty if the query is not a number or part of one."""
    written = _written(text) if len(text) <= LONGEST else ""
    if not _PARTIAL.fullmatch(written) or len(digits(written)) < FEWEST_DIGITS:
        return ()
    raw = digits(_TRUNK_ZERO.sub("", written) if written.lstrip("( [").startswith("+") else written)
    dialled = raw.removeprefix("011") if _calling_code(region) == 1 else raw
    forms = (digits(normal_number(text, region)), digits(written), raw, raw.lstrip("0"), dialled)
    return tuple(dict.fromkeys(form for form in forms if len(form) >= FEWEST_DIGITS))


def digits(text: str) -> str:
    """Return the ASCII digits of a text."""
    return _NO_DIGITS.sub("", text)


@lru_cache(maxsize=_CACHED)
def _written(text: str) -> str:
    """Return the bare number in ASCII, without scheme, extension, marks and foreign signs."""
    plain = (_SPACE.sub(" ", text) if text.isascii() else "".join(map(_plain, text))).translate(_SIGNS).strip()
    if _BARE.fullmatch(plain):
        return plain
    if whatsapp := _WHATSAPP.fullmatch(plain):
        return f"+{whatsapp[1]}"
    if scheme := _SCHEME.match(plain):
        is_whatsapp = "wa" in scheme[0].lower()
        plain, *parameters = unquote(plain[scheme.end() :]).split(";")
        plain = _whole(plain.partition("?")[0].partition("&")[0].strip(), parameters, international=is_whatsapp)
    return _EXTENSION.sub("", plain) if (found := _EXTENSION.search(plain)) and found.end() == len(plain) else plain


def _whole(number: str, parameters: list[str], *, international: bool) -> str:
    context = next((one.partition("=")[2] for one in parameters if one.lower().startswith("phone-context=+")), "")
    prefix = "" if number.startswith("+") else "+" if international else context
    return f"{prefix}{number}"


def _plain(character: str) -> str:
    if character.isspace():
        return " "
    digit = decimal(character, None)
    if digit is not None:
        return str(digit)
    kind = category(character)
    return "" if kind == "Cf" else " " if kind[0] == "Z" else "-" if kind == "Pd" else character


def _candidates(written: str, region: str | None) -> list[str]:
    number = digits(written)
    if written.lstrip("( [").startswith("+"):
        return [_one_form(f"+{number}"), written]
    found = [written]
    if region == "MX" and (mobile := _AT_HOME_IN_MEXICO.fullmatch(number)):
        found.insert(0, f"+52{mobile[1]}")
    found += [f"+{number[len(prefix) :]}" for prefix in ("00", "011") if number.startswith(prefix)]
    return [*found, _one_form(f"+{number}")] if len(number) >= _SHORTEST_INTERNATIONAL else found


def _e164(written: str, region: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415 - takes 15 ms, and most of what is done needs none

    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if number.country_code == _ITALY and not number.italian_leading_zero and not phonenumbers.is_valid_number(number):
        landline = phonenumbers.parse(f"+{_ITALY}0{number.national_number}")
        number = landline if phonenumbers.is_valid_number(landline) else number
    return _one_form(f"+{number.country_code}{phonenumbers.national_significant_number(number)}")


def _calling_code(region: str | None) -> int:
    import phonenumbers  # noqa: PLC0415 - as above

    return int(phonenumbers.country_code_for_region(region)) if region else 0


def _one_form(number: str) -> str:
    for pattern, replacement in _ONE_FORM:
        if match := pattern.fullmatch(number):
            return match.expand(replacement)
    return number


def _expanded(pattern: re.Pattern[str], number: str, forms: tuple[str, ...]) -> list[str]:
    match = pattern.fullmatch(number)
    return [match.expand(form) for form in forms] if match else []
