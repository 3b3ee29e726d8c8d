"""Hints at addresses and numbers that are probably mistyped: never a reason to refuse one.

A hint is given for a misspelt domain of a large mail provider, an ending that no domain has, a
number that cannot receive texts, a number that is too short, too long or without its country code,
and two addresses in one. A domain that is known itself gets none.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from commlog_tui.contract.phone_numbers import digits, is_number, normal_number

_TEXTED: Final = frozenset({"sms", "mms", "text"})
_FEWEST_DIGITS: Final = 3
_CACHED: Final = 256

_UNTEXTED: Final = {0: "landline", 3: "service number", 4: "service number", 5: "service number", 9: "service number"}
"""Types of ``phonenumbers.PhoneNumberType`` that receive no texts: fixed lines, and numbers of
services by what a call costs. In countries where the number does not say, it is of another type."""
_EXAMPLES: Final = ("+447700900", "+441632960", "+443069990")
"""Numbers that Ofcom reserves for drama, which lists of what exists do not have."""

_FAMILIES: Final = {
    "gmail": "com",
    "googlemail": "com",
    "icloud": "com",
    "yahoo": "com co.uk fr de it es ca ie in gr se no dk nl be at ch pl ro pt cz hu com.br com.au "
    "com.ar com.mx com.sg com.hk com.tw com.ph com.my com.vn com.tr com.co com.pe com.ve "
    "com.cn cl co.in co.id co.jp co.kr co.nz co.za co.th co.il",
    "hotmail": "com co.uk fr de it es ca ch be nl no se dk fi gr at cz hu pl ro pt ru rs sk lt lv ie "
    "com.br com.au com.ar com.mx com.tr com.hk com.tw com.vn cl co.jp co.nz co.za co.th "
    "co.il co.kr co.in co.id sg my ph",
    "outlook": "com co.uk fr de it es ca ch be nl no se dk fi gr at cz hu pl ro pt ie sk com.br "
    "com.au com.ar com.gr com.tr com.vn cl co.id co.il co.nz co.th in jp kr lv my ph sa sg",
    "live": "com co.uk fr de it es ca ch be nl no se dk fi at ie pt ru cn jp cl com.au com.ar "
    "com.mx com.pt com.my com.sg com.ph co.kr co.za co.in in hk",
    "msn": "com nl",
    "aol": "com co.uk de fr it",
    "gmx": "de net com at ch fr es co.uk",
    "protonmail": "com ch",
    "proton": "me",
    "fastmail": "com fm",
    "rocketmail": "com",
    "ymail": "com",
    "email": "com cz de it",
    "mail": "com de ru ee bg dk",
    "btinternet": "com",
    "comcast": "net",
    "verizon": "net",
    "sbcglobal": "net",
    "bellsouth": "net",
    "bigpond": "com net.au com.au",
    "wanadoo": "fr es nl",
    "laposte": "net",
    "t-online": "de hu",
    "freenet": "de",
    "libero": "it",
    "web": "de",
    "ziggo": "nl",
    "telenet": "be",
}
"""Endings of the domains of large mail providers, by their name. The largest come first."""
_FUZZY: Final = frozenset(_FAMILIES) - {"live", "msn", "aol", "gmx", "email", "mail", "web", "proton", "ymail"}
"""Names that are so much their own that one letter's difference is a typo."""
_SINGLE: Final = frozenset({"gmail", "googlemail", "icloud", "btinternet", "comcast", "sbcglobal", "rocketmail"})
"""Names of which nobody else has another ending."""
_NO_ENDINGS: Final = {
    **dict.fromkeys(("con", "cmo", "ocm", "vom", "xom", "cpm", "clm", "comm", "coom", "ccom", "cim", "c0m"), "com"),
    **dict.fromkeys(("nte", "bet", "netr"), "net"),
    **dict.fromkeys(("ogr", "orgg", "rog"), "org"),
}
"""Endings that no domain has, and what was meant."""
_DOMAINS: Final = {f"{name}.{ending}": name for name, endings in _FAMILIES.items() for ending in endings.split()}


@dataclass(frozen=True, slots=True)
class Hint:
    """What may be wrong with an address or number."""

    words: str
    """One sentence that never begins with the address."""
    instead: str | None = None
    """What was probably meant, complete."""


@lru_cache(maxsize=_CACHED)
def address_hint(text: str, region: str | None, via: str | None = None) -> Hint | None:
    """Return what may be wrong with an address or number, if anything.

    ``region`` is the country of numbers without a country code. A landline is hinted at where texts
    may go to the number: on a channel of texts, and where no channel is given.
    """
    text = text.strip()
    if "@" in text:
        return _domain_hint(text)
    if is_number(text, _FEWEST_DIGITS):
        return _number_hint(text, region, texted=via is None or via in _TEXTED)
    return None


def _domain_hint(address: str) -> Hint | None:
    local, _, domain = address.rpartition("@")
    if "@" in local:
        return Hint("This has two @: is it one address?")
    domain = domain.casefold()
    meant = _meant_domain(domain)
    if not local or meant is None or meant == domain:
        return None
    return Hint(f"Did you mean {local}@{meant}?", f"{local}@{meant}")


def _meant_domain(domain: str) -> str | None:
    """Return the domain that was probably meant; None where there is no reason to doubt."""
    if domain in _DOMAINS or not domain:
        return None
    name, _, ending = domain.partition(".")
    for known, family in _DOMAINS.items():
        if is_near(domain, known) and (family in _FUZZY or family == name):
            return known
    families = [one for one in _FAMILIES if one == name or (one in _FUZZY and is_near(name, one))]
    if found := next(filter(None, (_with_ending(one, ending, is_exact=one == name) for one in families)), None):
        return found
    front, dot, last = domain.rpartition(".")
    return f"{front}.{_NO_ENDINGS[last]}" if dot and last in _NO_ENDINGS else None


def _with_ending(family: str, ending: str, *, is_exact: bool) -> str | None:
    endings = _FAMILIES[family].split()
    if ending in endings or not ending:
        return f"{family}.{ending or endings[0]}"
    if near := next((one for one in endings if is_near(ending, one)), None):
        return f"{family}.{near}"
    return f"{family}.{endings[0]}" if is_exact and family in _SINGLE else None


def is_near(text: str, other: str) -> bool:
    """Return whether texts differ in one letter, or in the order of two neighbours."""
    if text == other or abs(len(text) - len(other)) > 1:
        return False
    at = next((at for at, pair in enumerate(zip(text, other, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        return True  # one letter more at the end
    rest, others = text[at:], other[at:]
    if len(rest) != len(others):
        return rest[1:] == others or rest == others[1:]
    return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])


def _number_hint(text: str, region: str | None, *, texted: bool) -> Hint | None:
    import phonenumbers  # noqa: PLC0415 - takes 15 ms, and most of what is done needs none

    calling_code = phonenumbers.country_code_for_region(region) if region else 0
    normal = normal_number(text, region)
    is_bare = "+" not in text and not digits(text).startswith("00")
    if not normal.startswith("+"):
        return Hint(_unread(calling_code, is_bare=is_bare))
    if is_bare and not (calling_code and normal.startswith(f"+{calling_code}")):
        return Hint(f"The country code seems to be there without its +; it is read as {normal}.", normal)
    number = phonenumbers.parse(normal)
    if not phonenumbers.is_valid_number(number) and not normal.startswith(_EXAMPLES):
        country = phonenumbers.region_code_for_country_code(number.country_code or 0)
        end = "a number of another country needs its code, such as +44." if is_bare else "is a digit wrong or missing?"
        return Hint(f"No such number seems to exist in {country}; {end}")
    kind = _UNTEXTED.get(phonenumbers.number_type(number)) if texted else None
    return Hint(f"This seems to be a {kind}, which cannot receive texts.") if kind else None


def _unread(calling_code: int, *, is_bare: bool) -> str:
    if not is_bare:
        return "No number seems to be like this; is its country code right?"
    if not calling_code:
        return "The country code is missing; begin with + and the country's code."
    return "The number seems to be too short or too long; one of another country needs its code, such as +44."
